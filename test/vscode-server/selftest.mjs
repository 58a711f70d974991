// SPDX-License-Identifier: MIT
// Checks that code-headless.mjs tells good runs from bad ones (a minute): node test/vscode-server/selftest.mjs
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from './server.mjs';

/** What the module of the tests is, what exit code it must give, and what must be printed. */
/** @type {readonly (readonly [name: string, source: string, code: number, printed?: RegExp])[]} */
const cases = [
  ['ends well', 'exports.run = async () => { console.log("seen", process.env.SELF); };', 0, /^seen here$/m],
  ['calls back', 'exports.run = (path, end) => end(null, 0);', 0],
  ['rejects', 'exports.run = async () => { throw new Error("no good"); };', 1, /no good/],
  ['calls back with failures', 'exports.run = (path, end) => end(null, 3);', 1],
  ['throws while it loads', 'throw new Error("at load");', 1, /at load/],
  ['has no run()', 'exports.x = 1;', 1, /does not export/],
  ['ends the host', 'exports.run = async () => process.exit(0);', 1, /ended before the tests did/],
  [
    'kills the host',
    'exports.run = async () => process.kill(process.pid, "SIGKILL");',
    1,
    /ended before the tests did/,
  ],
  ['hangs', 'exports.run = () => new Promise(() => {});', 1, /no test result within 12 s/],
];

const launcher = path.join(path.dirname(fileURLToPath(import.meta.url)), 'code-headless.mjs');
const folder = temporaryFolder('selftest');
const manifest = { name: 'x', publisher: 'x', version: '0.0.1', engines: { vscode: '^1.90.0' }, main: './main.js' };
fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
fs.writeFileSync(path.join(folder, 'main.js'), 'exports.activate = () => {};');
for (const [name, source, code, printed] of cases) {
  const file = path.join(folder, `${name.replace(/\W/g, '_')}.js`);
  fs.writeFileSync(file, source);
  const start = performance.now();
  const run = spawnSync(
    process.execPath,
    [launcher, `--extensionDevelopmentPath=${folder}`, `--extensionTestsPath=${file.slice(0, -3)}`],
    { encoding: 'utf8', env: { ...process.env, SELF: 'here', VSCODE_HEADLESS_TIMEOUT_S: '12' } },
  );
  const output = run.stdout + run.stderr;
  const good = run.status === code && (printed === undefined || printed.test(output));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${good ? 'ok    ' : 'NOT OK'} ${name}: exit code ${run.status} after ${seconds} s`);
  if (good) continue;
  console.log(output);
  process.exitCode = 1;
}
removeFolder(folder);
