// SPDX-License-Identifier: MIT
import { type ReadTogether, readDocuments } from '../patch/readDocument';
import { readSeries, type SeriesReading } from '../patch/series/readSeries';
import type { Message, ReadingNotice } from '../patch/types';
import { type Input, readInput } from './input';
import { isLargeMailbox, messagesOfLarge } from './parseLarge';
import { printMessages } from './printMessages';
import { oneOf, readOptions, UsageError } from './usage';

/**
 * `parse FILE…`: prints what was read as JSON, one object for each file, each on a line of its own where there are several.
 * All files are read together: a reply in one has its positions from the patch in another, and a series may be spread
 * over them; it is printed with the file of its first message. A mailbox too large for that is read alone.
 * Gives the exit status: 2 where a file is empty or binary, else 0. Throws an Error for a file that cannot be read, when those
 * before it are printed.
 */
export async function parseCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(words, { lines: { type: 'boolean' }, format: { type: 'string' } });
  if (positionals.length === 0) throw new UsageError('parse needs at least one FILE, or - for standard input');
  oneOf('format', values.format, ['json']);
  const pretty = positionals.length === 1;
  const shown = ({ lines, ...message }: Message): unknown => (values.lines ? { ...message, lines } : message);
  const json = (value: unknown): string => JSON.stringify(value, null, pretty ? 1 : 0);
  const notice = (file: string, { line, message }: ReadingNotice): void => {
    process.stderr.write(`kernel-patch-review: ${file}:${line}: ${message}\n`);
  };

  const { inputs, error } = await readInputs(positionals);
  const documents = readDocuments(
    inputs.map((input) => input?.text ?? ''),
    inputs.some((input) => input?.hasRawBytes),
  );
  const series = seriesByDocument(documents);
  let status = 0;
  for (const [at, name] of positionals.entries()) {
    const input = inputs[at];
    const document = documents[at];
    if (input === undefined || document === undefined) break;
    if (input === null) {
      const messages = messagesOfLarge(name, (one) => notice(name, one));
      await printMessages(messages, shown, {}, { json, pretty });
      continue;
    }
    await printMessages(document.messages, shown, { series: series.get(at) ?? [] }, { json, pretty });
    for (const one of document.notices) notice(input.name, one);
    if (document.messages.length === 0) status = 2;
  }
  if (error !== null) throw error;
  return status;
}

/** Reads the files up to the first that cannot be read; null stands for a mailbox too large to be read at once. */
async function readInputs(
  names: readonly string[],
): Promise<{ readonly inputs: readonly (Input | null)[]; readonly error: unknown }> {
  const inputs: (Input | null)[] = [];
  try {
    for (const name of names) inputs.push((await isLargeMailbox(name)) ? null : await readInput(name));
    return { inputs, error: null };
  } catch (error) {
    return { inputs, error };
  }
}

/** Each series with the document of its first message. */
function seriesByDocument(documents: readonly ReadTogether[]): Map<number, SeriesReading[]> {
  const found = new Map<number, SeriesReading[]>();
  for (const series of readSeries(documents)) {
    const first = Math.min(
      ...[series.cover, ...series.parts].flatMap((place) => (place === null ? [] : [place.document])),
    );
    const list = found.get(first) ?? [];
    found.set(first, list);
    list.push(series);
  }
  return found;
}
