// SPDX-License-Identifier: MIT
import path from 'node:path';
import { isFolder } from './treeOfFolder';
import { UsageError } from './usage';

/** What `--tree` says, as the reviewer takes it; nothing where it was not given. Throws a UsageError where it is no folder. */
export async function treeOption(value: string | undefined): Promise<{ readonly tree?: string }> {
  if (value === undefined) return {};
  const tree = path.resolve(value);
  if (!(await isFolder(tree))) throw new UsageError(`--tree must be a folder that holds a kernel tree, not “${value}”`);
  return { tree };
}
