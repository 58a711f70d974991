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
export const indexedFolders: readonly string[] = [...headers, ...bodies];

export interface KernelTree {
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

/**
 * Reads and indexes folders of a tree (by default those above); null where the work was cancelled. Linear in the size of the
 * texts: about 20 MB a second with the reading.
 */
export async function loadTree(
  files: TreeFiles,
  hooks: TreeHooks,
  folders: readonly string[] = indexedFolders,
): Promise<KernelTree | null> {
  const texts = new Map<string, string>();
  const table: Names = new Map();
  /** Files of which the index was asked for, and those that have changed since they were read. */
  const single = new Map<string, FileIndex>();
  const changed = new Set<string>();
  const listed = new Set<string>();
  if (!(await add(await listAll(folders)))) return null;

  return {
    texts,
    get names() {
      return table.size;
    },
    async open(path) {
      const text = await files.read(path);
      const known = texts.get(path);
      if (text !== null && known !== undefined && known !== text) {
        texts.set(path, text);
        single.delete(path);
        changed.add(path);
      }
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (!listed.has(folder)) {
        listed.add(folder);
        await add((await listC(files, folder, true)).filter((name) => !texts.has(name)));
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

  async function listAll(all: readonly string[]): Promise<string[]> {
    const found = await Promise.all(all.map((folder) => listC(files, folder, false, hooks.cancelled)));
    // Headers first: what they define comes before what files beside the code define.
    return [...new Set(found.flat())];
  }

  async function add(paths: readonly string[]): Promise<boolean> {
    for (let i = 0; i < paths.length; i += batch) {
      await hooks.pause();
      if (hooks.cancelled()) return false;
      const read = await Promise.all(
        paths.slice(i, i + batch).map(async (path) => ({ path, text: await files.read(path) })),
      );
      for (const { path, text } of read) {
        if (text === null) continue;
        texts.set(path, text);
        listed.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
        for (const [key, found] of indexFile(path, text).shared) addName(table, key, found);
      }
    }
    return true;
  }
}
