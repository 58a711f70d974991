// SPDX-License-Identifier: MIT
/** Which outcomes a side reaches, how, and which of them rest on a value that nobody knows. */

import type { Span } from '../c/ast';
import { notModelled } from '../c/unmodelled';
import type { Agent, Program, Step } from '../engine/program';
import { stuckState } from '../engine/stuck';
import { deadlockTrace, shortestTrace, type Trace, traceTo } from '../engine/trace';
import type { OutcomeId } from './outcomes';
import type { Scenario } from './scenario';
import { exploreSide, outcomeIds, type SideRun } from './simulateSide';
import type { Hooks } from './types';
import { endAtUnknownAddress } from './unknownAddress';

const stuckStates = new WeakMap<SideRun, { readonly state: number | null }>();

function stuck(run: SideRun): number | null {
  let known = stuckStates.get(run);
  if (!known) {
    known = { state: stuckState(run.search) };
    stuckStates.set(run, known);
  }
  return known.state;
}

/** Whether a side reaches an outcome. A state from which no end can be reached any more is a hang. */
export function reaches(run: SideRun, outcome: OutcomeId): boolean {
  return run.outcomes.has(outcome) || (outcome === 'hang' && stuck(run) !== null);
}

/** All outcomes of a side. */
export function outcomesOf(run: SideRun): Set<OutcomeId> {
  return new Set(outcomeIds.filter((outcome) => reaches(run, outcome)));
}

/** What goes wrong in any kernel code, whatever a scenario looks for. */
const always: ReadonlySet<OutcomeId> = new Set([
  'page-fault',
  'permission-fault',
  'bug-on',
  'panic',
  'warn',
  'hang',
  'deadlock',
  'use-after-free',
  'double-free',
  'lock-imbalance',
]);

/** The outcomes of a side that a scenario looks for, and those that are wrong anywhere. */
export function countedOutcomes(scenario: Scenario, run: SideRun): Set<OutcomeId> {
  return new Set([...outcomesOf(run)].filter((o) => always.has(o) || scenario.guards.includes(o)));
}

/** The shortest way to an outcome; null where the search has none. */
export function traceOf(run: SideRun, outcome: OutcomeId): Trace | null {
  if (outcome === 'deadlock') return deadlockTrace(run.search);
  const trace = shortestTrace(run.search, outcomeIds.indexOf(outcome));
  if (trace || outcome !== 'hang') return trace;
  const state = stuck(run);
  return state === null ? null : traceTo(run.search, state);
}

/** Where a side comes to what a kernel tree has and nobody models, so that nothing can be said of it; null where it does not. */
export function leavesModel(run: SideRun): Span | null {
  const { program } = run.search;
  const outcome = notModelledOf(program);
  const last = outcome < 0 ? undefined : shortestTrace(run.search, outcome)?.steps.at(-1);
  const position = last && program.agents[last.agent]?.steps[last.visited.at(-1) ?? last.pc]?.position;
  return position === undefined ? null : (run.lowered.positions[position] ?? null);
}

/**
 * Outcomes that are reached with some values of what is not modelled and not with others: nothing can be said of them.
 * Asked by running with every unknown value fixed, once for each way it can be told apart; but whatever a pointer is
 * fixed to, it points nowhere: a page fault counts only on a way that goes through no such pointer, and with a kernel
 * tree, where most values are unknown, only on one that has no unknown value at all.
 * Null where time ran out.
 */
export async function uncertainOutcomes(
  scenario: Scenario,
  run: SideRun,
  hooks: Hooks,
  deadline: number,
): Promise<Set<OutcomeId> | null> {
  const uncertain = new Set<OutcomeId>();
  if (!hasUnknown(run.search.program)) return uncertain;
  const possible = outcomesOf(run);
  for (const value of [0, 1, 2]) {
    const fixed = await exploreSide(scenario, run, { edit: (program) => fixUnknown(program, value) }, hooks, deadline);
    if (fixed === null) return null;
    for (const outcome of possible) if (!reaches(fixed, outcome)) uncertain.add(outcome);
  }
  const end = notModelledOf(run.search.program);
  if (possible.has('page-fault')) {
    const edit = (program: Program): Program =>
      run.lowered.hasUnmodelled ? endAtUnknown(program, end) : endAtUnknownAddress(program, end, takesUnknown);
    const known = await exploreSide(scenario, run, { edit }, hooks, deadline);
    if (known === null) return null;
    if (!reaches(known, 'page-fault')) uncertain.add('page-fault');
  }
  return uncertain;
}

/** Registers that stand for unknown values have this name (src/c/unknown.ts). */
const unknownRegister = '%unknown';

const takesUnknown = (agent: Agent, step: Step): boolean =>
  step.kind === 'choose' && agent.registers[step.reg]?.name === unknownRegister;

const hasUnknown = (program: Program): boolean =>
  program.agents.some((agent) => agent.steps.some((step) => takesUnknown(agent, step)));

const notModelledOf = (program: Program): number => program.outcomes.findIndex((o) => o.id === notModelled);

const fixUnknown = (program: Program, value: number): Program =>
  withoutUnknown(program, ({ reg, count, position, next }) => ({
    kind: 'assign',
    reg,
    value: { kind: 'const', width: 32, value: BigInt(Math.min(value, count - 1)) },
    position,
    next,
  }));

/** The program that ends where it would take an unknown value. */
const endAtUnknown = (program: Program, outcome: number): Program =>
  withoutUnknown(program, ({ position, next }) => ({ kind: 'outcome', outcome, position, next }));

/** The program with another step wherever an unknown value is taken. */
function withoutUnknown(program: Program, other: (step: Extract<Step, { kind: 'choose' }>) => Step): Program {
  return {
    ...program,
    agents: program.agents.map((agent) => ({
      ...agent,
      steps: agent.steps.map((step) => (step.kind === 'choose' && takesUnknown(agent, step) ? other(step) : step)),
    })),
  };
}
