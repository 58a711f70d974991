// SPDX-License-Identifier: MIT
/** Two ways beside each other: which of their steps are the same, and where they part. */

import type { ReplaySide } from '../review/types';
import { splitText } from './words';

/** A row of both: the steps (1-based) in it; null where that way has none. */
export interface Row {
  readonly left: number | null;
  readonly right: number | null;
}

export interface Alignment {
  readonly rows: readonly Row[];
  /** After so many rows, how many steps of each have run; `rows.length + 1` entries. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** The first row (1-based) in which they do not do the same, or null where they never part. */
  readonly parting: number | null;
}

/** How far ahead a common step is looked for. */
const reach = 40;

const known = new WeakMap<ReplaySide, WeakMap<ReplaySide, Alignment>>();

/** Puts two ways beside each other. Linear in their length; computed once for a pair. */
export function align(left: ReplaySide, right: ReplaySide): Alignment {
  const others = known.get(left) ?? new WeakMap<ReplaySide, Alignment>();
  known.set(left, others);
  const there = others.get(right);
  if (there) return there;
  const made = compute(left, right);
  others.set(right, made);
  return made;
}

/** What makes two steps the same one: who runs which statement of which function. */
function keysOf(side: ReplaySide): readonly string[] {
  return side.steps.map((step) =>
    [side.agents[step.agent]?.name, step.kind, step.function, splitText(step.text).statement].join('\n'),
  );
}

function compute(left: ReplaySide, right: ReplaySide): Alignment {
  const a = keysOf(left);
  const b = keysOf(right);
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [skipA, skipB] = nextCommon(a, b, i, j);
    for (let k = 0; k < skipA; k++) rows.push({ left: ++i, right: null });
    for (let k = 0; k < skipB; k++) rows.push({ left: null, right: ++j });
    if (i < a.length && j < b.length && a[i] === b[j]) rows.push({ left: ++i, right: ++j });
  }
  const counts = { left: [0], right: [0] };
  for (const row of rows) {
    counts.left.push(row.left ?? counts.left.at(-1) ?? 0);
    counts.right.push(row.right ?? counts.right.at(-1) ?? 0);
  }
  const parts = rows.findIndex((row) => !isSame(left, right, row));
  return { rows, ...counts, parting: parts < 0 ? null : parts + 1 };
}

/** How many steps of each to skip until both run the same one: fewest together; all that is in reach where none is. */
function nextCommon(a: readonly string[], b: readonly string[], i: number, j: number): readonly [number, number] {
  const restA = a.length - i;
  const restB = b.length - j;
  if (restA === 0 || restB === 0) return [restA, restB];
  for (let sum = 0; sum <= reach; sum++) {
    for (let skipA = 0; skipA <= sum; skipA++) {
      const skipB = sum - skipA;
      if (skipA < restA && skipB < restB && a[i + skipA] === b[j + skipB]) return [skipA, skipB];
    }
  }
  return [Math.min(restA, reach), Math.min(restB, reach)];
}

/** The same statement that read or buffered the same. */
function isSame(left: ReplaySide, right: ReplaySide, row: Row): boolean {
  if (row.left === null || row.right === null) return false;
  return left.steps[row.left - 1]?.text === right.steps[row.right - 1]?.text;
}
