// SPDX-License-Identifier: MIT
import { readDocument } from '../patch/readDocument';
import type { Message, ReadingNotice } from '../patch/types';
import { readInput } from './input';
import { isLargeMailbox, printLarge } from './parseLarge';
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
  const pretty = positionals.length === 1;
  const shown = ({ lines, ...message }: Message): unknown => (values.lines ? { ...message, lines } : message);
  for (const name of positionals) {
    const notice = (file: string, { line, message }: ReadingNotice): void => {
      process.stderr.write(`kernel-patch-review: ${file}:${line}: ${message}\n`);
    };
    if (await isLargeMailbox(name)) {
      const json = (message: Message): string => JSON.stringify(shown(message), null, pretty ? 1 : 0);
      await printLarge(name, { json, notice: (one) => notice(name, one) }, pretty);
      continue;
    }
    const input = await readInput(name);
    const document = readDocument(input.text);
    process.stdout.write(`${JSON.stringify({ messages: document.messages.map(shown) }, null, pretty ? 1 : 0)}\n`);
    for (const one of document.notices) notice(input.name, one);
    if (input.text.trim() === '') status = 2;
  }
  return status;
}
