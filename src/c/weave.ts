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
/** A line of context counts as found from this likeness on: the text may be condensed. */
const contextLikeness = 0.6;
/** What the hunk adds or removes must be that very line: lines beside each other are often alike. */
const changeLikeness = 0.95;

interface Edit {
  /** Text lines to leave out. */
  readonly removed: number[];
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
    return { before: apply(model, lines.length, edits), after: model, score: worst(edits), turned: true };
  }
  if (!forward.every((e) => e !== null)) return null;
  const edits = forward as Edit[];
  return { before: model, after: apply(model, lines.length, edits), score: worst(edits), turned: false };
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
  const match = align(tokens, lines, added);
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

function planEdit(lines: readonly string[][], rows: readonly WeaveRow[]): Edit | null {
  const old = rows.filter((r) => r.kind !== 'add');
  const tokens = rowTokens(old);
  const match = align(tokens, lines, old);
  let total = 0;
  let found = 0;
  old.forEach((_, i) => {
    const w = weightOf(tokens[i] ?? []);
    total += w;
    if (match[i] !== -1) found += w;
  });
  if (total === 0 || found / total < placementThreshold) return null;

  const removed: number[] = [];
  const inserted: { before: number; row: WeaveRow }[] = [];
  let at = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as WeaveRow;
    if (row.kind !== 'add') {
      const line = match[at++] ?? -1;
      if (row.kind === 'del' && line !== -1) removed.push(line);
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

/** Aligns rows with lines, both in order, for the greatest sum of likenesses; -1 where a row has no line. */
function align(rows: readonly string[][], lines: readonly string[][], kinds: readonly WeaveRow[]): number[] {
  const n = rows.length;
  const m = lines.length;
  const best = new Float64Array((n + 1) * (m + 1));
  const gain = (i: number, j: number): number => {
    const row = rows[i] ?? [];
    const alike = sameness(row, lines[j] ?? []);
    const enough = kinds[i]?.kind === 'context' ? contextLikeness : changeLikeness;
    return alike >= enough ? alike * weightOf(row) : 0;
  };
  const gains = new Float64Array(n * m);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const g = gain(i, j);
      gains[i * m + j] = g;
      const both = g > 0 ? g + (best[(i + 1) * (m + 1) + j + 1] ?? 0) : 0;
      best[i * (m + 1) + j] = Math.max(both, best[(i + 1) * (m + 1) + j] ?? 0, best[i * (m + 1) + j + 1] ?? 0);
    }
  }
  const match = new Array<number>(n).fill(-1);
  let i = 0;
  let j = 0;
  while (i < n && j < m) {
    const here = best[i * (m + 1) + j] ?? 0;
    const g = gains[i * m + j] ?? 0;
    if (g > 0 && Math.abs(here - g - (best[(i + 1) * (m + 1) + j + 1] ?? 0)) < 1e-9) match[i++] = j++;
    else if (here === best[(i + 1) * (m + 1) + j]) i++;
    else j++;
  }
  return match;
}

/** Share of tokens two lines have in common, in order: 1 for equal lines. */
function sameness(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a.length === b.length && a.every((t, i) => t === b[i])) return 1;
  let previous = new Uint16Array(b.length + 1);
  for (const token of a) {
    const current = new Uint16Array(b.length + 1);
    for (let j = 0; j < b.length; j++)
      current[j + 1] = b[j] === token ? (previous[j] ?? 0) + 1 : Math.max(current[j] ?? 0, previous[j + 1] ?? 0);
    previous = current;
  }
  return (2 * (previous[b.length] ?? 0)) / (a.length + b.length);
}

function apply(model: MappedText, count: number, edits: readonly Edit[]): MappedText {
  const removed = new Set(edits.flatMap((e) => e.removed));
  const starts = [0];
  for (let i = model.text.indexOf('\n'); i >= 0; i = model.text.indexOf('\n', i + 1)) starts.push(i + 1);
  const parts: MappedText[] = [];
  for (let line = 0; line <= count; line++) {
    for (const edit of edits)
      for (const { before, row } of edit.inserted) if (before === line) parts.push(mapLine(row.text, row.origin));
    if (line < count && !removed.has(line))
      parts.push(slice(model, starts[line] as number, starts[line + 1] ?? model.text.length));
  }
  return concatenate(parts);
}
