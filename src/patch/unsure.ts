// SPDX-License-Identifier: MIT
/** Which line numbers of a short hunk are sure, and which lie in a range. */

import type { Body } from '../mail/body';
import { at, Role } from '../mail/lines';
import { isSignatureMark } from './scan/marks';
import type { HunkRecord } from './scan/records';

/** git shows so many lines of context behind the last change. */
const CONTEXT = 3;

/** Where the numbers of a short hunk are unsure: from line `from` (0-based) on, and up to line `to` (exclusive). */
export interface Unsure {
  readonly from: number;
  readonly to: number;
}

/**
 * Lines are missing where the quote was interrupted, so rows before the first interruption are sure, unless context is
 * missing above the first change as well, which mailers and reviewers drop without a word. Where there is only one
 * interruption, all lines are missing there or above, and rows behind it are as sure when the end of the hunk is to be
 * seen (with its context, if the last change stands behind the gap): they are counted from the end. Without an
 * interruption, a hunk that ends before its trailing context is complete lost its end, and all its rows are sure; else
 * lines are missing somewhere behind the leading context.
 */
export function findUnsure(body: Body, record: HunkRecord): Unsure {
  const { role } = body.lines;
  const hasExtra = record.missingOld < 0 || record.missingNew < 0;
  if (hasExtra && record.reading === 'lenient') return { from: record.first, to: record.end };
  if (record.missingOld <= 0 && record.missingNew <= 0) return { from: record.end, to: record.end };
  let gap = -1;
  let gaps = 0;
  let behind = -1;
  let leading = 0;
  let trailing = 0;
  let changed = false;
  let changedAbove = false;
  let changedBehind = false;
  for (let line = record.first; line < record.end; line++) {
    switch (at(role, line)) {
      case Role.context:
        trailing++;
        if (!changed) leading++;
        break;
      case Role.add:
      case Role.del:
      case Role.addJoined:
      case Role.delJoined:
        trailing = 0;
        changed = true;
        changedBehind = gap >= 0;
        break;
      case Role.noNewline:
      case Role.addRest:
      case Role.delRest:
      case Role.contextRest:
      case Role.hunk:
        break;
      default:
        if (gap < 0) {
          gap = line;
          changedAbove = changed;
        }
        if (behind !== line) gaps++;
        behind = line + 1;
    }
  }
  if (gap < 0) {
    const doubtful = firstDoubtful(body, record);
    if (doubtful >= 0) return { from: doubtful, to: record.end };
    if (changed && lostLeading(record, leading)) return { from: record.first, to: record.end };
    return {
      from: changed && trailing >= 3 && trailing >= leading ? record.first + leading : record.end,
      to: record.end,
    };
  }
  const rule = record.reading === 'lenient' ? firstRule(body, record.first, gap) : gap;
  return {
    from: changedAbove && lostLeading(record, leading) ? record.first : rule,
    to: gaps === 1 && (trailing >= CONTEXT || !changedBehind) && endsAtHeader(body, record) ? behind : record.end,
  };
}

/** Whether context lines may be missing above the first change, where only `leading` of them are there. */
function lostLeading({ header, missingOld, missingNew }: HunkRecord, leading: number): boolean {
  if (header === null || leading >= CONTEXT) return false;
  return header.oldStart > 1 && header.newStart > 1 && missingOld > 0 && missingNew > 0;
}

/**
 * The first row that may be context although it looks changed, where the blanks before context were lost: rows of one
 * side are missing, and those that look as if they had no such side would fill it. -1 if there is none.
 */
function firstDoubtful(body: Body, record: HunkRecord): number {
  if (record.reading === 'strict' || (record.missingOld > 0 && record.missingNew > 0)) return -1;
  const doubtful = record.missingNew > 0 ? Role.del : Role.add;
  for (let line = record.first; line < record.end; line++) {
    if (at(body.lines.role, line) === doubtful) return line;
  }
  return -1;
}

/** The first row of lines `from` to `to` (exclusive) that has dashes only, `to` if there is none: a heading has them too. */
function firstRule({ lines }: Body, from: number, to: number): number {
  for (let line = from; line < to; line++) {
    if (at(lines.role, line) !== Role.del) continue;
    const content = at(lines.content, line);
    if (lines.text.startsWith('---', content) && /^-+$/.test(lines.behindMarks(line).slice(0, 100))) return line;
  }
  return to;
}

/** Whether the next hunk, file or the signature of the quoted mail follows: then nothing was cut off the end. */
function endsAtHeader(body: Body, record: HunkRecord): boolean {
  const { lines } = body;
  if (record.end >= body.to || at(lines.depth, record.end) < record.depth) return false;
  const role = at(lines.role, record.end);
  if (role === Role.hunk || role === Role.file) return true;
  const frame = { lines, to: body.to, depth: record.depth, skipBlank: record.skipBlank };
  return isSignatureMark(frame, record.end, at(lines.content, record.end));
}
