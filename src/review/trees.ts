// SPDX-License-Identifier: MIT
/** Kernel trees that were read once and stay in memory. */

import { createTree, type KernelTree } from '../tree/kernelTree';
import type { TreeFiles, TreeHooks } from '../tree/treeFiles';

export interface Trees {
  /** A tree by its name; null where the work was cancelled, and then it goes on the next time. */
  get(name: string, hooks: TreeHooks): Promise<KernelTree | null>;
  /** Says that files of a tree are not as they were read. */
  changed(name: string, paths: readonly string[]): void;
}

/** With more changed files than this a tree is read anew: another version was checked out. */
const mostChanged = 200;

/** @param files the files of a tree, by its name */
export function rememberTrees(files: (name: string) => TreeFiles): Trees {
  const known = new Map<string, { readonly tree: KernelTree; readonly changed: Set<string> }>();
  return {
    async get(name, hooks) {
      const kept = known.get(name);
      const entry =
        kept && kept.changed.size <= mostChanged ? kept : { tree: createTree(files(name)), changed: new Set<string>() };
      known.set(name, entry);
      if (!(await entry.tree.load(hooks))) return null;
      for (const path of entry.changed) {
        entry.changed.delete(path);
        await entry.tree.changed(path);
      }
      return entry.tree;
    },
    changed(name, paths) {
      const entry = known.get(name);
      for (const path of entry ? paths : []) entry?.changed.add(path);
    },
  };
}
