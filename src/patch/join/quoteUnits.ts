// SPDX-License-Identifier: MIT
/** The lines of a message that may be lines of a certain patch. */

import { at, type Lines, Role } from '../../mail/lines';
import { contentAtDepth } from '../../mail/quote';
import type { QuotedLine } from './alignQuote';
import type { OriginalPatch } from './originalPatch';
import { quoteKey } from './quoteKey';

/** A line of the patch as the message has it. */
export interface QuoteUnit extends QuotedLine {
  /** 0-based line in the body, and the last one where a mailer wrapped it. */
  readonly line: number;
  readonly last: number;
  /** Whether the unit may go on with somebody's words behind the line of the patch: line ends were lost. */
  readonly open: boolean;
}

export interface Quote {
  /** How many marks stand before the lines of the patch. */
  readonly depth: number;
  readonly units: readonly QuoteUnit[];
}

/** What it is worth that lines next to each other are so in the patch; and where somebody's words stand between them. */
const NEXT = 8;
const INTERRUPTED = 1;
/** In so many pieces a mailer cuts a line at most. */
const MOST_PIECES = 4;

/**
 * Finds the lines of body lines `from` to `to` (exclusive) that also stand in the patch. The roles of all lines are set.
 * @param isOther of a body line: it belongs to a diff that is not the patch's
 * @param isShort of a body line: it stands in a hunk that has fewer rows than its header says
 * @param cutAtMarks whether the message stood on one line and was cut before quote marks
 */
export function findQuoteUnits(
  lines: Lines,
  from: number,
  to: number,
  original: OriginalPatch,
  isOther: (line: number) => boolean,
  isShort: (line: number) => boolean,
  cutAtMarks: boolean,
): Quote {
  const depth = quoteDepth(lines, from, to, original);
  const units: QuoteUnit[] = [];
  let link = 0;
  let line = from;
  const blanks = depth === 0 ? spacing(lines, from, to, original) : null;
  let end = to;
  // Without marks, empty lines at the end of a mail are its end.
  while (depth === 0 && end > from && lines.isEmpty(end - 1)) end--;
  while (line < end) {
    const role = at(lines.role, line);
    if (at(lines.depth, line) < depth || isOther(line) || blanks?.has(line) === true) {
      if (!lines.isEmpty(line) || depth > 0) {
        link = Math.min(link, role === Role.snip || isShort(line) ? 0 : INTERRUPTED);
      }
      line++;
      continue;
    }
    const unit = readUnit(lines, line, end, depth, original, cutAtMarks, link);
    if (unit === null) {
      // Somebody's own words or an edited line: the next line need not be the next of the patch.
      link = Math.min(link, role === Role.snip || isShort(line) ? 0 : INTERRUPTED);
      line++;
      continue;
    }
    units.push(unit);
    link = NEXT;
    line = unit.last + 1;
  }
  return { depth, units };
}

function readUnit(
  lines: Lines,
  line: number,
  to: number,
  depth: number,
  original: OriginalPatch,
  cutAtMarks: boolean,
  link: number,
): QuoteUnit | null {
  const { numbers, lengths } = original;
  const longestKey = lengths[0] ?? 0;
  const key = keyAt(lines, line, depth);
  const number = numbers.get(key);
  if (number !== undefined) return { keys: [number], link, line, last: line, open: false };
  if (key === '') return null;
  let whole = key;
  for (let next = line + 1; next < to && next < line + MOST_PIECES; next++) {
    if (whole.length >= longestKey) break;
    const piece = keyAt(lines, next, Math.min(depth, at(lines.depth, next)));
    if (piece === '') break;
    whole += piece;
    const joined = numbers.get(whole);
    if (joined !== undefined) return { keys: [joined], link, line, last: next, open: false };
  }
  if (!cutAtMarks) return null;
  const keys: number[] = [];
  for (const length of lengths) {
    if (length >= key.length) continue;
    const prefix = numbers.get(key.slice(0, length));
    if (prefix !== undefined) keys.push(prefix);
  }
  return keys.length === 0 ? null : { keys, link, line, last: line, open: true };
}

function keyAt(lines: Lines, line: number, depth: number): string {
  const content =
    at(lines.depth, line) === depth ? behindAllMarks(lines, line) : contentAtDepth(lines, line, depth, true);
  return quoteKey(lines.text, content, at(lines.end, line));
}

/** Roles of rows move the content of a line; counted again it is the same for all. */
function behindAllMarks(lines: Lines, line: number): number {
  const depth = at(lines.depth, line);
  return depth === 0 ? at(lines.start, line) : contentAtDepth(lines, line, depth, true);
}

/** The depth at which most of the patch's text stands; 0 where no line is marked. */
function quoteDepth(lines: Lines, from: number, to: number, original: OriginalPatch): number {
  const shares = new Map<number, number>();
  for (let line = from; line < to; line++) {
    const depth = at(lines.depth, line);
    const number = original.numbers.get(keyAt(lines, line, depth));
    if (number !== undefined) shares.set(depth, (shares.get(depth) ?? 0) + (original.weights[number] ?? 0));
  }
  let found = 0;
  let most = 0;
  for (const [depth, share] of shares) {
    if (share > most) {
      found = depth;
      most = share;
    }
  }
  return found;
}

/** Without quote marks: the empty line before and the one behind somebody's words, which belong to them. */
function spacing(lines: Lines, from: number, to: number, original: OriginalPatch): Set<number> {
  const found = new Set<number>();
  for (let line = from; line < to; line++) {
    const key = keyAt(lines, line, 0);
    if (key === '' || at(lines.role, line) === Role.snip || original.numbers.has(key)) continue;
    for (const near of [line - 1, line + 1])
      if (near >= from && near < to && keyAt(lines, near, 0) === '') found.add(near);
  }
  return found;
}
