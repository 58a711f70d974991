// SPDX-License-Identifier: MIT
/** Where the user's own models and scenarios are found on a disk. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { UserFile } from '../review/types';
import { readUserFiles, userFolder } from '../review/userFiles';
import { isFolder, treeOfFolder } from './treeOfFolder';

/**
 * The user's files for a working directory: of the nearest `.kernel-patch-review` in it or in a folder above it, as far
 * as the top of the repository. Outside of a repository only its own counts: what is above may be anybody's.
 * Places name the files relative to the directory.
 */
export async function userFilesOf(directory: string): Promise<readonly UserFile[]> {
  const top = await topOfRepository(directory);
  for (let folder = directory; ; folder = path.dirname(folder)) {
    if (await isFolder(path.join(folder, userFolder))) {
      const above = path.relative(directory, folder);
      const nameOf = (file: string): string => path.join(above, file).split(path.sep).join('/');
      return readUserFiles(treeOfFolder(folder), nameOf);
    }
    if (folder === top) return [];
  }
}

/** The folder with `.git`, which is a file in a worktree; the directory itself where there is none. */
async function topOfRepository(directory: string): Promise<string> {
  for (let folder = directory; ; folder = path.dirname(folder)) {
    const isTop = await stat(path.join(folder, '.git')).then(
      () => true,
      () => false,
    );
    if (isTop) return folder;
    if (folder === path.dirname(folder)) return directory;
  }
}
