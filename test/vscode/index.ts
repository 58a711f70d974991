// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** What VS Code calls in its extension host: runs every test bundle that lies beside this one. */
export function run(): Promise<void> {
  const root = path.resolve(__dirname, '..', '..');
  const { TEST_GREP: grep, CI: ci } = process.env;
  const mocha = new Mocha({
    color: false,
    timeout: 20_000,
    forbidOnly: Boolean(ci),
    reporter: path.join(root, 'test', 'support', 'reporter.cjs'),
    ...(grep ? { grep } : {}),
  });
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(path.join(__dirname, name));
  }
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} test(s) failed`))));
  });
}
