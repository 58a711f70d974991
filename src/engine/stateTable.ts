// SPDX-License-Identifier: MIT
/**
 * The set of states seen: fixed-width records in chunks of typed arrays, found by open addressing. Each record holds,
 * behind the state's words, the index of the state it was first reached from and the choice that led there.
 */

export interface StateTable {
  count(): number;
  /** Adds a state. Gives its new index, or ~index of the equal state that is there already. */
  insert(words: Int32Array, parent: number, choice: number): number;
  /** Index of the equal state, or -1. */
  find(words: Int32Array): number;
  /** Copies the words of a state. */
  read(index: number, into: Int32Array): void;
  /** -1 for the initial state. */
  parent(index: number): number;
  choice(index: number): number;
  /** Bytes of all arrays, the free room in them included. */
  bytes(): number;
}

/** log2 of the records in a chunk: large enough to keep the list of chunks short, small enough not to waste. */
const CHUNK_BITS = 12;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const FIRST_RECORDS = 64;

/** `words`: 32-bit words of one state. */
export function createStateTable(words: number): StateTable {
  const stride = words + 2;
  let chunks: Int32Array[] = [new Int32Array(FIRST_RECORDS * stride)];
  let count = 0;
  let slots = new Int32Array(FIRST_RECORDS * 2);
  let mask = slots.length - 1;

  const hash = (from: Int32Array, base: number): number => {
    let h = 0;
    for (let i = 0; i < words; i++) h = Math.imul(h ^ (from[base + i] as number), 0x5bd1e995) ^ (h >>> 15);
    h ^= h >>> 13;
    h = Math.imul(h, 0x2c1b3c6d);
    return h ^ (h >>> 15);
  };
  const same = (index: number, state: Int32Array): boolean => {
    const chunk = chunks[index >>> CHUNK_BITS] as Int32Array;
    const base = (index & CHUNK_MASK) * stride;
    for (let i = 0; i < words; i++) if (chunk[base + i] !== state[i]) return false;
    return true;
  };
  /** The slot of the equal state, or the free slot where it would go. */
  const probe = (state: Int32Array): number => {
    let slot = hash(state, 0) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      if (same(entry - 1, state)) break;
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
  const room = (): void => {
    const last = chunks.length - 1;
    const used = count - (last << CHUNK_BITS);
    const chunk = chunks[last] as Int32Array;
    if (used * stride < chunk.length) return;
    if (last === 0 && chunk.length < stride << CHUNK_BITS) {
      // Small searches stay small: only the first chunk grows by copying.
      const larger = new Int32Array(Math.min(chunk.length * 4, stride << CHUNK_BITS));
      larger.set(chunk);
      chunks = [larger];
    } else chunks.push(new Int32Array(stride << CHUNK_BITS));
  };

  return {
    count: () => count,
    insert(state, parent, choice) {
      let slot = probe(state);
      const entry = slots[slot] as number;
      if (entry !== 0) return ~(entry - 1);
      if (count * 3 > slots.length * 2) {
        growSlots();
        slot = probe(state);
      }
      room();
      const chunk = chunks[count >>> CHUNK_BITS] as Int32Array;
      const base = (count & CHUNK_MASK) * stride;
      for (let i = 0; i < words; i++) chunk[base + i] = state[i] as number;
      chunk[base + words] = parent;
      chunk[base + words + 1] = choice;
      slots[slot] = ++count;
      return count - 1;
    },
    find: (state) => (slots[probe(state)] as number) - 1,
    read(index, into) {
      const chunk = chunks[index >>> CHUNK_BITS] as Int32Array;
      const base = (index & CHUNK_MASK) * stride;
      for (let i = 0; i < words; i++) into[i] = chunk[base + i] as number;
    },
    parent: (index) => (chunks[index >>> CHUNK_BITS] as Int32Array)[(index & CHUNK_MASK) * stride + words] as number,
    choice: (index) =>
      (chunks[index >>> CHUNK_BITS] as Int32Array)[(index & CHUNK_MASK) * stride + words + 1] as number,
    bytes: () => chunks.reduce((sum, chunk) => sum + chunk.byteLength, slots.byteLength),
  };
}
