// SPDX-License-Identifier: MIT
/**
 * A set of rows of 32-bit words: fixed width, in chunks of typed arrays, found by open addressing. Each row may carry
 * further words that do not count when rows are compared.
 *
 * Plain functions over a record: a search has many of these sets, a review many searches, and functions made anew for
 * each of them would be compiled anew for each of them.
 */

export interface RowTable {
  /** Words that make the row, and words from one row to the next. */
  readonly width: number;
  readonly stride: number;
  count: number;
  chunks: Int32Array[];
  /** Index of a row + 1, or 0; and its length less one. */
  slots: Int32Array;
  mask: number;
}

/** log2 of the rows in a chunk: large enough to keep the list of chunks short, small enough not to waste. */
const CHUNK_BITS = 12;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const FIRST_ROWS = 32;

/** An empty set. `width`: words that make the row; `extras`: words that it carries. */
export function createRowTable(width: number, extras: number): RowTable {
  const stride = width + extras;
  return {
    width,
    stride,
    count: 0,
    chunks: [new Int32Array(FIRST_ROWS * stride)],
    slots: new Int32Array(FIRST_ROWS * 2),
    mask: FIRST_ROWS * 2 - 1,
  };
}

/** Adds the row at `words[at]`. Gives its new index, or ~index of the equal row that is there already. */
export function insertRow(table: RowTable, words: Int32Array, at: number): number {
  const { width, stride } = table;
  let slot = probe(table, words, at);
  const entry = table.slots[slot] as number;
  if (entry !== 0) return ~(entry - 1);
  if (table.count * 3 > table.slots.length * 2) {
    growSlots(table);
    slot = probe(table, words, at);
  }
  makeRoom(table);
  const index = table.count++;
  const chunk = table.chunks[index >>> CHUNK_BITS] as Int32Array;
  const base = (index & CHUNK_MASK) * stride;
  for (let i = 0; i < width; i++) chunk[base + i] = words[at + i] as number;
  table.slots[slot] = index + 1;
  return index;
}

/** Index of the row equal to the one at `words[at]`, or -1. */
export function findRow(table: RowTable, words: Int32Array, at: number): number {
  return (table.slots[probe(table, words, at)] as number) - 1;
}

/** Copies a row to `into[at]`. */
export function readRow({ chunks, width, stride }: RowTable, index: number, into: Int32Array, at: number): void {
  const chunk = chunks[index >>> CHUNK_BITS] as Int32Array;
  const base = (index & CHUNK_MASK) * stride;
  for (let i = 0; i < width; i++) into[at + i] = chunk[base + i] as number;
}

/** One of the words that a row carries. */
export function extraOf({ chunks, width, stride }: RowTable, index: number, which: number): number {
  return (chunks[index >>> CHUNK_BITS] as Int32Array)[(index & CHUNK_MASK) * stride + width + which] as number;
}

/** Writes one of the words that a row carries. */
export function setExtra({ chunks, width, stride }: RowTable, index: number, which: number, value: number): void {
  (chunks[index >>> CHUNK_BITS] as Int32Array)[(index & CHUNK_MASK) * stride + width + which] = value;
}

/** Bytes of all arrays, the free room in them included. */
export function bytesOf({ chunks, slots }: RowTable): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, slots.byteLength);
}

function hashOf(from: Int32Array, base: number, width: number): number {
  let h = width;
  for (let i = 0; i < width; i++) h = Math.imul(h ^ (from[base + i] as number), 0x5bd1e995) ^ (h >>> 15);
  h ^= h >>> 13;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 15);
}

function isSame({ chunks, width, stride }: RowTable, index: number, words: Int32Array, at: number): boolean {
  const chunk = chunks[index >>> CHUNK_BITS] as Int32Array;
  const base = (index & CHUNK_MASK) * stride;
  for (let i = 0; i < width; i++) if (chunk[base + i] !== words[at + i]) return false;
  return true;
}

/** The slot of the equal row, or the free slot where it would go. */
function probe(table: RowTable, words: Int32Array, at: number): number {
  const { slots, mask } = table;
  let slot = hashOf(words, at, table.width) & mask;
  for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
    if (isSame(table, entry - 1, words, at)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

function growSlots(table: RowTable): void {
  const { chunks, width, stride, count } = table;
  const slots = new Int32Array(table.slots.length * 2);
  const mask = slots.length - 1;
  for (let index = 0; index < count; index++) {
    let slot = hashOf(chunks[index >>> CHUNK_BITS] as Int32Array, (index & CHUNK_MASK) * stride, width) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = index + 1;
  }
  table.slots = slots;
  table.mask = mask;
}

function makeRoom(table: RowTable): void {
  const { chunks, stride, count } = table;
  const last = chunks.length - 1;
  const chunk = chunks[last] as Int32Array;
  if ((count - (last << CHUNK_BITS)) * stride < chunk.length) return;
  if (last === 0 && chunk.length < stride << CHUNK_BITS) {
    // Small sets stay small: only the first chunk grows by copying.
    const larger = new Int32Array(Math.min(chunk.length * 4, stride << CHUNK_BITS));
    larger.set(chunk);
    table.chunks = [larger];
  } else chunks.push(new Int32Array(stride << CHUNK_BITS));
}
