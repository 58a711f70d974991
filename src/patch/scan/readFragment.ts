// SPDX-License-Identifier: MIT
/** Changed lines without a hunk header: quotes cut down to the lines in question, archives that lost the rest. */

import { at, Role } from '../../mail/lines';
import { looksLikeCode } from '../../mail/prose';
import {
  BLANK,
  contentOf,
  type Frame,
  isInside,
  isSignatureMark,
  isSnip,
  MINUS,
  PLUS,
  setRow,
  startsSomethingElse,
} from './marks';
import type { HunkRecord } from './records';
import { roleOfMark } from './roles';

/** How far behind the last changed line the next one may stand, with a reply between them. */
const REACH = 80;
/** How many lines without a mark may stand between two marked ones and still be their context. */
const CONTEXT = 3;

/**
 * Whether changed lines start here: a `+` line (or `-` lines with a `+` line behind them) that reads like code, or `-`
 * lines that all do.
 * @param fileKnown whether a diff header or diffstat names the file; then one line is enough
 */
export function startsFragment(frame: Frame, line: number, fileKnown: boolean): boolean {
  const { text } = frame.lines;
  let run = 0;
  let plus = 0;
  let code = 0;
  for (let next = line; run < 8 && isInside(frame, next); next++, run++) {
    const content = contentOf(frame, next);
    const stop = at(frame.lines.end, next);
    const mark = content < stop ? text.charCodeAt(content) : 0;
    if (
      (mark !== PLUS && mark !== MINUS) ||
      isSignatureMark(frame, next, content) ||
      startsSomethingElse(frame, next, content)
    )
      break;
    if (mark === PLUS) plus++;
    if (looksLikeCode(text, content + 1, stop)) code++;
  }
  // A list of points has the same mark as removed lines, and reads like code nowhere.
  if (plus === 0) return fileKnown && run > 0 && code === run;
  return code > 0 && (run >= 3 || fileKnown);
}

/**
 * Reads changed lines from `line` on, and sets their roles. Unmarked lines directly between them are context that lost
 * its mark; text set apart by empty lines is somebody's comment, and the fragment goes on behind it.
 */
export function readFragment(frame: Frame, line: number): HunkRecord {
  const { lines } = frame;
  const { text } = lines;
  let additions = 0;
  let deletions = 0;
  let end = line;
  let lenient = false;
  for (let next = line; next < frame.to && next - end <= REACH; next++) {
    if (at(lines.depth, next) < frame.depth) continue;
    const content = contentOf(frame, next);
    const stop = at(lines.end, next);
    if (content >= stop) continue;
    if (
      isSignatureMark(frame, next, content) ||
      startsSomethingElse(frame, next, content) ||
      isSnip(text, content, stop)
    )
      break;
    const mark = text.charCodeAt(content);
    if (mark !== PLUS && mark !== MINUS) continue;
    // Behind a gap or an answer a list of points is prose again; code is needed to take the fragment up.
    if ((next - end > CONTEXT || isAnswered(frame, end, next)) && !startsFragment(frame, next, true)) break;
    lenient = fillBetween(frame, end, next) || lenient;
    if (mark === PLUS) additions++;
    else deletions++;
    setRow(frame, next, content, roleOfMark(mark));
    end = next + 1;
  }
  return {
    line,
    header: null,
    first: line,
    end,
    depth: frame.depth,
    skipBlank: frame.skipBlank,
    reading: lenient ? 'lenient' : 'strict',
    missingOld: 0,
    missingNew: 0,
    additions,
    deletions,
  };
}

/** Whether somebody answers between two lines. */
function isAnswered({ lines, depth }: Frame, from: number, to: number): boolean {
  for (let line = from; line < to; line++) {
    if (at(lines.depth, line) < depth && !lines.isEmptyBehindMarks(line)) return true;
  }
  return false;
}

/** Makes the lines between two changed ones context, or leaves them as a comment; gives whether a mark was lost. */
function fillBetween(frame: Frame, from: number, to: number): boolean {
  const { lines } = frame;
  let marked = 0;
  let code = 0;
  let empty = 0;
  for (let line = from; line < to; line++) {
    if (at(lines.depth, line) < frame.depth) return false;
    const content = contentOf(frame, line);
    const stop = at(lines.end, line);
    if (content >= stop) empty++;
    else if (lines.text.charCodeAt(content) === BLANK) marked++;
    else if (looksLikeCode(lines.text, content, stop)) code++;
  }
  const length = to - from;
  const isContext =
    marked + empty === length ||
    (length <= CONTEXT && marked + code + empty === length && (empty === 0 || frame.depth > 0));
  if (!isContext) return false;
  for (let line = from; line < to; line++) setRow(frame, line, contentOf(frame, line), Role.context);
  return code > 0;
}
