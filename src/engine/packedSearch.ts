// SPDX-License-Identifier: MIT
/**
 * A search that goes on with packed states and a program generated for them: 1.7 million states take 1.2 s of CPU time
 * and 26 bytes each instead of 7.2 s and 40. Worth its preparation only where there are many states, so it begins with
 * those that the ordinary search has found; which bits of a state ever change is known by then.
 *
 * It gives the same states in the same order. Whatever generated code cannot do, it leaves to the ordinary executor;
 * a state that does not fit makes it pack all states anew.
 */
import { divide32, divide64 } from './arithmetic';
import { perform } from './choices';
import type { Executor } from './executor';
import { analyseFlows } from './executor';
import type { Flow } from './flow';
import { type Layout, PC_SHIFT } from './layout';
import type { PackedContext } from './packedMemory';
import { type PackedEnvironment, type PackedStates, packedSource } from './packedSource';
import { possibleHeads } from './packedSteps';
import { createPacking, ones, type Packing } from './packing';
import { AgentStatus, type Program } from './program';
import type { RuntimeOptions } from './runtime';
import { Flag } from './scratch';
import type { StateTable } from './stateTable';

export interface PackedSearch {
  /**
   * Expands the states [from, to) while there are fewer than `max`; gives the first not expanded. May do a part of
   * other work instead, and expand none.
   */
  run(from: number, to: number, max: number): number;
  /** Transitions since the packed search began. */
  transitions(): number;
  readonly states: Pick<StateTable, 'count' | 'find' | 'read' | 'parent' | 'bytes'>;
}

export interface PackedStart {
  readonly executor: Executor;
  readonly options: RuntimeOptions;
  /** The states found so far. */
  readonly table: StateTable;
  /** Something was raised or marked in a transition: its choice, and the index of the state after it. */
  note(from: number, choice: number, index: number): void;
  /** A state in which nothing can happen. */
  ended(from: number): void;
}

/** Wider states are slower than the ordinary search. */
const MAX_WORDS = 12;

/** States that are packed anew in one call of `run`: some 20 ms. */
const MOVED_AT_ONCE = 50_000;

interface Packed {
  readonly packing: Packing;
  readonly states: PackedStates;
}

/** Null for a program that is not worth it, and where code generation is forbidden. */
export function createPackedSearch({ executor, options, table, note, ended }: PackedStart): PackedSearch | null {
  const { runtime } = executor;
  const { program, layout, scratch, bounds } = runtime;
  // Whether time may be up is a question about all agents at once.
  if (program.agents.some((agent) => agent.steps.some(({ kind }) => kind === 'expire'))) return null;
  const flows = analyseFlows(runtime);
  const { state: S, flags: F } = scratch;
  const source = new Int32Array(layout.words);
  const initial = new Int32Array(layout.words);
  const masks = new Int32Array(layout.words);
  let packing: Packing;
  let states: PackedStates;
  /** States that are being packed anew, and how many of them already are. */
  let moving: { readonly to: Packed; done: number } | null = null;
  /** The state in `source`, and where the search found that a state does not fit. */
  let current = -1;
  let misfitAt = -1;
  const misfit = new Error('a state does not fit its packing');

  const collect = (words: Int32Array): boolean => {
    let fits = true;
    for (let i = 0; i < words.length; i++) {
      const more = ((words[i] as number) ^ (initial[i] as number)) & ~(masks[i] as number);
      if (more === 0) continue;
      fits = false;
      masks[i] = withRoom(layout, i, (masks[i] as number) | more);
    }
    return fits;
  };
  const slow = (from: number, choice: number): void => {
    if (current !== from) {
      states.unpack(from, source);
      current = from;
      scratch.load(source);
    } else scratch.restore(source);
    if (!perform(executor, choice)) return;
    if (!collect(S)) {
      misfitAt = from;
      // The transition happens again; what it marked first is to be news then too.
      for (let i = 0; i < (F[Flag.marked] as number); i++) scratch.marks[scratch.marked[i] as number] = 0;
      throw misfit;
    }
    const index = states.insert(S, from);
    if (F[Flag.raised] !== 0 || F[Flag.marked] !== 0) note(from, choice, index < 0 ? ~index : index);
  };
  /** Whether buffers got bits for stores that they have not held so far. */
  const makeRoomFor = (heads: readonly (readonly number[] | null)[]): boolean => {
    let added = false;
    layout.agents.forEach(({ buffer, bufferDepth }, agent) => {
      if (bufferDepth === 0) return;
      const before = masks[buffer] as number;
      for (const head of heads[agent] ?? [])
        masks[buffer] = (masks[buffer] as number) | (head ^ (initial[buffer] as number));
      added ||= masks[buffer] !== before;
    });
    return added;
  };
  /** Whether the machine and memory got bits that generated code would set and no state has had so far. */
  const makeRoomForWanted = ({ wanted }: Packing): boolean => {
    let added = false;
    for (let word = layout.machine; word < masks.length; word++) {
      const more = (wanted[word] as number) & ~(masks[word] as number);
      if (more === 0) continue;
      masks[word] = (masks[word] as number) | more;
      added = true;
    }
    return added;
  };
  const generate = (attempts = 2): Packed | null => {
    const packing = createPacking(layout, initial, masks);
    masks.set(packing.masks);
    let names = 0;
    const context: Omit<PackedContext, 'heads'> = {
      program,
      bounds,
      layout,
      options,
      flows,
      packing,
      reached: scratch.reached,
      marks: scratch.marks,
      fresh: () => `t${names++}`,
    };
    const heads = program.agents.map((_, agent) => possibleHeads(context, agent));
    if (makeRoomFor(heads)) return generate(attempts);
    const environment: PackedEnvironment = {
      reached: scratch.reached,
      divide32,
      divide64,
      divided: scratch.divided,
      slow,
      ended,
    };
    const text = packedSource({ ...context, heads });
    // Values that are bounded are likely to come up; where room for them makes new ones possible, that may go on.
    if (attempts > 0 && makeRoomForWanted(packing)) return generate(attempts - 1);
    const compiled = compile(text, environment);
    return compiled === null ? null : { packing, states: compiled };
  };
  const use = (next: Packed): void => {
    ({ packing, states } = next);
    source.set(packing.base);
    current = -1;
  };

  table.read(0, initial);
  for (let index = 0; index < table.count(); index++) {
    table.read(index, source);
    collect(source);
  }
  for (const [word, bits] of expectedBits(program, layout, flows))
    masks[word] = (masks[word] as number) | (bits ^ (initial[word] as number));
  for (let word = 0; word < masks.length; word++) masks[word] = withRoom(layout, word, masks[word] as number);
  if (createPacking(layout, initial, masks).words > MAX_WORDS) return null;
  const first = generate();
  if (first === null) return null;
  const words = new Int32Array(layout.words);
  for (let index = 0; index < table.count(); index++) {
    table.read(index, words);
    first.states.insert(words, table.parent(index));
  }
  first.states.setTransitions(0);
  use(first);

  const repack = (): void => {
    const to = generate();
    if (to === null) throw new Error('code generation was forbidden during a search');
    moving = { to, done: 0 };
  };
  /** Packs some more states anew; true when all are. */
  const move = ({ to, done }: { readonly to: Packed; readonly done: number }): boolean => {
    const end = Math.min(states.count(), done + MOVED_AT_ONCE);
    words.set(packing.base);
    for (let index = done; index < end; index++) {
      states.unpack(index, words);
      to.states.insert(words, states.parent(index));
    }
    moving = { to, done: end };
    if (end < states.count()) return false;
    to.states.setTransitions(states.transitionsBefore());
    moving = null;
    use(to);
    return true;
  };

  return {
    run(from, to, max) {
      if (moving !== null && !move(moving)) return from;
      try {
        return states.run(from, to, max);
      } catch (error) {
        if (error !== misfit) throw error;
        repack();
        return misfitAt;
      }
    },
    transitions: () => (moving === null ? states.transitions() : states.transitionsBefore()),
    states: {
      count: () => states.count(),
      find: (state) => (fits(state) ? states.find(state) : -1),
      read(index, into) {
        into.set(packing.base);
        states.unpack(index, into);
      },
      parent: (index) => states.parent(index),
      bytes: () => states.bytes(),
    },
  };

  function fits(state: Int32Array): boolean {
    for (let i = 0; i < state.length; i++) {
      if ((((state[i] as number) ^ (packing.base[i] as number)) & ~(packing.masks[i] as number)) !== 0) return false;
    }
    return true;
  }
}

/** One bit more than a word of the machine has shown, where it is in use from its lowest bit on. */
function withRoom({ machine, machineWords }: Layout, word: number, mask: number): number {
  if (word < machine || word >= machine + machineWords || mask === 0) return mask;
  const length = 32 - Math.clz32(mask);
  let used = 0;
  for (let left = mask; left !== 0; left &= left - 1) used++;
  return used * 2 >= length ? ones(length + 1) : mask;
}

/**
 * Values that words of a state are likely to have, though no state seen so far has them: room for all places where an
 * agent may stop costs a bit or two, and packing anew costs more.
 */
function* expectedBits(program: Program, layout: Layout, flows: readonly Flow[]): Generator<readonly [number, number]> {
  for (const [index, agent] of program.agents.entries()) {
    const { place } = layout.agents[index] as Layout['agents'][number];
    for (const pc of agent.steps.keys()) {
      if (flows[index]?.visible[pc] === 1 && flows[index]?.predecessors[pc] !== 0)
        yield [place, (pc << PC_SHIFT) | (agent.running ? AgentStatus.running : AgentStatus.waiting)];
      if (agent.steps[pc]?.kind === 'end' && flows[index]?.predecessors[pc] !== 0)
        yield [place, (pc << PC_SHIFT) | AgentStatus.done];
    }
  }
}

function compile(source: string, environment: PackedEnvironment): PackedStates | null {
  try {
    return (new Function('environment', source) as (environment: PackedEnvironment) => PackedStates)(environment);
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return null;
  }
}
