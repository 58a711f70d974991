// SPDX-License-Identifier: MIT
/** Roles of the lines of a message that belong to no diff: text, quotes, review comments, signatures. */

import { at, type Lines, Role } from '../mail/lines';
import { attributionLength } from './scan/attribution';
import { type Frame, isSignatureMark, isSnip, versionFollows } from './scan/marks';
import type { FileRecord } from './scan/records';

const footerLine = /^(?:Powered by blists\b|_{30,}$|To unsubscribe from this list\b)/;
const signOff =
  /^(?:many |kind |best |warm |with best )?(?:thanks|thank you|thx|regards|cheers|best|br)(?: and regards)?[,.! ]*(?:[A-Z][\w.-]*(?: [A-Z][\w.-]*){0,2})?[.,]?$/i;
/** Given to the patch, not said about it. */
const isTrailer = /^[A-Z][a-z]+(?:-[A-Za-z]+)*-[Bb]y: .*(?:<.*>|@)/;
const LONGEST_SIGNATURE = 12;
const LONGEST_FOOTER = 6;

/** What the subject of a message says of it: an answer (`Re:`), a patch (`[PATCH]`), or neither. */
export type MessageKind = 'answer' | 'patch' | 'other';

/**
 * Gives a role to every line from `from` to `to` (exclusive) that has none yet.
 * @param kind what the subject says; decides what unmarked text behind a patch is. Who sends a patch may quote others in
 * its message, but answers nobody there.
 */
export function assignTextRoles(
  lines: Lines,
  from: number,
  to: number,
  files: readonly FileRecord[],
  kind: MessageKind,
): void {
  const { role, depth, text } = lines;
  const extent = patchExtent(files);
  let deepest = 0;
  // Behind the first line that says who wrote what follows.
  let quoteFrom = -1;
  let line = from;
  let isQuoted = false;
  for (let i = from; i < to && !isQuoted; i++) isQuoted = at(depth, i) > 0;
  // A commit message may quote too. Within a quote, text is an answer if it says whom it answers, or answers the patch.
  const attributed = new Set<number>();
  const patchDepth = files.reduce((most, file) => Math.max(most, file.depth), 0);
  const isOwn = kind !== 'answer' && files.length > 0 && patchDepth === 0;
  const isSent = isOwn && kind === 'patch';
  const answers = (level: number): boolean =>
    !isSent && ((level === 0 && !isOwn) || level < patchDepth || attributed.has(level));
  const marksLost = (): boolean => !isSent && !isQuoted && extent !== null && (quoteFrom >= 0 || kind === 'answer');
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
      // What is quoted includes its empty lines; those of an answer within a deeper quote stand around it.
      role[line] = level > 0 && (level >= deepest || !answers(level)) ? Role.text : Role.blank;
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
    if (footerLine.test(words)) {
      line = markFooter(lines, line, to);
      continue;
    }
    const isLeftOut = isSnip(text, content, stop);
    const length = isLeftOut ? 0 : attributionLength(lines, line, to);
    if (isLeftOut) role[line] = Role.snip;
    else if (length > 0) {
      for (let i = 0; i < length; i++) role[line + i] = Role.attribution;
      if (level === 0 && quoteFrom < 0) quoteFrom = line + length;
      attributed.add(level);
      line += length;
      continue;
    } else if (level < deepest && answers(level)) role[line] = isTrailer.test(words) ? Role.text : Role.comment;
    else if (insideHunk(extent, line) && level === 0) role[line] = Role.comment;
    else if (extent !== null && line >= extent.first && marksLost()) role[line] = Role.comment;
    else role[line] = Role.text;
    line++;
  }
  markSignOff(lines, from, to);
  fillComments(lines, from, to);
  if (marksLost() && quoteFrom >= 0) deepenQuote(lines, quoteFrom, to);
}

/** Gives everything but the answers the quote depth whose marks were lost, and empty lines beside answers to these. */
function deepenQuote(lines: Lines, from: number, to: number): void {
  const { role, depth } = lines;
  for (let line = from; line < to; line++) {
    switch (at(role, line)) {
      case Role.comment:
      case Role.footer:
        break;
      case Role.signature:
        if (versionFollows({ lines, to, depth: 0, skipBlank: true }, line)) depth.fill(1, line, line + 2);
        break;
      case Role.blank:
        if ((line > from && at(role, line - 1) === Role.comment) || at(role, line + 1) === Role.comment) break;
        role[line] = Role.text;
        depth[line] = 1;
        break;
      default:
        depth[line] = 1;
    }
  }
}

/** Empty lines within a comment (lines `from` to `to`, exclusive) belong to it. */
export function fillComments(lines: Lines, from: number, to: number): void {
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

/** Marks what a mailing list adds below a mail: the rule or first line, and the few lines directly below it. */
function markFooter(lines: Lines, from: number, to: number): number {
  const level = at(lines.depth, from);
  let line = from;
  while (line < to && line - from < LONGEST_FOOTER && at(lines.depth, line) === level) {
    if (at(lines.role, line) !== Role.none || lines.isEmptyBehindMarks(line)) break;
    lines.role[line++] = Role.footer;
  }
  return line;
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
