// SPDX-License-Identifier: MIT
/**
 * Traces: shortest; among the shortest those with the fewest changes of agent; among these those in which stores stay
 * buffered for the shortest time, because a story in which they wait for no reason is hard to believe.
 */
import { agentOf, createExpander, isDrain } from './choices';
import { Entry, PC_SHIFT } from './layout';
import type { Bounds, Pc, Program } from './program';
import { Flag } from './scratch';
import { createExecutorFor, type ReachedStates, type Search } from './search';
import { createStepper, type Stepper } from './stepper';

/** One transition of a trace. */
export interface TraceStep {
  readonly choice: number;
  readonly agent: number;
  readonly kind: 'step' | 'drain';
  /** The visible step that was executed (for a drain: the one the agent stands at). */
  readonly pc: Pc;
  /** That step and the local steps run after it, in order; empty for a drain. */
  readonly visited: readonly Pc[];
  /** Indices of the outcomes that happened in this transition. */
  readonly outcomes: readonly number[];
  /** The state after it; layout.ts and decode.ts read it. */
  readonly state: Int32Array;
}

/** A way through the states: what was chosen, what it did, where it began. */
export interface Trace {
  readonly choices: readonly number[];
  readonly steps: readonly TraceStep[];
  readonly initial: Int32Array;
}

/** Beyond this many states re-expanding takes too long for the reader: any shortest trace is good enough then. */
const MAX_REFINED_STATES = 1 << 19;
/** Up to this many states generating code takes longer than it saves. */
const FEW_STATES = 10_000;

/** The best shortest trace to an outcome, or null if the search has not reached it. */
export function shortestTrace(search: Search, outcome: number): Trace | null {
  const reached = search.result().outcomes.find((other) => other.outcome === outcome);
  if (reached === undefined) return null;
  if (reached.from < 0) return traceOf(search, []);
  return traceOf(
    search,
    refine(search, { depth: reached.depth, outcome, states: [] }) ?? [
      ...parentChoices(search, reached.from),
      reached.choice,
    ],
  );
}

/** The best shortest trace to the first deadlock, or null if the search found none. */
export function deadlockTrace(search: Search): Trace | null {
  return traceToStates(search, search.result().deadlocks);
}

function traceToStates(search: Search, reached: ReachedStates | null): Trace | null {
  if (reached === null) return null;
  return traceOf(
    search,
    refine(search, { depth: reached.depth, outcome: -1, states: [reached.stateIndex] }) ??
      parentChoices(search, reached.stateIndex),
  );
}

/** The best shortest trace to a state of the search. */
export function traceTo(search: Search, stateIndex: number): Trace {
  const depth = parentChoices(search, stateIndex).length;
  return traceToStates(search, { count: 1, stateIndex, depth }) as Trace;
}

/** Runs the choices from the initial state; null where one of them is not enabled when its turn comes. */
export function replay(program: Program, bounds: Bounds, choices: readonly number[]): Trace | null {
  return replayWith(createStepper(program, bounds), choices);
}

const steppers = new WeakMap<Search, Stepper>();

/** The stepper over a search's program; made once, because it costs more than most traces. */
export function stepperFor(search: Search): Stepper {
  let stepper = steppers.get(search);
  if (stepper === undefined) {
    stepper = createStepper(search.program, search.bounds, search.options);
    steppers.set(search, stepper);
  }
  return stepper;
}

/** The trace of choices that the search made. Throws an Error where they do not replay: a bug of the engine. */
export function traceOf(search: Search, choices: readonly number[]): Trace {
  const trace = replayWith(stepperFor(search), choices);
  if (trace === null) throw new Error('a trace of the search does not replay');
  return trace;
}

function replayWith(stepper: Stepper, choices: readonly number[]): Trace | null {
  const initial = stepper.initial();
  const steps: TraceStep[] = [];
  let state = initial;
  for (const choice of choices) {
    const agent = agentOf(choice);
    const pc = (state[stepper.layout.agents[agent]?.place ?? 0] ?? 0) >>> PC_SHIFT;
    const applied = stepper.apply(state, choice);
    if (applied === null) return null;
    steps.push({
      choice,
      agent,
      kind: isDrain(choice) ? 'drain' : 'step',
      pc,
      visited: applied.visited,
      outcomes: applied.outcomes,
      state: applied.state,
    });
    state = applied.state;
  }
  return { choices: [...choices], steps, initial };
}

/** The choices by which the search first came to a state. */
export function parentChoices(search: Search, stateIndex: number): number[] {
  const choices: number[] = [];
  for (let index = stateIndex; search.table.parent(index) >= 0; index = search.table.parent(index))
    choices.push(search.table.choice(index));
  return choices.reverse();
}

interface Target {
  readonly depth: number;
  /** The outcome that the last transition must have, or -1. */
  readonly outcome: number;
  /** Otherwise the states that it must lead to. */
  readonly states: readonly number[];
}

/** Transitions between two levels of the search that lie on some shortest trace: from, choice, to. */
type Edges = number[];

/** The choices of the best trace, or null where there are too many states to look at all shortest ones. */
function refine(search: Search, target: Target): number[] | null {
  if (target.depth === 0) return [];
  const levels = [...search.levels(), search.table.count()];
  if ((levels[target.depth] ?? Number.POSITIVE_INFINITY) > MAX_REFINED_STATES) return null;
  const layers = collectEdges(search, target, levels);
  return cheapest(search, layers);
}

/** Re-expands the levels of the search backward from the target and keeps what leads on to it. */
function collectEdges(search: Search, target: Target, levels: readonly number[]): Edges[] {
  const few = (levels[target.depth] ?? 0) < FEW_STATES;
  const executor = createExecutorFor(search, { ...search.options, ...(few ? { executor: 'interpreter' } : {}) });
  const { runtime } = executor;
  const { flags: F, raised } = runtime.scratch;
  const source = new Int32Array(search.layout.words);
  let wanted = new Set<number>(target.states);
  let edges: Edges = [];
  let from = 0;
  let last = true;
  const expand = createExpander(executor, source, (choice) => {
    if (last && target.outcome >= 0) {
      let happened = false;
      for (let i = 0; i < (F[Flag.raised] as number); i++) if (raised[i] === target.outcome) happened = true;
      // A search that was stopped may not have this state; the one it reported is there.
      const after = happened ? search.table.findTouched(runtime.scratch) : -1;
      if (after >= 0) edges.push(from, choice, after);
      return;
    }
    const to = search.table.findTouched(runtime.scratch);
    if (wanted.has(to)) edges.push(from, choice, to);
  });
  const layers: Edges[] = [];
  for (let depth = target.depth - 1; depth >= 0; depth--) {
    edges = [];
    last = depth === target.depth - 1;
    for (from = levels[depth] ?? 0; from < (levels[depth + 1] ?? 0); from++) {
      search.table.read(from, source);
      expand();
    }
    layers.unshift(edges);
    wanted = new Set<number>();
    for (let i = 0; i < edges.length; i += 3) wanted.add(edges[i] as number);
  }
  return layers;
}

/** The cheapest known way to a state whose last transition was an agent's. */
interface Way {
  readonly switches: number;
  /** Sum over the states passed of the number of stores buffered in them. */
  readonly buffered: number;
  readonly agent: number;
  readonly choice: number;
  readonly before: Way | null;
}

/** Dynamic programming over the levels; the agent of the last transition is a part of where one stands. */
function cheapest(search: Search, layers: readonly Edges[]): number[] {
  const words = new Int32Array(search.layout.words);
  let ways = new Map<number, (Way | undefined)[]>([
    [0, [{ switches: 0, buffered: 0, agent: -1, choice: -1, before: null }]],
  ]);
  for (const edges of layers) {
    const next = new Map<number, (Way | undefined)[]>();
    for (let i = 0; i < edges.length; i += 3) {
      const choice = edges[i + 1] as number;
      const to = edges[i + 2] as number;
      const agent = agentOf(choice);
      const slots = next.get(to) ?? [];
      next.set(to, slots);
      search.table.read(to, words);
      const buffered = bufferedStores(search, words);
      for (const before of ways.get(edges[i] as number) ?? []) {
        if (before === undefined) continue;
        const switches = before.switches + (before.agent === agent || before.agent < 0 ? 0 : 1);
        const known = slots[agent];
        const time = before.buffered + buffered;
        if (
          known !== undefined &&
          (known.switches < switches || (known.switches === switches && known.buffered <= time))
        )
          continue;
        slots[agent] = { switches, buffered: time, agent, choice, before };
      }
    }
    ways = next;
  }
  let best: Way | null = null;
  for (const slots of ways.values()) {
    for (const way of slots) {
      if (way === undefined) continue;
      if (
        best === null ||
        way.switches < best.switches ||
        (way.switches === best.switches && way.buffered < best.buffered)
      )
        best = way;
    }
  }
  const choices: number[] = [];
  for (let way = best; way !== null && way.before !== null; way = way.before) choices.push(way.choice);
  return choices.reverse();
}

function bufferedStores(search: Search, state: Int32Array): number {
  const { agents, entryWords } = search.layout;
  let count = 0;
  for (const agent of agents) {
    for (let i = 0; i < agent.bufferDepth; i++) {
      if (((state[agent.buffer + i * entryWords] ?? 0) & Entry.bytes) !== 0) count++;
    }
  }
  return count;
}
