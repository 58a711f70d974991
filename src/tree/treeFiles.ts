// SPDX-License-Identifier: MIT
/** The files of a kernel tree, wherever they are: a disk, an editor's workspace, a test. */

/** Paths are relative to the tree, with slashes; the tree's own folder is the empty path. Nothing is ever written. */
export interface TreeFiles {
  /** The text of a file; null where there is none that can be read, or one of more than `largestFile` bytes. */
  read(path: string): Promise<string | null>;
  /** What a folder holds; nothing where there is no such folder. */
  list(folder: string): Promise<readonly TreeEntry[]>;
}

/** What is larger is a table of registers that a program has made: amdgpu has headers of 24 MB, all macros. */
export const largestFile = 2_000_000;

export interface TreeEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Whether a folder holds a kernel tree: `MAINTAINERS`, `Kbuild` and `arch/x86` are there. */
export async function isKernelTree(files: TreeFiles): Promise<boolean> {
  const [top, architectures] = await Promise.all([files.list(''), files.list('arch')]);
  const isFile = (name: string): boolean => top.some((entry) => entry.name === name && !entry.isFolder);
  return isFile('MAINTAINERS') && isFile('Kbuild') && architectures.some((e) => e.name === 'x86' && e.isFolder);
}

/** How long work in slices may go on, and how it is ended. */
export interface TreeHooks {
  cancelled(): boolean;
  pause(): Promise<void>;
}

/** For work that nobody ends. */
export const throughout: TreeHooks = { cancelled: () => false, pause: async () => {} };

/** Folders deeper than this are not looked into: links may go round. */
const deepest = 16;
/** Folders that are listed at once. */
const batch = 32;

/**
 * The C files in a folder and in those below it: those of a folder sorted, and before those of the folders in it.
 * Null where the work was cancelled.
 * @param enters whether a folder, by its path, is looked into
 */
export async function listC(
  files: TreeFiles,
  folder: string,
  hooks: TreeHooks,
  enters: (folder: string) => boolean = () => true,
): Promise<string[] | null> {
  const found: string[] = [];
  let level = [folder];
  for (let depth = 0; level.length > 0 && depth <= deepest; depth++) {
    const below: string[] = [];
    for (let i = 0; i < level.length; i += batch) {
      await hooks.pause();
      if (hooks.cancelled()) return null;
      const some = level.slice(i, i + batch);
      const lists = await Promise.all(some.map((path) => files.list(path)));
      for (const [k, entries] of lists.entries()) {
        const parent = some[k] ? `${some[k]}/` : '';
        for (const { name, isFolder } of [...entries].sort((a, b) =>
          a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
        )) {
          const path = `${parent}${name}`;
          if (!isFolder) {
            if (/\.[ch]$/.test(name)) found.push(path);
          } else if (!name.startsWith('.') && enters(path)) below.push(path);
        }
      }
    }
    level = below;
  }
  return found;
}
