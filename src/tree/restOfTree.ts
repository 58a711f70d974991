// SPDX-License-Identifier: MIT
/** The files of a kernel tree that are not kept in memory: which of them defines a name. */

import { configuration } from '../c/configuration';
import { indexDefinitions } from '../c/indexDefinitions';
import { keyOf } from './fileIndex';
import { createNameTable } from './nameTable';
import { listC, type TreeFiles, type TreeHooks } from './treeFiles';

export interface RestOfTree {
  /**
   * Reads and indexes all that is left; false where the work was cancelled, and the next call goes on where it ended.
   * Gives control back every 20 ms or so. Linear in the size of the texts.
   */
  index(hooks: TreeHooks): Promise<boolean>;
  readonly isWhole: boolean;
  /** How much of the files is indexed, 0 to 1. */
  readonly fraction: number;
  /** The file that defines a key (`function f`), where it is one alone; null where none or several do. */
  fileOf(key: string): string | null;
  /** Says what a file holds now; null for one that is gone. */
  update(path: string, text: string | null): void;
  readonly files: number;
  /** Characters read. */
  readonly characters: number;
  readonly names: number;
}

/** What is never linked into a kernel for x86: other architectures, programs, examples. */
const elsewhere = /^(arch\/(?!x86(\/|$))[^/]+|tools|scripts|samples|usr|Documentation)(\/|$)/;
/** Files that are asked for at once: an editor answers each with a message of its own. */
const batch = 16;
/** How long to work before others have their turn, in milliseconds. */
const sliceMs = 20;

/** @param isKept whether a file is indexed elsewhere */
export function createRest(files: TreeFiles, isKept: (path: string) => boolean): RestOfTree {
  const table = createNameTable();
  const paths: string[] = [];
  const numbers = new Map<string, number>();
  let all: readonly string[] | null = null;
  let done = 0;
  let characters = 0;

  function add(path: string, text: string): void {
    let file = numbers.get(path);
    if (file === undefined) {
      file = paths.push(path) - 1;
      numbers.set(path, file);
    }
    const isHeader = path.endsWith('.h');
    for (const definition of indexDefinitions(text, configuration)) {
      const { kind, isStatic, configured } = definition;
      const isCode = kind === 'function' || kind === 'variable';
      // The macros and constants of drivers' headers are nine names of ten, and only their own folder's files use them.
      const isType = kind === 'struct' || kind === 'union' || kind === 'enum' || kind === 'typedef';
      if (configured && (isHeader ? isCode || isType : isCode && !isStatic)) table.add(file, keyOf(definition));
    }
  }

  return {
    get isWhole() {
      return all !== null && done >= all.length;
    },
    get fraction() {
      return all === null ? 0 : Math.min(1, done / Math.max(1, all.length));
    },
    get files() {
      return paths.length;
    },
    get names() {
      return table.size;
    },
    get characters() {
      return characters;
    },
    async index(hooks) {
      all ??= await listC(files, '', hooks, (path) => !elsewhere.test(path));
      if (all === null) return false;
      for (let began = performance.now(); done < all.length; ) {
        const wanted = all.slice(done, done + batch).filter((path) => !isKept(path) && !numbers.has(path));
        const texts = wanted.map((path) => files.read(path));
        for (const path of wanted) {
          const text = (await texts.shift()) ?? null;
          // Whoever changed it meanwhile has said what it holds.
          if (text !== null && !numbers.has(path)) add(path, text);
          characters += text?.length ?? 0;
          if (performance.now() - began < sliceMs) continue;
          await hooks.pause();
          // What was read of this batch is known by now: it is passed over the next time.
          if (hooks.cancelled()) return false;
          began = performance.now();
        }
        done += batch;
      }
      return true;
    },
    fileOf(key) {
      const [first, second] = table.filesOf(key);
      return first === undefined || second !== undefined ? null : (paths[first] ?? null);
    },
    update(path, text) {
      const file = numbers.get(path);
      if (file !== undefined) table.forget(file);
      if (text !== null && !elsewhere.test(path)) add(path, text);
    },
  };
}
