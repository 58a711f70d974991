// SPDX-License-Identifier: MIT
/** What changed between two versions of a series, from the mails alone: the way of `git range-diff`. */

import { cheapestAssignment } from './assignment';
import { type DiffHunk, diffLists } from './lineDiff';
import type { RangePatch } from './rangePatch';

/** How much of a patch may differ, in percent, before it counts as a new one. */
const CREATION = 60;
/** More patches than this are paired by equal changes and equal subjects only. */
const MOST_WEIGHED = 300;
/** Patches with more lines than this are weighed by the lines they have in common, whatever their order. */
const LONGEST_WEIGHED = 5000;

/** 0-based indexes into the two series; null where a patch was dropped (`<`) or is new (`>`). */
export interface RangePair {
  readonly before: number | null;
  readonly after: number | null;
  readonly status: '=' | '!' | '<' | '>';
  /** The difference of the two patches, message included; empty unless the status is `!`. */
  readonly hunks: readonly DiffHunk[];
}

/** Pairs the patches of two versions, in the order in which git shows them. Never throws. */
export function rangeDiff(before: readonly RangePatch[], after: readonly RangePatch[]): RangePair[] {
  const matches = matchPatches(before, after);
  const matched = new Set(matches);
  const shown = new Set<number>();
  const pairs: RangePair[] = [];
  let old = 0;
  let fresh = 0;
  while (old < before.length || fresh < after.length) {
    if (shown.has(old)) old++;
    else if (old < before.length && !matched.has(old)) {
      pairs.push({ before: old, after: null, status: '<', hunks: [] });
      old++;
    } else {
      const match = matches[fresh] ?? -1;
      const one = before[match];
      const other = after[fresh];
      if (one === undefined || other === undefined) pairs.push({ before: null, after: fresh, status: '>', hunks: [] });
      else {
        const hunks = diffLists(one.lines, other.lines);
        pairs.push({ before: match, after: fresh, status: hunks.length === 0 ? '=' : '!', hunks });
        shown.add(match);
      }
      fresh++;
    }
  }
  return pairs;
}

/** For each patch of the second series its counterpart in the first; -1 for none. */
function matchPatches(before: readonly RangePatch[], after: readonly RangePatch[]): number[] {
  const matches = after.map(() => -1);
  const open = new Map<string, number[]>();
  // From the last on, so that the first of several alike is taken from the end of its list.
  for (let i = before.length - 1; i >= 0; i--) {
    const key = keyOf(before[i]);
    const alike = open.get(key);
    if (alike === undefined) open.set(key, [i]);
    else alike.push(i);
  }
  const taken = new Set<number>();
  after.forEach((patch, i) => {
    const same = open.get(keyOf(patch))?.pop();
    if (same === undefined) return;
    matches[i] = same;
    taken.add(same);
  });
  const left = before.map((_, i) => i).filter((i) => !taken.has(i));
  const right = after.map((_, i) => i).filter((i) => matches[i] === -1);
  for (const [one, other] of weigh(left, right, before, after)) matches[other] = one;
  return matches;
}

function keyOf(patch: RangePatch | undefined): string {
  return changesOf(patch ?? empty).join('\n');
}

function changesOf(patch: RangePatch): readonly string[] {
  return patch.lines.slice(patch.changes);
}

/** Pairs of patches, one of `left` and one of `right` each, so that all in all the least has changed. */
function weigh(
  left: readonly number[],
  right: readonly number[],
  before: readonly RangePatch[],
  after: readonly RangePatch[],
): [number, number][] {
  if (left.length === 0 || right.length === 0) return [];
  if (left.length + right.length > MOST_WEIGHED) return sameSubjects(left, right, before, after);
  const size = left.length + right.length;
  const costs = new Float64Array(size * size);
  const creation = (patch: RangePatch | undefined): number =>
    patch === undefined ? 0 : Math.floor((sizeOf(patch) * CREATION) / 100);
  left.forEach((one, i) => {
    right.forEach((other, j) => {
      const most = creation(before[one]) + creation(after[other]);
      costs[i * size + j] = changeSize(changesOf(before[one] ?? empty), changesOf(after[other] ?? empty), most);
    });
    for (let j = right.length; j < size; j++) costs[i * size + j] = creation(before[one]);
  });
  right.forEach((other, j) => {
    for (let i = left.length; i < size; i++) costs[i * size + j] = creation(after[other]);
  });
  const columns = cheapestAssignment(costs, size);
  return left.flatMap((one, i) => {
    const other = right[columns[i] ?? -1];
    return other === undefined ? [] : [[one, other]];
  });
}

/** How many lines the changes have; the empty ones stand between files and are git's layout only. */
function sizeOf(patch: RangePatch): number {
  return changesOf(patch).filter((line) => line !== '').length;
}

const empty: RangePatch = { subject: '', lines: [], changes: 0 };

/** How many lines the difference of two texts has, hunk heads and context included; at least `most` where it is more. */
function changeSize(one: readonly string[], other: readonly string[], most: number): number {
  const counts = new Map<string, number>();
  for (const line of one) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of other) counts.set(line, (counts.get(line) ?? 0) - 1);
  let least = 0;
  for (const count of counts.values()) least += Math.abs(count);
  if (least >= most || one.length + other.length > LONGEST_WEIGHED) return least;
  return diffLists(one, other).reduce((sum, { lines }) => sum + lines.length + 1, 0);
}

function sameSubjects(
  left: readonly number[],
  right: readonly number[],
  before: readonly RangePatch[],
  after: readonly RangePatch[],
): [number, number][] {
  const open = new Map(left.map((one) => [before[one]?.subject ?? '', one]));
  return right.flatMap((other) => {
    const subject = after[other]?.subject ?? '';
    const one = open.get(subject);
    open.delete(subject);
    return one === undefined ? [] : [[one, other]];
  });
}
