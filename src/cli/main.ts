// SPDX-License-Identifier: MIT
import { litmusCommand } from './litmusCommand';
import { parseCommand } from './parseCommand';
import { replyCommand } from './replyCommand';
import { reviewCommand } from './reviewCommand';
import { isReviewWorker } from './reviewInputs';
import { scenariosCommand } from './scenariosCommand';
import { simulateCommand } from './simulateCommand';
import { UsageError } from './usage';

const usage = `usage: kernel-patch-review COMMAND

  review FILE… [--format text|sarif|json] [--scenario ID]… [--tree DIR] [--budget-ms N] [--jobs N]
         [--no-color]
  review OLD NEW --compare, or one FILE with two versions of a series: what is gone, new and still there
  reply FILE [--finding N]… [--scenario ID]… [--tree DIR] [--budget-ms N]
  parse FILE… [--lines] [--format json]
  simulate SCENARIO [--patch FILE [--tree DIR]] [--side before|after] [--model tso|weak|sc] [--format text|json]
           [--stats]
  scenarios [--format json]
  litmus FILE… [--model tso|weak|sc] [--engine codegen|interpreter]

FILE may be - for standard input. Models and scenarios of your own are taken from .kernel-patch-review in the working
directory, or in a folder above it in the same repository. Exit status of review: 0 no error or warning was introduced or remains, 1 one was or
does, 2 input that cannot be read or decided, 3 a budget ran out first. Wrong usage gives 2.`;

async function main(words: readonly string[]): Promise<number> {
  const [command, ...rest] = words;
  switch (command) {
    case 'review':
      return reviewCommand(rest);
    case 'reply':
      return replyCommand(rest);
    case 'parse':
      return parseCommand(rest);
    case 'simulate':
      return simulateCommand(rest);
    case 'scenarios':
      return scenariosCommand(rest);
    case 'litmus':
      return litmusCommand(rest);
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(`${usage}\n`);
      return 0;
    case undefined:
      throw new UsageError(usage);
    default:
      throw new UsageError(`there is no command “${command}”\n${usage}`);
  }
}

// Whoever reads the output may have enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

if (!isReviewWorker())
  main(process.argv.slice(2)).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`kernel-patch-review: ${message}\n`);
      process.exitCode = 2;
    },
  );
