// SPDX-License-Identifier: MIT
/**
 * The one state that is being changed, and what the transition in progress has done so far. Executors, memory and
 * machine all work on it in place; the search copies states in and out.
 */
import { type Layout, OUTCOME_WORD } from './layout';
import type { Program } from './program';

/** Words of `Scratch.flags`. */
export const Flag = { signal: 0, budget: 1, raised: 2, marked: 3 } as const;
/** `flags[Flag.signal]`: the transition goes on, cannot happen in this state, or ended the story. */
export const Signal = { none: 0, disabled: 1, ended: 2 } as const;

export interface Scratch {
  readonly state: Int32Array;
  /** Views of the same memory as `state`. Typed arrays are little endian wherever JavaScript runs today. */
  readonly bytes: Uint8Array;
  readonly wide: BigInt64Array;
  readonly flags: Int32Array;
  /** `[0]` is 1 where an expression divided by zero. */
  readonly divided: Int32Array;
  /** The blocks changed since `dirtyCount()` was set to 0: the first so many of `dirty`. Whoever writes calls `touch`. */
  readonly dirty: Int32Array;
  dirtyCount(): number;
  touch(block: number): void;
  /** Copies the touched blocks from `source`, of which the scratch was a copy, and forgets them. */
  restore(source: Int32Array): void;
  /** Copies all of `source` and forgets what was touched. */
  load(source: Int32Array): void;
  /** The outcomes of this transition: the first `flags[Flag.raised]` of them. */
  readonly raised: Int32Array;
  /** By agent and pc: 1 where a visible step, or the block of local steps that begins there, was ever executed. */
  readonly reached: readonly Uint8Array[];
  readonly marks: Uint8Array;
  /** A mark is reached for the first time. */
  mark(index: number): void;
  /** The marks reached for the first time in this transition: the first `flags[Flag.marked]` of them. */
  readonly marked: Int32Array;
  /** The named outcome happens; it ends the story where it is fatal or `ends` is given. */
  raise(outcome: number, ends?: boolean): void;
}

/** Makes the working copy of a state that transitions run on. */
export function createScratch(program: Program, layout: Layout): Scratch {
  const state = new Int32Array(layout.words);
  const flags = new Int32Array(4);
  const raised = new Int32Array(program.outcomes.length);
  const marks = new Uint8Array(program.marks.length);
  const marked = new Int32Array(program.marks.length);
  const { blocks } = layout;
  const dirty = new Int32Array(blocks.length - 1);
  const isDirty = new Uint8Array(blocks.length - 1);
  let dirtyCount = 0;
  const forget = (): void => {
    for (let i = 0; i < dirtyCount; i++) isDirty[dirty[i] as number] = 0;
    dirtyCount = 0;
  };
  const touch = (block: number): void => {
    if (isDirty[block] !== 0) return;
    isDirty[block] = 1;
    dirty[dirtyCount++] = block;
  };
  const fatal = Uint8Array.from(program.outcomes, (outcome) => (outcome.fatal ? 1 : 0));
  return {
    state,
    bytes: new Uint8Array(state.buffer),
    wide: new BigInt64Array(state.buffer),
    flags,
    divided: new Int32Array(1),
    raised,
    reached: program.agents.map((agent) => new Uint8Array(agent.steps.length)),
    dirty,
    dirtyCount: () => dirtyCount,
    touch,
    restore(source) {
      for (let i = 0; i < dirtyCount; i++) {
        const block = dirty[i] as number;
        const to = blocks[block + 1] as number;
        for (let word = blocks[block] as number; word < to; word++) state[word] = source[word] as number;
      }
      forget();
    },
    load(source) {
      state.set(source);
      forget();
    },
    marks,
    marked,
    mark(index) {
      marks[index] = 1;
      const count = flags[Flag.marked] as number;
      marked[count] = index;
      flags[Flag.marked] = count + 1;
    },
    raise(outcome, ends = false) {
      const count = flags[Flag.raised] as number;
      let known = false;
      for (let i = 0; i < count; i++) if (raised[i] === outcome) known = true;
      if (!known) {
        raised[count] = outcome;
        flags[Flag.raised] = count + 1;
      }
      if (!ends && fatal[outcome] !== 1) return;
      touch(0);
      if (state[OUTCOME_WORD] === 0) state[OUTCOME_WORD] = outcome + 1;
      flags[Flag.signal] = Signal.ended;
    },
  };
}
