// SPDX-License-Identifier: MIT
import type { Message } from '../patch/types';

/** How values become JSON, and whether it has lines and is indented by one. */
export interface Layout {
  readonly json: (value: unknown) => string;
  readonly pretty: boolean;
}

/**
 * Prints `{ messages, ...rest }` to standard output as `JSON.stringify` does, but message by message: no string holds
 * all of it, which is ten times as long as the mails. Waits where the reader is slow.
 * @param shown what of a message is printed
 * @param rest further members of the document
 */
export async function printMessages(
  messages: AsyncIterable<Message> | Iterable<Message>,
  shown: (message: Message) => unknown,
  rest: Readonly<Record<string, unknown>>,
  { json, pretty }: Layout,
): Promise<void> {
  const newLine = (depth: number): string => (pretty ? `\n${' '.repeat(depth)}` : '');
  const indented = (value: unknown, depth: number): string => json(value).replaceAll('\n', newLine(depth));
  const colon = pretty ? ': ' : ':';
  await write(`{${newLine(1)}"messages"${colon}[`);
  let count = 0;
  for await (const message of messages)
    await write(`${count++ === 0 ? '' : ','}${newLine(2)}${indented(shown(message), 2)}`);
  await write(count === 0 ? ']' : `${newLine(1)}]`);
  for (const [name, value] of Object.entries(rest))
    await write(`,${newLine(1)}${JSON.stringify(name)}${colon}${indented(value, 1)}`);
  await write(`${newLine(0)}}\n`);
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
