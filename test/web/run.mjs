// SPDX-License-Identifier: MIT
// Runs dist/test-web in the worker in which a browser's VS Code runs web extensions.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../vscode-server/server.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const workspace = temporaryFolder('kpr-web');
const run = spawn(
  process.execPath,
  [
    path.join(root, 'test', 'vscode-server', 'code-headless.mjs'),
    workspace,
    `--extensionDevelopmentPath=${root}`,
    '--extensionDevelopmentKind=web',
    `--extensionTestsPath=${path.join(root, 'dist', 'test-web', 'index')}`,
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let output = '';
run.stdout.on('data', (data) => {
  output += data;
});
run.on('close', (code) => {
  fs.rmSync(workspace, { recursive: true });
  const [, counts] = /^counts (.*)$/m.exec(output) ?? [];
  console.log(output.replace(/^counts .*\n/m, '').trimEnd());
  const file = process.env.TEST_RESULTS;
  if (file && counts) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, counts);
  }
  process.exitCode = code ?? 1;
});
