// SPDX-License-Identifier: MIT
/** Kernel trees that were read once and stay in memory. */

import { type KernelTree, loadTree, type TreeHooks } from '../tree/kernelTree';
import type { TreeFiles } from '../tree/treeFiles';

/** Gives a tree by its name; null where the work was cancelled, and then it is read anew the next time. */
export type Trees = (name: string, hooks: TreeHooks) => Promise<KernelTree | null>;

/** @param files the files of a tree, by its name */
export function rememberTrees(files: (name: string) => TreeFiles): Trees {
  const known = new Map<string, KernelTree>();
  return async (name, hooks) => {
    const tree = known.get(name) ?? (await loadTree(files(name), hooks));
    if (tree) known.set(name, tree);
    return tree;
  };
}
