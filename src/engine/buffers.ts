// SPDX-License-Identifier: MIT
/**
 * Plain memory and the store buffers in front of it, on the scratch state. Offsets count bytes from the beginning of
 * memory and have been checked by the caller (memory.ts).
 */
import { extend32, modify32, modify64 } from './arithmetic';
import { Entry, type Layout, MEMORY_BLOCK_SHIFT } from './layout';
import type { Scratch } from './scratch';

/** Results of `Buffers.find` that are not an entry. */
export const Find = { none: -1, blocked: -2 } as const;

export interface Buffers {
  read32(offset: number, bytes: number, signed: boolean): number;
  read64(offset: number): bigint;
  write32(offset: number, bytes: number, value: number): void;
  write64(offset: number, value: bigint): void;
  isEmpty(agent: number): boolean;
  /**
   * The word of the youngest entry that touches the bytes, if it is a store that covers them all; `Find.blocked` if it
   * is not (the load waits until it drained); `Find.none` where no entry touches them.
   */
  find(agent: number, offset: number, bytes: number): number;
  /** Bytes of a store found by `find`, as a load of up to 4 bytes sees them. */
  forward32(entry: number, offset: number, bytes: number, signed: boolean): number;
  /** The whole of an 8-byte store found by `find`. */
  forward64(entry: number): bigint;
  /** Appends an entry; false where the buffer is full. `flags`: `Entry.release` or 0. */
  push(
    agent: number,
    offset: number,
    bytes: number,
    operation: number,
    flags: number,
    low: number,
    high: number,
  ): boolean;
  /** Whether entry `index` (0 is the oldest) may reach memory before those older than it. */
  mayDrain(agent: number, index: number): boolean;
  /** Orders all entries of now before all later ones. */
  fence(agent: number): void;
  /** Removes entry `index` and applies it to memory; gives its first word. */
  drain(agent: number, index: number): number;
}

/** `depth` entries for each agent; with 0 nothing may be pushed. */
export function createBuffers(layout: Layout, scratch: Scratch): Buffers {
  const { state: S, bytes: B, wide: Q } = scratch;
  const { entryWords: width, memory, memoryBlock } = layout;
  const { touch } = scratch;
  const depths = Int32Array.from(layout.agents, (agent) => agent.bufferDepth);
  const agentBlocks = Int32Array.from(layout.agents, (agent) => agent.block);
  const starts = Int32Array.from(layout.agents, (agent) => agent.buffer);
  const memoryByte = memory * 4;
  const memoryWide = memory >> 1;
  const pair = new Int32Array(2);
  const pairWide = new BigInt64Array(pair.buffer);

  const read32 = (offset: number, bytes: number, signed: boolean): number => {
    if (bytes === 4 && (offset & 3) === 0) return S[memory + (offset >>> 2)] as number;
    let value = 0;
    for (let i = 0; i < bytes; i++) value |= (B[memoryByte + offset + i] as number) << (8 * i);
    return extend32(value, bytes * 8, signed);
  };
  const read64 = (offset: number): bigint => {
    if ((offset & 7) === 0) return Q[memoryWide + (offset >>> 3)] as bigint;
    pair[0] = read32(offset, 4, true);
    pair[1] = read32(offset + 4, 4, true);
    return pairWide[0] as bigint;
  };
  const write32 = (offset: number, bytes: number, value: number): void => {
    touch(memoryBlock + (offset >>> MEMORY_BLOCK_SHIFT));
    if (bytes === 4 && (offset & 3) === 0) {
      S[memory + (offset >>> 2)] = value;
      return;
    }
    touch(memoryBlock + ((offset + bytes - 1) >>> MEMORY_BLOCK_SHIFT));
    for (let i = 0; i < bytes; i++) B[memoryByte + offset + i] = value >>> (8 * i);
  };
  const write64 = (offset: number, value: bigint): void => {
    if ((offset & 7) === 0) {
      touch(memoryBlock + (offset >>> MEMORY_BLOCK_SHIFT));
      Q[memoryWide + (offset >>> 3)] = value;
      return;
    }
    pairWide[0] = value;
    write32(offset, 4, pair[0] as number);
    write32(offset + 4, 4, pair[1] as number);
  };
  const overlaps = (head: number, offset: number, bytes: number): boolean => {
    const from = head >>> Entry.offset;
    return from < offset + bytes && offset < from + (head & Entry.bytes);
  };
  const entryValue = (entry: number, bytes: number): bigint => {
    pair[0] = S[entry + 1] as number;
    pair[1] = bytes === 8 ? (S[entry + 2] as number) : 0;
    return pairWide[0] as bigint;
  };
  const apply = (entry: number, head: number): void => {
    const offset = head >>> Entry.offset;
    const bytes = head & Entry.bytes;
    const operation = (head >>> Entry.operation) & Entry.operationMask;
    if (bytes === 8) {
      const value = entryValue(entry, bytes);
      write64(offset, operation === 0 ? value : modify64(operation, read64(offset), value));
    } else {
      const value = S[entry + 1] as number;
      write32(offset, bytes, operation === 0 ? value : modify32(operation, read32(offset, bytes, false), value));
    }
  };

  return {
    read32,
    read64,
    write32,
    write64,
    isEmpty: (agent) => depths[agent] === 0 || S[starts[agent] as number] === 0,
    find(agent, offset, bytes) {
      const start = starts[agent] as number;
      for (let i = (depths[agent] as number) - 1; i >= 0; i--) {
        const entry = start + i * width;
        const head = S[entry] as number;
        if (head === 0 || !overlaps(head, offset, bytes)) continue;
        const from = head >>> Entry.offset;
        const covers = from <= offset && offset + bytes <= from + (head & Entry.bytes);
        return covers && ((head >>> Entry.operation) & Entry.operationMask) === 0 ? entry : Find.blocked;
      }
      return Find.none;
    },
    forward32(entry, offset, bytes, signed) {
      const head = S[entry] as number;
      const shift = (offset - (head >>> Entry.offset)) * 8;
      const low = S[entry + 1] as number;
      let value = low >>> shift;
      if ((head & Entry.bytes) === 8) {
        const high = S[entry + 2] as number;
        value = shift === 0 ? low : shift < 32 ? (low >>> shift) | (high << (32 - shift)) : high >>> (shift - 32);
      }
      return extend32(value | 0, bytes * 8, signed);
    },
    forward64: (entry) => entryValue(entry, 8),
    push(agent, offset, bytes, operation, flags, low, high) {
      const start = starts[agent] as number;
      const depth = depths[agent] as number;
      touch(agentBlocks[agent] as number);
      for (let i = 0; i < depth; i++) {
        const entry = start + i * width;
        if (S[entry] !== 0) continue;
        S[entry] = (offset << Entry.offset) | flags | (operation << Entry.operation) | bytes;
        S[entry + 1] = low;
        if (width === 3) S[entry + 2] = high;
        return true;
      }
      return false;
    },
    mayDrain(agent, index) {
      const start = starts[agent] as number;
      const head = S[start + index * width] as number;
      if (index === 0) return true;
      if ((head & Entry.release) !== 0) return false;
      for (let i = 0; i < index; i++) {
        const older = S[start + i * width] as number;
        if ((older & Entry.fence) !== 0 || overlaps(older, head >>> Entry.offset, head & Entry.bytes)) return false;
      }
      return true;
    },
    fence(agent) {
      const start = starts[agent] as number;
      touch(agentBlocks[agent] as number);
      for (let i = (depths[agent] as number) - 1; i >= 0; i--) {
        if (S[start + i * width] === 0) continue;
        S[start + i * width] = (S[start + i * width] as number) | Entry.fence;
        return;
      }
    },
    drain(agent, index) {
      const start = starts[agent] as number;
      const depth = depths[agent] as number;
      touch(agentBlocks[agent] as number);
      const entry = start + index * width;
      const head = S[entry] as number;
      apply(entry, head);
      // What was ordered behind this entry stays behind those that were older than it.
      if ((head & Entry.fence) !== 0 && index > 0) S[entry - width] = (S[entry - width] as number) | Entry.fence;
      S.copyWithin(entry, entry + width, start + depth * width);
      S.fill(0, start + (depth - 1) * width, start + depth * width);
      return head;
    },
  };
}
