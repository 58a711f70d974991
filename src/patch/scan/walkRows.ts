// SPDX-License-Identifier: MIT
/** One reading of the rows of a hunk, counted against its header. */

import { at, Role } from '../../mail/lines';
import { isBlank } from '../../mail/quote';
import type { HunkHeader } from './hunkHeader';
import {
  BACKSLASH,
  contentOf,
  type Frame,
  isHardEnd,
  isInside,
  isLoneName,
  isSignatureMark,
  isSnip,
  MINUS,
  mayBeRest,
  PLUS,
  setRow,
  startsSomethingElse,
  versionFollows,
} from './marks';
import { restOf } from './roles';

/** How lines are taken. */
export interface Reading {
  /** Blank-less lines are context. */
  readonly lenient: boolean;
  /** Stop where the hunk seems to end although its counts are open. */
  readonly cautious: boolean;
  /** Changed lines behind a full line that ends with a blank are its rest; behind a hunk header they always are. */
  readonly joins?: boolean;
  /**
   * What is context that lost its blank although it looks changed: all removed lines, or those with a doubled mark.
   * A doubled mark alone signs a mail.
   */
  readonly asContext?: 'removed' | 'doubled';
  /** A changed row behind two blanks or more was joined by a mailer to the empty context line above it. */
  readonly splits?: boolean;
}

/** What a reading found. */
export interface Result {
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
  /** Whether context lines with text still had the blank before it. */
  readonly hasBlanks: boolean;
}

/** How far behind a stray line rows are looked for. */
const COMMENT_REACH = 60;
const LETTER = 97;
const FEED = 10;
const CARRIAGE = 13;

/**
 * One reading from line `from` on.
 * @param assignTo where given, the same decisions are written down as roles, up to this line
 */
export function walkRows(frame: Frame, from: number, header: HunkHeader, reading: Reading, assignTo = -1): Result {
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
  let hasBlanks = false;
  let lastRole: number = Role.hunk;
  // Text set apart by empty lines, which are then no context either.
  let inComment = false;
  // Where the line above the header ends with LF, all rows do: behind a CR alone a row, or the header, goes on.
  const byFeed = endsWithFeed(frame, from - 1);
  let line = from;
  for (; line < to && (old > 0 || fresh > 0); line++) {
    if (line === assignTo) break;
    if (at(lines.depth, line) < depth) {
      if (startsOutside(frame, line)) break;
      gap = true;
      continue;
    }
    let content = contentOf(frame, line);
    if (byFeed && isBehindCarriage(frame, line)) {
      end = line + 1;
      filledEnd = end;
      if (assignTo >= 0) assignRest(frame, line, content, lastRole);
      continue;
    }
    let role: number = Role.context;
    const stop = at(lines.end, line);
    const code = markOf(text, content, stop, reading);
    const mayJoin = (code === PLUS || code === MINUS) && line === end && (reading.joins === true || line === from);
    if (mayJoin && isJoined(frame, line, content)) {
      wrapped = true;
      end = line + 1;
      filledEnd = end;
      if (assignTo >= 0) assignRest(frame, line, content, lastRole);
      continue;
    }
    if (code === PLUS) {
      if (depth > 0 && isLoneName(frame, line, content)) break;
      fresh--;
      additions++;
      role = Role.add;
    } else if (code === MINUS) {
      if (isHardEnd(frame, line, content)) break;
      if (text.charCodeAt(content + 1) === MINUS && isSnip(text, content, stop)) {
        if (assignTo >= 0) lines.role[line] = Role.snip;
        gap = true;
        continue;
      }
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
      const joined = depth > 0 && isBlank(text.charCodeAt(content + 1)) ? joinedOffset(frame, line, content) : -1;
      const mark = joined < 0 ? 0 : text.charCodeAt(joined);
      if (joined >= 0 && (reading.splits === true || (mark !== PLUS && mark !== MINUS))) {
        if (mark !== PLUS && mark !== MINUS) {
          old--;
          fresh--;
          if (assignTo >= 0) lines.content[line] = joined;
          break;
        }
        content = joined;
        if (mark === PLUS) {
          role = Role.addJoined;
          additions++;
          fresh--;
        } else {
          role = Role.delJoined;
          deletions++;
          old--;
        }
      }
      hasBlanks ||= stop - content > 1 && code !== 0;
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
    if (assignTo >= 0) setRow(frame, line, content, role);
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
  for (; byFeed && line === end && line !== assignTo && line < to; line++) {
    if (!isBehindCarriage(frame, line)) break;
    if (assignTo >= 0) assignRest(frame, line, at(lines.start, line), lastRole);
    end = line + 1;
    filledEnd = end;
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
  return { reading, end, reach: line, old, new: fresh, additions, deletions, interrupted, wrapped, hasBlanks };
}

/** The first unit of a line, 0 for an empty one; a letter for a line that the reading takes for context. */
function markOf(text: string, content: number, stop: number, { asContext }: Reading): number {
  const code = content < stop ? text.charCodeAt(content) : 0;
  if (asContext === undefined || (code !== PLUS && code !== MINUS)) return code;
  const isDoubled = text.charCodeAt(content + 1) === code;
  const isContext = asContext === 'removed' ? code === MINUS && !isDoubled : isDoubled && stop - content > 3;
  return isContext ? LETTER : code;
}

/** The offset of what stands behind two blanks or more if it looks like a changed row or a header, else -1. */
function joinedOffset(frame: Frame, line: number, content: number): number {
  const { text } = frame.lines;
  const stop = at(frame.lines.end, line);
  let offset = content;
  while (offset < stop && isBlank(text.charCodeAt(offset))) offset++;
  if (offset < content + 2 || offset >= stop) return -1;
  const code = text.charCodeAt(offset);
  return code === PLUS || code === MINUS || isHardEnd(frame, line, offset) ? offset : -1;
}

/** Whether a line that looks changed is the rest of the line before it, which was cut behind a blank. */
function isJoined(frame: Frame, line: number, content: number): boolean {
  const { lines } = frame;
  return isBlank(lines.text.charCodeAt(at(lines.end, line - 1) - 1)) && mayBeRest(frame, line, content);
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

/** Whether the line above hunk header `line` ends with LF, and nobody quoted it: then all rows of the hunk do too. */
export function endsWithFeed({ lines, depth }: Frame, line: number): boolean {
  return depth === 0 && lines.text.charCodeAt(at(lines.start, line) - 1) === FEED;
}

/** Whether a CR alone stands before a line. */
export function isBehindCarriage({ lines }: Frame, line: number): boolean {
  return lines.text.charCodeAt(at(lines.start, line) - 1) === CARRIAGE;
}

/** Gives the rest of a wrapped line the role of the line it continues. */
export function assignRest(frame: Frame, line: number, content: number, role: number): void {
  setRow(frame, line, content, restOf(role));
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
