// SPDX-License-Identifier: MIT
/** Kernel trees that were read once and stay in memory. */

import { createTree, type KernelTree } from '../tree/kernelTree';
import type { TreeFiles, TreeHooks } from '../tree/treeFiles';
import type { Hooks, TreeIndex } from './types';

export interface Trees {
  /** A tree by its name; null where the work was cancelled, and then it goes on the next time. */
  get(name: string, hooks: TreeHooks): Promise<KernelTree | null>;
  /**
   * Indexes the files of a tree that no review has read. Null where there is nothing to do: no review has used the tree,
   * all is indexed, somebody is at it; and where the work was cancelled, and then it goes on the next time.
   */
  index(name: string, hooks: Hooks): Promise<TreeIndex | null>;
  /** Says that files of a tree are not as they were read. */
  changed(name: string, paths: readonly string[]): void;
}

/** With more changed files than this a tree is read anew: another version was checked out. */
const mostChanged = 200;

/** @param files the files of a tree, by its name */
export function rememberTrees(files: (name: string) => TreeFiles): Trees {
  const known = new Map<string, { readonly tree: KernelTree; readonly changed: Set<string>; loaded: boolean }>();
  const busy = new Set<KernelTree>();
  return {
    async get(name, hooks) {
      const kept = known.get(name);
      const entry =
        kept && kept.changed.size <= mostChanged
          ? kept
          : { tree: createTree(files(name)), changed: new Set<string>(), loaded: false };
      known.set(name, entry);
      if (!(await entry.tree.load(hooks))) return null;
      entry.loaded = true;
      for (const path of entry.changed) {
        entry.changed.delete(path);
        await entry.tree.changed(path);
      }
      return entry.tree;
    },
    async index(name, hooks) {
      const entry = known.get(name);
      if (!entry?.loaded || entry.tree.rest.isWhole || busy.has(entry.tree)) return null;
      const { tree } = entry;
      busy.add(tree);
      const pause = async (): Promise<void> => {
        hooks.progress({ message: 'Indexing the kernel tree', fraction: tree.rest.fraction });
        await hooks.pause();
      };
      try {
        const cancelled = (): boolean => hooks.cancelled() || known.get(name) !== entry;
        if (!(await tree.rest.index({ cancelled, pause }))) return null;
      } finally {
        busy.delete(tree);
      }
      return {
        files: tree.texts.size + tree.rest.files,
        names: tree.names + tree.rest.names,
        knowsMore: tree.knowsMore(),
      };
    },
    changed(name, paths) {
      const entry = known.get(name);
      for (const path of entry ? paths : []) entry?.changed.add(path);
    },
  };
}
