// SPDX-License-Identifier: MIT
/** Reads the rows of one hunk: twice where needed, with the counts of its header as judge. */

import { at, Role } from '../mail/lines';
import { isBlank, markQuotes } from '../mail/quote';
import type { HunkHeader } from './hunkHeader';
import {
  AT,
  BACKSLASH,
  contentOf,
  type Frame,
  isHardEnd,
  isInside,
  isSignatureMark,
  isSnip,
  MINUS,
  mayBeRest,
  PLUS,
  startsSomethingElse,
  versionFollows,
} from './marks';
import type { HunkRecord } from './records';

/** What white space of the message around is known to be worth; `unknown` where there is too little text to tell. */
export type WhitespaceHint = 'kept' | 'collapsed' | 'unknown';

interface Reading {
  /** Blank-less lines are context. */
  readonly lenient: boolean;
  /** Stop where the hunk seems to end although its counts are open. */
  readonly cautious: boolean;
}

interface Result {
  readonly reading: Reading;
  /** Line behind the last row. */
  readonly end: number;
  /** Line behind the last that was looked at. */
  readonly reach: number;
  /** Counts still open; negative when over. */
  readonly old: number;
  readonly new: number;
  readonly additions: number;
  readonly deletions: number;
  /** Whether lines that are no rows stood among the rows. */
  readonly interrupted: boolean;
  /** Whether rows went on on the next line, as mailers wrap them. */
  readonly wrapped: boolean;
}

/** How far behind a stray line rows are looked for, and behind full counts rows that somebody added. */
const COMMENT_REACH = 60;
const EXTRA_REACH = 6;

/**
 * Reads the hunk whose header stands on `line`, and sets role, content and depth of its rows.
 * The counts decide between the readings; a hunk that no reading fills was edited or cut, and is read as far as its
 * lines belong to it. Linear in the lines up to the next header.
 */
export function readHunk(frame: Frame, line: number, header: HunkHeader, judge: () => WhitespaceHint): HunkRecord {
  const chosen = choose(frame, line + 1, header, judge);
  const whole = addExtraRows(frame, line + 1, header, chosen);
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

function choose(frame: Frame, from: number, header: HunkHeader, judge: () => WhitespaceHint): Result {
  // Nearly all hunks are what they say, so the first reading writes its roles at once.
  const strict = run(frame, from, header, { lenient: false, cautious: false }, frame.to);
  if (isExact(strict)) return strict;
  clearRoles(frame, from, strict.reach);
  const chosen = chooseOther(frame, from, header, judge(), strict.wrapped);
  run(frame, from, header, chosen.reading, chosen.end);
  return chosen;
}

/** The reading of a hunk that is damaged in some way. */
function chooseOther(frame: Frame, from: number, header: HunkHeader, hint: WhitespaceHint, wrapped: boolean): Result {
  const lenient = run(frame, from, header, { lenient: true, cautious: false });
  // Where blanks are known to be kept, a lenient reading that fills up behind a gap has eaten the text there, and one
  // that fills up with the rests of wrapped lines has eaten these.
  if (isExact(lenient) && !(hint === 'kept' && (lenient.interrupted || wrapped))) return lenient;
  const carefulStrict = run(frame, from, header, { lenient: false, cautious: true });
  if (hint === 'kept') return carefulStrict;
  const carefulLenient = run(frame, from, header, { lenient: true, cautious: true });
  if (hint === 'collapsed') return carefulLenient;
  return deviation(carefulLenient) < deviation(carefulStrict) ? carefulLenient : carefulStrict;
}

function isExact(result: Result): boolean {
  return result.old === 0 && result.new === 0;
}

function deviation(result: Result): number {
  return Math.abs(result.old) + Math.abs(result.new);
}

/**
 * One reading from line `from` on.
 * @param assignTo where given, the same decisions are written down as roles, up to this line
 */
function run(frame: Frame, from: number, header: HunkHeader, reading: Reading, assignTo = -1): Result {
  const { lines, to, depth } = frame;
  const { text } = lines;
  let old = header.oldCount;
  let fresh = header.newCount;
  let additions = 0;
  let deletions = 0;
  let end = from;
  let filledEnd = from;
  let trailingBlank = 0;
  let gap = false;
  let interrupted = false;
  let wrapped = false;
  let lastRole: number = Role.hunk;
  // Text set apart by empty lines, which are then no context either.
  let inComment = false;
  let line = from;
  for (; line < to && (old > 0 || fresh > 0); line++) {
    if (line === assignTo) break;
    if (at(lines.depth, line) < depth) {
      if (startsOutside(frame, line)) break;
      gap = true;
      continue;
    }
    const content = contentOf(frame, line);
    let role: number = Role.context;
    const stop = at(lines.end, line);
    const code = content < stop ? text.charCodeAt(content) : 0;
    if (code === PLUS) {
      fresh--;
      additions++;
      role = Role.add;
    } else if (code === MINUS) {
      if (isHardEnd(frame, line, content)) break;
      if (isSignatureMark(frame, line, content) && (reading.cautious || versionFollows(frame, line))) break;
      old--;
      deletions++;
      role = Role.del;
    } else if (code === 0 || isBlank(code)) {
      if (code === 0 && depth === 0 && (inComment || startsComment(frame, line, reading))) {
        inComment = true;
        gap = true;
        continue;
      }
      old--;
      fresh--;
    } else if (code === BACKSLASH) {
      role = Role.noNewline;
    } else {
      if (isHardEnd(frame, line, content)) break;
      const snip = isSnip(text, content, stop);
      if (!reading.lenient && !snip && line === end && mayBeRest(frame, line, content)) {
        wrapped = true;
        end = line + 1;
        filledEnd = end;
        if (assignTo >= 0) assignRest(frame, line, content, lastRole);
        continue;
      }
      if (!reading.lenient || snip) {
        if (snip && assignTo >= 0) lines.role[line] = Role.snip;
        // Behind a mark that lines were left out, a quote goes on.
        if (!reading.cautious || (reading.lenient && depth > 0)) {
          gap = true;
          continue;
        }
        const resumed = findRow(frame, line);
        if (resumed < 0) break;
        gap = true;
        line = resumed - 1;
        continue;
      }
      old--;
      fresh--;
    }
    if (assignTo >= 0) {
      lines.role[line] = role;
      lines.content[line] = content;
      lines.depth[line] = depth;
    }
    interrupted ||= gap;
    inComment = false;
    lastRole = role;
    end = line + 1;
    if (content < stop) {
      filledEnd = end;
      trailingBlank = 0;
    } else {
      trailingBlank++;
    }
  }
  // The last row may be wrapped too.
  while (
    !reading.lenient &&
    (depth > 0 || wrapped) &&
    line === end &&
    line > from &&
    line !== assignTo &&
    isInside(frame, line)
  ) {
    const content = contentOf(frame, line);
    if (!isStray(frame, line, content) || !mayBeRest(frame, line, content)) break;
    if (assignTo >= 0) assignRest(frame, line, content, lastRole);
    line++;
    end = line;
    filledEnd = end;
  }
  // In a mail's own patch empty lines at the end of a cut hunk separate it from what follows.
  if (
    reading.cautious &&
    depth === 0 &&
    trailingBlank > 0 &&
    (old > 0 || fresh > 0 || old < 0 || fresh < 0) &&
    line >= end
  ) {
    old += trailingBlank;
    fresh += trailingBlank;
    end = filledEnd;
  }
  return { reading, end, reach: line, old, new: fresh, additions, deletions, interrupted, wrapped };
}

/** Whether a filled line has no mark of a row, and can be neither a header nor a mark that lines were left out. */
function isStray(frame: Frame, line: number, content: number): boolean {
  const { lines } = frame;
  const stop = at(lines.end, line);
  if (content >= stop) return false;
  const code = lines.text.charCodeAt(content);
  return (
    code !== PLUS &&
    code !== MINUS &&
    code !== BACKSLASH &&
    !isBlank(code) &&
    !startsSomethingElse(frame, line, content) &&
    !isSnip(lines.text, content, stop)
  );
}

/** Gives the rest of a wrapped line the role of the line it continues. */
function assignRest(frame: Frame, line: number, content: number, role: number): void {
  const { lines, depth } = frame;
  lines.role[line] =
    role === Role.add
      ? Role.addRest
      : role === Role.del
        ? Role.delRest
        : role === Role.context
          ? Role.contextRest
          : role;
  lines.content[line] = content;
  lines.depth[line] = depth;
}

/** The next row behind a line that is none, within a comment's length, or -1. */
function findRow(frame: Frame, from: number): number {
  const { lines } = frame;
  const limit = Math.min(frame.to, from + COMMENT_REACH);
  for (let line = from + 1; line < limit; line++) {
    if (at(lines.depth, line) < frame.depth) continue;
    const content = contentOf(frame, line);
    const stop = at(lines.end, line);
    if (content >= stop) continue;
    if (isHardEnd(frame, line, content) || isSignatureMark(frame, line, content)) return -1;
    const code = lines.text.charCodeAt(content);
    if (code === PLUS || code === MINUS || isBlank(code)) return line;
  }
  return -1;
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
 * Where a hunk ends that may have more rows than its header says. Changed lines close behind belong to it, and so do
 * context lines that stand between it and the next header, a signature, or the end of the quote.
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
      end = line + 1;
      filled = end;
      empty = 0;
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

/** A line of dashes, as it stands between a patch and what follows. */
function isRule(frame: Frame, line: number, content: number): boolean {
  return frame.lines.text.startsWith('---', content) && at(frame.lines.end, line) - content === 3;
}

function markOf(frame: Frame, line: number): number {
  const content = contentOf(frame, line);
  return content < at(frame.lines.end, line) ? frame.lines.text.charCodeAt(content) : 0;
}

/** Takes back what a reading wrote. */
function clearRoles(frame: Frame, from: number, to: number): void {
  frame.lines.role.fill(Role.none, from, to);
  markQuotes(frame.lines, from, to);
}

/** Roles of the rows that `addExtraRows` found. */
function assignExtraRows(frame: Frame, from: number, to: number): void {
  const { lines, depth } = frame;
  for (let line = from; line < to; line++) {
    const mark = markOf(frame, line);
    lines.role[line] =
      mark === PLUS ? Role.add : mark === MINUS ? Role.del : mark === BACKSLASH ? Role.noNewline : Role.context;
    lines.content[line] = contentOf(frame, line);
    lines.depth[line] = depth;
  }
}

/** Whether a line outside the quote of a hunk starts another diff, so that the quote will not go on. */
function startsOutside(frame: Frame, line: number): boolean {
  const content = at(frame.lines.content, line);
  const code = content < at(frame.lines.end, line) ? frame.lines.text.charCodeAt(content) : 0;
  if (code !== 100 && code !== 64 && code !== MINUS) return false;
  return isHardEnd({ ...frame, depth: at(frame.lines.depth, line), skipBlank: true }, line, content);
}

/** Whether the next filled line is no row: then an empty line belongs to the comment that somebody wrote there. */
function startsComment(frame: Frame, line: number, reading: Reading): boolean {
  if (reading.lenient) return false;
  const { lines } = frame;
  const limit = Math.min(frame.to, line + 4);
  for (let next = line + 1; next < limit; next++) {
    const content = contentOf(frame, next);
    if (content >= at(lines.end, next)) continue;
    const code = lines.text.charCodeAt(content);
    return code !== PLUS && code !== MINUS && code !== BACKSLASH && !isBlank(code) && !isHardEnd(frame, next, content);
  }
  return false;
}
