// SPDX-License-Identifier: MIT
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { largestFile, type TreeFiles } from '../tree/treeFiles';

/** The files of a kernel tree in a folder of the disk. Links to folders are not followed. */
export function treeOfFolder(folder: string): TreeFiles {
  /** A patch may name any file: only those in the tree are read. */
  const inside = (name: string): string | null => {
    const whole = path.resolve(folder, name);
    const relative = path.relative(folder, whole);
    return relative.startsWith('..') || path.isAbsolute(relative) ? null : whole;
  };
  return {
    async read(name) {
      const whole = inside(name);
      const { size } = (whole !== null && (await stat(whole).catch(() => null))) || { size: Infinity };
      return whole === null || size > largestFile ? null : readFile(whole, 'utf8').catch(() => null);
    },
    async list(name) {
      const whole = inside(name);
      const entries = whole === null ? [] : await readdir(whole, { withFileTypes: true }).catch(() => []);
      return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
    },
  };
}

/** Whether there is such a folder. */
export const isFolder = (name: string): Promise<boolean> =>
  stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );
