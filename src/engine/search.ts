// SPDX-License-Identifier: MIT
/**
 * Breadth-first search over all states of a program, in slices, so that the caller stays responsive and the first
 * trace to anything is a shortest one.
 */

import { createExpander } from './choices';
import { createCodegen } from './codegen';
import type { Executor } from './executor';
import { createInterpreter } from './interpreter';
import { createLayout, type Layout, OUTCOME_WORD, STATUS_MASK } from './layout';
import { createPackedSearch, type PackedSearch } from './packedSearch';
import { AgentStatus, type Bounds, type Program } from './program';
import { createRuntime } from './runtime';
import { Flag } from './scratch';
import { createStateTable, type StateTable } from './stateTable';
import { validateProgram } from './validate';

export interface SearchOptions {
  /** How steps are executed. Generated code falls back to the interpreter where it is forbidden. */
  readonly executor: 'codegen' | 'interpreter';
  /** For tests: false keeps every register apart and alive (liveness.ts). */
  readonly liveness: boolean;
  /** For tests: false buffers stores even where no other agent could tell (memory.ts). */
  readonly reduction: boolean;
  /** For comparison with other checkers: fences wait for an empty buffer (memory.ts). */
  readonly fencesWait: boolean;
  /** Called for every state in which the program ended; the words are valid only during the call. */
  readonly ended: ((state: Int32Array) => void) | null;
  /** States that the interpreter explores before code is generated: generating it costs more than it saves on few. */
  readonly generateAfter: number;
  /** States after which a search with generated code goes on with packed states (packedSearch.ts). */
  readonly packAfter: number;
}

export const DEFAULT_OPTIONS: SearchOptions = {
  executor: 'codegen',
  liveness: true,
  reduction: true,
  fencesWait: false,
  ended: null,
  generateAfter: 0,
  packAfter: 2000,
};

export interface ReachedOutcome {
  readonly outcome: number;
  /** Transitions of the shortest run to it. */
  readonly depth: number;
  /** The state before the transition in which it happens and that transition; -1 and -1 where it happens at once. */
  readonly from: number;
  readonly choice: number;
  /** The state after it. */
  readonly stateIndex: number;
}

export interface ReachedMark {
  /** The state before the transition that came to the mark first, and that transition; -1 and -1 where it came at once. */
  readonly from: number;
  readonly choice: number;
  /** The state after it, and how many transitions away that is. */
  readonly stateIndex: number;
  readonly depth: number;
}

export interface ReachedStates {
  readonly count: number;
  /** The first found (none is nearer) and how many transitions away it is. */
  readonly stateIndex: number;
  readonly depth: number;
}

export interface SearchResult {
  readonly states: number;
  /** Enabled transitions executed, those to states already known included. */
  readonly transitions: number;
  /** Transitions to the states that are farthest away. */
  readonly depth: number;
  /** Whether all reachable states were visited. */
  readonly exhausted: boolean;
  /** Which bound ended the search before all states were visited; null where none did. */
  readonly stopped: null | 'states' | 'bytes' | 'time';
  /** The outcomes reached, nearest first. */
  readonly outcomes: readonly ReachedOutcome[];
  /** States without a fatal outcome where nothing can happen although an agent is running; null if there is none. */
  readonly deadlocks: ReachedStates | null;
  /** States without a fatal outcome where no agent is running and nothing is buffered; null if there is none. */
  readonly ends: ReachedStates | null;
  /** By agent and pc: 1 for every step that was ever executed. */
  readonly reached: readonly Uint8Array[];
  /** By mark: 1 if the program ever came there. */
  readonly marks: Uint8Array;
  readonly bytesPerState: number;
  readonly engine: 'codegen' | 'interpreter';
}

export interface Search {
  readonly program: Program;
  readonly bounds: Bounds;
  readonly options: SearchOptions;
  readonly layout: Layout;
  /**
   * Explores up to that many more states, for some 20 ms at most; true when the search is finished. What takes longer
   * (a table that grows, states that are packed anew) happens in parts.
   */
  run(maxStatesThisSlice: number): boolean;
  /** What is known so far; final once `run` gave true. */
  result(): SearchResult;
  /** A copy of the words of a state. */
  state(index: number): Int32Array;
  readonly table: FoundStates;
  /** Index of the first state of each depth. */
  levels(): readonly number[];
  /** False where no state can come again: every transition leads to one that is farther from the beginning. */
  mayGoRound(): boolean;
  /** By mark: how it was first reached, or null. */
  firstMarks(): readonly (ReachedMark | null)[];
  /** Indices of up to `CANDIDATES` states in which the program ended, spread over the search. */
  endStates(): readonly number[];
}

/** The states of a search, by index. */
export type FoundStates = Pick<StateTable, 'count' | 'read' | 'parent' | 'choice' | 'find' | 'findTouched'>;

const CANDIDATES = 64;
/** States between two looks at the bounds and the clock, unpacked and packed: a few milliseconds. */
const STATES_BETWEEN_LOOKS = { unpacked: 128, packed: 1024 } as const;
/** A slice ends after so long, so that whoever runs it is asked within 100 ms whether to go on, also on a busy machine. */
const SLICE_MILLISECONDS = 20;

/**
 * Prepares the search; nothing is explored yet. Throws a RangeError or TypeError for a program that breaks the rules
 * of program.ts (a bug of whoever made it).
 */
export function createSearch(program: Program, bounds: Bounds, options: Partial<SearchOptions> = {}): Search {
  validateProgram(program, bounds);
  const all = { ...DEFAULT_OPTIONS, ...options };
  const layout = createLayout(program, bounds, all.liveness);
  const runtime = createRuntime(program, bounds, layout, all);
  const { scratch } = runtime;
  const { state: S, flags: F, raised, marked } = scratch;
  const table = createStateTable(layout);
  const source = new Int32Array(layout.words);
  const places = Int32Array.from(layout.agents, (agent) => agent.place);
  const levels = [0];
  const found: (ReachedOutcome | null)[] = program.outcomes.map(() => null);
  const firstMarks: (ReachedMark | null)[] = program.marks.map(() => null);
  const ends: number[] = [];
  const generated = all.executor === 'codegen' && all.generateAfter === 0 ? createCodegen(runtime) : null;
  let executor = generated ?? createInterpreter(runtime);
  let mayGenerate = all.executor === 'codegen' && all.generateAfter > 0;
  let packed: PackedSearch | null = null;
  let mayPack = generated !== null || mayGenerate;
  let endCount = 0;
  let deadlocks: ReachedStates | null = null;
  let firstEnd: ReachedStates | null = null;
  let turnsBack = false;
  let head = 0;
  /** How far the states at `head` are away, and the first state farther away. */
  let depth = 0;
  let levelEnd = 1;
  let transitions = 0;
  let stopped: SearchResult['stopped'] = null;
  const started = performance.now();

  const note = (at: number, from: number, choice: number, stateIndex: number): void => {
    for (let i = 0; i < (F[Flag.raised] as number); i++) {
      const outcome = raised[i] as number;
      found[outcome] ??= { outcome, depth: at, from, choice, stateIndex };
    }
    for (let i = 0; i < (F[Flag.marked] as number); i++) {
      firstMarks[marked[i] as number] ??= { from, choice, stateIndex, depth: at };
    }
  };
  const makeExpander = (): (() => number) =>
    createExpander(executor, source, (choice) => {
      const index = table.insertTouched(scratch, head, choice);
      if (index < 0 && ~index < levelEnd) turnsBack = true;
      if (F[Flag.raised] !== 0 || F[Flag.marked] !== 0) note(depth + 1, head, choice, index < 0 ? ~index : index);
    });
  let expand = makeExpander();
  const generate = (): void => {
    mayGenerate = false;
    const later = createCodegen(runtime);
    mayPack = later !== null;
    if (later === null) return;
    executor = later;
    expand = makeExpander();
  };
  executor.start();
  table.insert(S, -1, -1);
  note(0, -1, -1, 0);

  const noteEnd = (at: number): void => {
    if (source[OUTCOME_WORD] !== 0) return;
    let running = false;
    for (let agent = 0; agent < places.length; agent++) {
      if (((source[places[agent] as number] as number) & STATUS_MASK) === AgentStatus.running) running = true;
    }
    if (running) {
      deadlocks = {
        count: (deadlocks?.count ?? 0) + 1,
        stateIndex: deadlocks?.stateIndex ?? at,
        depth: deadlocks?.depth ?? depth,
      };
      return;
    }
    firstEnd = { count: endCount + 1, stateIndex: firstEnd?.stateIndex ?? at, depth: firstEnd?.depth ?? depth };
    // The first half stay, the rest are overwritten in turn, so that late ends are among them too.
    const half = CANDIDATES / 2;
    ends[endCount < CANDIDATES ? endCount : half + (endCount % half)] = at;
    endCount++;
    if (all.ended !== null) all.ended(source);
  };
  const pack = (): void => {
    mayPack = false;
    packed = createPackedSearch({
      executor,
      options: all,
      table,
      note: (from, choice, index) => note(depth + 1, from, choice, index),
      ended(from) {
        states.read(from, source);
        noteEnd(from);
      },
    });
    if (packed !== null) table.clear();
  };
  /** Expands some of the states [head, to), which are all equally far away; false where it did something else first. */
  const expandTo = (to: number): boolean => {
    if (packed !== null) {
      const before = head;
      head = packed.run(head, to, bounds.maxStates);
      return head > before;
    }
    for (; head < to && table.count() < bounds.maxStates; head++) {
      table.read(head, source);
      const count = expand();
      transitions += count;
      if (count === 0) noteEnd(head);
    }
    return true;
  };
  const boundHit = (): SearchResult['stopped'] => {
    if (states.count() >= bounds.maxStates) return 'states';
    if (bounds.maxBytes !== undefined && bytes() > bounds.maxBytes) return 'bytes';
    if (bounds.maxMilliseconds !== undefined && performance.now() - started > bounds.maxMilliseconds) return 'time';
    return null;
  };
  const bytes = (): number => (packed?.states ?? table).bytes();
  const states: FoundStates = {
    count: () => (packed?.states ?? table).count(),
    find: (words) => (packed?.states ?? table).find(words),
    findTouched: (other) => (packed === null ? table.findTouched(other) : packed.states.find(other.state)),
    read: (index, into) => (packed?.states ?? table).read(index, into),
    parent: (index) => (packed?.states ?? table).parent(index),
    // Packed states do not remember it: it is the first choice of the parent that leads there.
    choice: (index) => (packed === null ? table.choice(index) : choiceTo(packed, index)),
  };
  const choiceTo = ({ states: all }: PackedSearch, index: number): number => {
    if (index === 0) return -1;
    const parent = new Int32Array(layout.words);
    all.read(all.parent(index), parent);
    let choice = -1;
    createExpander(executor, parent, (other) => {
      if (choice < 0 && all.find(S) === index) choice = other;
    })();
    return choice;
  };
  const allLevels = (): readonly number[] => (states.count() > levelEnd ? [...levels, levelEnd] : levels);

  return {
    program,
    bounds,
    options: all,
    layout,
    table: states,
    run(maxStatesThisSlice) {
      const end = head + maxStatesThisSlice;
      const until = performance.now() + SLICE_MILLISECONDS;
      while (stopped === null && head < states.count()) {
        if (head >= end) return false;
        stopped = boundHit();
        if (stopped !== null) return true;
        if (mayGenerate && states.count() >= all.generateAfter) {
          generate();
          return false;
        }
        if (mayPack && !mayGenerate && states.count() >= all.packAfter) {
          pack();
          return false;
        }
        if (head === levelEnd) {
          levels.push(head);
          depth++;
          levelEnd = states.count();
        }
        const most = head + (packed === null ? STATES_BETWEEN_LOOKS.unpacked : STATES_BETWEEN_LOOKS.packed);
        if (!expandTo(Math.min(end, levelEnd, most)) || performance.now() > until) break;
      }
      return stopped !== null || head === states.count();
    },
    result: () => ({
      states: states.count(),
      transitions: transitions + (packed?.transitions() ?? 0),
      depth: allLevels().length - 1,
      exhausted: head === states.count(),
      stopped,
      outcomes: found.filter((outcome) => outcome !== null).sort((a, b) => a.depth - b.depth || a.outcome - b.outcome),
      deadlocks,
      ends: firstEnd,
      reached: executor.reached(),
      marks: scratch.marks.slice(),
      bytesPerState: bytes() / states.count(),
      engine: executor.engine,
    }),
    state(index) {
      const words = new Int32Array(layout.words);
      states.read(index, words);
      return words;
    },
    levels: allLevels,
    mayGoRound: () => turnsBack || packed !== null,
    firstMarks: () => firstMarks,
    endStates: () => ends,
  };
}

/** A fresh executor for the states of a search. */
export function createExecutorFor(
  { program, bounds, layout }: Pick<Search, 'program' | 'bounds' | 'layout'>,
  options: SearchOptions,
): Executor {
  const runtime = createRuntime(program, bounds, layout, options);
  const generated = options.executor === 'codegen' ? createCodegen(runtime) : null;
  return generated ?? createInterpreter(runtime);
}

/** Runs a whole search at once. */
export function explore(program: Program, bounds: Bounds, options: Partial<SearchOptions> = {}): SearchResult {
  const search = createSearch(program, bounds, options);
  while (!search.run(1 << 20));
  return search.result();
}
