// SPDX-License-Identifier: MIT
/** Header blocks of mails and MIME parts. */

import { at, type Lines } from './lines';

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, trimmed, still encoded. */
  readonly value: string;
  /** 0-based index into the lines it was read from. */
  readonly line: number;
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** 0-based line behind the block and the blank line that ends it. */
  readonly next: number;
}

/**
 * `lost`: an archive trimmed its lines, so a continuation is known only by the comma in front of it or the address that
 * it is, and the header ends, maybe without an empty line, where no field follows that archives show.
 */
export type Folding = 'indented' | 'lost';

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
/** Fields that prove a header block when it has only one or two lines. */
const namesThatProve = new Set(['from', 'subject', 'date', 'message-id']);
const namesOnPages = new Set([
  ...namesOfMail,
  'list',
  'reply-to',
  'sender',
  'organization',
  'user-agent',
  'archived-at',
]);

const COLON = 58;
const COMMA = 44;

/**
 * The length of the field name if a line looks like `Name: value`, else 0.
 * Names are printable ASCII without blanks (RFC 5322), so that prose with a colon in it does not pass.
 */
export function fieldNameLength(text: string, start: number, end: number): number {
  const limit = Math.min(end, start + 78);
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) return i - start;
    if (code <= 32 || code >= 127) return 0;
  }
  return 0;
}

/**
 * Reads header fields from line `from` on.
 * @param to line behind the last that may belong to the block
 * @returns the fields, none if line `from` is not a header; never throws
 */
export function readHeaderBlock(lines: Lines, from: number, to: number, folding: Folding): HeaderBlock {
  const { text } = lines;
  const fields: HeaderField[] = [];
  let line = from;
  while (line < to) {
    const start = at(lines.start, line);
    const end = at(lines.end, line);
    if (start === end) return { fields, next: line + 1 };
    const length = fieldNameLength(text, start, end);
    if (length === 0 && isStraySeparator(text, start)) {
      line++;
      continue;
    }
    if (length === 0) break;
    if (folding === 'lost' && !namesOnPages.has(text.slice(start, start + length).toLowerCase())) break;
    const parts = [trimBlanks(text.slice(start + length + 1, end))];
    const first = line;
    line++;
    while (line < to && continues(lines, line, folding)) {
      parts.push(trimBlanks(text.slice(at(lines.start, line), at(lines.end, line))));
      line++;
    }
    fields.push({
      name: text.slice(start, start + length).toLowerCase(),
      value: trimBlanks(parts.join(' ')),
      line: first,
    });
  }
  return { fields, next: line };
}

/** A text without ASCII blanks at both ends; a blank that must not break is text, as for git. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isAsciiBlank(text.charCodeAt(start))) start++;
  while (end > start && isAsciiBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Whether a unit or byte is a blank, a tab or a line end of ASCII, as C's `isspace` says. */
export function isAsciiBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** A mailbox separator among the fields, as mails that went through several mailboxes have; git passes over it. */
function isStraySeparator(text: string, start: number): boolean {
  return text.startsWith('From ', start) || text.startsWith('>From ', start);
}

function continues(lines: Lines, line: number, folding: Folding): boolean {
  const start = at(lines.start, line);
  const end = at(lines.end, line);
  if (start === end) return false;
  const first = lines.text.charCodeAt(start);
  if (first === 32 || first === 9) return true;
  if (folding === 'indented' || line === 0) return false;
  if (/^<\S+@\S+>,?$/.test(lines.beginning(line))) return true;
  const before = at(lines.end, line - 1) - 1;
  return lines.text.charCodeAt(before) === COMMA && fieldNameLength(lines.text, start, end) === 0;
}

/** Whether fields are those of a mail, and not lines of prose or of a diff that look like fields. */
export function isMailHeader(fields: readonly HeaderField[]): boolean {
  const known = fields.filter((field) => namesOfMail.has(field.name)).length;
  return fields.some((field) => namesThatProve.has(field.name)) && (known >= 2 || known === fields.length);
}

/** Whether fields say who sent a mail, about what, and when or under which id: prose and diffs never do. */
export function isWholeHeader(fields: readonly HeaderField[]): boolean {
  const has = (name: string): boolean => fields.some((field) => field.name === name);
  return has('from') && has('subject') && (has('date') || has('message-id'));
}

/** Whether a name (lower case) is that of a field that archives show. */
export function isFieldOfPages(name: string): boolean {
  return namesOnPages.has(name);
}

/** The value of the first field of that name (lower case), or null. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

/** The value of the last field of that name (lower case), or null: which of several git takes for From, Subject, Date. */
export function lastFieldValue(fields: readonly HeaderField[], name: string): string | null {
  return fields.findLast((field) => field.name === name)?.value ?? null;
}
