// SPDX-License-Identifier: MIT
/** Reads the rows of a hunk that somebody answers in a text that lost its quote marks and its white space. */

import { at, Role } from '../../mail/lines';
import { looksLikeCode, looksLikeProse } from '../../mail/prose';
import type { HunkHeader } from './hunkHeader';
import { BACKSLASH, BLANK, type Frame, isHardEnd, isSignatureMark, isSnip, MINUS, PLUS, versionFollows } from './marks';
import { roleOfMark } from './roles';
import type { Result } from './walkRows';

/** Filled lines between two empty ones, which may be rows or an answer. Lines are 0-based, `end` exclusive. */
interface Paragraph {
  readonly first: number;
  readonly end: number;
  readonly isProse: boolean;
  /** How much it looks like an answer: it starts as a sentence does (a line of a document seldom), and behind a change. */
  readonly weight: number;
}

/** What is left of the counts when some paragraphs are taken for answers. */
interface Count {
  readonly old: number;
  readonly new: number;
  readonly additions: number;
  readonly deletions: number;
  /** Line behind the last row. */
  readonly end: number;
  /** Lines that look like rows and stand behind full counts. */
  readonly left: number;
}

/** So many paragraphs are tried in every combination; more of them are not seen in one hunk. */
const MOST_TRIED = 6;
const leadsToCode = /(?::|\b(?:as|be|do|like|to|use|with))$/;

/**
 * Reads rows from line `from` on, up to the next header or signature, and sets their roles. Every line may be context;
 * answers stand between empty lines and read like sentences. Where the patch is prose itself, the counts of the header
 * say which paragraphs are answers; in code a sentence is none of its rows, and missing rows were cut off around it.
 * Linear, for the combinations tried are few.
 */
export function readUnmarked(frame: Frame, from: number, header: HunkHeader): Result {
  const limit = endOfRegion(frame, from);
  const paragraphs = paragraphsOf(frame, from, limit);
  const skip = chooseAnswers(frame, from, limit, header, paragraphs);
  const count = walk(frame, from, limit, header, skip, true);
  return {
    reading: { lenient: true, cautious: true },
    end: count.end,
    reach: limit,
    old: count.old,
    new: count.new,
    additions: count.additions,
    deletions: count.deletions,
    interrupted: skip.includes(1),
    wrapped: false,
    hasBlanks: false,
  };
}

function endOfRegion(frame: Frame, from: number): number {
  const { lines } = frame;
  let line = from;
  for (; line < frame.to; line++) {
    const content = at(lines.start, line);
    if (isHardEnd(frame, line, content)) break;
    if (isSignatureMark(frame, line, content) && versionFollows(frame, line)) break;
  }
  return line;
}

/** The paragraphs that may be answers: what stands directly below the header belongs to it. */
function paragraphsOf(frame: Frame, from: number, limit: number): Paragraph[] {
  const { lines } = frame;
  const found: Paragraph[] = [];
  let first = -1;
  for (let line = from; line <= limit; line++) {
    const isFilled = line < limit && !lines.isEmpty(line);
    if (isFilled) {
      if (first < 0) first = line;
    } else if (first >= 0) {
      if (first > from) {
        const isProse = looksLikeProse(lines.text, at(lines.start, first), at(lines.end, first));
        const isCapital = /[A-Z]/.test(lines.text.charAt(at(lines.start, first)));
        const weight = (isCapital ? 2 : -2) + (isChanged(frame, first - 2) ? 1 : 0);
        found.push({ first, end: line, isProse, weight });
      }
      first = -1;
    }
  }
  return found;
}

/** For every line from `from` on whether it is part of an answer, or the empty line before or behind one. */
function chooseAnswers(
  frame: Frame,
  from: number,
  limit: number,
  header: HunkHeader,
  paragraphs: readonly Paragraph[],
): Uint8Array {
  const prose = paragraphs.filter(
    ({ isProse, first }, i) => isProse || (introducesCode(frame, paragraphs[i - 1]) && !isChanged(frame, first)),
  );
  const all = skipOf(frame, from, limit, prose);
  const first = walk(frame, from, limit, header, all, false);
  if (isExact(first)) return all;
  if (changesProse(frame, from, limit, all)) {
    return tryAll(prose, (chosen) => exactSkip(frame, from, limit, header, chosen)) ?? all;
  }
  if (first.old >= 0 && first.new >= 0 && first.left === 0) return all;
  // Too many rows: code that stands beside an answer may be a suggestion.
  const others = paragraphs.filter(
    ({ isProse }, i) => !isProse && (paragraphs[i - 1]?.isProse === true || paragraphs[i + 1]?.isProse === true),
  );
  return tryAll(others, (chosen) => exactSkip(frame, from, limit, header, [...prose, ...chosen])) ?? all;
}

/** Whether a sentence ends as one does that code follows, which is then a suggestion. */
function introducesCode(frame: Frame, paragraph: Paragraph | undefined): boolean {
  if (paragraph === undefined || !paragraph.isProse) return false;
  const stop = at(frame.lines.end, paragraph.end - 1);
  const start = Math.max(at(frame.lines.start, paragraph.end - 1), stop - 20);
  return leadsToCode.test(frame.lines.text.slice(start, stop));
}

function isChanged({ lines }: Frame, line: number): boolean {
  const code = lines.text.charCodeAt(at(lines.start, line));
  return code === PLUS || code === MINUS;
}

function exactSkip(
  frame: Frame,
  from: number,
  limit: number,
  header: HunkHeader,
  answers: readonly Paragraph[],
): Uint8Array | null {
  const skip = skipOf(frame, from, limit, answers);
  return isExact(walk(frame, from, limit, header, skip, false)) ? skip : null;
}

function isExact(count: Count): boolean {
  return count.old === 0 && count.new === 0 && count.left === 0;
}

/** Tries every choice of the paragraphs, those that look most like answers first. */
function tryAll(
  paragraphs: readonly Paragraph[],
  attempt: (chosen: readonly Paragraph[]) => Uint8Array | null,
): Uint8Array | null {
  if (paragraphs.length > MOST_TRIED) return attempt([]);
  const choices = Array.from({ length: 1 << paragraphs.length }, (_, bits) =>
    paragraphs.filter((_, i) => (bits >> i) % 2 === 1),
  ).sort((a, b) => weightOf(b) - weightOf(a));
  for (const chosen of choices) {
    const found = attempt(chosen);
    if (found !== null) return found;
  }
  return null;
}

function weightOf(chosen: readonly Paragraph[]): number {
  return chosen.reduce((sum, paragraph) => sum + paragraph.weight, 0);
}

/** Marks the lines of answers, with one empty line before and one behind each. */
function skipOf(frame: Frame, from: number, limit: number, answers: readonly Paragraph[]): Uint8Array {
  const skip = new Uint8Array(limit - from);
  for (const { first, end } of answers) {
    skip.fill(1, Math.max(0, first - 1 - from), end - from);
    if (end < limit && frame.lines.isEmpty(end)) skip[end - from] = 1;
  }
  return skip;
}

/**
 * Whether the patch changes sentences (a document, say), so that sentences may be rows. Within a paragraph that may be
 * an answer, a mark with a blank behind it may begin a point of a list.
 */
function changesProse(frame: Frame, from: number, limit: number, skip: Uint8Array): boolean {
  const { text, start, end } = frame.lines;
  for (let line = from; line < limit; line++) {
    const content = at(start, line);
    const stop = at(end, line);
    const code = content < stop ? text.charCodeAt(content) : 0;
    if (code !== PLUS && code !== MINUS) continue;
    const mayBePoint = at(skip, line - from) !== 0 && text.charCodeAt(content + 1) === BLANK;
    if (!mayBePoint && looksLikeProse(text, content + 1, stop)) return true;
  }
  return false;
}

function walk(frame: Frame, from: number, limit: number, header: HunkHeader, skip: Uint8Array, assign: boolean): Count {
  const { lines } = frame;
  const { text, role } = lines;
  let old = header.oldCount;
  let fresh = header.newCount;
  let additions = 0;
  let deletions = 0;
  let end = from;
  let left = 0;
  for (let line = from; line < limit; line++) {
    if (at(skip, line - from) !== 0) continue;
    const start = at(lines.start, line);
    const stop = at(lines.end, line);
    const code = start < stop ? text.charCodeAt(start) : 0;
    if (old <= 0 && fresh <= 0) {
      if (code === PLUS || code === MINUS || (code !== 0 && looksLikeCode(text, start, stop))) left++;
      continue;
    }
    if (code !== 0 && isSnip(text, start, stop)) {
      if (assign) role[line] = Role.snip;
      continue;
    }
    if (assign) role[line] = roleOfMark(code);
    end = line + 1;
    if (code === BACKSLASH) continue;
    if (code === PLUS) additions++;
    else old--;
    if (code === MINUS) deletions++;
    else fresh--;
  }
  return { old, new: fresh, additions, deletions, end, left };
}
