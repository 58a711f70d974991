// SPDX-License-Identifier: MIT
// Runs dist/test-vscode inside the extension host of a VS Code. VSCODE_EXECUTABLE says of which one:
//   headless (or nothing)  the VS Code server of test/vscode-server in a headless Chromium
//   download               a desktop VS Code that @vscode/test-electron downloads; needs a display
//   a path                 that executable
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { removeFolder, temporaryFolder, writeSettings } from '../vscode-server/server.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const choice = process.env.VSCODE_EXECUTABLE || 'headless';
const headless = path.join(root, 'test', 'vscode-server', 'code-headless.mjs');

const scratch = temporaryFolder('kpr-vscode');
const workspace = path.join(scratch, 'workspace');
// Tests open and change copies.
fs.cpSync(path.join(root, 'media', 'samples'), workspace, { recursive: true });
const profile = { userDataDir: path.join(scratch, 'user'), extensionsDir: path.join(scratch, 'extensions') };
writeSettings(profile);

try {
  process.exitCode = await runTests({
    ...(choice === 'download' ? {} : { vscodeExecutablePath: choice === 'headless' ? headless : choice }),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'dist', 'test-vscode', 'index'),
    launchArgs: [
      workspace,
      '--disable-extensions',
      `--user-data-dir=${profile.userDataDir}`,
      `--extensions-dir=${profile.extensionsDir}`,
    ],
  });
} catch (error) {
  // What failed has been printed by mocha, or says so itself.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  removeFolder(scratch);
}
