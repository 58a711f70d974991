// SPDX-License-Identifier: MIT
/** Puts the lines of a quote beside the lines of the patch that was quoted. */

/** One quoted line that may be a line of the patch. */
export interface QuotedLine {
  /** The keys that it may be, as numbers of the patch's keys; more than one only where line ends were lost. */
  readonly keys: readonly number[];
  /** What it is worth that the next line of the patch is matched with this one, when the last was with the one before. */
  readonly link: number;
}

/** The patch: for each line the number of its key, and for each key what a match of it is worth (0 for an empty line). */
export interface QuotedPatch {
  readonly keys: Int32Array;
  readonly weights: Int32Array;
}

/** For each quoted line the lines of the patch that it may be: -1 where it is none; unique where `first` is `last`. */
export interface Alignment {
  readonly chosen: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** So many pairs are weighed at once; larger quotes are cut at lines that occur once on either side. */
const MOST_PAIRS = 2_000_000;

/**
 * Finds the best order-preserving alignment: long lines count more than short ones, and neighbours in the quote are
 * neighbours in the patch rather than not. A line is unique when every alignment as good as the best puts it on the
 * same line. Linear in the input, with a constant for windows of at most MOST_PAIRS pairs.
 */
export function alignQuote(quote: readonly QuotedLine[], patch: QuotedPatch): Alignment {
  const chosen = new Int32Array(quote.length).fill(-1);
  const alignment: Alignment = { chosen, first: chosen.slice(), last: chosen.slice() };
  if (quote.length * patch.keys.length <= MOST_PAIRS) {
    alignWindow(quote, patch, alignment, 0, quote.length, 0, patch.keys.length);
    return alignment;
  }
  let line = 0;
  let row = 0;
  for (const anchor of [...anchors(quote, patch), null]) {
    const stop = anchor === null ? quote.length : anchor.line + 1;
    const end = anchor === null ? patch.keys.length : anchor.row + 1;
    if ((stop - line) * (end - row) <= MOST_PAIRS) alignWindow(quote, patch, alignment, line, stop, row, end);
    else alignEdges(quote, patch, alignment, line, stop, row, end);
    line = stop;
    row = end;
  }
  return alignment;
}

function weightOf(quoted: QuotedLine, patch: QuotedPatch, row: number): number {
  const key = patch.keys[row] ?? -1;
  const { keys } = quoted;
  if (keys[0] !== key && (keys.length < 2 || !keys.includes(key))) return -1;
  return patch.weights[key] ?? 0;
}

/** Aligns lines `from` to `to` of the quote with lines `low` to `high` of the patch (both exclusive). */
function alignWindow(
  quote: readonly QuotedLine[],
  patch: QuotedPatch,
  alignment: Alignment,
  from: number,
  to: number,
  low: number,
  high: number,
): void {
  const height = to - from;
  const width = high - low;
  if (height <= 0 || width <= 0) return;
  // best[i][j]: of the first i lines and the first j rows; ends[i][j]: with line i on row j, -1 where they do not match.
  const best = new Int32Array((height + 1) * (width + 1));
  const ends = new Int32Array(height * width).fill(-1);
  for (let i = 0; i < height; i++) {
    const quoted = quote[from + i];
    if (quoted === undefined) continue;
    const above = i * (width + 1);
    const here = above + width + 1;
    for (let j = 0; j < width; j++) {
      const weight = weightOf(quoted, patch, low + j);
      let score = Math.max(best[above + j + 1] ?? 0, best[here + j] ?? 0);
      if (weight >= 0) {
        const linked = i > 0 && j > 0 ? (ends[(i - 1) * width + j - 1] ?? -1) : -1;
        const ending = weight + Math.max(best[above + j] ?? 0, linked >= 0 ? linked + quoted.link : 0);
        ends[i * width + j] = ending;
        if (ending > score) score = ending;
      }
      best[here + j + 1] = score;
    }
  }
  choose(quote, patch, alignment.chosen, best, ends, from, height, low, width);
  findRanges(quote, patch, alignment, best, ends, from, height, low, width);
}

/** Follows one best alignment back from its end. */
function choose(
  quote: readonly QuotedLine[],
  patch: QuotedPatch,
  chosen: Int32Array,
  best: Int32Array,
  ends: Int32Array,
  from: number,
  height: number,
  low: number,
  width: number,
): void {
  let i = height;
  let j = width;
  let forced = false;
  while (i > 0 && j > 0) {
    const score = best[i * (width + 1) + j] ?? 0;
    if (!forced && best[(i - 1) * (width + 1) + j] === score) i--;
    else if (!forced && best[i * (width + 1) + j - 1] === score) j--;
    else {
      const quoted = quote[from + i - 1];
      if (quoted === undefined) return;
      chosen[from + i - 1] = low + j - 1;
      const rest = (ends[(i - 1) * width + j - 1] ?? 0) - weightOf(quoted, patch, low + j - 1);
      const linked = i > 1 && j > 1 ? (ends[(i - 2) * width + j - 2] ?? -1) : -1;
      forced = linked >= 0 && linked + quoted.link === rest && quoted.link > 0;
      i--;
      j--;
    }
  }
}

/** For each line the first and the last row that some best alignment gives it; -1 where one leaves it out. */
function findRanges(
  quote: readonly QuotedLine[],
  patch: QuotedPatch,
  alignment: Alignment,
  best: Int32Array,
  ends: Int32Array,
  from: number,
  height: number,
  low: number,
  width: number,
): void {
  const optimum = best[height * (width + 1) + width] ?? 0;
  // Of the lines behind i and the rows from j on; and with line i + 1 on row j.
  let behind = new Int32Array(width + 1);
  let starts = new Int32Array(width + 1).fill(-1);
  for (let i = height - 1; i >= 0; i--) {
    const quoted = quote[from + i];
    if (quoted === undefined) continue;
    const link = quote[from + i + 1]?.link ?? 0;
    const here = new Int32Array(width + 1);
    const starting = new Int32Array(width + 1).fill(-1);
    const above = i * (width + 1);
    let first = -1;
    let last = -1;
    let left = false;
    for (let j = width; j >= 0; j--) {
      left ||= (best[above + j] ?? 0) + (behind[j] ?? 0) === optimum;
      if (j === width) continue;
      let score = Math.max(here[j + 1] ?? 0, behind[j] ?? 0);
      const weight = weightOf(quoted, patch, low + j);
      if (weight >= 0) {
        const next = starts[j + 1] ?? -1;
        const after = Math.max(behind[j + 1] ?? 0, next >= 0 ? next + link : 0);
        starting[j] = weight + after;
        if (weight + after > score) score = weight + after;
        if ((ends[i * width + j] ?? 0) + after === optimum) {
          first = j;
          if (last < 0) last = j;
        }
      }
      here[j] = score;
    }
    alignment.first[from + i] = left || first < 0 ? -1 : low + first;
    alignment.last[from + i] = left || first < 0 ? -1 : low + last;
    // A line that may as well be left out proves nothing, and is left out.
    if (left) alignment.chosen[from + i] = -1;
    behind = here;
    starts = starting;
  }
}

interface Anchor {
  readonly line: number;
  readonly row: number;
}

/** Lines that occur once in the quote and once in the patch, as many as keep their order. */
function anchors(quote: readonly QuotedLine[], patch: QuotedPatch): Anchor[] {
  const rowOf = new Map<number, number>();
  patch.keys.forEach((key, row) => {
    rowOf.set(key, rowOf.has(key) ? -1 : row);
  });
  const lineOf = new Map<number, number>();
  quote.forEach(({ keys }, line) => {
    const [key] = keys;
    if (key !== undefined && keys.length === 1) lineOf.set(key, lineOf.has(key) ? -1 : line);
  });
  const pairs: Anchor[] = [];
  for (const [key, line] of lineOf) {
    const row = rowOf.get(key) ?? -1;
    if (line >= 0 && row >= 0) pairs.push({ line, row });
  }
  return longestRising(pairs);
}

/** The longest subsequence of pairs (ordered by line) whose rows rise. */
function longestRising(pairs: readonly Anchor[]): Anchor[] {
  const tails: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(({ row }, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.row ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  });
  const found: Anchor[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) found.push(pair);
  }
  return found.reverse();
}

/**
 * Of a window that is too large: what directly follows its start and stands directly before its end. Where that is all
 * of both sides there is no other alignment as good; else a line may be any of the same key.
 */
function alignEdges(
  quote: readonly QuotedLine[],
  patch: QuotedPatch,
  alignment: Alignment,
  from: number,
  to: number,
  low: number,
  high: number,
): void {
  const { chosen, first, last } = alignment;
  const pair = (line: number, row: number): boolean => {
    const quoted = quote[line];
    if (quoted === undefined || weightOf(quoted, patch, row) < 0) return false;
    for (const array of [chosen, first, last]) array[line] = row;
    return true;
  };
  let line = from;
  let row = low;
  for (; line < to && row < high && pair(line, row); row++) line++;
  if (line === to && row === high) return;
  for (let stop = to, end = high; stop > line && end > row && pair(stop - 1, end - 1); end--) stop--;
  const firstOf = new Map<number, number>();
  const lastOf = new Map<number, number>();
  for (let place = low; place < high; place++) {
    const key = patch.keys[place] ?? -1;
    if (!firstOf.has(key)) firstOf.set(key, place);
    lastOf.set(key, place);
  }
  for (let one = from; one < to; one++) {
    const place = chosen[one] ?? -1;
    if (place < 0) continue;
    const key = patch.keys[place] ?? -1;
    first[one] = firstOf.get(key) ?? place;
    last[one] = lastOf.get(key) ?? place;
  }
}
