// SPDX-License-Identifier: MIT
/**
 * The set of states seen. Each block of a state (layout.ts) is stored once and has a number; a state is the row of its
 * blocks' numbers. With it go the index of the state it was first reached from and the choice that led there.
 */
import type { Layout } from './layout';
import { createRowTable, type RowTable } from './rowTable';
import type { Scratch } from './scratch';

export interface StateTable {
  count(): number;
  /** Forgets all states. */
  clear(): void;
  /** Adds a state. Gives its new index, or ~index of the equal state that is there already. */
  insert(words: Int32Array, parent: number, choice: number): number;
  /** The same for the scratch's state, which is the state last `read` but for the blocks that the scratch touched. */
  insertTouched(scratch: Scratch, parent: number, choice: number): number;
  /** Index of the equal state, or -1. */
  find(words: Int32Array): number;
  /** The same for the scratch's state, as for `insertTouched`. */
  findTouched(scratch: Scratch): number;
  /** Copies the words of a state. */
  read(index: number, into: Int32Array): void;
  /** -1 for the initial state. */
  parent(index: number): number;
  choice(index: number): number;
  /** Bytes of all arrays, the free room in them included. */
  bytes(): number;
}

const PARENT = 0;
const CHOICE = 1;

/** Makes an empty set of states. */
export function createStateTable({ blocks }: Layout): StateTable {
  const width = blocks.length - 1;
  const starts = blocks;
  const makeTables = (): RowTable[] =>
    Array.from({ length: width }, (_, block) =>
      createRowTable((starts[block + 1] as number) - (starts[block] as number), 0),
    );
  let tables = makeTables();
  let rows = createRowTable(width, 2);
  /** The numbers of the blocks of the state last read, and of the one being inserted. */
  const base = new Int32Array(width);
  const row = new Int32Array(width);

  const number = (block: number, words: Int32Array): number => {
    const index = (tables[block] as RowTable).insert(words, starts[block] as number);
    return index < 0 ? ~index : index;
  };
  const insertRow = (parent: number, choice: number): number => {
    const index = rows.insert(row, 0);
    if (index < 0) return index;
    rows.setExtra(index, PARENT, parent);
    rows.setExtra(index, CHOICE, choice);
    return index;
  };

  return {
    count: () => rows.count(),
    clear() {
      tables = makeTables();
      rows = createRowTable(width, 2);
    },
    insert(words, parent, choice) {
      for (let block = 0; block < width; block++) row[block] = number(block, words);
      return insertRow(parent, choice);
    },
    insertTouched(scratch, parent, choice) {
      const { dirty, state } = scratch;
      const count = scratch.dirtyCount();
      for (let block = 0; block < width; block++) row[block] = base[block] as number;
      for (let i = 0; i < count; i++) row[dirty[i] as number] = number(dirty[i] as number, state);
      return insertRow(parent, choice);
    },
    find(words) {
      for (let block = 0; block < width; block++) {
        const index = (tables[block] as RowTable).find(words, starts[block] as number);
        if (index < 0) return -1;
        row[block] = index;
      }
      return rows.find(row, 0);
    },
    findTouched({ dirty, dirtyCount, state }) {
      for (let block = 0; block < width; block++) row[block] = base[block] as number;
      for (let i = dirtyCount() - 1; i >= 0; i--) {
        const block = dirty[i] as number;
        const index = (tables[block] as RowTable).find(state, starts[block] as number);
        if (index < 0) return -1;
        row[block] = index;
      }
      return rows.find(row, 0);
    },
    read(index, into) {
      rows.read(index, base, 0);
      for (let block = 0; block < width; block++) {
        (tables[block] as RowTable).read(base[block] as number, into, starts[block] as number);
      }
    },
    parent: (index) => rows.extra(index, PARENT),
    choice: (index) => rows.extra(index, CHOICE),
    bytes: () => tables.reduce((sum, table) => sum + table.bytes(), rows.bytes()),
  };
}
