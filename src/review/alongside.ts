// SPDX-License-Identifier: MIT
/** A run of one side in the order of a run of the other: what is different about it is the patch, not the schedule. */

import { fatalOutcome, pcOf } from '../engine/decode';
import { sampleRunFrom } from '../engine/sampleRun';
import type { EnabledChoice } from '../engine/stepper';
import { stepperFor, type Trace } from '../engine/trace';
import type { SideRun } from './simulateSide';
import { functionOf, statementText } from './sourceText';

/** Transitions of one agent, at most, in which a side comes to the statement that the other side runs next. */
const farthest = 300;

/**
 * The run of a side that lets its agents run the same statements in the same order as a trace of the other side, as far
 * as it can: statements that this side does not have are passed over, and what it has besides runs with what follows.
 * From there it goes to an end at which nothing fatal happens. Null where none is found.
 */
export function runAlongside(run: SideRun, other: SideRun, trace: Trace): Trace | null {
  const { search } = run;
  const stepper = stepperFor(search);
  const own = new Set(
    search.program.agents.flatMap((agent, index) => agent.steps.map((_, pc) => keyOf(run, index, pc))),
  );
  const choices: number[] = [];
  let state = stepper.initial();

  /** Lets an agent run until it has run a statement; false, and nothing is done, where it does not come to it. */
  function runUntil(agent: number, key: string, choice: number): boolean {
    const taken: number[] = [];
    let at = state;
    for (let steps = 0; steps < farthest; steps++) {
      const enabled = stepper.enabled(at).filter((each) => each.agent === agent && each.kind === 'step');
      const isThere = keyOf(run, agent, pcOf(search.layout, at, agent)) === key;
      const next: EnabledChoice | undefined = (isThere && enabled.find((each) => each.choice === choice)) || enabled[0];
      const applied = next && stepper.apply(at, next.choice);
      if (!next || !applied || fatalOutcome(applied.state) !== null) return false;
      taken.push(next.choice);
      at = applied.state;
      if (!isThere) continue;
      choices.push(...taken);
      state = at;
      return true;
    }
    return false;
  }

  function drain(choice: number): void {
    const applied = stepper.apply(state, choice);
    // What is not in the buffer has reached memory already, or was never stored here.
    if (!applied || fatalOutcome(applied.state) !== null) return;
    choices.push(choice);
    state = applied.state;
  }

  for (const step of trace.steps) {
    if (step.kind === 'drain') {
      drain(step.choice);
      continue;
    }
    const key = keyOf(other, step.agent, step.pc);
    if (own.has(key) && !runUntil(step.agent, key, step.choice)) break;
  }
  return sampleRunFrom(search, choices);
}

/** What makes two statements of two programs the same: who runs it, where it is, what it says. */
function keyOf(run: SideRun, agent: number, pc: number): string {
  const step = run.search.program.agents[agent]?.steps[pc];
  const span = step && run.lowered.positions[step.position];
  return span ? `${agent} ${functionOf(span)} ${step.kind} ${statementText(span)}` : `${agent}`;
}
