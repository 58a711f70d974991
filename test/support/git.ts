// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';

const hasGit = spawnSync('git', ['--version']).status === 0;

/** A suite that compares with git; skipped by name where there is none. */
export function describeWithGit(title: string, body: () => void): void {
  describe(title, () => {
    if (hasGit) body();
    else it.skip('needs git, which is not installed');
  });
}
