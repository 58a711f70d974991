// SPDX-License-Identifier: MIT
/** What the engine's tests share: bounds, a search run to its end, an outcome by name. */
import { type AgentBuilder, createBuilder, type RegisterValue, type Variable } from '../../src/engine/builder';
import type { Bounds, MemoryModel, Program } from '../../src/engine/program';
import { createSearch, type Search, type SearchOptions } from '../../src/engine/search';
import { shortestTrace, type Trace } from '../../src/engine/trace';

export function boundsOf(model: MemoryModel, bufferDepth = 2): Bounds {
  return { model, bufferDepth, maxStates: 1_000_000, maxLocalSteps: 1000 };
}

/** Runs a search in slices, as a caller would. */
export function search(program: Program, bounds: Bounds, options: Partial<SearchOptions> = {}): Search {
  const running = createSearch(program, bounds, options);
  while (!running.run(100));
  return running;
}

/** Whether a search reached the outcome with that id. */
export function reaches(running: Search, id: string): boolean {
  return running.result().outcomes.some(({ outcome }) => running.program.outcomes[outcome]?.id === id);
}

/** The shortest trace to the outcome with that id. */
export function traceOf(running: Search, id: string): Trace {
  const trace = shortestTrace(
    running,
    running.program.outcomes.findIndex((outcome) => outcome.id === id),
  );
  if (trace === null) throw new Error(`${id} is not reached`);
  return trace;
}

/** What each step of a trace did: agent, and the kind of the visible step, or `drain`. */
export function kindsOf(program: Program, trace: Trace): string[] {
  return trace.steps.map(
    ({ agent, kind, pc }) => `${agent} ${kind === 'drain' ? 'drain' : program.agents[agent]?.steps[pc]?.kind}`,
  );
}

/** One side of a litmus test: does its accesses and gives the registers that hold what it read. */
export type LitmusSide = (agent: AgentBuilder, memory: Record<string, Variable>) => readonly RegisterValue[];

/**
 * A litmus test over 4-byte variables that begin as 0: outcome `observed` where all sides are through and what they
 * read, side after side, is `values`.
 */
export function litmus(variables: readonly string[], values: readonly number[], sides: readonly LitmusSide[]): Program {
  const builder = createBuilder();
  const memory = Object.fromEntries(variables.map((name) => [name, builder.variable(name, 4)]));
  const read = values.map((_, index) => builder.variable(`read${index}`, 4));
  const through = builder.variable('through', 4);
  let next = 0;
  sides.forEach((side, index) => {
    builder.agent(`p${index}`, (agent) => {
      for (const register of side(agent, memory)) agent.store(read[next++] as Variable, register);
      agent.rmw(null, 'add', through, 1);
    });
  });
  builder.agent('judge', (agent) => {
    const value = agent.register('value');
    const all = agent.register('all');
    agent.load(value, through);
    agent.assign(all, value.eq(sides.length));
    read.forEach((variable, index) => {
      agent.load(value, variable);
      agent.assign(all, all.binary('and', value.eq(values[index] ?? 0)));
    });
    agent.when(all, () => agent.outcome('observed'));
  });
  return builder.build();
}
