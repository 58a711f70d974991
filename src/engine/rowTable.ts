// SPDX-License-Identifier: MIT
/**
 * A set of rows of 32-bit words: fixed width, in chunks of typed arrays, found by open addressing. Each row may carry
 * further words that do not count when rows are compared.
 */

export interface RowTable {
  count(): number;
  /** Adds the row at `words[at]`. Gives its new index, or ~index of the equal row that is there already. */
  insert(words: Int32Array, at: number): number;
  /** Index of the row equal to the one at `words[at]`, or -1. */
  find(words: Int32Array, at: number): number;
  /** Copies a row to `into[at]`. */
  read(index: number, into: Int32Array, at: number): void;
  extra(index: number, which: number): number;
  setExtra(index: number, which: number, value: number): void;
  /** Bytes of all arrays, the free room in them included. */
  bytes(): number;
}

/** log2 of the rows in a chunk: large enough to keep the list of chunks short, small enough not to waste. */
const CHUNK_BITS = 12;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const FIRST_ROWS = 32;

/** `width`: words that make the row; `extras`: words that it carries. */
export function createRowTable(width: number, extras: number): RowTable {
  const stride = width + extras;
  let chunks: Int32Array[] = [new Int32Array(FIRST_ROWS * stride)];
  let count = 0;
  let slots = new Int32Array(FIRST_ROWS * 2);
  let mask = slots.length - 1;

  const hash = (from: Int32Array, base: number): number => {
    let h = width;
    for (let i = 0; i < width; i++) h = Math.imul(h ^ (from[base + i] as number), 0x5bd1e995) ^ (h >>> 15);
    h ^= h >>> 13;
    h = Math.imul(h, 0x2c1b3c6d);
    return h ^ (h >>> 15);
  };
  const same = (index: number, words: Int32Array, at: number): boolean => {
    const chunk = chunks[index >>> CHUNK_BITS] as Int32Array;
    const base = (index & CHUNK_MASK) * stride;
    for (let i = 0; i < width; i++) if (chunk[base + i] !== words[at + i]) return false;
    return true;
  };
  /** The slot of the equal row, or the free slot where it would go. */
  const probe = (words: Int32Array, at: number): number => {
    let slot = hash(words, at) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if (same(entry - 1, words, at)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const growSlots = (): void => {
    slots = new Int32Array(slots.length * 2);
    mask = slots.length - 1;
    for (let index = 0; index < count; index++) {
      let slot = hash(chunks[index >>> CHUNK_BITS] as Int32Array, (index & CHUNK_MASK) * stride) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
  };
  const makeRoom = (): void => {
    const last = chunks.length - 1;
    const used = count - (last << CHUNK_BITS);
    const chunk = chunks[last] as Int32Array;
    if (used * stride < chunk.length) return;
    if (last === 0 && chunk.length < stride << CHUNK_BITS) {
      // Small sets stay small: only the first chunk grows by copying.
      const larger = new Int32Array(Math.min(chunk.length * 4, stride << CHUNK_BITS));
      larger.set(chunk);
      chunks = [larger];
    } else chunks.push(new Int32Array(stride << CHUNK_BITS));
  };

  return {
    count: () => count,
    insert(words, at) {
      let slot = probe(words, at);
      const entry = slots[slot] as number;
      if (entry !== 0) return ~(entry - 1);
      if (count * 3 > slots.length * 2) {
        growSlots();
        slot = probe(words, at);
      }
      makeRoom();
      const chunk = chunks[count >>> CHUNK_BITS] as Int32Array;
      const base = (count & CHUNK_MASK) * stride;
      for (let i = 0; i < width; i++) chunk[base + i] = words[at + i] as number;
      slots[slot] = ++count;
      return count - 1;
    },
    find: (words, at) => (slots[probe(words, at)] as number) - 1,
    read(index, into, at) {
      const chunk = chunks[index >>> CHUNK_BITS] as Int32Array;
      const base = (index & CHUNK_MASK) * stride;
      for (let i = 0; i < width; i++) into[at + i] = chunk[base + i] as number;
    },
    extra: (index, which) =>
      (chunks[index >>> CHUNK_BITS] as Int32Array)[(index & CHUNK_MASK) * stride + width + which] as number,
    setExtra(index, which, value) {
      (chunks[index >>> CHUNK_BITS] as Int32Array)[(index & CHUNK_MASK) * stride + width + which] = value;
    },
    bytes: () => chunks.reduce((sum, chunk) => sum + chunk.byteLength, slots.byteLength),
  };
}
