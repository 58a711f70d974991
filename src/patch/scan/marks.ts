// SPDX-License-Identifier: MIT
/** What single lines of a diff look like, at a quote depth. */

import { at, type Lines } from '../../mail/lines';
import { contentAtDepth, isBlank } from '../../mail/quote';
import { readHunkHeader } from './hunkHeader';

/** Units that begin or mark the lines of a diff. */
export const PLUS = 43;
export const MINUS = 45;
export const BACKSLASH = 92;
export const BLANK = 32;
export const AT = 64;
const LETTER_D = 100;
const LETTER_I = 73;
const LONGEST_NAME = 4096;

/** A diff inside a quote: how many marks stand before its lines, and whether a blank follows them. */
export interface Frame {
  readonly lines: Lines;
  /** First line behind the message. */
  readonly to: number;
  readonly depth: number;
  readonly skipBlank: boolean;
}

/** Offset where the content of a line starts within the frame. */
export function contentOf(frame: Frame, line: number): number {
  const { lines, depth, skipBlank } = frame;
  if (depth === 0) return at(lines.start, line);
  if (skipBlank && at(lines.depth, line) === depth) return at(lines.content, line);
  return contentAtDepth(lines, line, depth, skipBlank);
}

/** Two names of 4096 units each and what stands around them: no line of a header is longer. */
export const LONGEST_HEADER = 9000;

/** The content of a line within the frame, cut at a length that no line of a diff's header has. */
export function headerText(frame: Frame, line: number): string {
  const content = contentOf(frame, line);
  return frame.lines.text.slice(content, Math.min(at(frame.lines.end, line), content + LONGEST_HEADER));
}

/** Makes a line a row of the frame, or another part of its hunk, whose text starts at offset `content`. */
export function setRow(frame: Frame, line: number, content: number, role: number): void {
  const { lines, depth } = frame;
  lines.role[line] = role;
  lines.content[line] = content;
  lines.depth[line] = depth;
}

/** Whether `line` exists in the message and stands at least as deep in quotes as the frame. */
export function isInside(frame: Frame, line: number): boolean {
  return line < frame.to && at(frame.lines.depth, line) >= frame.depth;
}

/**
 * Whether a line can only be the start of something else: `diff --git`, a well-formed `@@`, `Index:` with its rule,
 * `---`, `+++` and `@@` in a row, or quoted one of the two. Only these end a hunk before its counts are full.
 */
export function isHardEnd(frame: Frame, line: number, content: number): boolean {
  const { text } = frame.lines;
  const stop = at(frame.lines.end, line);
  const code = content < stop ? text.charCodeAt(content) : 0;
  if (code === LETTER_D) return text.startsWith('diff --git ', content) || isCombinedLine(text, content);
  if (code === AT) return readHunkHeader(text, content, stop) !== null;
  if (code === LETTER_I) return isIndexLine(frame, line, content);
  if (code === PLUS) return isLoneName(frame, line, content);
  if (code !== MINUS) return false;
  return (isNamePair(frame, line, content) && isHunkLine(frame, line + 2)) || isLoneName(frame, line, content);
}

/** Whether a quoted line is all that was kept of the header of a file: `+++ b/x` or `--- a/x` directly above a hunk. */
export function isLoneName(frame: Frame, line: number, content: number): boolean {
  if (frame.depth === 0) return false;
  const { text } = frame.lines;
  if (!text.startsWith('+++ b/', content) && !text.startsWith('--- a/', content)) return false;
  const stop = Math.min(at(frame.lines.end, line), content + LONGEST_NAME);
  return isHunkLine(frame, line + 1) && !/\s/.test(text.slice(content + 6, stop).trimEnd());
}

/** Whether the header of a combined diff of a merge starts at offset `content`. */
export function isCombinedLine(text: string, content: number): boolean {
  return text.startsWith('diff --cc ', content) || text.startsWith('diff --combined ', content);
}

/** Whether `Index: x` stands on a line with a rule of `=` below it, as CVS, Subversion and quilt write. */
function isIndexLine(frame: Frame, line: number, content: number): boolean {
  const { text } = frame.lines;
  return (
    text.startsWith('Index: ', content) &&
    isInside(frame, line + 1) &&
    text.startsWith('=====', contentOf(frame, line + 1))
  );
}

/** Whether `line` and the next are `--- x` and `+++ y`. */
export function isNamePair(frame: Frame, line: number, content: number): boolean {
  const { text } = frame.lines;
  if (!text.startsWith('--- ', content) || !isInside(frame, line + 1)) return false;
  return text.startsWith('+++ ', contentOf(frame, line + 1));
}

function isHunkLine(frame: Frame, line: number): boolean {
  return (
    isInside(frame, line) &&
    readHunkHeader(frame.lines.text, contentOf(frame, line), at(frame.lines.end, line)) !== null
  );
}

/** Whether a line starts another file or hunk in any way, also those that may be content while counts are open. */
export function startsSomethingElse(frame: Frame, line: number, content: number): boolean {
  if (isHardEnd(frame, line, content)) return true;
  const { text } = frame.lines;
  const code = text.charCodeAt(content);
  if (code === MINUS) return isNamePair(frame, line, content);
  if (code === LETTER_D) return text.startsWith('diff -', content);
  if (code === LETTER_I) return text.startsWith('Index: ', content);
  return code === 79 && text.startsWith('Only in ', content);
}

/** `-- ` as it stands before a mail signature; archives trim it to `--`. */
export function isSignatureMark(frame: Frame, line: number, content: number): boolean {
  const { text } = frame.lines;
  const length = at(frame.lines.end, line) - content;
  if (length < 2 || length > 3 || text.charCodeAt(content) !== MINUS || text.charCodeAt(content + 1) !== MINUS)
    return false;
  return length === 2 || isBlank(text.charCodeAt(content + 2));
}

/** Whether a git version follows, as `git format-patch` signs: no row of a diff starts with a digit. */
export function versionFollows(frame: Frame, line: number): boolean {
  if (!isInside(frame, line + 1)) return false;
  const start = contentOf(frame, line + 1);
  const stop = at(frame.lines.end, line + 1);
  return stop - start < 80 && /^\d+\.\d[\w.-]*(?: \([^)]*\))?\s*$/.test(frame.lines.text.slice(start, stop));
}

/** Mailers wrap at 66 columns or more, and only where the next word would not fit. */
const NARROWEST_WRAP = 64;

/**
 * Whether a line may be the rest of the one before it, which a mailer wrapped: its first word would not have fitted
 * there. `content` is where its text starts.
 */
export function mayBeRest(frame: Frame, line: number, content: number): boolean {
  const { lines } = frame;
  const { text } = lines;
  const stop = Math.min(at(lines.end, line), content + 200);
  let word = content;
  while (word < stop && !isBlank(text.charCodeAt(word))) word++;
  const before = at(lines.end, line - 1) - at(lines.start, line - 1);
  return before + word - content > NARROWEST_WRAP;
}

/** `[...]`, `<snip>`, `[ ... 12 lines skipped ... ]` and the like: somebody left lines out. */
export function isSnip(text: string, start: number, end: number): boolean {
  const code = text.charCodeAt(start);
  if (end - start > 80 || (code !== 91 && code !== 60 && code !== 46 && code !== 45 && code !== 8230 && code !== 40))
    return false;
  const content = text.slice(start, end).trim();
  return /^(?:[<[(]\s*(?:snip\w*|\.{2,}|…|cut|trimmed|deleted|skipped)[^\])>]*[\])>]|\[?\s*\.{3}\s*\]?|…|-+\s*(?:8<|>8)[\s->8<]*|[<[(][^\])>]*(?:snip|skipped|trimmed|elided|\.{3})\s*[\])>])$/i.test(
    content,
  );
}
