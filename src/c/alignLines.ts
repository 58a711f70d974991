// SPDX-License-Identifier: MIT
/**
 * All ways to lay the rows of hunks along the lines of a text, both in order, as tables of the greatest sums: a place
 * is only as good as the next best one is bad.
 */

import { likeness, type TokenLine } from './likeness';

/** Row `i` and line `j` are 0-based; sums are in words that were found. */
export interface Alignment {
  /** How alike row `i` and line `j` are; 0 where they are too different to be the same line. */
  like(i: number, j: number): number;
  /** The greatest sum of all. */
  readonly best: number;
  /** What it would be if the text had all rows as they are. */
  readonly possible: number;
  /** The greatest sum with row `i` on line `j`; 0 where they are not alike. */
  through(i: number, j: number): number;
  /** The greatest sum with row `i` on no line. */
  without(i: number): number;
  /** The lines, end exclusive, between those that the nearest rows around row `i` lie on where the sum is greatest. */
  gap(i: number): readonly [from: number, to: number];
  /** The nearest rows with tokens above and below the cut in front of row `i` in a hunk; -1 where there are none. */
  around(i: number, hunk: number): readonly [above: number, below: number];
  /** The greatest sum where the rows before `i` lie on lines before `j`, the others on the others, cut in this hunk. */
  split(i: number, j: number, hunk: number): number;
}

/** What counts besides the words: it decides between lines that are alike. */
const together = 0.5;
const beside = 0.5;
/** Larger tables take more memory than a placement is worth. */
const mostCells = 4_000_000;

/**
 * Fills the tables; time and memory grow with the product of both lengths. Null where that is too much.
 * @param hunkOf for each row the number of its hunk: rows of different hunks stand beside each other by chance
 * @param least for each row from which likeness on a line counts as the same
 */
export function alignLines(
  rows: readonly TokenLine[],
  lines: readonly TokenLine[],
  hunkOf: readonly number[],
  least: readonly number[],
): Alignment | null {
  const n = rows.length;
  const m = lines.length;
  const width = m + 1;
  if ((n + 1) * width > mostCells) return null;
  const alike = new Float32Array((n + 1) * width);
  for (let i = 0; i < n; i++) {
    const row = rows[i];
    if (!row || row.size === 0) continue;
    for (let j = 0; j < m; j++) {
      const line = lines[j];
      if (!line || line.size === 0) continue;
      const share = likeness(row, line, least[i] ?? 1);
      if (share >= (least[i] ?? 1)) alike[i * width + j] = share;
    }
  }
  const gain = (i: number, j: number): number => (alike[i * width + j] ?? 0) * (rows[i]?.weight ?? 0);
  const [rowAbove, rowBelow] = neighbours(rows, (a, b) => hunkOf[a] === hunkOf[b]);
  const [lineAbove, lineBelow] = neighbours(lines, () => true);

  /** Greatest sums of the rows before `i` on lines before `j`, and of those with row `i` on line `j` as the last. */
  const before = new Float64Array((n + 1) * width);
  const last = new Float64Array((n + 1) * width);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const at = i * width + j;
      if (i > 0 && j > 0)
        before[at] = Math.max(before[at - width] ?? 0, before[at - 1] ?? 0, last[at - width - 1] ?? 0);
      const g = i < n && j < m ? gain(i, j) : 0;
      if (g === 0) continue;
      const beforeBoth = last[(rowAbove[i] ?? -1) * width + (lineAbove[j] ?? -1)] ?? 0;
      const joined = rowAbove[i] !== -1 && lineAbove[j] !== -1 && beforeBoth > 0 ? beforeBoth + together : 0;
      last[at] = g + Math.max(before[at] ?? 0, joined);
    }
  }
  /** The same from the other end: rows from `i` on, lines from `j` on; and with row `i` on line `j` as the first. */
  const after = new Float64Array((n + 1) * width);
  const first = new Float64Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const at = i * width + j;
      const g = gain(i, j);
      if (g > 0) {
        const [r, l] = [rowBelow[i] ?? -1, lineBelow[j] ?? -1];
        const afterBoth = r !== -1 && l !== -1 ? (first[r * width + l] ?? 0) : 0;
        first[at] = g + Math.max(after[at + width + 1] ?? 0, afterBoth > 0 ? afterBoth + together : 0);
      }
      after[at] = Math.max(first[at] ?? 0, after[at + width] ?? 0, after[at + 1] ?? 0);
    }
  }

  /** The nearest row with tokens above the cut before row `i`, and below it, in one hunk; -1 where there is none. */
  const nearAbove = (i: number, hunk: number): number => {
    if (hunkOf[i - 1] !== hunk) return -1;
    return (rows[i - 1]?.size ?? 0) > 0 ? i - 1 : (rowAbove[i - 1] ?? -1);
  };
  const nearBelow = (i: number, hunk: number): number => {
    if (hunkOf[i] !== hunk) return -1;
    return (rows[i]?.size ?? 0) > 0 ? i : (rowBelow[i] ?? -1);
  };

  return {
    like: (i, j) => alike[i * width + j] ?? 0,
    best: after[0] ?? 0,
    possible: rows.reduce((sum, row, i) => sum + row.weight + (row.size > 0 && rowAbove[i] !== -1 ? together : 0), 0),
    through(i, j) {
      const at = i * width + j;
      const both = last[at] ?? 0;
      return both > 0 ? both + (first[at] ?? 0) - gain(i, j) : 0;
    },
    without(i) {
      let most = 0;
      for (let j = 0; j <= m; j++)
        most = Math.max(most, (before[i * width + j] ?? 0) + (after[(i + 1) * width + j] ?? 0));
      return most;
    },
    gap(i) {
      let [from, to] = [m, 0];
      for (let j = 0; j <= m; j++) {
        if ((before[i * width + j] ?? 0) + (after[(i + 1) * width + j] ?? 0) < (after[0] ?? 0) - 1e-9) continue;
        from = Math.min(from, j);
        to = j;
      }
      return [from, to];
    },
    around: (i, hunk) => [nearAbove(i, hunk), nearBelow(i, hunk)],
    split(i, j, hunk) {
      const at = i * width + j;
      const [up, down] = [nearAbove(i, hunk), nearBelow(i, hunk)];
      const lineUp = j > 0 && (lines[j - 1]?.size ?? 0) > 0 ? j - 1 : (lineAbove[j - 1] ?? -1);
      const lineDown = j < m && (lines[j]?.size ?? 0) > 0 ? j : (lineBelow[j] ?? -1);
      const above = up !== -1 && lineUp !== -1 ? (last[up * width + lineUp] ?? 0) : 0;
      const below = down !== -1 && lineDown !== -1 ? (first[down * width + lineDown] ?? 0) : 0;
      const plainAbove = before[at] ?? 0;
      const plainBelow = after[at] ?? 0;
      const nearAboveSum = above > 0 ? above + beside : 0;
      const nearBelowSum = below > 0 ? below + beside : 0;
      const joined = above > 0 && below > 0 ? above + below + 2 * beside + together : 0;
      return Math.max(Math.max(plainAbove, nearAboveSum) + Math.max(plainBelow, nearBelowSum), joined);
    },
  };
}

/** For each index the nearest one above and below it that has tokens and belongs with it; -1 where there is none. */
function neighbours(
  lines: readonly TokenLine[],
  belong: (a: number, b: number) => boolean,
): [above: Int32Array, below: Int32Array] {
  const above = new Int32Array(lines.length).fill(-1);
  const below = new Int32Array(lines.length).fill(-1);
  let known = -1;
  lines.forEach(({ size }, i) => {
    if (known !== -1 && belong(known, i)) above[i] = known;
    if (size > 0) known = i;
  });
  known = -1;
  for (let i = lines.length - 1; i >= 0; i--) {
    if (known !== -1 && belong(known, i)) below[i] = known;
    if ((lines[i]?.size ?? 0) > 0) known = i;
  }
  return [above, below];
}
