// SPDX-License-Identifier: MIT
import { mayDivide } from './flow';
import type { Agent, Pc, Step } from './program';
import { findReachable } from './reachable';

const UNKNOWN = -1;
const ON_THE_WAY = -2;

/**
 * Takes away what never runs and jumps that only lead on. Of what is lowered for the bundled scenarios this is more than
 * half, and whatever is done with a program later takes as long as it has steps. The states, and which outcomes and marks
 * are reached how, stay the same.
 * @param keeps whether a jump, or a branch that goes one way, stays, since it is to be seen that it ran
 * @returns the agent, which begins at its first step, and by step which one it was
 */
export function prune(
  agent: Agent,
  keeps: (pc: Pc) => boolean,
): { readonly agent: Agent; readonly kept: readonly Pc[] } {
  const { steps } = agent;
  const reachable = findReachable(agent);
  /** Where a step does nothing but lead on to; -1 for the others. */
  const leads = new Int32Array(steps.length).fill(-1);
  /** The step that runs instead of one; what goes round for ever ends at one of its steps. */
  const ends = new Int32Array(steps.length);
  for (let pc = 0; pc < steps.length; pc++) {
    const step = steps[pc] as Step;
    ends[pc] = pc;
    if (reachable.steps[pc] === 0) continue;
    if (step.kind === 'jump') leads[pc] = step.next;
    else if (step.kind === 'branch')
      leads[pc] = reachable.always(step) ?? (step.then === step.else && !mayDivide(step.condition) ? step.then : -1);
    if (leads[pc] !== -1 && !keeps(pc)) ends[pc] = UNKNOWN;
  }
  const endOf = (from: Pc): Pc => {
    let end = from;
    while (ends[end] === UNKNOWN) {
      ends[end] = ON_THE_WAY;
      end = leads[end] as Pc;
    }
    if (ends[end] !== ON_THE_WAY) end = ends[end] as Pc;
    for (let pc = from; ends[pc] === ON_THE_WAY; pc = leads[pc] as Pc) ends[pc] = end;
    return end;
  };
  const first = endOf(agent.entry);
  const kept = [first];
  const places = new Int32Array(steps.length);
  for (let pc = 0; pc < steps.length; pc++)
    if (reachable.steps[pc] === 1 && pc !== first && endOf(pc) === pc) places[pc] = kept.push(pc) - 1;
  const target = (pc: Pc): Pc => places[endOf(pc)] as Pc;
  const rest = kept.map((pc): Step => {
    const step = steps[pc] as Step;
    const lead = leads[pc] as Pc;
    if (lead !== -1) return { kind: 'jump', position: step.position, next: target(lead) };
    if (step.kind === 'branch') return { ...step, then: target(step.then), else: target(step.else) };
    return step.kind === 'end' ? step : { ...step, next: target(step.next) };
  });
  return { agent: { ...agent, steps: rest, entry: 0 }, kept };
}
