// SPDX-License-Identifier: MIT
import { pcOf } from '../engine/decode';
import type { MemoryModel } from '../engine/program';
import { createSearch } from '../engine/search';
import type { Location, Value } from './condition';
import { bufferDepth, type Prepared } from './prepared';
import { Problem } from './problem';

export interface RunOptions {
  readonly model: MemoryModel;
  readonly engine: 'codegen' | 'interpreter';
  readonly maxStates: number;
  /** States of a test that the interpreter explores before code is generated for it; 0 where none is given. */
  readonly generateAfter?: number;
}

export interface FinalStates {
  /** Each different final state once: the values of the locations, in the order given; in no order. */
  readonly states: readonly (readonly Value[])[];
  /** False where the search ran into its bound. */
  readonly exhausted: boolean;
}

const maxLocalSteps = 10_000;

/** Explores all runs of a test. Throws a Problem where one of them goes wrong (an access to no location, for example). */
export function finalStates(prepared: Prepared, locations: readonly Location[], options: RunOptions): FinalStates {
  const { program } = prepared;
  const found = new Map<string, readonly Value[]>();
  const readers = locations.map((location) => prepared.reader(location));
  const search = createSearch(
    program,
    { model: options.model, bufferDepth: bufferDepth(program), maxStates: options.maxStates, maxLocalSteps },
    {
      executor: options.engine,
      generateAfter: options.generateAfter ?? 0,
      ended(state) {
        const values = readers.map((read) => read(search.layout, state));
        found.set(values.join(' '), values);
      },
    },
  );
  while (!search.run(1 << 16));
  const { exhausted, outcomes } = search.result();
  const wrong = outcomes[0];
  if (wrong !== undefined) {
    const state = search.state(wrong.stateIndex);
    const { offset, text } = faultIn(prepared, search.layout, state, program.outcomes[wrong.outcome]?.id ?? '');
    throw new Problem(text, offset);
  }
  return { states: [...found.values()], exhausted };
}

function faultIn(
  { program, offsetOf }: Prepared,
  layout: Parameters<typeof pcOf>[0],
  state: Int32Array,
  outcome: string,
): { readonly offset: number; readonly text: string } {
  const text = reasons[outcome] ?? `a run ends with “${outcome}”`;
  // The agent at fault stands at the step that failed: the first whose step could have.
  for (let agent = 0; agent < program.agents.length; agent++) {
    const step = program.agents[agent]?.steps[pcOf(layout, state, agent)];
    if (step && step.kind !== 'end') return { offset: offsetOf(step.position), text };
  }
  return { offset: 0, text };
}

const reasons: Readonly<Record<string, string | undefined>> = {
  'page-fault': 'a run accesses memory that is no location of the test',
  'bug-on': 'a run divides by zero',
  hang: 'a run never ends',
};
