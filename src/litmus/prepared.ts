// SPDX-License-Identifier: MIT
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
