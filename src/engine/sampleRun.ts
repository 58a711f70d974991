// SPDX-License-Identifier: MIT
import { createExpander } from './choices';
import { fatalOutcome, statusOf } from './decode';
import { createInterpreter } from './interpreter';
import { AgentStatus } from './program';
import { createRuntime } from './runtime';
import type { Search } from './search';
import { createStateTable } from './stateTable';
import { parentChoices, type Trace, traceOf, traceTo } from './trace';

/** How many states are looked at, at most, to find an end behind one beginning. */
const MAX_STATES = 5_000;
/** How many ends behind one beginning are compared. */
const MAX_ENDS = 8;
/** How many beginnings are tried: the runs to the marks that are reached last. */
const MAX_BEGINNINGS = 8;

/**
 * A run in which the program comes to its end and nothing fatal happens, for showing what goes well. Of a few that pass
 * the marks reached last: the one in which most agents end, with the most marks, then the shortest. Null if none is
 * found.
 */
export function sampleRun(search: Search): Trace | null {
  const beginnings = search
    .firstMarks()
    .filter((mark) => mark !== null && mark.from >= 0)
    .sort((a, b) => (b?.depth ?? 0) - (a?.depth ?? 0))
    .slice(0, MAX_BEGINNINGS)
    .map((mark) => [...parentChoices(search, mark?.from ?? 0), mark?.choice ?? 0]);
  let best: { trace: Trace; score: readonly number[] } | null = null;
  for (const beginning of beginnings) {
    const trace = continued(search, beginning);
    if (trace === null) continue;
    const score = scoreOf(search, trace);
    if (best === null || isGreater(score, best.score)) best = { trace, score };
  }
  const { ends } = search.result();
  return best?.trace ?? (ends === null ? null : traceTo(search, ends.stateIndex));
}

/**
 * A beginning that is chosen, and a way from there to an end in which nothing fatal happens: of the nearest ends the one
 * that passes the most marks. Null if none is found.
 */
export function sampleRunFrom(search: Search, beginning: readonly number[]): Trace | null {
  const begun = traceOf(search, beginning);
  const ways = waysToEnd(search, begun.steps.at(-1)?.state ?? begun.initial, MAX_ENDS);
  let best: { trace: Trace; score: readonly number[] } | null = null;
  for (const rest of ways) {
    const trace = traceOf(search, [...beginning, ...rest]);
    const score = scoreOf(search, trace);
    if (best === null || isGreater(score, best.score)) best = { trace, score };
  }
  return best?.trace ?? null;
}

/** The beginning and the shortest way from there to an end, or null. */
function continued(search: Search, beginning: readonly number[]): Trace | null {
  const state = traceOf(search, beginning).steps.at(-1)?.state;
  const rest = state === undefined ? undefined : waysToEnd(search, state, 1)[0];
  return rest === undefined ? null : traceOf(search, [...beginning, ...rest]);
}

/** The shortest ways to the ends that are nearest, at most so many. */
function waysToEnd(search: Search, from: Int32Array, most: number): number[][] {
  const ways: number[][] = [];
  const { program, bounds, layout, options } = search;
  const executor = createInterpreter(createRuntime(program, bounds, layout, options));
  const table = createStateTable(layout);
  const source = new Int32Array(layout.words);
  let head = 0;
  table.insert(from, -1, -1);
  const expand = createExpander(executor, source, (choice) => {
    table.insertTouched(executor.runtime.scratch, head, choice);
  });
  for (; head < table.count() && head < MAX_STATES; head++) {
    table.read(head, source);
    const agents = program.agents.map((_, agent) => statusOf(layout, source, agent));
    if (expand() > 0 || fatalOutcome(source) !== null || agents.includes(AgentStatus.running)) continue;
    const choices: number[] = [];
    for (let index = head; index > 0; index = table.parent(index)) choices.push(table.choice(index));
    ways.push(choices.reverse());
    if (ways.length === most) break;
  }
  return ways;
}

function scoreOf(search: Search, { steps }: Trace): readonly number[] {
  const { program, layout } = search;
  const marks = new Set<number>();
  for (const { agent, visited } of steps) {
    for (const pc of visited) {
      const step = program.agents[agent]?.steps[pc];
      if (step?.kind === 'mark') marks.add(step.mark);
    }
  }
  const last = steps.at(-1)?.state ?? search.state(0);
  const done = program.agents.filter((_, agent) => statusOf(layout, last, agent) === AgentStatus.done).length;
  return [done, marks.size, -steps.length];
}

function isGreater(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((value, i) => value !== right[i]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}
