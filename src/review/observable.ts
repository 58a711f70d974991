// SPDX-License-Identifier: MIT
/** What can be told apart from outside: the machine and the variables that both sides of a patch have. */

import { sizeOf } from '../c/ctype';
import { machineWords, memoryBytes } from '../engine/decode';
import type { SideRun } from './simulateSide';

/** Beyond this many states two sides count as different. */
const maxStates = 100_000;
/** The page tables that the machine walks, as mm.c calls them. */
const tables: readonly string[] = ['direct_map', 'split_map', 'vmalloc_map', 'kernel_map'];

/**
 * Whether a patch changes nothing that could be observed in a scenario: the same states of machine and common
 * variables are reachable on both sides.
 */
export function looksTheSame(before: SideRun, after: SideRun): boolean {
  // What happened leaves no trace in the state.
  if (before.outcomes.size !== after.outcomes.size || [...before.outcomes].some((o) => !after.outcomes.has(o)))
    return false;
  const names = before.lowered.globals
    .map((g) => g.name)
    .filter((name) => after.lowered.globals.some((g) => g.name === name));
  return sameStates(before, after, names);
}

/**
 * Whether the hardware sees the same on both sides of a patch: the same states of the machine and of the
 * page tables that it walks are reachable. What the code keeps for itself may differ, such as a lock.
 */
export function hardwareSeesTheSame(before: SideRun, after: SideRun): boolean {
  return sameStates(before, after, tables);
}

/** @param names variables that count beside the machine */
function sameStates(before: SideRun, after: SideRun, names: readonly string[]): boolean {
  if (
    Math.max(before.result.states, after.result.states) > maxStates ||
    !before.result.exhausted ||
    !after.result.exhausted
  )
    return false;
  const seen = observed(before, names);
  const others = observed(after, names);
  if (seen.size !== others.size) return false;
  for (const key of others) if (!seen.has(key)) return false;
  return true;
}

function observed(run: SideRun, names: readonly string[]): Set<string> {
  const { layout } = run.search;
  const places = names.flatMap((name) => {
    const global = run.lowered.globals.find((g) => g.name === name);
    // Pointers to functions and to other globals are numbered by each program for itself.
    return global && !hasPointers(global.type) ? [{ address: Number(global.address), bytes: sizeOf(global.type) }] : [];
  });
  const states = new Set<string>();
  for (let index = 0; index < run.result.states; index++) {
    const words = run.search.state(index);
    const parts = [
      machineWords(layout, words).join(),
      ...places.map((p) => memoryBytes(layout, words, p.address, p.bytes).join()),
    ];
    states.add(parts.join('|'));
  }
  return states;
}

type Global = SideRun['lowered']['globals'][number];

function hasPointers(type: Global['type']): boolean {
  switch (type.kind) {
    case 'pointer':
      return true;
    case 'array':
      return hasPointers(type.of);
    case 'struct':
      return type.fields.some((f) => hasPointers(f.type));
    default:
      return false;
  }
}
