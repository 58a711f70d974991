// SPDX-License-Identifier: MIT
/** Roles of the lines of a message that belong to no diff: text, quotes, review comments, signatures. */

import { firstFilled } from '../mail/container';
import { at, type Lines, Role } from '../mail/lines';
import { type Frame, isSignatureMark, isSnip, versionFollows } from './marks';
import type { FileRecord } from './records';

const wrote = /\b(?:wrote|writes|write|said|schrieb|écrit)\s*:\s*$/i;
const opensAttribution = /^(?:On|At|Am|Le|In|\*?From:|\d|\w+ <)/;
const footerLine = /^(?:Powered by blists\b|_{30,}$|To unsubscribe from this list\b)/;
const signOff =
  /^(?:many |kind |best |warm |with best )?(?:thanks|thank you|thx|regards|cheers|best|br)(?: and regards)?[,.! ]*(?:[A-Z][\w.-]*(?: [A-Z][\w.-]*){0,2})?[.,]?$/i;
const LONGEST_SIGNATURE = 12;

export interface TextReading {
  /** Somebody answers text whose quote marks were lost: what follows the last row is the answer. */
  readonly marksLost: boolean;
}

/**
 * Gives a role to every line from `from` to `to` (exclusive) that has none yet.
 * @param isReply whether the subject says so; decides what unmarked text behind a patch is
 */
export function assignTextRoles(
  lines: Lines,
  from: number,
  to: number,
  files: readonly FileRecord[],
  isReply: boolean,
): TextReading {
  const { role, depth, text } = lines;
  const extent = patchExtent(files);
  let deepest = 0;
  let attributed = false;
  let line = from;
  let isQuoted = false;
  for (let i = from; i < to && !isQuoted; i++) isQuoted = at(depth, i) > 0;
  const marksLost = (): boolean => !isQuoted && extent !== null && (attributed || isReply);
  while (line < to) {
    const level = at(depth, line);
    if (at(role, line) !== Role.none) {
      if (level > deepest) deepest = level;
      line++;
      continue;
    }
    const content = at(lines.content, line);
    const stop = at(lines.end, line);
    if (content >= stop) {
      // What is quoted includes its empty lines.
      role[line] = level > 0 && !follows(lines, line, from, Role.comment) ? Role.text : Role.blank;
      line++;
      continue;
    }
    if (level > deepest) deepest = level;
    const frame: Frame = { lines, to, depth: level, skipBlank: true };
    if (isSignatureMark(frame, line, content) && (versionFollows(frame, line) || !insideHunk(extent, line))) {
      line = markSignature(lines, line, to, level);
      continue;
    }
    const words = text.slice(content, Math.min(stop, content + 300));
    if (level === 0 && footerLine.test(words)) role[line] = Role.footer;
    else if (isSnip(text, content, stop)) role[line] = Role.snip;
    else if (attributionLength(lines, line, to, words) > 0) {
      const length = attributionLength(lines, line, to, words);
      for (let i = 0; i < length; i++) role[line + i] = Role.attribution;
      if (level === 0) attributed = true;
      line += length;
      continue;
    } else if (level < deepest) role[line] = Role.comment;
    else if (insideHunk(extent, line) && level === 0) role[line] = Role.comment;
    else if (extent !== null && line >= extent.first && marksLost()) role[line] = Role.comment;
    else role[line] = Role.text;
    line++;
  }
  markSignOff(lines, from, to);
  fillComments(lines, from, to);
  return { marksLost: marksLost() };
}

/** Whether the last filled line of the same quote depth has a role. */
function follows(lines: Lines, line: number, from: number, role: number): boolean {
  const before = line - 1;
  return before >= from && at(lines.depth, before) === at(lines.depth, line) && at(lines.role, before) === role;
}

/** Empty lines within a comment belong to it. */
function fillComments(lines: Lines, from: number, to: number): void {
  const { role, depth } = lines;
  let last = -1;
  for (let line = from; line < to; line++) {
    const kind = at(role, line);
    if (kind === Role.comment) {
      if (last >= 0 && at(depth, last) === at(depth, line)) role.fill(Role.comment, last + 1, line);
      last = line;
    } else if (kind !== Role.blank) last = -1;
  }
}

interface Extent {
  readonly first: number;
  readonly end: number;
}

/** From the first row of the message to the last, comments between them included. */
function patchExtent(files: readonly FileRecord[]): Extent | null {
  let first = -1;
  let end = -1;
  for (const file of files) {
    for (const hunk of file.hunks) {
      if (first < 0) first = hunk.first;
      end = Math.max(end, hunk.end);
    }
  }
  return first < 0 ? null : { first, end };
}

function insideHunk(extent: Extent | null, line: number): boolean {
  return extent !== null && line >= extent.first && line < extent.end;
}

/** How many lines from `line` on say who wrote what follows: 0, 1, or 2 where a mailer wrapped it. */
function attributionLength(lines: Lines, line: number, to: number, words: string): number {
  if (wrote.test(words)) return introducesQuote(lines, line, to, words) ? 1 : 0;
  if (!opensAttribution.test(words) || line + 1 >= to || at(lines.depth, line + 1) !== at(lines.depth, line)) return 0;
  const next = lines.text.slice(
    at(lines.content, line + 1),
    Math.min(at(lines.end, line + 1), at(lines.content, line + 1) + 300),
  );
  return wrote.test(next) && introducesQuote(lines, line + 1, to, words) ? 2 : 0;
}

function introducesQuote(lines: Lines, line: number, to: number, words: string): boolean {
  const next = firstFilled(lines, line + 1, to);
  if (next < to && at(lines.depth, next) > at(lines.depth, line)) return true;
  return at(lines.depth, line) === 0 && /^(?:On|At|Am|Le)\b/.test(words);
}

function markSignature(lines: Lines, from: number, to: number, level: number): number {
  let line = from;
  let filled = 0;
  for (; line < to && at(lines.depth, line) === level && filled < LONGEST_SIGNATURE; line++) {
    if (at(lines.role, line) !== Role.none) break;
    const content = at(lines.content, line);
    const isEmpty = content >= at(lines.end, line);
    if (!isEmpty && level === 0 && footerLine.test(lines.text.slice(content, content + 40))) break;
    // Quoted, an empty line ends it: the quote may go on with something else.
    if (isEmpty && level > 0 && filled > 1) break;
    lines.role[line] = isEmpty ? Role.blank : Role.signature;
    if (!isEmpty) filled++;
  }
  return line;
}

/** The last words of a mail (`Thanks, Name`) are no comment on the patch. */
function markSignOff(lines: Lines, from: number, to: number): void {
  let end = to;
  while (
    end > from &&
    (at(lines.role, end - 1) === Role.blank ||
      at(lines.role, end - 1) === Role.footer ||
      at(lines.role, end - 1) === Role.signature)
  )
    end--;
  let start = end;
  while (
    start > from &&
    end - start < 4 &&
    at(lines.role, start - 1) === Role.comment &&
    at(lines.depth, start - 1) === 0
  )
    start--;
  if (start === end || end - start > 3) return;
  const first = lines.text.slice(
    at(lines.content, start),
    Math.min(at(lines.end, start), at(lines.content, start) + 100),
  );
  if (!signOff.test(first.trim())) return;
  for (let line = start; line < end; line++) lines.role[line] = Role.signature;
}
