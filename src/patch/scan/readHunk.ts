// SPDX-License-Identifier: MIT
/** Reads the rows of one hunk: twice where needed, with the counts of its header as judge. */

import { at, Role } from '../../mail/lines';
import { isBlank, restoreQuotes } from '../../mail/quote';
import type { WhitespaceState } from '../../mail/whitespace';
import type { HunkHeader } from './hunkHeader';
import {
  AT,
  BACKSLASH,
  contentOf,
  type Frame,
  isInside,
  isSignatureMark,
  MINUS,
  PLUS,
  setRow,
  startsSomethingElse,
} from './marks';
import { readUnmarked } from './readUnmarked';
import type { HunkRecord } from './records';
import { roleOfMark } from './roles';
import { type Result, walkRows } from './walkRows';

/** What is known of the damage of the message around, found out when it is asked for. */
export interface Damage {
  readonly judge: () => WhitespaceState;
  /** Whether somebody answers text whose quote marks were lost. */
  readonly marksLost: () => boolean;
}

/** How far behind full counts rows are looked for that somebody added. */
const EXTRA_REACH = 6;

/**
 * Reads the hunk whose header stands on `line`, and sets role, content and depth of its rows.
 * The counts decide between the readings; a hunk that no reading fills was edited or cut, and is read as far as its
 * lines belong to it. Linear in the lines up to the next header.
 */
export function readHunk(frame: Frame, line: number, header: HunkHeader, damage: Damage): HunkRecord {
  const { chosen, isWhole } = choose(frame, line + 1, header, damage);
  const whole = isWhole ? chosen : addExtraRows(frame, line + 1, header, chosen);
  assignExtraRows(frame, chosen.end, whole.end);
  return {
    line,
    header,
    first: line + 1,
    end: whole.end,
    depth: frame.depth,
    skipBlank: frame.skipBlank,
    reading: whole.reading.lenient ? 'lenient' : 'strict',
    missingOld: whole.old,
    missingNew: whole.new,
    additions: whole.additions,
    deletions: whole.deletions,
  };
}

function choose(
  frame: Frame,
  from: number,
  header: HunkHeader,
  { judge, marksLost }: Damage,
): { chosen: Result; isWhole: boolean } {
  // Nearly all hunks are what they say, so the first reading writes its roles at once.
  const strict = walkRows(frame, from, header, { lenient: false, cautious: false }, frame.to);
  const isUnmarked = (): boolean => frame.depth === 0 && judge() !== 'kept' && marksLost();
  if (isExact(strict) && !(strict.interrupted && isUnmarked())) return { chosen: strict, isWhole: false };
  clearRoles(frame, from, strict.reach);
  if (isUnmarked()) return { chosen: readUnmarked(frame, from, header), isWhole: true };
  const hint = judge();
  // Blanks in the hunk itself say more than too little text around it.
  const chosen = chooseOther(frame, from, header, hint === 'unknown' && strict.hasBlanks ? 'kept' : hint, strict);
  walkRows(frame, from, header, chosen.reading, chosen.end);
  return { chosen, isWhole: false };
}

/** The reading of a hunk that is damaged in some way. */
function chooseOther(frame: Frame, from: number, header: HunkHeader, hint: WhitespaceState, strict: Result): Result {
  if (frame.depth > 0) {
    const split = walkRows(frame, from, header, { lenient: false, cautious: false, splits: true });
    if (isExact(split)) return split;
  }
  const lenient = walkRows(frame, from, header, { lenient: true, cautious: false });
  // Where blanks are known to be kept, a lenient reading that fills up behind a gap has eaten the text there, and one
  // that fills up with the rests of wrapped lines has eaten these.
  if (isExact(lenient) && !(hint === 'kept' && (lenient.interrupted || strict.wrapped))) return lenient;
  const joined = walkRows(frame, from, header, { lenient: false, cautious: false, joins: true });
  if (isExact(joined)) return joined;
  if (hint !== 'kept' && !lenient.interrupted) {
    for (const asContext of ['doubled', 'removed'] as const) {
      const other = walkRows(frame, from, header, { lenient: true, cautious: false, asContext });
      if (isExact(other) && endsAtHeader(frame, other.end)) return other;
    }
  }
  const carefulStrict = walkRows(frame, from, header, { lenient: false, cautious: true, joins: frame.depth > 0 });
  if (hint === 'kept') return carefulStrict;
  const carefulLenient = walkRows(frame, from, header, { lenient: true, cautious: true });
  if (hint === 'collapsed') return carefulLenient;
  return deviation(carefulLenient) < deviation(carefulStrict) ? carefulLenient : carefulStrict;
}

/** Whether another hunk, file or a signature follows in the quote, so that nothing was cut off before it. */
function endsAtHeader(frame: Frame, line: number): boolean {
  if (!isInside(frame, line)) return false;
  const content = contentOf(frame, line);
  return startsSomethingElse(frame, line, content) || isSignatureMark(frame, line, content);
}

function isExact(result: Result): boolean {
  return result.old === 0 && result.new === 0;
}

function deviation(result: Result): number {
  return Math.abs(result.old) + Math.abs(result.new);
}

/** Rows behind full counts that still belong to the hunk: somebody inserted lines and left the header as it was. */
function addExtraRows(frame: Frame, from: number, header: HunkHeader, result: Result): Result {
  if (result.old > 0 || result.new > 0 || result.end === from) return result;
  // Nothing can be told of a hunk that says it is empty.
  if (header.oldCount + header.newCount === 0) return result;
  const end = endOfExtraRows(frame, result);
  let { additions, deletions, old, new: fresh } = result;
  for (let line = result.end; line < end; line++) {
    const mark = markOf(frame, line);
    if (mark === PLUS) additions++;
    if (mark === MINUS) deletions++;
    if (mark !== PLUS && mark !== BACKSLASH) old--;
    if (mark !== MINUS && mark !== BACKSLASH) fresh--;
  }
  return { ...result, end, old, new: fresh, additions, deletions };
}

/**
 * Where a hunk ends that may have more rows than its header says. Changed lines directly behind belong to it, and so do
 * context lines that stand between it and the next header, a signature, or the end of the quote. What an empty line
 * sets apart is text (a list, a name, the dashes above a footer), unless the next hunk of the file follows.
 */
function endOfExtraRows(frame: Frame, result: Result): number {
  const { lines } = frame;
  let end = result.end;
  // Behind the last filled line that may belong to the hunk, and whether empty lines stand before or behind it.
  let filled = end;
  let empty = 0;
  for (let line = end; line - end <= EXTRA_REACH; line++) {
    if (!isInside(frame, line)) return frame.depth > 0 || !result.reading.lenient ? filled : end;
    const content = contentOf(frame, line);
    const stop = at(lines.end, line);
    const code = content < stop ? lines.text.charCodeAt(content) : 0;
    if (startsSomethingElse(frame, line, content)) {
      // Between two headers of a quoted diff even an empty line can only be a row.
      return empty === 0 || code === AT || (frame.depth > 0 && empty === 1) ? line : filled;
    }
    if (isSignatureMark(frame, line, content)) return filled;
    if (code === PLUS || code === BACKSLASH || (code === MINUS && !isRule(frame, line, content))) {
      if (empty > 0) continue;
      end = line + 1;
      filled = end;
    } else if (code === 0) {
      empty++;
    } else if ((isBlank(code) || result.reading.lenient) && empty === 0) {
      filled = line + 1;
    } else {
      return end;
    }
  }
  return end;
}

/** A line of dashes, also with words among them, as it stands between a patch and what follows. */
function isRule(frame: Frame, line: number, content: number): boolean {
  const { text } = frame.lines;
  return (
    text.startsWith('-----', content) || (text.startsWith('---', content) && at(frame.lines.end, line) - content === 3)
  );
}

function markOf(frame: Frame, line: number): number {
  const content = contentOf(frame, line);
  return content < at(frame.lines.end, line) ? frame.lines.text.charCodeAt(content) : 0;
}

/** Takes back what a reading wrote. */
function clearRoles(frame: Frame, from: number, to: number): void {
  frame.lines.role.fill(Role.none, from, to);
  restoreQuotes(frame.lines, from, to);
}

/** Roles of the rows that `addExtraRows` found. */
function assignExtraRows(frame: Frame, from: number, to: number): void {
  for (let line = from; line < to; line++) setRow(frame, line, contentOf(frame, line), roleOfMark(markOf(frame, line)));
}
