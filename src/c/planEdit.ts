// SPDX-License-Identifier: MIT
/** Says what the hunks of a function change in its text, or why that cannot be told. Lines and rows are 0-based. */

import { type Alignment, alignLines } from './alignLines';
import { type Addition, type Plan, readHunks, readTarget, type Target, type WeaveRow } from './hunkPlan';
import { type LineReader, likeness, type TokenLine } from './likeness';

/** What the hunks change. */
export interface Edit {
  readonly kind: 'edit';
  /** Lines to leave out, the last exclusive, with the rows that show them. */
  readonly removed: readonly { readonly from: number; readonly to: number; readonly rows: readonly WeaveRow[] }[];
  /** Rows to put in, in front of the line with this index. */
  readonly inserted: readonly { readonly before: number; readonly rows: readonly WeaveRow[] }[];
  /** Share of the hunks' context and removed lines that were found, by tokens: 0 to 1, the worst of all hunks. */
  readonly score: number;
  /** The same for all hunks, with what stands together there as it does in the hunk: to compare edits. */
  readonly fit: number;
  /** Share of the removed lines that were found, by tokens; 1 where none is removed. */
  readonly removedShare: number;
  /** How many words of context and removed lines were found, the least of all hunks. */
  readonly words: number;
}

/** Why a hunk has no place; `row` is the one that tells. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
  readonly row: WeaveRow | null;
}

/** Why a hunk of another text has no place. */
export const tooLittle = 'too little of what it shows is there';
/** Below this share of context found, a placement is more likely wrong than right. */
export const placementThreshold = 0.5;
/** A hunk of which less than this many words are there could be anywhere. */
const leastContext = 2;
/** Where only one line with less words than this is there, lines are added only between two lines. */
const leastBeside = 5;
/** A line of context counts as found from this likeness on: the text may be condensed. */
const contextLikeness = 0.65;
/** The same where nothing else says where lines are added. */
const oneLikeness = 0.9;
/** What the hunk removes must be that very line: lines beside each other are often alike. */
const changeLikeness = 0.95;
/** A removed line that was not found may be one that is as like as this, in another version. */
const doubtLikeness = 0.4;
/** By how much a place must be better than any other, in words. */
const margin = 0.4;

/**
 * @param hunks the rows of every hunk that shows part of the text, in order
 * @param joined compares statements instead of lines
 */
export function planEdit(
  reader: LineReader,
  text: string,
  hunks: readonly (readonly WeaveRow[])[],
  joined: boolean,
): Edit | Refusal {
  const target = readTarget(reader, text, joined);
  const plan = readHunks(reader, hunks, joined);
  if (!plan) return refused('it changes a statement of which it shows a part', null);
  const alignment = alignLines(
    plan.lines,
    target.lines,
    plan.old.map(({ hunk }) => hunk),
    plan.old.map(({ isRemoved }) => (isRemoved ? changeLikeness : contextLikeness)),
  );
  if (!alignment) return refused('the hunk and the function are too long to compare', null);
  const removed: { from: number; to: number; rows: readonly WeaveRow[] }[] = [];
  const inserted: { before: number; rows: readonly WeaveRow[] }[] = [];
  const places = plan.lines.map((_, i) => placeOf(target, alignment, i));
  const shown = hunks.map((_, hunk) => foundOf(plan, places, hunk));
  let [all, found] = [0, 0];
  for (const [i, { rows, isRemoved, isMixed }] of plan.old.entries()) {
    if (!isRemoved) continue;
    const line = plan.lines[i]?.size
      ? removedLine(target, plan, alignment, i)
      : removedComment(target, alignment, i, rows);
    if (line === null && plan.lines[i]?.isComment) continue;
    if (line === null || (line === -1 && isMixed))
      return refused('which line it removes cannot be told', rows[0] ?? null);
    const weight = plan.lines[i]?.weight ?? 0;
    all += weight;
    if (line === -1) continue;
    found += weight;
    removed.push({ from: target.starts[line] ?? 0, to: target.starts[line + 1] ?? 0, rows });
  }
  for (const block of plan.added) {
    const before = insertedAt(target, plan, alignment, places, block, shown[block.hunk]?.isEnough ?? false);
    if (typeof before === 'string') {
      if (block.isEmpty) continue;
      return refused(before, block.rows[0] ?? null);
    }
    inserted.push({ before, rows: block.rows });
  }
  const words = Math.min(...shown.map((s) => s.found));
  const score = words < leastContext ? 0 : Math.min(...shown.map((s) => s.found / s.total));
  if (score < placementThreshold) return refused(tooLittle, null);
  const removedShare = all === 0 ? 1 : found / all;
  return { kind: 'edit', removed, inserted, score, fit: alignment.best / alignment.possible, removedShare, words };
}

const refused = (reason: string, row: WeaveRow | null): Refusal => ({ kind: 'refused', reason, row });

/** The line that a removed row is, -1 where the text does not have it, null where that cannot be told. */
function removedLine(target: Target, plan: Plan, alignment: Alignment, row: number): number | null {
  let [line, best, second] = [-1, alignment.without(row), 0];
  for (let j = 0; j < target.lines.length; j++) {
    const sum = alignment.through(row, j);
    if (sum === 0) continue;
    if (sum > best) [line, best, second] = [j, sum, Math.max(second, line === -1 ? 0 : best)];
    else second = Math.max(second, sum);
  }
  if (line !== -1) return best - second >= margin ? line : null;
  const shown = plan.lines[row];
  if (second > 0 || !shown) return null;
  // Something like it where it should be: the same in another version, or another line.
  const [from, to] = alignment.gap(row);
  for (let j = from; j < to; j++) {
    const here = target.lines[j];
    if (here && likeness(shown, here, doubtLikeness) >= doubtLikeness) return null;
  }
  return -1;
}

/** The line of a comment that is removed, or -1: it means nothing to what runs. */
function removedComment(target: Target, alignment: Alignment, row: number, rows: readonly WeaveRow[]): number {
  const text = rows[0]?.text.trim() ?? '';
  if (text === '' || rows.length > 1) return -1;
  const [from, to] = alignment.gap(row);
  for (let j = from; j < to; j++) if (target.texts[target.starts[j] ?? -1]?.trim() === text) return j;
  return -1;
}

/** In front of which line of the text goes what is added, or why that cannot be told. */
function insertedAt(
  target: Target,
  plan: Plan,
  alignment: Alignment,
  places: readonly number[],
  block: Addition,
  isEnough: boolean,
): number | string {
  const { lines } = target;
  let place = -1;
  let best = -1;
  let second = -1;
  for (let j = 0; j <= lines.length; j++) {
    if (j < lines.length && lines[j]?.size === 0) continue;
    const sum = alignment.split(block.at, j, block.hunk);
    if (sum > best) [place, best, second] = [j, sum, best];
    else second = Math.max(second, sum);
  }
  if (place === -1 || best - second < margin) return 'where it adds its lines cannot be told';
  if (target.inside[place] !== block.inside) return 'it adds its lines inside a statement that has other lines';
  if ((target.depth[place] ?? 0) <= 0 && target.depth.some((depth, j) => j < place && depth > 0))
    return 'it adds its lines behind the end of the function';
  let above = place - 1;
  while (above >= 0 && lines[above]?.size === 0) above--;
  const [up, down] = alignment.around(block.at, block.hunk);
  const isBelow = up !== -1 && above !== -1 && alignment.like(up, above) > 0;
  const isAbove = down !== -1 && alignment.like(down, place) > 0;
  if (!isEnough && !(isBelow && isAbove)) return 'too little stands beside the lines that it adds';
  if (above !== -1 && lines[above]?.goesOn && !(isBelow && isAbove) && !block.isEmpty)
    return 'it adds its lines inside a statement that has other lines';
  // One line that is only like the one beside it may be another.
  if (isBelow !== isAbove && (isBelow ? alignment.like(up, above) : alignment.like(down, place)) < oneLikeness)
    return 'where it adds its lines cannot be told';
  if (hasMoreBraces(target, plan, places, block, place)) return 'there are blocks that it does not show';
  // Behind what stands above it in the hunk, in front of comments that belong to what follows.
  let at = target.starts[isBelow ? above + 1 : place] ?? 0;
  const step = isBelow && lines[above]?.isComment ? 1 : -1;
  while (target.inComment[at]) at += step;
  return at;
}

/** The line that a row lies on where the sum is greatest, or -1. */
function placeOf(target: Target, alignment: Alignment, row: number): number {
  for (let j = 0; j < target.lines.length; j++)
    if (alignment.through(row, j) >= alignment.best - 1e-9 && alignment.best > 0) return j;
  return -1;
}

/** Whether more blocks begin or end in the text than in the hunk, between a place and the nearest row that is there. */
function hasMoreBraces(target: Target, plan: Plan, places: readonly number[], block: Addition, place: number): boolean {
  const isAnchor = (i: number): boolean => places[i] !== -1 && (plan.lines[i]?.weight ?? 0) > 1;
  const count = (lines: readonly TokenLine[], from: number, to: number): number =>
    lines.slice(from, to).filter(({ braces }) => braces !== 0).length;
  let up = block.at - 1;
  while (up >= 0 && plan.old[up]?.hunk === block.hunk && !isAnchor(up)) up--;
  const above = plan.old[up]?.hunk === block.hunk ? (places[up] ?? -1) : -1;
  if (above !== -1 && above < place && count(target.lines, above + 1, place) > count(plan.lines, up + 1, block.at))
    return true;
  let down = block.at;
  while (plan.old[down]?.hunk === block.hunk && !isAnchor(down)) down++;
  const below = plan.old[down]?.hunk === block.hunk ? (places[down] ?? -1) : -1;
  return below >= place && count(target.lines, place, below) > count(plan.lines, block.at, down);
}

interface Found {
  /** Words of the old side, and those of them that lie on a line in the best placement. */
  readonly total: number;
  readonly found: number;
  /** Whether one line above or below them says where lines are added. */
  readonly isEnough: boolean;
}

function foundOf(plan: Plan, places: readonly number[], hunk: number): Found {
  let total = 0;
  let found = 0;
  let rows = 0;
  plan.old.forEach((part, i) => {
    if (part.hunk !== hunk) return;
    const weight = plan.lines[i]?.weight ?? 0;
    total += weight;
    if (weight === 0 || places[i] === -1) return;
    found += weight;
    rows++;
  });
  return { total, found, isEnough: found >= leastBeside || (rows > 1 && found === total) };
}
