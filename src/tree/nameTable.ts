// SPDX-License-Identifier: MIT
/** Which files define a name, for a million names: neither names nor texts are kept. */

export interface NameTable {
  /** @param file a number of the caller's */
  add(file: number, key: string): void;
  /**
   * The files that define a key, in the order in which they were added. Only 31 bits of a key are kept: of half a million
   * names about one in ten thousand has the files of another one beside its own.
   */
  filesOf(key: string): readonly number[];
  /** Takes a file out. Linear in the table. */
  forget(file: number): void;
  /** How many keys there are. */
  readonly size: number;
}

export function createNameTable(): NameTable {
  // One small integer for a key, which takes 30 bytes; a list only for the few that have several files.
  const table = new Map<number, number | readonly number[]>();
  const listOf = (found: number | readonly number[] | undefined): readonly number[] =>
    found === undefined ? [] : typeof found === 'number' ? [found] : found;
  return {
    get size() {
      return table.size;
    },
    add(file, key) {
      const hash = hashOf(key);
      const known = table.get(hash);
      if (known === undefined) table.set(hash, file);
      else if (!listOf(known).includes(file)) table.set(hash, [...listOf(known), file]);
    },
    filesOf: (key) => listOf(table.get(hashOf(key))),
    forget(file) {
      for (const [hash, found] of table) {
        const rest = listOf(found).filter((other) => other !== file);
        const [first] = rest;
        if (first === undefined) table.delete(hash);
        else if (rest.length < listOf(found).length) table.set(hash, rest.length === 1 ? first : rest);
      }
    },
  };
}

/** A number of 31 bits, which every engine holds as a small integer. */
function hashOf(key: string): number {
  let hash = 0x2c1b3c6d;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x5bd1e995) ^ (hash >>> 15);
  return (Math.imul(hash ^ (hash >>> 13), 0x2c1b3c6d) ^ hash) >> 1;
}
