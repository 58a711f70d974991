// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A suite that reads a kernel tree, which `KPR_KERNEL_TREE` names; skipped by name where there is none. */
export function describeWithKernelTree(title: string, body: (tree: string) => void): void {
  describe(title, () => {
    const tree = process.env.KPR_KERNEL_TREE ?? '';
    if (tree !== '' && existsSync(path.join(tree, 'mm'))) body(tree);
    else it.skip('needs a kernel tree: KPR_KERNEL_TREE names none');
  });
}
