// SPDX-License-Identifier: MIT
/** Quote marks at the start of lines. */

import { at, type Lines } from './lines';

const BLANK = 32;
const GREATER = 62;
const EQUALS = 61;
const BAR = 124;
const COLON = 58;
const NO_BREAK = 160;
/** So far down somebody who quotes without `>` says whom he quotes. */
const TOP = 60;
/** What a line of the quote starts with, where it is no `>`: bars, colons, the initials of the author, or a blank. */
const otherMarks = [/^(?:\| ?)+/, /^(?:: ?)+/, /^[A-Z][A-Za-z]{0,3}(?:> ?)+/, /^ {1,4}(?:> ?)+/];
/** The languages that mail programs write `Jane wrote:` in, and the forms without a verb. */
const endsAttribution = [
  /(?:^|[\s>)\]])(?:wrote|writes|write|said|schrieb|écrit|escribió|ha scritto|escreveu|schreef|skrev|kirjoitti|napisał(?:\(a\))?|написал(?:а|\(а\))?|пишет) ?[:：]$/i,
  /(?:写道|寫道|작성) ?[:：]$/,
  /(?:^|\s)(?:schrieb|schreef|skrev)\s.{1,100}:$/i,
  // A time and an address.
  /^(?=.*\b\d{1,2}[:.]\d\d\b).*<[^\s<>@]+@[^\s<>@]+>[:：]$/,
  /^Quoting .{1,100} \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/,
  /^Excerpts from .{1,100} message of .{1,60}:$/,
];

/**
 * Counts the quote marks of lines `from` (inclusive) to `to` (exclusive) and notes where the text behind them starts.
 * One blank between and behind marks belongs to them; a second one is content, so that the context line ` > x` of a
 * quoted diff (`>  > x`) keeps its own mark. Where no line has a `>`, other marks are looked for.
 */
export function markQuotes(lines: Lines, from: number, to: number): void {
  if (!countMarks(lines, from, to, true)) markOtherQuotes(lines, from, to);
}

/** Counts marks again where rows were assigned that turned out to be none. */
export function restoreQuotes(lines: Lines, from: number, to: number): void {
  countMarks(lines, from, to, false);
}

/** Counts `>`; gives whether there was one. `clears`: whether lines without one lose what is known of them. */
function countMarks(lines: Lines, from: number, to: number, clears: boolean): boolean {
  const { text, start, end, content, depth } = lines;
  let isQuoted = false;
  for (let line = from; line < to; line++) {
    let position = at(start, line);
    const code = text.charCodeAt(position);
    // A soft line break of quoted-printable that nobody decoded may stand before the marks.
    if (code === EQUALS && text.startsWith('= >', position)) position += 2;
    else if (code !== GREATER) {
      if (clears) {
        content[line] = position;
        depth[line] = 0;
      }
      continue;
    }
    isQuoted = true;
    const stop = at(end, line);
    let marks = 0;
    while (position < stop) {
      const mark = text.charCodeAt(position);
      // A bar directly behind a mark is one too: somebody else quotes with bars.
      if (mark === GREATER || (mark === BAR && text.charCodeAt(position - 1) === GREATER)) {
        marks++;
        position++;
      } else if (isBlank(mark) && position + 1 < stop && text.charCodeAt(position + 1) === GREATER) {
        position++;
      } else {
        break;
      }
    }
    if (position < stop && isBlank(text.charCodeAt(position))) position++;
    content[line] = position;
    depth[line] = Math.min(marks, 255);
  }
  return isQuoted;
}

/** Counts marks that are no `>`: those that the line below `... wrote:` and the two behind it start with. */
function markOtherQuotes(lines: Lines, from: number, to: number): void {
  const { text, start, end, content, depth } = lines;
  for (let line = from; line + 3 < to && line < from + TOP; line++) {
    const stop = at(end, line);
    if (text.charCodeAt(stop - 1) !== COLON || !saysWhoWrote(text.slice(Math.max(at(start, line), stop - 100), stop)))
      continue;
    const pattern = otherMarks.find((other) => {
      const filled = filledBelow(lines, line + 1, to, 3);
      return filled.length === 3 && filled.every((below) => other.test(beginningOf(lines, below)));
    });
    if (pattern === undefined || !isMostlyMarked(lines, line + 1, to, pattern)) continue;
    for (let quoted = line + 1; quoted < to; quoted++) {
      const marks = pattern.exec(beginningOf(lines, quoted))?.[0];
      if (marks === undefined) continue;
      content[quoted] = at(start, quoted) + marks.length;
      depth[quoted] = Math.min(marks.replace(/[^>|:]/g, '').length, 255);
    }
    return;
  }
}

/** Whether half of the filled lines have the mark: a quoted patch has it everywhere, a list or a table here and there. */
function isMostlyMarked(lines: Lines, from: number, to: number, pattern: RegExp): boolean {
  let filled = 0;
  let marked = 0;
  for (let line = from; line < to; line++) {
    if (lines.isEmpty(line)) continue;
    filled++;
    if (pattern.test(beginningOf(lines, line))) marked++;
  }
  return marked * 2 >= filled;
}

/** Whether a line ends as one that says who wrote what follows. */
export function saysWhoWrote(text: string): boolean {
  const words = text.trimEnd();
  return /[:：)]$/.test(words) && endsAttribution.some((form) => form.test(words));
}

function filledBelow(lines: Lines, from: number, to: number, count: number): number[] {
  const found: number[] = [];
  for (let line = from; line < to && line < from + 10 && found.length < count; line++) {
    if (!lines.isEmpty(line)) found.push(line);
  }
  return found;
}

function beginningOf(lines: Lines, line: number): string {
  const start = at(lines.start, line);
  return lines.text.slice(start, Math.min(at(lines.end, line), start + 50));
}

/**
 * Where the content of a line starts when only its first `depth` marks are quote marks.
 * @param skipBlank whether a blank behind the last mark belongs to the mark (`> +x`) or to the content (`>+x`).
 * @returns an offset; the end of the line when nothing is left.
 */
export function contentAtDepth(lines: Lines, line: number, depth: number, skipBlank: boolean): number {
  const { text } = lines;
  const stop = at(lines.end, line);
  let position = at(lines.start, line);
  let marks = 0;
  while (marks < depth && position < stop) {
    const code = text.charCodeAt(position);
    if (code === GREATER || code === BAR || code === COLON) marks++;
    position++;
  }
  if (depth > 0 && skipBlank && position < stop && isBlank(text.charCodeAt(position))) position++;
  return position;
}

/** Whether a unit is a blank, also one that must not break. */
export function isBlank(code: number): boolean {
  return code === BLANK || code === NO_BREAK;
}
