// SPDX-License-Identifier: MIT
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMailbox } from '../mail/batches';
import { readMailbox } from '../patch/readMailbox';
import type { Message, ReadingNotice } from '../patch/types';

/** Files of so many bytes are read a few mails at a time, if they are mailboxes; an editor hands out none of these. */
const LARGE = 50_000_000;

/** How a message and a notice are printed. */
export interface Printers {
  readonly json: (message: Message) => string;
  readonly notice: (notice: ReadingNotice) => void;
}

/** Whether a file is a mailbox too large to be read at once. False for what cannot be opened: others say why. */
export async function isLargeMailbox(name: string): Promise<boolean> {
  if (name === '-') return false;
  try {
    const file = await open(name);
    try {
      const { size } = await file.stat();
      if (size < LARGE) return false;
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(4096), position: 0 });
      return isMailbox(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** Prints a large mailbox as `parse` prints a document, message by message. Throws an Error where reading fails. */
export async function printLarge(name: string, printers: Printers, pretty: boolean): Promise<void> {
  const write = (text: string): Promise<void> | undefined => {
    if (process.stdout.write(text)) return undefined;
    return new Promise((resolve) => process.stdout.once('drain', resolve));
  };
  let before = pretty ? '{\n "messages": [\n  ' : '{"messages":[';
  for await (const { message, notices } of readMailbox(createReadStream(name, { highWaterMark: 1 << 20 }))) {
    const json = printers.json(message);
    await write(before + (pretty ? json.replaceAll('\n', '\n  ') : json));
    before = pretty ? ',\n  ' : ',';
    for (const notice of notices) printers.notice(notice);
  }
  await write(pretty ? '\n ]\n}\n' : ']}\n');
}
