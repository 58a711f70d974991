// SPDX-License-Identifier: MIT
/** Mailboxes that are too large to be one text. */

import { batchesOf } from '../mail/batches';
import { type Chunks, cutMailbox } from '../mail/cutMailbox';
import { decodeBytes } from '../mail/rawBytes';
import { type MessageReading, readMessage } from './readMessage';

/**
 * So many bytes are decoded at once. One letter beyond Latin 1 doubles the memory of a text and the time to search it,
 * so the texts are short.
 */
const BATCH = 1 << 15;

/**
 * Reads a mailbox from the chunks of its file, a few mails at a time; what is dropped takes no memory any more.
 * Lines are those of the whole file. Each message is read for itself: one that quotes the patch of another is not put
 * beside it, as `readDocument` does, since that would keep all of them. Linear; throws what the chunks throw.
 */
export async function* readMailbox(chunks: Chunks): AsyncGenerator<MessageReading> {
  let firstLine = 0;
  for await (const { bytes, starts } of cutMailbox(chunks)) {
    for (let from = 0, i = 0; from < bytes.length; ) {
      while (i < starts.length && (starts[i] ?? 0) < from + BATCH) i++;
      const to = starts[i] ?? bytes.length;
      const { text, hasRawBytes } = decodeBytes(bytes.subarray(from, to));
      for (const { lines, messages } of batchesOf(text, firstLine)) {
        for (const span of messages) yield readMessage(lines, span, hasRawBytes);
        firstLine = lines.firstLine + lines.count;
      }
      from = to;
    }
  }
}
