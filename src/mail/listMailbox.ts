// SPDX-License-Identifier: MIT
/** What mails a mailbox has, without reading them: for mailboxes that are too large for an editor. */

import { type Author, readAuthor } from './address';
import { firstFilled } from './container';
import { type Chunks, cutMailbox } from './cutMailbox';
import { decodeWords } from './encodedWord';
import { fieldValue, type HeaderField, readHeaderBlock } from './headers';
import { splitLines } from './lines';
import { type MessageIds, readMessageIds } from './messageIds';

/** A mail of a mailbox; `offset` and `length` are its place in the file in bytes, separator included. */
export interface ListedMail extends MessageIds {
  readonly offset: number;
  readonly length: number;
  /** As the mail has it, decoded, with `Re:` and `[PATCH]`; empty where there is none. */
  readonly subject: string;
  readonly author: Author | null;
  /** As the mail has it. */
  readonly date: string | null;
}

/** So many bytes of a header are looked at. */
const LONGEST_HEADER = 1 << 16;
/** So many units of one field. */
const LONGEST_FIELD = 2000;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Lists the mails of a mailbox from the chunks of its file. Reads headers only; 200 MB take half a second. What is no
 * mailbox is listed as one mail.
 */
export async function listMailbox(chunks: Chunks): Promise<ListedMail[]> {
  const listed: ListedMail[] = [];
  const decoder = new TextDecoder();
  for await (const { offset, bytes, starts } of cutMailbox(chunks)) {
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i] ?? 0;
      const mail = bytes.subarray(start, starts[i + 1] ?? bytes.length);
      const header = decoder.decode(mail.subarray(0, headerEnd(mail)));
      if (header.trim() !== '') listed.push({ offset: offset + start, length: mail.length, ...readHeader(header) });
    }
  }
  return listed;
}

const names = ['subject', 'from', 'date', 'message-id', 'in-reply-to', 'references'];

function readHeader(header: string): Omit<ListedMail, 'offset' | 'length'> {
  const lines = splitLines(header);
  const first = firstFilled(lines, 0, lines.count);
  const from = lines.beginning(first).startsWith('From ') ? first + 1 : first;
  const fields = detached(readHeaderBlock(lines, from, lines.count, 'indented').fields);
  const decoded = (name: string): string | null => {
    const value = fieldValue(fields, name);
    return value === null ? null : decodeWords(value);
  };
  const author = decoded('from');
  return {
    subject: decoded('subject') ?? '',
    author: author === null ? null : readAuthor(author),
    date: decoded('date'),
    ...readMessageIds(fields),
  };
}

/**
 * The fields that are listed, apart from the header: a string that was cut out of another keeps all of that one in
 * memory, and a header is ten times as long as what is listed of it.
 */
function detached(fields: readonly HeaderField[]): HeaderField[] {
  const found = fields.filter(({ name }) => names.includes(name));
  const values = found
    .map(({ value }) => value.slice(0, LONGEST_FIELD))
    .join('\n')
    .split('\n');
  return found.map(({ name, line }, i) => ({ name, line, value: values[i] ?? '' }));
}

/** The length of the header, in bytes: up to the first empty line. */
function headerEnd(bytes: Uint8Array): number {
  const limit = Math.min(bytes.length, LONGEST_HEADER);
  let filled = false;
  for (let i = 0, start = 0; i < limit; i++) {
    if (bytes[i] !== LINE_FEED) continue;
    const isEmpty = i === start || (i === start + 1 && bytes[start] === CARRIAGE_RETURN);
    if (isEmpty && filled) return i;
    filled ||= !isEmpty;
    start = i + 1;
  }
  return limit;
}
