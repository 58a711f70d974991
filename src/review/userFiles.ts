// SPDX-License-Identifier: MIT
/** The user's own models and scenarios: where they are, below a folder of a workspace. */

import type { TreeFiles } from '../tree/treeFiles';
import type { UserFile } from './types';

/** The folder of a workspace that holds them. */
export const userFolder = '.kernel-patch-review';

/** What is looked for in that folder: the `.c` files of each of these, not of folders in them. */
const folders: readonly { readonly path: string; readonly kind: UserFile['kind'] }[] = [
  { path: 'models', kind: 'model' },
  { path: 'models/companions', kind: 'companion' },
  { path: 'scenarios', kind: 'scenario' },
];

/**
 * Reads the user's files, sorted by kind and name; none where there is no such folder.
 * @param files those of the folder that holds `.kernel-patch-review`
 * @param nameOf how places name a file, from its path in `files`
 */
export async function readUserFiles(files: TreeFiles, nameOf: (path: string) => string): Promise<UserFile[]> {
  const found: UserFile[] = [];
  for (const { path, kind } of folders) {
    const entries = await files.list(`${userFolder}/${path}`);
    const names = entries.filter(({ name, isFolder }) => !isFolder && name.endsWith('.c')).map(({ name }) => name);
    for (const name of names.sort()) {
      const file = `${userFolder}/${path}/${name}`;
      found.push({ kind, name: nameOf(file), text: await files.read(file) });
    }
  }
  return found;
}
