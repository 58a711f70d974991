// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The checkout; tests run from there. */
export const root = process.cwd();

const beside = path.resolve(root, '..', 'shared');

/** The folder of shared material beside the checkout, or null where there is none. */
export const shared = existsSync(path.join(beside, 'seeds')) ? beside : null;

/** A suite that reads shared material; skipped by name where there is none. */
export function describeWithShared(title: string, body: (shared: string) => void): void {
  describe(title, () => {
    if (shared === null) it.skip('needs ../shared, which is missing');
    else body(shared);
  });
}
