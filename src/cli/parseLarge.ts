// SPDX-License-Identifier: MIT
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMailbox } from '../mail/batches';
import { readMailbox } from '../patch/readMailbox';
import type { Message, ReadingNotice } from '../patch/types';

/** Files of so many bytes are read a few mails at a time, if they are mailboxes; an editor hands out none of these. */
const LARGE = 50_000_000;

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

/** The messages of a large mailbox; `notice` is told what a reader has to know. Throws an Error where reading fails. */
export async function* messagesOfLarge(name: string, notice: (notice: ReadingNotice) => void): AsyncGenerator<Message> {
  for await (const { message, notices } of readMailbox(createReadStream(name, { highWaterMark: 1 << 20 }))) {
    yield message;
    for (const one of notices) notice(one);
  }
}
