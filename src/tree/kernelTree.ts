// SPDX-License-Identifier: MIT
/**
 * A kernel tree: the texts of the folders that patches of this field call into, with an index of their names, and of all
 * other files which of them defines a name.
 */

import { addName, type FileIndex, type Found, indexFile, type Names } from './fileIndex';
import { createRest, type RestOfTree } from './restOfTree';
import { listC, type TreeFiles, type TreeHooks, throughout } from './treeFiles';

/** Of two headers that define a name the first counts: those of the architecture come before the general ones. */
const headers = ['arch/x86/include', 'include/linux', 'include'];
/** Folders with the code that patches of this field change and call. */
export const bodies: readonly string[] = [
  ...['mm', 'kernel'],
  ...['coco', 'mm', 'kernel', 'virt', 'hyperv'].map((name) => `arch/x86/${name}`),
  ...['virt', 'hv', 'firmware/efi'].map((name) => `drivers/${name}`),
];
/** The folders whose files are indexed before anything is looked up. */
export const indexedFolders: readonly string[] = [...headers, ...bodies];

export interface KernelTree {
  /**
   * Reads and indexes the folders of the tree; false where the work was cancelled. The next call goes on where it ended,
   * and one after all is there does nothing. Linear in the size of the texts: about 17 MB a second with the reading.
   */
  load(hooks: TreeHooks): Promise<boolean>;
  /**
   * The text of a file as it is now, or null. What lies in its folder is indexed, and what has changed since is indexed
   * again.
   */
  open(path: string): Promise<string | null>;
  /** Says that a file is not as it was: what was read of it is read again. */
  changed(path: string): Promise<void>;
  /** The definition that all files see under a key (`function f`, `struct s`, `macro M`). */
  shared(key: string): Found | undefined;
  /** What only the file itself sees; nothing for a file that is not indexed. */
  own(path: string): Names;
  /**
   * Opens the files outside the folders that define what `shared()` was asked for and did not know. True where there
   * were some, so that asking again tells more. Knows nothing before `rest.index()` has come to its end.
   */
  fetch(): Promise<boolean>;
  /** Whether a key that `shared()` did not know may be defined in a file that is not indexed. */
  mayBeElsewhere(key: string): boolean;
  /** Whether a key that `shared()` did not know before `rest` was indexed is known now. */
  knowsMore(): boolean;
  /** The texts that have a word in them, by path. They are searched once, and only as far as is asked for. */
  naming(word: string): Iterable<readonly [path: string, text: string]>;
  /** The files outside the folders. */
  readonly rest: RestOfTree;
  /** The texts that are indexed, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** How many names all files see. */
  readonly names: number;
}

/** Files that are asked for at once. */
const batch = 32;
const noNames: Names = new Map();
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Makes a tree of which nothing is read yet. */
export function createTree(files: TreeFiles, folders: readonly string[] = indexedFolders): KernelTree {
  const texts = new Map<string, string>();
  const table: Names = new Map();
  /** Files of which the index was asked for, and those that have changed since they were read. */
  const single = new Map<string, FileIndex>();
  const changed = new Set<string>();
  const listed = new Set<string>();
  const rest = createRest(files, (path) => texts.has(path));
  /** Keys that nobody knew: where the rest was not indexed, and where it was, the files that define them. */
  const missed = new Set<string>();
  const wanted = new Set<string>();
  /** By word: the paths of the texts that have it, as far as they were searched, and those that were not. */
  const namings = new Map<string, { readonly found: string[]; readonly left: Iterator<readonly [string, string]> }>();
  /** What `load` has to read, and how much of it is there. */
  let all: readonly string[] | null = null;
  let done = 0;

  return {
    texts,
    rest,
    get names() {
      return table.size;
    },
    async load(hooks) {
      if (all === null) {
        const found: string[] = [];
        for (const folder of folders) {
          const some = await listC(files, folder, hooks);
          if (some === null) return false;
          found.push(...some);
        }
        all = [...new Set(found)];
        for (const path of all) listed.add(folderOf(path));
      }
      for (; done < all.length; done += batch) {
        await hooks.pause();
        if (hooks.cancelled()) return false;
        await add(all.slice(done, done + batch));
      }
      return true;
    },
    open,
    async changed(path) {
      if (texts.has(path) || listed.has(folderOf(path))) await open(path);
      else if (isC(path)) rest.update(path, await files.read(path));
    },
    shared(key) {
      for (const path of changed) {
        const found = indexOf(path)?.shared.get(key);
        if (found) return found;
      }
      const found = table.get(key);
      if (found && !changed.has(found.path)) return found;
      if (!rest.isWhole) missed.add(key);
      else {
        const path = rest.fileOf(key);
        if (path !== null && !texts.has(path)) wanted.add(path);
      }
      return undefined;
    },
    own: (path) => indexOf(path)?.own ?? noNames,
    *naming(word) {
      const known = namings.get(word) ?? { found: [], left: texts.entries() };
      namings.set(word, known);
      for (let i = 0; ; ) {
        const path = known.found[i];
        if (path !== undefined) {
          i++;
          const text = texts.get(path);
          if (text !== undefined) yield [path, text];
          continue;
        }
        const next = known.left.next();
        if (next.done) return;
        if (next.value[1].includes(word)) known.found.push(next.value[0]);
      }
    },
    async fetch() {
      const before = texts.size;
      const paths = [...wanted];
      wanted.clear();
      for (const path of paths) if (!texts.has(path)) await open(path);
      return texts.size > before;
    },
    mayBeElsewhere: (key) => !rest.isWhole && missed.has(key),
    knowsMore() {
      const more = rest.isWhole && [...missed].some((key) => rest.fileOf(key) !== null);
      if (rest.isWhole) missed.clear();
      return more;
    },
  };

  async function open(path: string): Promise<string | null> {
    const text = await files.read(path);
    const folder = folderOf(path);
    if (!listed.has(folder)) {
      listed.add(folder);
      const all = (await listC(files, folder, throughout, () => false)) ?? [];
      const some = all.filter((name) => !texts.has(name));
      for (let i = 0; i < some.length; i += batch) await add(some.slice(i, i + batch));
    }
    if (texts.get(path) !== (text ?? undefined) && isC(path)) {
      if (text === null) texts.delete(path);
      else texts.set(path, text);
      namings.clear();
      single.delete(path);
      changed.add(path);
    }
    return text;
  }

  function indexOf(path: string): FileIndex | null {
    let known = single.get(path);
    const text = texts.get(path);
    if (!known && text !== undefined) {
      known = indexFile(path, text);
      single.set(path, known);
    }
    return known ?? null;
  }

  async function add(paths: readonly string[]): Promise<void> {
    const read = await Promise.all(paths.map(async (path) => ({ path, text: await files.read(path) })));
    namings.clear();
    for (const { path, text } of read) {
      if (text === null) continue;
      texts.set(path, text);
      for (const [key, found] of indexFile(path, text).shared) addName(table, key, found);
    }
  }
}

const isC = (path: string): boolean => /\.[ch]$/.test(path);
