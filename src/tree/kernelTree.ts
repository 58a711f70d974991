// SPDX-License-Identifier: MIT
/** A kernel tree in memory: the texts of the folders that patches of this field call into, and an index of their names. */

import { addName, type FileIndex, type Found, indexFile, type Names } from './fileIndex';
import { listC, type TreeFiles } from './treeFiles';

/** Of two headers that define a name the first counts: those of the architecture come before the general ones. */
const headers = ['arch/x86/include', 'include/linux', 'include'];
const bodies = [
  ...['mm', 'kernel'],
  ...['coco', 'mm', 'kernel', 'virt', 'hyperv'].map((name) => `arch/x86/${name}`),
  ...['virt', 'hv', 'firmware/efi'].map((name) => `drivers/${name}`),
];
/** The folders whose files are indexed before anything is looked up. */
const indexedFolders: readonly string[] = [...headers, ...bodies];

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
  /** The definition that all files see under a key (`function f`, `struct s`, `macro M`). */
  shared(key: string): Found | undefined;
  /** What only the file itself sees; nothing for a file that is not indexed. */
  own(path: string): Names;
  /** The texts that are indexed, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** How many names all files see. */
  readonly names: number;
}

/** How long work in slices may go on, and how it is ended. */
export interface TreeHooks {
  cancelled(): boolean;
  pause(): Promise<void>;
}

/** Files that are asked for at once. */
const batch = 64;
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
  /** What `load` has to read, and how much of it is there. */
  let all: readonly string[] | null = null;
  let done = 0;

  return {
    texts,
    get names() {
      return table.size;
    },
    async load(hooks) {
      if (all === null) {
        const found = await Promise.all(folders.map((folder) => listC(files, folder, false, hooks.cancelled)));
        if (hooks.cancelled()) return false;
        all = [...new Set(found.flat())];
      }
      for (; done < all.length; done += batch) {
        await hooks.pause();
        if (hooks.cancelled()) return false;
        await add(all.slice(done, done + batch));
      }
      return true;
    },
    async open(path) {
      const text = await files.read(path);
      const folder = folderOf(path);
      if (!listed.has(folder)) {
        listed.add(folder);
        await add((await listC(files, folder, true)).filter((name) => !texts.has(name)));
      }
      if (texts.get(path) !== (text ?? undefined) && /\.[ch]$/.test(path)) {
        if (text === null) texts.delete(path);
        else texts.set(path, text);
        single.delete(path);
        changed.add(path);
      }
      return text;
    },
    shared(key) {
      for (const path of changed) {
        const found = indexOf(path)?.shared.get(key);
        if (found) return found;
      }
      const found = table.get(key);
      return found && !changed.has(found.path) ? found : undefined;
    },
    own: (path) => indexOf(path)?.own ?? noNames,
  };

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
    for (const { path, text } of read) {
      if (text === null) continue;
      texts.set(path, text);
      listed.add(folderOf(path));
      for (const [key, found] of indexFile(path, text).shared) addName(table, key, found);
    }
  }
}
