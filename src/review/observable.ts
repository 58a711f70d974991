// SPDX-License-Identifier: MIT
/** What can be told apart from outside: the machine and the variables that both sides of a patch have. */

import { sizeOf } from '../c/ctype';
import { createRowTable, findRow, insertRow, type RowTable, readRow } from '../engine/rowTable';
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
  const places = { before: placesOf(before, names), after: placesOf(after, names) };
  if (places.before.map((p) => p.bytes).join() !== places.after.map((p) => p.bytes).join()) return false;
  const seen = observed(before, places.before);
  const others = observed(after, places.after);
  if (seen.width !== others.width || seen.count !== others.count) return false;
  const row = new Int32Array(others.width);
  for (let index = 0; index < others.count; index++) {
    readRow(others, index, row, 0);
    if (findRow(seen, row, 0) < 0) return false;
  }
  return true;
}

/** A variable in the bytes of a state. */
interface StatePlace {
  readonly offset: number;
  readonly bytes: number;
}

function placesOf(run: SideRun, names: readonly string[]): StatePlace[] {
  const { layout } = run.search;
  return names.flatMap((name) => {
    const global = run.lowered.globals.find((g) => g.name === name);
    // Pointers to functions and to other globals are numbered by each program for itself.
    if (!global || hasPointers(global.type)) return [];
    return [{ offset: layout.memory * 4 + Number(global.address) - layout.memoryBase, bytes: sizeOf(global.type) }];
  });
}

/**
 * What is observed of all states of a run: a row of the machine's words and the variables' bytes for each that differs.
 * Rows, because texts of them take longer to make than the states to find.
 */
function observed(run: SideRun, places: readonly StatePlace[]): RowTable {
  const { layout } = run.search;
  const bytes = places.reduce((sum, place) => sum + place.bytes, layout.machineWords * 4);
  const row = new Int32Array(Math.ceil(bytes / 4));
  const rowBytes = new Uint8Array(row.buffer);
  const rows = createRowTable(row.length, 0);
  for (let index = 0; index < run.result.states; index++) {
    const words = run.search.state(index);
    const from = new Uint8Array(words.buffer, words.byteOffset);
    row.set(words.subarray(layout.machine, layout.machine + layout.machineWords));
    let at = layout.machineWords * 4;
    for (const place of places) {
      for (let i = 0; i < place.bytes; i++) rowBytes[at + i] = from[place.offset + i] as number;
      at += place.bytes;
    }
    insertRow(rows, row, 0);
  }
  return rows;
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
