// SPDX-License-Identifier: MIT
/** What differs between two lists of lines, as hunks with context. */

import { diffArrays } from 'diff';

/** git shows so many lines around a change. */
const CONTEXT = 3;
/** Texts that differ in more lines than this are taken to differ in all of them, so that the time stays linear. */
const MOST_EDITS = 3000;

/** A line of a difference: `' '`, `'-'` or `'+'`, and the line. */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

export interface DiffHunk {
  /** 0-based index into the first list of the hunk's first line. */
  readonly start: number;
  readonly lines: readonly DiffLine[];
}

/** The hunks that lead from one list of lines to the other; none where they are equal. */
export function diffLists(before: readonly string[], after: readonly string[]): DiffHunk[] {
  const all = slideDown(allLines(before, after));
  const hunks: DiffHunk[] = [];
  let old = 0;
  let shown = 0;
  for (let at = 0; at < all.length; at++) {
    if (all[at]?.mark === ' ') {
      old++;
      continue;
    }
    const from = Math.max(shown, at - CONTEXT);
    const start = old - (at - from);
    shown = Math.min(all.length, endOfChanges(all, at) + CONTEXT);
    hunks.push({ start, lines: all.slice(from, shown) });
    for (; at < shown; at++) if (all[at]?.mark !== '+') old++;
    at--;
  }
  return hunks;
}

/** Behind the last change of those that follow each other with too little between them for two hunks. */
function endOfChanges(all: readonly DiffLine[], from: number): number {
  let end = from;
  for (let next = from; next < all.length && next - end <= 2 * CONTEXT; next++) {
    if (all[next]?.mark !== ' ') end = next + 1;
  }
  return end;
}

function allLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const changes = diffArrays([...before], [...after], { maxEditLength: MOST_EDITS });
  const marked = (mark: DiffLine['mark'], lines: readonly string[]): DiffLine[] =>
    lines.map((text) => ({ mark, text }));
  if (changes === undefined) return [...marked('-', before), ...marked('+', after)];
  return changes.flatMap(({ added, removed, value }) => marked(added ? '+' : removed ? '-' : ' ', value));
}

/** A run of added or of deleted lines that could as well stand some lines further down is put there, as git does it. */
function slideDown(lines: readonly DiffLine[]): DiffLine[] {
  const all = [...lines];
  let start = all.length;
  while (start > 0) {
    start--;
    const mark = all[start]?.mark;
    if (mark === undefined || mark === ' ') continue;
    let end = start + 1;
    while (start > 0 && all[start - 1]?.mark === mark) start--;
    // A replacement stays where it is.
    if (start > 0 && all[start - 1]?.mark !== ' ') continue;
    for (let first = start; all[end]?.mark === ' ' && all[end]?.text === all[first]?.text; first++) {
      const text = all[end]?.text ?? '';
      all[first] = { mark: ' ', text };
      all[end] = { mark, text };
      end++;
    }
  }
  return all;
}
