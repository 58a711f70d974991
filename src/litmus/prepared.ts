// SPDX-License-Identifier: MIT
import { memoryBytes } from '../engine/decode';
import type { Layout } from '../engine/layout';
import type { Program, Step } from '../engine/program';
import type { Location, Value } from './condition';

/** A litmus test as a program of the engine. */
export interface Prepared {
  readonly program: Program;
  /** Which value a location has in a final state; looked up once for all states. */
  reader(location: Location): (layout: Layout, state: Int32Array) => Value;
  /** Offset in the test's text of what stands at `Step.position`. */
  offsetOf(position: number): number;
}

/** Beyond these entries a store buffer is cut off: more stores of one agent than any test has. */
const deepest = 64;

/** Entries that no store buffer of the program ever has to wait for: all stores of an agent, twice those of one that loops. */
export function bufferDepth(program: Program): number {
  const depths = program.agents.map(({ steps }) => {
    const stores = steps.filter(({ kind }) => kind === 'store' || kind === 'rmw').length;
    return steps.some(loops) ? stores * 2 : stores;
  });
  return Math.min(deepest, Math.max(1, ...depths));
}

const loops = (step: Step, pc: number): boolean =>
  step.kind === 'branch' ? step.then <= pc || step.else <= pc : step.kind !== 'end' && step.next <= pc;

/**
 * Reads a location from final states: a number or address, or the elements of an array in braces.
 * @param length elements of an array, or null; `index` picks one of them
 * @param shown an address as the name of what is there
 */
export function memoryReader(
  address: number,
  bytes: number,
  signed: boolean,
  length: number | null,
  index: number | null,
  shown: (value: bigint) => Value,
): ReturnType<Prepared['reader']> {
  const one = (layout: Layout, state: Int32Array, i: number): Value =>
    shown(fromBytes(memoryBytes(layout, state, address + i * bytes, bytes), signed));
  if (length === null || index !== null) return (layout, state) => one(layout, state, index ?? 0);
  return (layout, state) => `{${Array.from({ length }, (_, i) => one(layout, state, i)).join(',')}}`;
}

/** The number that bytes stand for, lowest first. */
function fromBytes(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return signed ? BigInt.asIntN(bytes.length * 8, value) : value;
}
