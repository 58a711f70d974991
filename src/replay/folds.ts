// SPDX-License-Identifier: MIT
/** Loops and waits of a run: steps that repeat themselves are one step, until somebody opens it. */

import type { ReplaySide, ReplayStep } from '../review/types';

/** Steps `from` to `to` (1-based, both included): `rounds` times the same `period` places. */
export interface Fold {
  readonly from: number;
  readonly to: number;
  readonly period: number;
  readonly rounds: number;
}

/** The longest body of a loop that is recognised. */
const longestPeriod = 16;

const known = new WeakMap<ReplaySide, readonly Fold[]>();

/**
 * The loops of a side, in order, never overlapping: one agent runs the same places in the same order, nobody runs in
 * between, at least three rounds of one step or two of several. The fatal step is in none. Computed once for a side.
 */
export function foldsOf(side: ReplaySide): readonly Fold[] {
  const there = known.get(side);
  if (there) return there;
  const folds: Fold[] = [];
  const keys = side.steps.map(keyOf);
  const end = side.fatal === null ? keys.length : keys.length - 1;
  for (let at = 0; at < end; ) {
    const fold = foldAt(keys, at, end);
    if (fold) folds.push(fold);
    at = fold ? fold.to : at + 1;
  }
  known.set(side, folds);
  return folds;
}

/** Null for what never belongs to a loop. */
function keyOf({ agent, kind, place }: ReplayStep): string | null {
  return kind === 'drain' || place === null ? null : `${agent} ${place.file}:${place.line}`;
}

/** The loop that begins at an index: that of the shortest body which covers the most. */
function foldAt(keys: readonly (string | null)[], at: number, end: number): Fold | null {
  let best: Fold | null = null;
  for (let period = 1; period <= longestPeriod && at + 2 * period <= end; period++) {
    let stop = at + period;
    while (stop < end && keys[stop] !== null && keys[stop] === keys[stop - period]) stop++;
    const rounds = Math.floor((stop - at) / period);
    if (rounds < (period === 1 ? 3 : 2)) continue;
    const to = at + rounds * period;
    if (best === null || to > best.to) best = { from: at + 1, to, period, rounds };
  }
  return best;
}
