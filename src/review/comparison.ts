// SPDX-License-Identifier: MIT
import type { FunctionDefinition } from '../c/ast';
import type { Library } from './library';
import type { OutcomeId } from './outcomes';
import type { PatchUnits } from './patchUnits';
import type { Scenario } from './scenario';
import { maxLocalSteps, type SideRun } from './simulateSide';
import type { Bounds, Hooks, ReplaySide, Side } from './types';

/** One scenario on one patch, both sides explored. */
export interface Comparison {
  readonly library: Library;
  readonly scenario: Scenario;
  readonly units: PatchUnits;
  readonly sides: Readonly<Record<Side, SideRun>>;
  /** The outcomes that count, by side. */
  readonly reached: Readonly<Record<Side, ReadonlySet<OutcomeId>>>;
  /** A run that ends well, for each side that has no outcome. */
  readonly clean: Readonly<Record<Side, ReplaySide | null>>;
  /** Functions of the patch that the scenario runs. */
  readonly used: readonly FunctionDefinition[];
  readonly hooks: Hooks;
  /** performance.now() after which no more is asked. */
  readonly deadline: number;
}

/** What a verdict on a side rests on. */
export function boundsOf(scenario: Scenario, run: SideRun): Bounds {
  return {
    cpus: scenario.hardware.cpus,
    pages: scenario.hardware.leaves.reduce((a, b) => a + b, 0),
    bufferDepth: scenario.bufferDepth,
    unroll: maxLocalSteps,
    states: run.result.states,
    exhausted: run.result.exhausted,
  };
}
