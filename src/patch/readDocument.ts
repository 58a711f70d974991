// SPDX-License-Identifier: MIT
/** The entrance of reading: a document's text in, messages with patches out. */

import { batchesOf } from '../mail/batches';
import { splitLines } from '../mail/lines';
import { joinQuotes } from './join/joinQuotes';
import type { LazyMessage } from './lazyMessage';
import { type MessageReading, readMessage } from './readMessage';
import type { ReadDocument, ReadingNotice } from './types';

/** So much of the start decides whether a document is binary. */
const SAMPLE = 8192;
const MOST_NOTICES = 200;

/**
 * Reads a document: a mailbox, a mail, a page of a mail archive, a diff, or text with any of these in it.
 * All positions given are 1-based and point into `text` as the editor shows it. Takes linear time; never throws.
 * What could not be read is said in `notices`, one sentence each. A message that quotes the patch of another has its
 * positions in the patched files from that one.
 * @param hasRawBytes whether `text` may hold bytes that are no UTF-8, as `decodeBytes` of `rawBytes.ts` leaves them
 */
export function readDocument(text: string, hasRawBytes = false): ReadTogether {
  const document = readAlone(text, hasRawBytes);
  joinQuotes(document.messages);
  return document;
}

/** Reads several documents as `readDocument` does; a message may quote a patch of any of them. */
export function readDocuments(texts: readonly string[], hasRawBytes = false): ReadTogether[] {
  const documents = texts.map((text) => readAlone(text, hasRawBytes));
  joinQuotes(documents.flatMap(({ messages }) => messages));
  return documents;
}

/** A document whose messages can be asked for what they are read from. */
export interface ReadTogether extends ReadDocument {
  readonly messages: readonly LazyMessage[];
}

function readAlone(text: string, hasRawBytes: boolean): ReadTogether {
  const refusal = refuse(text);
  if (refusal !== null) return { messages: [], notices: [refusal] };
  const readings: MessageReading[] = [];
  for (const { lines, messages } of batchesOf(text)) {
    for (const span of messages) readings.push(readMessage(lines, span, hasRawBytes));
  }
  return closeDocument(readings);
}

/** The document of messages that were read, with what a reader has to know of it. */
export function closeDocument(readings: readonly MessageReading[]): ReadTogether {
  const messages = readings.map(({ message }) => message);
  const notices: ReadingNotice[] = [];
  let hidden = 0;
  for (const reading of readings) {
    for (const notice of reading.notices) {
      if (notices.length < MOST_NOTICES) notices.push(notice);
      else hidden++;
    }
  }
  if (hidden > 0)
    notices.push({ line: 1, message: `${hidden} more hunks do not match their headers; they are not listed here.` });
  if (messages.every((message) => message.sources().records.length === 0)) {
    notices.push({ line: 1, message: 'There is no patch in this document; it was read as text.' });
  }
  return { messages, notices };
}

/** The reason why a document is not read at all, or null. */
export function refuse(text: string): ReadingNotice | null {
  if (!/\S/.test(text)) return { line: 1, message: 'The document is empty.' };
  const sample = text.slice(0, SAMPLE);
  let control = 0;
  for (let i = 0; i < sample.length; i++) {
    const code = sample.charCodeAt(i);
    if (code < 9 || (code > 13 && code < 32) || code === 0xfffd) control++;
  }
  // A mail may hold a stray NUL and still be a mail.
  if (control * 20 <= sample.length) return null;
  const nul = text.indexOf('\0');
  if (nul < 0) return null;
  const line = splitLines(text.slice(0, nul)).count || 1;
  return { line, message: `This looks like binary data (NUL at line ${line}); nothing was read as a patch.` };
}
