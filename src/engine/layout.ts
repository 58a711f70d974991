// SPDX-License-Identifier: MIT
/**
 * Where everything lives in a state. A state is a fixed number of 32-bit words:
 *
 *   outcome (0, or the fatal outcome's index + 1) · for each agent: its place (below), 64-bit register slots of two
 *   words each, 32-bit register slots, its store buffer, oldest entry first · the machine's words · memory
 *
 * 64-bit slots and memory begin at even words, so that BigInt64Array views reach them.
 */

import { isVisible } from './flow';
import { type Allocation, allocateRegisters } from './liveness';
import type { Bounds, Pc, Program, Width } from './program';

/** The word that holds the fatal outcome's index + 1. */
export const OUTCOME_WORD = 0;

/**
 * First word of a buffer's entry, 0 where there is none:
 * offset in memory << 9 | fence after it << 8 | release << 7 | operation << 4 | bytes.
 * One or two words of value follow.
 */
export const Entry = { bytes: 15, operation: 4, operationMask: 7, release: 1 << 7, fence: 1 << 8, offset: 9 } as const;

/** An agent's place: status, whether it has waited in vain (program.ts, `expire`), pc. */
export const STATUS_MASK = 3;
export const WAITED = 4;
export const PC_SHIFT = 3;

/** Larger memories do not fit the entries of a store buffer. */
export const MAX_MEMORY_BYTES = 1 << 22;

export interface AgentLayout {
  /** Word of pc << PC_SHIFT | WAITED | status. */
  readonly place: number;
  /** Word of each register (the lower of two for a 64-bit one); -1 for a register that no step mentions. */
  readonly registers: Int32Array;
  readonly widths: readonly Width[];
  /** All words of this agent's registers lie in [from, to) of one of these. */
  readonly registerWords: readonly (readonly [from: number, to: number])[];
  readonly allocation: Allocation;
  /** Entries of the store buffer; 0 for an agent that never stores. */
  readonly bufferDepth: number;
  /** First word of the store buffer; each entry has `Layout.entryWords`. */
  readonly buffer: number;
  /** The block that holds all of this agent's words. */
  readonly block: number;
  /** By visible pc: the register words to zero where the agent stops in front of that step. */
  readonly dead: readonly Int32Array[];
}

export interface Layout {
  readonly words: number;
  readonly agents: readonly AgentLayout[];
  /** Entries of each store buffer that there is; 0 where no store is ever buffered. */
  readonly bufferDepth: number;
  readonly entryWords: number;
  readonly machine: number;
  readonly machineWords: number;
  /** First word of memory. */
  readonly memory: number;
  readonly memoryBase: number;
  /** Offsets of the first byte that the machine is asked about and the one behind the last; null where there is none. */
  readonly guarded: { readonly from: number; readonly to: number } | null;
  readonly memoryBytes: number;
  /** First word of each block, and one past the last. See below. */
  readonly blocks: Int32Array;
  readonly machineBlock: number;
  /** The block of memory's first byte; each next one begins `MEMORY_BLOCK_BYTES` further. */
  readonly memoryBlock: number;
}

/**
 * A transition changes little of a state. So a state is cut into blocks (what is left of small agents, each other
 * agent, the machine, pieces of memory), the executor notes which of them it touched, and the set of states stores
 * each different block once.
 */
export const MEMORY_BLOCK_SHIFT = 8;
export const MEMORY_BLOCK_BYTES = 1 << MEMORY_BLOCK_SHIFT;

/** Lays out the states of a program. `liveness` false keeps every register apart and alive (for tests). */
export function createLayout(program: Program, bounds: Bounds, liveness = true): Layout {
  const bufferDepth = bounds.model === 'sc' || program.agents.length < 2 ? 0 : bounds.bufferDepth;
  const entryWords = program.agents.some((agent) =>
    agent.steps.some((step) => (step.kind === 'store' || step.kind === 'rmw') && step.bytes === 8),
  )
    ? 3
    : 2;
  const allocations = program.agents.map((agent) => allocateRegisters(agent, liveness));
  const depths = program.agents.map((agent) =>
    agent.steps.some(({ kind }) => kind === 'store' || kind === 'rmw') ? bufferDepth : 0,
  );
  const isSmall = (index: number): boolean => {
    const { slots32, slots64 } = allocations[index] as Allocation;
    return slots32 + slots64 + (depths[index] ?? 0) === 0;
  };
  let word = 1;
  const take = (words: number, even = false): number => {
    if (even && word % 2 !== 0) word++;
    const from = word;
    word += words;
    return from;
  };
  const blocks = [0];
  const smallPlaces = program.agents.map((_, index) => (isSmall(index) ? take(1) : 0));
  const agents = program.agents.map((agent, index): AgentLayout => {
    if (!isSmall(index)) blocks.push(word);
    const allocation = allocations[index] as Allocation;
    const place = isSmall(index) ? (smallPlaces[index] as number) : take(1);
    const at64 = take(allocation.slots64 * 2, allocation.slots64 > 0);
    const at32 = take(allocation.slots32);
    const registers = new Int32Array(agent.registers.length);
    agent.registers.forEach((register, reg) => {
      const slot = allocation.slots[reg] ?? -1;
      registers[reg] = slot < 0 ? -1 : register.width === 64 ? at64 + slot * 2 : at32 + slot;
    });
    const registerWords = [
      [at64, at64 + allocation.slots64 * 2],
      [at32, at32 + allocation.slots32],
    ] as const;
    const widths = agent.registers.map((register) => register.width);
    const dead = agent.steps.map((step, pc) =>
      isVisible(step) ? deadWords(registers, registerWords, allocation, pc, widths) : NONE,
    );
    const depth = depths[index] ?? 0;
    const block = isSmall(index) ? 0 : blocks.length - 1;
    return {
      place,
      registers,
      widths,
      registerWords,
      allocation,
      bufferDepth: depth,
      buffer: take(depth * entryWords),
      block,
      dead,
    };
  });
  const memoryWords = program.memoryBytes >>> 2;
  const together = program.machine.words + memoryWords <= MEMORY_BLOCK_BYTES >>> 2;
  if (program.machine.words > 0 || together) blocks.push(word);
  const machineBlock = blocks.length - 1;
  const machine = take(program.machine.words);
  const memory = take(memoryWords, true);
  if (!together) blocks.push(memory);
  const memoryBlock = blocks.length - 1;
  for (let at = MEMORY_BLOCK_BYTES >>> 2; at < memoryWords; at += MEMORY_BLOCK_BYTES >>> 2) blocks.push(memory + at);
  const words = word + (word % 2);
  return {
    words,
    agents,
    bufferDepth,
    entryWords,
    machine,
    machineWords: program.machine.words,
    memory,
    memoryBase: program.memoryBase,
    guarded:
      program.machine.guarded === undefined
        ? null
        : {
            from: program.machine.guarded.from - program.memoryBase,
            to: program.machine.guarded.to - program.memoryBase,
          },
    memoryBytes: program.memoryBytes,
    blocks: Int32Array.from([...blocks, words]),
    machineBlock,
    memoryBlock,
  };
}

const NONE = new Int32Array(0);

function deadWords(
  registers: Int32Array,
  ranges: AgentLayout['registerWords'],
  allocation: Allocation,
  pc: Pc,
  widths: readonly number[],
): Int32Array {
  const alive = new Set<number>();
  for (const reg of allocation.liveAt(pc)) {
    const word = registers[reg] as number;
    alive.add(word);
    if (widths[reg] === 64) alive.add(word + 1);
  }
  const dead: number[] = [];
  for (const [from, to] of ranges) {
    for (let word = from; word < to; word++) if (!alive.has(word)) dead.push(word);
  }
  return Int32Array.from(dead);
}
