// SPDX-License-Identifier: MIT
/** The files of a kernel tree, wherever they are: a disk, an editor's workspace, a test. */

/** Paths are relative to the tree, with slashes; the tree's own folder is the empty path. Nothing is ever written. */
export interface TreeFiles {
  /** The text of a file; null where there is none that can be read. */
  read(path: string): Promise<string | null>;
  /** What a folder holds; nothing where there is no such folder. */
  list(folder: string): Promise<readonly TreeEntry[]>;
}

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

/** Folders deeper than this are not looked into: links may go round. */
const deepest = 16;

/**
 * The C files in a folder, sorted; with those of the folders in it, unless only its own are asked for.
 * @param cancelled ends the listing early
 */
export async function listC(
  files: TreeFiles,
  folder: string,
  own = false,
  cancelled: () => boolean = () => false,
  depth = 0,
): Promise<string[]> {
  if (cancelled() || depth > deepest) return [];
  const entries = [...(await files.list(folder))].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const found = await Promise.all(
    entries.map(({ name, isFolder }): Promise<string[]> | string[] => {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (isFolder) return own || name.startsWith('.') ? [] : listC(files, path, false, cancelled, depth + 1);
      return /\.[ch]$/.test(name) ? [path] : [];
    }),
  );
  return found.flat();
}
