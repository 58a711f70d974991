// SPDX-License-Identifier: MIT
import { type CParser, loadParser } from '../c/parser';
import { runLitmus } from '../litmus/runLitmus';
import { readInput, readParserWasm } from './input';
import { oneOf, readOptions, UsageError } from './usage';

/** Generating code for one test takes as long as interpreting so many of its states (a millisecond). */
const generateAfter = 1000;
/** States of one test; the largest of the public collections have some hundred thousand. */
const maxStates = 20_000_000;

/**
 * `litmus FILE…`: a block for each test as herd7 prints it. Gives the exit status: 2 where a test could not be read, else
 * 3 where not all states of one were visited, else 0, whatever the verdicts.
 */
export async function litmusCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(words, { model: { type: 'string' }, engine: { type: 'string' } });
  if (positionals.length === 0) throw new UsageError('litmus needs a FILE');
  const model = oneOf('model', values.model, ['tso', 'weak', 'sc']);
  const engine = oneOf('engine', values.engine, ['codegen', 'interpreter']);
  let parser: Promise<CParser> | null = null;
  const theParser = (): Promise<CParser> => {
    parser ??= readParserWasm().then(({ runtimeWasm, grammarWasm }) => loadParser(runtimeWasm, grammarWasm));
    return parser;
  };
  let status = 0;
  for (const file of positionals) {
    const { name, text } = await readInput(file).catch((error: unknown) => ({
      name: file,
      text: error instanceof Error ? error : new Error(String(error)),
    }));
    if (typeof text !== 'string') {
      process.stdout.write(`Error ${file}: ${text.message}\n\n`);
      status = 2;
      continue;
    }
    const result = await runLitmus(text, name, theParser, { model, engine, maxStates, generateAfter });
    process.stdout.write(`${result.text}\n\n`);
    if (result.status === 'unread') status = 2;
    else if (result.status === 'bound' && status === 0) status = 3;
  }
  return status;
}
