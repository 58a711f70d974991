// SPDX-License-Identifier: MIT
/**
 * Walks a program by hand: which transitions a state has, and what each does, step by step. For replays and live
 * exploration; the search does the same thing faster and remembers less.
 */
import { agentOf, choiceValue, createExpander, isDrain, perform } from './choices';
import { createInterpreter } from './interpreter';
import { createLayout, type Layout, PC_SHIFT } from './layout';
import type { Bounds, Pc, Program } from './program';
import { createRuntime, type RuntimeOptions } from './runtime';
import { Flag } from './scratch';

export interface EnabledChoice {
  /** Names the transition; what `apply` and traces take. */
  readonly choice: number;
  readonly agent: number;
  readonly kind: 'step' | 'drain';
  /** The agent's visible step that would run (for a drain: the one it stands at). */
  readonly pc: Pc;
  /** The value of a `choose` or `expire` step, or the index of the entry that drains (0 is the oldest). */
  readonly value: number;
}

export interface AppliedChoice {
  /** The state after the transition. */
  readonly state: Int32Array;
  /** The visible step and the local steps run after it, in order; empty for a drain. */
  readonly visited: readonly Pc[];
  /** Indices of the outcomes that happened, fatal or not. */
  readonly outcomes: readonly number[];
}

export interface Stepper {
  readonly layout: Layout;
  /** A copy of the initial state. */
  initial(): Int32Array;
  /** The transitions of a state, in the order in which the search takes them. */
  enabled(state: Int32Array): readonly EnabledChoice[];
  /** Runs one transition; null where it is not enabled in that state. The state given stays as it is. */
  apply(state: Int32Array, choice: number): AppliedChoice | null;
}

/** `options` must be those of the search whose states and choices are used, if there is one. */
export function createStepper(program: Program, bounds: Bounds, options: Partial<RuntimeOptions> = {}): Stepper {
  const { liveness = true, reduction = true, fencesWait = false } = options;
  const layout = createLayout(program, bounds, liveness);
  const runtime = createRuntime(program, bounds, layout, { liveness, reduction, fencesWait });
  const record: Pc[] = [];
  const executor = createInterpreter(runtime, record);
  const { state: S, flags: F, raised } = runtime.scratch;
  executor.start();
  const initial = S.slice();
  const source = new Int32Array(layout.words);
  let found: EnabledChoice[] = [];
  const expand = createExpander(executor, source, (choice) => {
    const agent = agentOf(choice);
    const pc = (source[layout.agents[agent]?.place ?? 0] as number) >>> PC_SHIFT;
    found.push({ choice, agent, kind: isDrain(choice) ? 'drain' : 'step', pc, value: choiceValue(choice) });
  });
  const enabled = (state: Int32Array): readonly EnabledChoice[] => {
    source.set(state);
    found = [];
    expand();
    return found;
  };

  return {
    layout,
    initial: () => initial.slice(),
    enabled,
    apply(state, choice) {
      // Whether time may be up depends on all agents, so the whole state decides what is enabled.
      if (!enabled(state).some((other) => other.choice === choice)) return null;
      runtime.scratch.load(state);
      record.length = 0;
      perform(executor, choice);
      const visited = isDrain(choice) ? [] : record.slice();
      return { state: S.slice(), visited, outcomes: Array.from(raised.subarray(0, F[Flag.raised] as number)) };
    },
  };
}
