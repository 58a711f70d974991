// SPDX-License-Identifier: MIT
/** Trailers such as `Reviewed-by:` in the text of a message. */

import { at, type Lines, Role } from './lines';

export interface TrailerRecord {
  readonly key: string;
  readonly value: string;
  /** 0-based index into the lines. */
  readonly line: number;
}

const keys =
  /^(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)*-[Bb]y|[a-z]+(?:-[A-Za-z]+)*-by|Cc|CC|Fixes|Link|Closes|References|BugLink|Bugzilla|Change-Id|Message-I[dD])$/;
const anyKey = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
/** What stands between the trailers of one block: what a maintainer did, a wrapped value, where a commit comes from. */
const amongTrailers = /^(?:\[.*\]$|[ \t]|#|\(cherry picked from commit )/;
const LONGEST_VALUE = 2000;

/** The trailers among lines `from` to `to` (exclusive), quoted ones too, in their order. */
export function readTrailers(lines: Lines, from: number, to: number): TrailerRecord[] {
  const found: TrailerRecord[] = [];
  let signed = -1;
  for (let line = from; line < to; line++) {
    const field = fieldOf(lines, line);
    if (field === null || !keys.test(field.key)) continue;
    // Prose starts with small letters too: `stand-by: it was late`.
    if (/^[a-z]/.test(field.key) && !field.value.includes('@')) continue;
    found.push({ key: field.key, value: wholeValue(lines, line, to, field), line });
    if (/^signed-off-by$/i.test(field.key)) signed = line;
  }
  if (signed >= 0) addOthersOfBlock(lines, from, to, signed, found);
  return found;
}

/** Adds what has another key and stands in a block with line `signed`, if the block has nothing but trailers. */
function addOthersOfBlock(lines: Lines, from: number, to: number, signed: number, found: TrailerRecord[]): void {
  const isOf = (line: number): boolean =>
    at(lines.depth, line) === at(lines.depth, signed) &&
    !lines.isEmptyBehindMarks(line) &&
    !lines.text.startsWith('---', at(lines.content, line));
  let first = signed;
  while (first > from && isOf(first - 1)) first--;
  const known = new Set(found.map(({ line }) => line));
  const others: TrailerRecord[] = [];
  for (let line = first; line < to && isOf(line); line++) {
    if (known.has(line)) continue;
    const field = fieldOf(lines, line);
    if (field !== null && !field.value.startsWith('//')) {
      others.push({ key: field.key, value: wholeValue(lines, line, to, field), line });
    } else if (!amongTrailers.test(beginning(lines, line)) && !(known.has(line - 1) && isRest(lines, line))) return;
  }
  if (others.length === 0) return;
  for (const other of others) found.push(other);
  found.sort((a, b) => a.line - b.line);
}

interface Field {
  readonly key: string;
  readonly value: string;
}

/** `Key: value` on a line, with blanks around the value taken off; null for a line of another kind or without a value. */
function fieldOf(lines: Lines, line: number): Field | null {
  const { text } = lines;
  const content = at(lines.content, line);
  const stop = at(lines.end, line);
  const limit = Math.min(stop, content + 40);
  let colon = content;
  while (colon < limit && text.charCodeAt(colon) !== 58 && text.charCodeAt(colon) > 32) colon++;
  if (colon >= limit || colon === content || text.charCodeAt(colon) !== 58) return null;
  const key = text.slice(content, colon);
  if (!anyKey.test(key)) return null;
  const value = text.slice(colon + 1, Math.min(stop, colon + LONGEST_VALUE)).trim();
  return value === '' ? null : { key, value };
}

/** The value of a trailer with what a mailer or its author wrapped to the next lines. */
function wholeValue(lines: Lines, line: number, to: number, { key, value }: Field): string {
  let whole = value;
  for (let next = line + 1; next < to && at(lines.depth, next) === at(lines.depth, line); next++) {
    const text = beginning(lines, next);
    const isIndented = /^[ \t]+[^ \t|]/.test(text) && !/ \| +(?:\d|Bin)/.test(text);
    const closesName =
      key === 'Fixes' && /^[0-9a-f]{7,40} \("/.test(whole) && !whole.endsWith('")') && text.endsWith('")');
    const isAddress = personal.test(key) && !address.test(whole) && onlyAddress.test(text);
    if ((!isIndented && !closesName && !isAddress) || whole.length > LONGEST_VALUE) break;
    whole = `${whole} ${text.trim()}`;
  }
  return whole;
}

/** So much of a line behind its quote marks as a wrapped value has. */
function beginning(lines: Lines, line: number): string {
  const content = at(lines.content, line);
  return lines.text.slice(content, Math.min(at(lines.end, line), content + 300));
}

/** Whether a line may be what a mailer wrapped of the trailer above. */
function isRest(lines: Lines, line: number): boolean {
  const text = beginning(lines, line);
  return text.endsWith('")') || onlyAddress.test(text);
}

/** Trailers that say something without naming a person. */
const impersonal = /^(?:Fixes|Obsoleted-by|Change-Id|Base-commit)$/i;
const personal = /^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*-[Bb]y$/;
const address = /\S+@\S+|\S+ at \S+\.\S+/;
const onlyAddress = /^<\S+@\S+>$/;

/**
 * The trailers that the sender of a reply gives, among lines `from` to `to` (exclusive) whose roles are set as far as
 * they belong to a diff: not those that are quoted, that stand in a diff or below the signature. A trailer whose address
 * a mailer wrapped to the next line is put together. `Link:` and the like are references to somebody's words, not given.
 */
export function readGivenTrailers(lines: Lines, from: number, to: number): TrailerRecord[] {
  const found: TrailerRecord[] = [];
  for (let line = from; line < to; line++) {
    if (at(lines.depth, line) > 0 || !isWord(at(lines.role, line))) continue;
    const text = lines.beginning(line).trim();
    if (text === '--') break;
    const match = /^([A-Za-z][\w-]+):\s+(\S.*)$/.exec(text);
    if (match === null) continue;
    const [, key = '', first = ''] = match;
    if (!personal.test(key) && !impersonal.test(key)) continue;
    let value = first;
    if (personal.test(key) && !address.test(value)) {
      const next = line + 1 < to && at(lines.depth, line + 1) === 0 ? lines.beginning(line + 1).trim() : '';
      if (!onlyAddress.test(next)) continue;
      value = `${value} ${next}`;
    }
    if (/https?:\/\//.test(value)) continue;
    found.push({ key, value: value.replace(/\s+#[^#]*$/, '').trim(), line });
  }
  return found;
}

/** Whether a line of this role is none of a diff. */
function isWord(role: number): boolean {
  return role === Role.none || role === Role.text || role === Role.comment || role === Role.signature;
}

/** Whether a trailer names a person. */
export function isPersonal(key: string): boolean {
  return personal.test(key);
}
