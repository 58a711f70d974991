// SPDX-License-Identifier: MIT
/** Mails whose line ends were lost, so that the whole mail stands on one line. */

import { readFlatHeader } from './flatHeader';
import { cutAnswers, type Part } from './inlineAnswers';
import { at, type Lines, linesFrom, Role } from './lines';

const GREATER = 62;
const BLANK = 32;
/** Lines shorter than this are read as they are, if they do not say whom they quote. */
const SHORTEST = 1000;
/** Levels of quoting that make up less than this share of the runs are taken for two runs in one. */
const RAREST_LEVEL = 0.08;
/** Parentheses are matched over so many units of one row. */
const LONGEST_ROW = 400;
/** Levels below those that somebody names make up at least one in so many runs. */
const COMMON_LEVEL = 4;
/** So many runs of quote marks have to stand inside the line. */
const FEWEST_RUNS = 3;

/**
 * Cuts a document that stands on one line (empty lines apart) before each run of quote marks inside it.
 * A run with more marks than the deepest quote has is an empty quoted line and the marks of the next one.
 * @returns lines whose offsets point into the same text, or null if the document is not of this kind
 */
export function splitOneLine(document: Lines): Lines | null {
  const long = onlyLine(document);
  if (long < 0) return null;
  const { text } = document;
  const first = at(document.start, long);
  const to = at(document.end, long);
  const from = readFlatHeader(text, first, to)?.body ?? first;
  if (to - from < SHORTEST && !/\bwrote: >/.test(text.slice(from, to))) return null;
  const runs = findRuns(text, from, to);
  if (runs.length < FEWEST_RUNS) return null;
  const deepest = deepestQuote(runs, deepestNamed(text, from, runs));
  const parts: Part[] = [];
  const hunk = text.indexOf('@@ -', from);
  const hunks = hunk < 0 ? to : hunk;
  let start = from;
  const cut = (end: number, nextStart: number): void => {
    let last = end;
    while (last > start && text.charCodeAt(last - 1) === BLANK) last--;
    parts.push({ start, end: last });
    start = nextStart;
  };
  for (const run of runs) {
    if (run.marks === 1 && start > hunks && isComparison(text, start, run.start)) continue;
    if (run.start > start) cut(run.start, run.start);
    let rest = run.marks;
    let offset = run.start;
    while (rest > deepest) {
      // Empty lines around an answer are less deep than what it answers.
      const taken = Math.min(deepest, rest - deepest);
      offset = skipMarks(text, offset, taken);
      cut(offset, offset);
      rest -= taken;
    }
  }
  cut(to, to);
  const answers = cutAnswers(text, parts);
  const lines = from > first ? [{ start: first, end: from }, ...answers] : answers;
  const made = linesFrom(
    text,
    lines.map((line) => line.start),
    lines.map((line) => line.end),
  );
  if (from > first) made.role[0] = Role.header;
  return made;
}

/** The only line of a document that is not empty, or -1 where there are more or none. */
export function onlyLine(document: Lines): number {
  let found = -1;
  for (let line = 0; line < document.count; line++) {
    if (document.isEmpty(line)) continue;
    if (found >= 0) return -1;
    found = line;
  }
  return found;
}

/**
 * Whether the `>` at offset `mark` compares two values in a row from `start` on: within parentheses, rows end with an
 * operator or a comma. The function that a hunk header names is cut anywhere.
 */
function isComparison(text: string, start: number, mark: number): boolean {
  const before = text.charCodeAt(mark - 2);
  const endsValue =
    (before >= 48 && before <= 57) ||
    ((before | 32) >= 97 && (before | 32) <= 122) ||
    before === 41 ||
    before === 93 ||
    before === 95;
  if (!endsValue || mark - start > LONGEST_ROW || text.slice(start, mark).includes('@@ -')) return false;
  let open = 0;
  for (let i = start; i < mark; i++) {
    const code = text.charCodeAt(i);
    if (code === 40) open++;
    else if (code === 41) open--;
  }
  return open > 0;
}

interface Run {
  readonly start: number;
  readonly marks: number;
}

/** Runs of `>` with white space around them: `->`, `=>` and `a > b` without a second word do not count as such alone. */
function findRuns(text: string, from: number, to: number): Run[] {
  const runs: Run[] = [];
  let position = text.indexOf('>', from);
  while (position >= 0 && position < to) {
    const start = position;
    let marks = 0;
    while (position < to) {
      const code = text.charCodeAt(position);
      if (code === GREATER) marks++;
      else if (code !== BLANK || text.charCodeAt(position + 1) !== GREATER) break;
      position++;
    }
    const before = start === from || text.charCodeAt(start - 1) === BLANK;
    const behind = position >= to || text.charCodeAt(position) === BLANK;
    if (before && behind) runs.push({ start, marks });
    // The end of an address is no mark, but the marks behind it are: `<a@b> > next`.
    const blank = before ? -1 : text.indexOf(' ', start);
    if (blank >= 0 && blank < position) position = blank;
    position = text.indexOf('>', position);
  }
  return runs;
}

/**
 * The deepest level of quoting. A number of marks that is rare, or half of whose marks are at least twice as common,
 * is an empty quoted line run together with the next one and no level of its own.
 */
function deepestQuote(runs: readonly Run[], named: number): number {
  const counts = new Map<number, number>();
  for (const run of runs) counts.set(run.marks, (counts.get(run.marks) ?? 0) + 1);
  const fewest = Math.max(1, Math.ceil(runs.length * RAREST_LEVEL));
  let deepest = 1;
  for (const [marks, seen] of counts) {
    const half = marks % 2 === 0 ? (counts.get(marks / 2) ?? 0) : 0;
    if (marks > deepest && seen >= fewest && half < 2 * seen) deepest = marks;
  }
  // Who is quoted says more, unless most of the text stands deeper still.
  const seen = counts.get(deepest) ?? 0;
  return named > 0 && (deepest < named || seen * COMMON_LEVEL < runs.length || deepest === 2 * named) ? named : deepest;
}

/** How many levels the lines above the quotes name: `... wrote:` on each level that is deeper than the one before. */
function deepestNamed(text: string, from: number, runs: readonly Run[]): number {
  let named = 0;
  let depth = 0;
  let start = from;
  for (const run of runs) {
    const words = text.slice(Math.max(start, run.start - 20), run.start);
    if (depth === named && /\b(?:wrote|writes):\s*$/.test(words)) named++;
    depth = run.marks;
    start = run.start;
  }
  return named;
}

function skipMarks(text: string, offset: number, marks: number): number {
  let position = offset;
  let left = marks;
  while (left > 0) {
    if (text.charCodeAt(position) === GREATER) left--;
    position++;
  }
  while (text.charCodeAt(position) === BLANK) position++;
  return position;
}
