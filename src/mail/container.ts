// SPDX-License-Identifier: MIT
/** Where the messages of a document start, and how their headers are written. */

import { readArchivePage } from './archivePage';
import { readFlatHeader } from './flatHeader';
import { findCommits } from './gitLog';
import {
  fieldNameLength,
  fieldValue,
  type HeaderField,
  isAsciiBlank,
  isMailHeader,
  isWholeHeader,
  readHeaderBlock,
} from './headers';
import { at, type Lines } from './lines';
import { findThreadEntries } from './loreThread';
import { onlyLine } from './oneLine';

export type Container = 'mbox' | 'mail' | 'archive' | 'diff' | 'text';

/** One message as lines of the document; all line indexes 0-based, `to` exclusive. */
export interface MessageSpan {
  readonly container: Container;
  readonly from: number;
  readonly body: number;
  /** The line behind the body; what follows up to `to` belongs to the page and not to the mail. */
  readonly end: number;
  readonly to: number;
  readonly fields: readonly HeaderField[];
  /** Whether lines that start with `From ` got a mark before them, as in mboxrd. */
  readonly isEscaped: boolean;
  /** How many blanks stand before each line of the text: four in the output of `git log`. */
  readonly indent: number;
}

const COLON = 58;
const PLUS = 43;
/** Lines looked at for a header that stands below other text. */
const MOST_LINES_ABOVE = 30;

/**
 * Cuts lines into messages: at mailbox separators, else where commits or entries of a page start.
 * @param cuts 0-based lines of the separators, ascending
 * Every line belongs to exactly one message; an empty document has none. Linear; never throws.
 */
export function findMessages(lines: Lines, cuts: readonly number[]): MessageSpan[] {
  const first = firstFilled(lines, 0, lines.count);
  if (first >= lines.count) return [];
  const spans: MessageSpan[] = [];
  if (cuts[0] !== first) {
    const top = readUnseparated(lines, 0, cuts[0] ?? lines.count);
    // Attached patches start with separators, too.
    if (cuts.length > 0 && top.length === 1 && isMultipart(top[0])) return readUnseparated(lines, 0, lines.count);
    spans.push(...top);
  }
  for (let i = 0; i < cuts.length; i++) {
    const from = i === 0 && cuts[0] === first ? 0 : (cuts[i] ?? 0);
    spans.push(readSeparated(lines, from, cuts[i + 1] ?? lines.count));
  }
  return spans.filter((span) => firstFilled(lines, span.from, span.to) < span.to);
}

/**
 * Whether text `start` to `end` is a mailbox separator by git's rule: `From `, and a time of day with a year
 * behind 1990 after it. `From here on` is prose.
 */
export function isSeparator(text: string, start: number, end: number): boolean {
  return text.startsWith('From ', start) && hasTimeAndYear((offset) => text.charCodeAt(offset), start, end);
}

/**
 * Whether a line from `start` to `end` that starts with `From ` has a time of day with a year behind it.
 * @param codeAt the unit or byte at an offset
 */
export function hasTimeAndYear(codeAt: (offset: number) => number, start: number, end: number): boolean {
  if (end - start < 19) return false;
  let colon = end - 2;
  while (colon >= start + 9 && codeAt(colon) !== COLON) colon--;
  if (colon < start + 9) return false;
  if (!isDigit(codeAt(colon - 4)) || !isDigit(codeAt(colon - 2)) || !isDigit(codeAt(colon - 1))) return false;
  if (!isDigit(codeAt(colon + 1)) || !isDigit(codeAt(colon + 2))) return false;
  let offset = colon + 3;
  const limit = Math.min(end, colon + 12);
  while (offset < limit && isAsciiBlank(codeAt(offset))) offset++;
  // A time zone there counts as well, as for git.
  if (offset < limit && codeAt(offset) === PLUS) offset++;
  let year = 0;
  for (; offset < limit && isDigit(codeAt(offset)); offset++) year = year * 10 + codeAt(offset) - 48;
  return year > 90;
}

/** In a text that is no mailbox from its start, a separator has to be followed by a header to count. */
export function headerFollows(lines: Lines, line: number): boolean {
  return line + 1 < lines.count && fieldNameLength(lines.text, at(lines.start, line + 1), at(lines.end, line + 1)) > 0;
}

function isMultipart(span: MessageSpan | undefined): boolean {
  return /^multipart\//i.test(fieldValue(span?.fields ?? [], 'content-type') ?? '');
}

function readSeparated(lines: Lines, from: number, to: number): MessageSpan {
  const first = firstFilled(lines, from, to);
  const { fields, next } = readHeaderBlock(lines, first + 1, to, 'indented');
  // public-inbox writes mboxrd under this name; of other mailboxes nobody can tell, and git leaves their marks.
  const isEscaped = lines.text.startsWith('From mboxrd@z ', at(lines.start, first));
  return { container: 'mbox', from, body: next, end: to, to, fields, isEscaped, indent: 0 };
}

function readUnseparated(lines: Lines, from: number, to: number): MessageSpan[] {
  const commits = findCommits(lines, from, to);
  if (commits.length > 0) return commits;
  const entries = findThreadEntries(lines, from, to);
  return entries.length > 0 ? entries : [readSpan(lines, from, to)];
}

function readSpan(lines: Lines, from: number, to: number): MessageSpan {
  const span = { from, body: from, end: to, to, fields: [], isEscaped: false, indent: 0 };
  const first = firstFilled(lines, from, to);
  if (first >= to) return { ...span, container: 'text' };
  if (onlyLine(lines) === first) {
    const flat = readFlatHeader(lines.text, at(lines.start, first), at(lines.end, first));
    return { ...span, container: 'text', fields: flat?.fields ?? [] };
  }
  const page = readArchivePage(lines, first, to);
  if (page !== null) return { ...span, ...page, container: 'archive' };
  const header = findHeader(lines, first, to);
  return header === null ? { ...span, container: 'text' } : { ...span, ...header, container: 'mail' };
}

/** A mail header at the top, or a whole one below a few other lines: text is pasted in all ways. */
function findHeader(lines: Lines, first: number, to: number): Pick<MessageSpan, 'body' | 'fields'> | null {
  for (let line = first; line < Math.min(to, first + MOST_LINES_ABOVE); line++) {
    const name = fieldNameLength(lines.text, at(lines.start, line), at(lines.end, line));
    const text = lines.beginning(line);
    // A diff, a quote, or a mail that somebody answers: what follows is no header of this message.
    if (/^(?:diff |--- |@@ |Index: |>(?!From )|-+ ?original message)/i.test(text)) return null;
    if (name === 0 || /^(?:re|fwd?|aw|sv)$/i.test(text.slice(0, name))) continue;
    const { fields, next } = readHeaderBlock(lines, line, to, 'indented');
    if (isMailHeader(fields) && (line === first || isWholeHeader(fields))) return { fields, body: next };
    if (line === first) continue;
    line = Math.max(line, next - 1);
  }
  return null;
}

/** The first line from `from` on that is not empty, or `to`. */
export function firstFilled(lines: Lines, from: number, to: number): number {
  let line = from;
  while (line < to && lines.isEmpty(line)) line++;
  return line;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
