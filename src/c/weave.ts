// SPDX-License-Identifier: MIT
/**
 * Places a hunk that shows part of a function in the text of that function. Lines are compared by their tokens,
 * so lost white space does not matter, and the text may lack lines that the hunk shows or have others between.
 */

import { concatenate, type MappedText, mapLine, type Origin, slice } from './mappedText';
import { tokensByLine } from './tokens';

/** One line of a hunk, with where it stands. */
export interface WeaveRow {
  readonly kind: 'add' | 'del' | 'context';
  readonly text: string;
  readonly origin: Origin;
}

export interface Woven {
  readonly before: MappedText;
  readonly after: MappedText;
  /** Share of the hunk's context and removed lines that were found, by tokens: 0 to 1, the worst of all hunks. */
  readonly score: number;
  /** The added lines were there already: `before` is the text without them. */
  readonly turned: boolean;
}

/** Below this share of context found, a placement is more likely wrong than right. */
export const placementThreshold = 0.5;
/** A hunk that shows less than one word of what was there could be anywhere. */
const leastContext = 1;
/** A line of context counts as found from this likeness on: the text may be condensed. */
const contextLikeness = 0.6;
/** What the hunk adds or removes must be that very line: lines beside each other are often alike. */
const changeLikeness = 0.95;

interface Edit {
  /** Text lines to leave out, each with the row that shows it. */
  readonly removed: { readonly line: number; readonly row: WeaveRow }[];
  /** Rows to put in, each before the line with this index. */
  readonly inserted: { readonly before: number; readonly row: WeaveRow }[];
  readonly score: number;
}

/**
 * @param model the function's text as it is on one side
 * @param hunks the rows of every hunk that shows part of it, in order
 * @returns both sides, or null where a hunk's place cannot be told
 */
export function weave(model: MappedText, hunks: readonly (readonly WeaveRow[])[]): Woven | null {
  const lines = tokensByLine(model.text);
  const forward = hunks.map((rows) => planEdit(lines, rows));
  const backward = hunks.map((rows) => planEdit(lines, rows.map(swap)));
  const total = (edits: readonly (Edit | null)[]): number => edits.reduce((sum, e) => sum + (e?.score ?? -1), 0);
  const adds = hunks.some((rows) => rows.some((r) => r.kind === 'add' && r.text.trim() !== ''));
  const addsKnown = hunks.every((rows) => addsFound(lines, rows));
  // The text is newer than the patch: what is added is there, or what is removed is gone.
  const newer = addsKnown && (total(backward) > total(forward) || (adds && total(backward) === total(forward)));
  if (newer && backward.every((e) => e !== null)) {
    const edits = backward as Edit[];
    return {
      before: apply(model, lines.length, edits),
      after: shown(model, lines.length, edits),
      score: worst(edits),
      turned: true,
    };
  }
  if (!forward.every((e) => e !== null)) return null;
  const edits = forward as Edit[];
  return {
    before: shown(model, lines.length, edits),
    after: apply(model, lines.length, edits),
    score: worst(edits),
    turned: false,
  };
}

const worst = (edits: readonly Edit[]): number => edits.reduce((least, e) => Math.min(least, e.score), 1);
const swap = (row: WeaveRow): WeaveRow => ({
  ...row,
  kind: row.kind === 'add' ? 'del' : row.kind === 'del' ? 'add' : 'context',
});

/** Whether nearly all that the hunk adds is in the text; a hunk that adds nothing has all of it there. */
function addsFound(lines: readonly string[][], rows: readonly WeaveRow[]): boolean {
  const added = rows.filter((r) => r.kind !== 'del');
  const tokens = rowTokens(added);
  const match = align(tokens, lines, added).first;
  let weight = 0;
  let found = 0;
  added.forEach((row, i) => {
    if (row.kind !== 'add') return;
    const w = weightOf(tokens[i] ?? []);
    weight += w;
    if (match[i] !== -1) found += w;
  });
  return found >= 0.8 * weight;
}

function rowTokens(rows: readonly WeaveRow[]): string[][] {
  return tokensByLine(rows.map((r) => r.text).join('\n'));
}

/** How much a line says about its place: braces say next to nothing. */
function weightOf(tokens: readonly string[]): number {
  const words = tokens.filter((t) => /\w/.test(t)).length;
  return words === 0 ? (tokens.length > 0 ? 0.05 : 0) : Math.min(10, words + tokens.length / 4);
}

/** Says what of the text a hunk changes; null where its place cannot be told, or could be two. */
function planEdit(lines: readonly string[][], rows: readonly WeaveRow[]): Edit | null {
  const old = rows.filter((r) => r.kind !== 'add');
  const tokens = rowTokens(old);
  const { first, last } = align(tokens, lines, old);
  const edit = editFor(rows, old, tokens, first);
  if (!edit || first.every((line, i) => line === last[i])) return edit;
  const other = editFor(rows, old, tokens, last);
  return other && outcome(lines, edit) === outcome(lines, other) ? edit : null;
}

/** What the lines of a text are once they are edited, to compare. */
function outcome(lines: readonly string[][], edit: Edit): string {
  const gone = new Set(edit.removed.map(({ line }) => line));
  const result: string[] = [];
  for (let line = 0; line <= lines.length; line++) {
    for (const { before, row } of edit.inserted) if (before === line) result.push(row.text.trim());
    if (!gone.has(line)) result.push((lines[line] ?? []).join(' '));
  }
  return result.filter((l) => l !== '').join('\n');
}

function editFor(
  rows: readonly WeaveRow[],
  old: readonly WeaveRow[],
  tokens: readonly string[][],
  match: readonly number[],
): Edit | null {
  let total = 0;
  let found = 0;
  old.forEach((_, i) => {
    const w = weightOf(tokens[i] ?? []);
    total += w;
    if (match[i] !== -1) found += w;
  });
  if (total < leastContext || found / total < placementThreshold) return null;

  const removed: { line: number; row: WeaveRow }[] = [];
  const inserted: { before: number; row: WeaveRow }[] = [];
  let at = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as WeaveRow;
    if (row.kind !== 'add') {
      const line = match[at++] ?? -1;
      if (row.kind === 'del' && line !== -1) removed.push({ line, row });
      continue;
    }
    const place = placeFor(match, tokens, at);
    if (place === null) {
      if (row.text.trim() === '') continue;
      return null;
    }
    inserted.push({ before: place, row });
  }
  return { removed, inserted, score: found / total };
}

/** Before which text line goes what the hunk adds behind its old row `at - 1`: next to the nearest row that was found. */
function placeFor(match: readonly number[], tokens: readonly string[][], at: number): number | null {
  let above = at - 1;
  while (above >= 0 && (tokens[above]?.length === 0 || (match[above] === -1 && weightOf(tokens[above] ?? []) < 0.1)))
    above--;
  let below = at;
  while (
    below < match.length &&
    (tokens[below]?.length === 0 || (match[below] === -1 && weightOf(tokens[below] ?? []) < 0.1))
  )
    below++;
  const up = match[above] ?? -1;
  const down = match[below] ?? -1;
  if (up !== -1) return up + 1;
  if (down !== -1) return down;
  // Both neighbours are unknown here: behind the last line that is known, if one is known on either side.
  for (let i = above; i >= 0; i--) if ((match[i] ?? -1) !== -1) return (match[i] as number) + 1;
  for (let i = below; i < match.length; i++) if ((match[i] ?? -1) !== -1) return match[i] as number;
  return null;
}

/** What lines are worth that stand together in the hunk and in the text: it decides between lines that are alike. */
const togetherBonus = 0.3;

/** For each index the next one whose line has tokens, or the length. */
function nextShown(lines: readonly (readonly string[])[]): number[] {
  const next = new Array<number>(lines.length);
  let found = lines.length;
  for (let i = lines.length - 1; i >= 0; i--) {
    next[i] = found;
    if ((lines[i]?.length ?? 0) > 0) found = i;
  }
  return next;
}

/** Aligns rows with lines, both in order, for the greatest sum of likenesses; -1 where a row has no line. */
function align(
  rows: readonly string[][],
  lines: readonly string[][],
  kinds: readonly WeaveRow[],
): { first: number[]; last: number[] } {
  const n = rows.length;
  const m = lines.length;
  const at = (i: number, j: number): number => i * (m + 1) + j;
  const [nextRow, nextLine] = [nextShown(rows), nextShown(lines)];
  /** The greatest sum from row i and line j on; `matched`: with row i on line j, 0 where they are not alike. */
  const best = new Float64Array((n + 1) * (m + 1));
  const matched = new Float64Array((n + 1) * (m + 1));
  const gain = (i: number, j: number): number => {
    const row = rows[i] ?? [];
    const alike = sameness(row, lines[j] ?? []);
    const enough = kinds[i]?.kind === 'context' ? contextLikeness : changeLikeness;
    return alike >= enough ? alike * weightOf(row) : 0;
  };
  const together = (i: number, j: number): number => {
    const next = matched[at(nextRow[i] ?? n, nextLine[j] ?? m)] ?? 0;
    return next > 0 ? next + togetherBonus : 0;
  };
  const rest = (i: number, j: number): number => best[at(i, j)] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const g = gain(i, j);
      matched[at(i, j)] = g > 0 ? g + Math.max(rest(i + 1, j + 1), together(i, j)) : 0;
      best[at(i, j)] = Math.max(matched[at(i, j)] ?? 0, rest(i + 1, j), rest(i, j + 1));
    }
  }
  return { first: trace(false), last: trace(true) };

  /** Reads the alignment off the sums; where lines are alike, `late` takes the last that makes the same sum. */
  function trace(late: boolean): number[] {
    const match = new Array<number>(n).fill(-1);
    let i = 0;
    let j = 0;
    /** The pair that the sum is made of because it stands together with the one before. */
    let joined = false;
    while (i < n && j < m) {
      const here = matched[at(i, j)] ?? 0;
      const later = late && !joined && rest(i, j) === rest(i, j + 1);
      if (here > 0 && !later && (joined || here === rest(i, j))) {
        match[i] = j;
        joined = together(i, j) > rest(i + 1, j + 1);
        [i, j] = joined ? [nextRow[i] ?? n, nextLine[j] ?? m] : [i + 1, j + 1];
      } else if (!later && rest(i, j) === rest(i + 1, j)) i++;
      else j++;
    }
    return match;
  }
}

/** What a token counts in a comparison: punctuation is the same everywhere. */
const tokenWeight = (token: string): number => (/\w/.test(token) ? 4 : 1);
const lineWeight = (line: readonly string[]): number => line.reduce((sum, token) => sum + tokenWeight(token), 0);

/** Share of tokens two lines have in common, in order: 1 for equal lines. */
function sameness(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a.length === b.length && a.every((t, i) => t === b[i])) return 1;
  let previous = new Uint16Array(b.length + 1);
  for (const token of a) {
    const current = new Uint16Array(b.length + 1);
    for (let j = 0; j < b.length; j++)
      current[j + 1] =
        b[j] === token ? (previous[j] ?? 0) + tokenWeight(token) : Math.max(current[j] ?? 0, previous[j + 1] ?? 0);
    previous = current;
  }
  return (2 * (previous[b.length] ?? 0)) / (lineWeight(a) + lineWeight(b));
}

/** The text with what the edits remove left out and what they add put in. */
function apply(model: MappedText, count: number, edits: readonly Edit[]): MappedText {
  const removed = new Set(edits.flatMap((e) => e.removed.map((r) => r.line)));
  const parts: MappedText[] = [];
  for (let line = 0; line <= count; line++) {
    for (const edit of edits)
      for (const { before, row } of edit.inserted) if (before === line) parts.push(mapLine(row.text, row.origin));
    if (line < count && !removed.has(line)) parts.push(lineOf(model, line));
  }
  return concatenate(parts);
}

/** The text as it is; the lines that the edits remove stand in the mail, which shows them. */
function shown(model: MappedText, count: number, edits: readonly Edit[]): MappedText {
  const rows = new Map(edits.flatMap((e) => e.removed.map((r) => [r.line, r.row] as const)));
  const parts: MappedText[] = [];
  for (let line = 0; line < count; line++) {
    const row = rows.get(line);
    parts.push(row ? mapLine(row.text, row.origin) : lineOf(model, line));
  }
  return concatenate(parts);
}

/** A line of a text with its line end; 0-based. */
function lineOf(text: MappedText, line: number): MappedText {
  let start = 0;
  for (let i = 0; i < line; i++) start = text.text.indexOf('\n', start) + 1;
  const end = text.text.indexOf('\n', start);
  return slice(text, start, end < 0 ? text.text.length : end + 1);
}
