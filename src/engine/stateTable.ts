// SPDX-License-Identifier: MIT
/**
 * The set of states seen. Each block of a state (layout.ts) is stored once and has a number; a state is the row of its
 * blocks' numbers. With it go the index of the state it was first reached from and the choice that led there.
 */
import type { Layout } from './layout';
import { bytesOf, createRowTable, extraOf, findRow, insertRow, type RowTable, readRow, setExtra } from './rowTable';
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

/** Plain functions work on it, not closures, for the reason that rowTable.ts gives. */
interface Blocks {
  readonly starts: Int32Array;
  tables: RowTable[];
  rows: RowTable;
  /** The numbers of the blocks of the state last read, and of the one being inserted. */
  readonly base: Int32Array;
  readonly row: Int32Array;
}

/** Makes an empty set of states. */
export function createStateTable({ blocks: starts }: Layout): StateTable {
  const width = starts.length - 1;
  const makeTables = (): RowTable[] =>
    Array.from({ length: width }, (_, block) =>
      createRowTable((starts[block + 1] as number) - (starts[block] as number), 0),
    );
  const all: Blocks = {
    starts,
    tables: makeTables(),
    rows: createRowTable(width, 2),
    base: new Int32Array(width),
    row: new Int32Array(width),
  };
  return {
    count: () => all.rows.count,
    clear() {
      all.tables = makeTables();
      all.rows = createRowTable(width, 2);
    },
    insert: (words, parent, choice) => insertAll(all, words, parent, choice),
    insertTouched: (scratch, parent, choice) => insertTouched(all, scratch, parent, choice),
    find: (words) => findAll(all, words),
    findTouched: (scratch) => findTouched(all, scratch),
    read: (index, into) => readAll(all, index, into),
    parent: (index) => extraOf(all.rows, index, PARENT),
    choice: (index) => extraOf(all.rows, index, CHOICE),
    bytes: () => all.tables.reduce((sum, table) => sum + bytesOf(table), bytesOf(all.rows)),
  };
}

function numberOf({ tables, starts }: Blocks, block: number, words: Int32Array): number {
  const index = insertRow(tables[block] as RowTable, words, starts[block] as number);
  return index < 0 ? ~index : index;
}

function insertNumbers({ rows, row }: Blocks, parent: number, choice: number): number {
  const index = insertRow(rows, row, 0);
  if (index < 0) return index;
  setExtra(rows, index, PARENT, parent);
  setExtra(rows, index, CHOICE, choice);
  return index;
}

function insertAll(all: Blocks, words: Int32Array, parent: number, choice: number): number {
  const { row } = all;
  for (let block = 0; block < row.length; block++) row[block] = numberOf(all, block, words);
  return insertNumbers(all, parent, choice);
}

function insertTouched(all: Blocks, scratch: Scratch, parent: number, choice: number): number {
  const { row, base } = all;
  const { dirty, state } = scratch;
  const count = scratch.dirtyCount();
  for (let block = 0; block < row.length; block++) row[block] = base[block] as number;
  for (let i = 0; i < count; i++) row[dirty[i] as number] = numberOf(all, dirty[i] as number, state);
  return insertNumbers(all, parent, choice);
}

function findAll({ tables, starts, rows, row }: Blocks, words: Int32Array): number {
  for (let block = 0; block < row.length; block++) {
    const index = findRow(tables[block] as RowTable, words, starts[block] as number);
    if (index < 0) return -1;
    row[block] = index;
  }
  return findRow(rows, row, 0);
}

function findTouched({ tables, starts, rows, row, base }: Blocks, { dirty, dirtyCount, state }: Scratch): number {
  for (let block = 0; block < row.length; block++) row[block] = base[block] as number;
  for (let i = dirtyCount() - 1; i >= 0; i--) {
    const block = dirty[i] as number;
    const index = findRow(tables[block] as RowTable, state, starts[block] as number);
    if (index < 0) return -1;
    row[block] = index;
  }
  return findRow(rows, row, 0);
}

function readAll({ tables, starts, rows, base }: Blocks, index: number, into: Int32Array): void {
  readRow(rows, index, base, 0);
  for (let block = 0; block < base.length; block++)
    readRow(tables[block] as RowTable, base[block] as number, into, starts[block] as number);
}
