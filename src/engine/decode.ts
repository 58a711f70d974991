// SPDX-License-Identifier: MIT
/** Reads single things out of a state's words, for display. */
import { rmwOperator } from './arithmetic';
import { Entry, type Layout, OUTCOME_WORD, PC_SHIFT, STATUS_MASK } from './layout';
import { AgentStatus, type Pc, type Register, type RmwOperator } from './program';

/** A store that has not reached memory yet. */
export interface BufferedStore {
  readonly address: number;
  readonly bytes: number;
  /** What was stored, or the operand of `operation`; unsigned. */
  readonly value: bigint;
  /** What memory will be combined with the value by, or null for a plain store (only `weak` buffers operations). */
  readonly operation: RmwOperator | null;
  /** Only drains when it is the oldest. */
  readonly release: boolean;
  /** Everything younger waits until this one and those older than it have drained. */
  readonly fence: boolean;
}

/** Index of the fatal outcome that ended the story in this state, or null. */
export function fatalOutcome(state: Int32Array): number | null {
  const word = state[OUTCOME_WORD] ?? 0;
  return word === 0 ? null : word - 1;
}

/** The step in front of which the agent stands (after a fatal outcome: the step in which it happened). */
export function pcOf(layout: Layout, state: Int32Array, agent: number): Pc {
  return (state[layout.agents[agent]?.place ?? 0] ?? 0) >>> PC_SHIFT;
}

/** What the agent is doing. */
export function statusOf(layout: Layout, state: Int32Array, agent: number): AgentStatus {
  return ((state[layout.agents[agent]?.place ?? 0] ?? 0) & STATUS_MASK) as AgentStatus;
}

/**
 * A register's value, signed: a number for a 32-bit register, a BigInt for a 64-bit one. Null where the state does not
 * hold it because nobody reads it again.
 */
export function registerValue(layout: Layout, state: Int32Array, agent: number, reg: Register): number | bigint | null {
  const place = layout.agents[agent];
  const word = place?.registers[reg] ?? -1;
  if (
    place === undefined ||
    word < 0 ||
    statusOf(layout, state, agent) === AgentStatus.stopped ||
    !place.allocation.liveAt(pcOf(layout, state, agent)).includes(reg)
  )
    return null;
  return place.widths[reg] === 64 ? wide(state, word) : (state[word] ?? 0);
}

/** Memory as it is, past all buffers: `count` bytes from an address. Throws a RangeError outside memory. */
export function memoryBytes(layout: Layout, state: Int32Array, address: number, count: number): Uint8Array {
  const offset = address - layout.memoryBase;
  if (offset < 0 || offset + count > layout.memoryBytes) throw new RangeError(`no memory at ${address}`);
  return new Uint8Array(state.buffer, state.byteOffset + layout.memory * 4 + offset, count).slice();
}

/** The stores in an agent's buffer, oldest first. */
export function bufferedStores(layout: Layout, state: Int32Array, agent: number): readonly BufferedStore[] {
  const { buffer: start = 0, bufferDepth = 0 } = layout.agents[agent] ?? {};
  const stores: BufferedStore[] = [];
  for (let i = 0; i < bufferDepth; i++) {
    const entry = start + i * layout.entryWords;
    const head = state[entry] ?? 0;
    if (head === 0) break;
    const bytes = head & Entry.bytes;
    const value = bytes === 8 ? BigInt.asUintN(64, wide(state, entry + 1)) : BigInt((state[entry + 1] ?? 0) >>> 0);
    stores.push({
      address: layout.memoryBase + (head >>> Entry.offset),
      bytes,
      value,
      operation: rmwOperator((head >>> Entry.operation) & Entry.operationMask),
      release: (head & Entry.release) !== 0,
      fence: (head & Entry.fence) !== 0,
    });
  }
  return stores;
}

/** The machine's words of a state, copied. */
export function machineWords(layout: Layout, state: Int32Array): Int32Array {
  return state.slice(layout.machine, layout.machine + layout.machineWords);
}

function wide(state: Int32Array, word: number): bigint {
  return BigInt.asIntN(64, (BigInt(state[word + 1] ?? 0) << 32n) | BigInt((state[word] ?? 0) >>> 0));
}
