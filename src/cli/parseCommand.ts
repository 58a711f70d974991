// SPDX-License-Identifier: MIT
import { readDocument } from '../patch/readDocument';
import { readInput } from './input';
import { oneOf, readOptions, UsageError } from './usage';

/**
 * `parse FILE…`: prints what was read as JSON, one object for each file, each on a line of its own where there are several.
 * Gives the exit status: 2 where a file is empty, else 0. Throws an Error for a file that cannot be read.
 */
export async function parseCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(words, { lines: { type: 'boolean' }, format: { type: 'string' } });
  if (positionals.length === 0) throw new UsageError('parse needs at least one FILE, or - for standard input');
  oneOf('format', values.format, ['json']);
  let status = 0;
  for (const name of positionals) {
    const input = await readInput(name);
    const document = readDocument(input.text);
    const messages = document.messages.map(({ lines, ...message }) => (values.lines ? { ...message, lines } : message));
    process.stdout.write(`${JSON.stringify({ messages }, null, positionals.length > 1 ? 0 : 1)}\n`);
    for (const notice of document.notices)
      process.stderr.write(`kernel-patch-review: ${input.name}:${notice.line}: ${notice.message}\n`);
    if (input.text.trim() === '') status = 2;
  }
  return status;
}
