// SPDX-License-Identifier: MIT
/** Where the messages of a document start, and how their headers are written. */

import { fieldNameLength, type HeaderField, readHeaderBlock } from './headers';
import { at, type Lines } from './lines';

export type Container = 'mbox' | 'mail' | 'archive' | 'diff' | 'text';

/** One message as lines of the document; all line indexes 0-based, `to` exclusive. */
export interface MessageSpan {
  readonly container: Container;
  readonly from: number;
  readonly body: number;
  readonly to: number;
  readonly fields: readonly HeaderField[];
}

const namesOfMail = new Set([
  'from',
  'subject',
  'date',
  'message-id',
  'to',
  'cc',
  'in-reply-to',
  'references',
  'received',
]);
const COLON = 58;
/** Fields that prove a header block when it has only one or two lines. */
const namesThatProve = new Set(['from', 'subject', 'date', 'message-id']);
const dateOfList = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b.*\d\d:\d\d/;
const navigation = /^\[(?:<prev|prev|thread|next|<thread)[^\]]*\]|\[next>\]/;

/**
 * Cuts lines into messages: at mailbox separators, else they are one message.
 * @param cuts 0-based lines of the separators, ascending
 * Every line belongs to exactly one message; an empty document has none. Linear; never throws.
 */
export function findMessages(lines: Lines, cuts: readonly number[]): MessageSpan[] {
  const first = firstFilled(lines, 0, lines.count);
  if (first >= lines.count) return [];
  const spans: MessageSpan[] = [];
  if (cuts[0] !== first) spans.push(readSpan(lines, 0, cuts[0] ?? lines.count, false));
  for (let i = 0; i < cuts.length; i++) {
    const from = i === 0 && cuts[0] === first ? 0 : (cuts[i] ?? 0);
    spans.push(readSpan(lines, from, cuts[i + 1] ?? lines.count, true));
  }
  return spans.filter((span) => firstFilled(lines, span.from, span.to) < span.to);
}

/**
 * Whether text `start` to `end` is a mailbox separator by git's rule: `From `, and a time of day with a year
 * behind 1990 after it. `From here on` is prose.
 */
export function isSeparator(text: string, start: number, end: number): boolean {
  if (end - start < 20 || !text.startsWith('From ', start)) return false;
  let colon = end - 2;
  while (colon >= start + 9 && text.charCodeAt(colon) !== COLON) colon--;
  if (colon < start + 9) return false;
  const digits = [colon - 4, colon - 2, colon - 1, colon + 1, colon + 2];
  if (!digits.every((offset) => isDigit(text.charCodeAt(offset)))) return false;
  const year = /^\s*(\d+)/.exec(text.slice(colon + 3, Math.min(end, colon + 12)));
  return year !== null && Number(year[1]) > 90;
}

/** In a text that is no mailbox from its start, a separator has to be followed by a header to count. */
export function headerFollows(lines: Lines, line: number): boolean {
  return line + 1 < lines.count && fieldNameLength(lines.text, at(lines.start, line + 1), at(lines.end, line + 1)) > 0;
}

function readSpan(lines: Lines, from: number, to: number, separated: boolean): MessageSpan {
  const first = firstFilled(lines, from, to);
  const whole = (line: number): string => (line < to ? lines.whole(line) : '');
  if (separated) {
    const block = readHeaderBlock(lines, first + 1, to, 'indented');
    return { container: 'mbox', from, body: block.next, to, fields: block.fields };
  }
  const plain: MessageSpan = { container: 'text', from, body: from, to, fields: [] };
  if (first >= to) return plain;
  const top = lines.beginning(first);
  if (navigation.test(top)) {
    const block = readHeaderBlock(lines, firstFilled(lines, first + 1, to), to, 'lost');
    return { container: 'archive', from, body: Math.max(block.next, first + 1), to, fields: block.fields };
  }
  const second = firstFilled(lines, first + 1, to);
  const third = firstFilled(lines, second + 1, to);
  if (third < to && third - first < 8) {
    const page = archivePage(lines, first, second, third, whole);
    if (page !== null) return { ...page, from, to };
  }
  const name = fieldNameLength(lines.text, at(lines.start, first), at(lines.end, first));
  if (name > 0 && !/^(?:re|fwd?|aw|sv)$/i.test(top.slice(0, name)) && !top.startsWith('Index:')) {
    const block = readHeaderBlock(lines, first, to, 'indented');
    if (isMailHeader(block.fields)) return { container: 'mail', from, body: block.next, to, fields: block.fields };
  }
  return plain;
}

function isMailHeader(fields: readonly HeaderField[]): boolean {
  const known = fields.filter((field) => namesOfMail.has(field.name)).length;
  return fields.some((field) => namesThatProve.has(field.name)) && (known >= 2 || known === fields.length);
}

/** Hypermail (subject, `From:`, `Date:`) and pipermail (subject, `name at domain`, date) put the subject first, unnamed. */
function archivePage(
  lines: Lines,
  first: number,
  second: number,
  third: number,
  whole: (line: number) => string,
): Pick<MessageSpan, 'container' | 'body' | 'fields'> | null {
  const subject = { name: 'subject', value: whole(first), line: first };
  const from = lines.beginning(second);
  const date = lines.beginning(third);
  if (from.startsWith('From: ') && date.startsWith('Date: ')) {
    const fields = [
      subject,
      { name: 'from', value: from.slice(6).trim(), line: second },
      { name: 'date', value: date.slice(6).trim(), line: third },
    ];
    return { container: 'archive', body: third + 1, fields };
  }
  if (/ at \S+\.\S+$/.test(from) && dateOfList.test(date)) {
    const fields = [
      subject,
      { name: 'from', value: from.trim(), line: second },
      { name: 'date', value: date.trim(), line: third },
    ];
    return { container: 'archive', body: third + 1, fields };
  }
  return null;
}

/** The first line from `from` on that is not empty, or `to`. */
export function firstFilled(lines: Lines, from: number, to: number): number {
  let line = from;
  while (line < to && at(lines.start, line) === at(lines.end, line)) line++;
  return line;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
