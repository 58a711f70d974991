// SPDX-License-Identifier: MIT
// npm test [-- --only unit|vscode|ui] [--grep TEXT]: everything that must hold, and one line that sums it up.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { npm } from './support/npm.mjs';
import { installOracles, unpackKernelTree } from './support/packages.mjs';
import { ensureChromium } from './vscode-server/chromium.mjs';
import { Missing } from './vscode-server/missing.mjs';
import { setUp } from './vscode-server/setup.mjs';

/**
 * @typedef {object} Phase
 * @property {string} name
 * @property {string[]} [node] what to run with Node
 * @property {string} [npm] or else the script of package.json to run
 * @property {readonly string[]} [only] with which --only it runs too
 * @property {boolean} [counts] whether it is a run of mocha, whose tests are counted; else it counts when it fails
 * @property {() => void} [needs] throws `Missing` where this machine cannot run it
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const suites = ['unit', 'vscode', 'ui'];

/**
 * @param {string} message
 * @returns {never}
 */
function usage(message) {
  console.error(`${message}\nusage: npm test [-- --only ${suites.join('|')}] [--grep TEXT]`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' } } }).values;
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

const options = readOptions();
if (options.only !== undefined && !suites.includes(options.only)) usage(`there are no tests called ${options.only}`);

const mocha = ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/reporter.cjs'];
if (process.env.CI) mocha.push('--forbid-only');
if (options.grep) mocha.push('--grep', options.grep);

/** Files of tests that run side by side: mocha's own rule leaves one CPU idle, which is half of a small machine. */
const jobs = String(Math.min(availableParallelism(), 8));

function needsServer() {
  if ((process.env.VSCODE_EXECUTABLE ?? 'headless') === 'headless') needsBrowser();
}
function needsBrowser() {
  ensureChromium();
  setUp();
}

/** @type {readonly Phase[]} */
const phases = [
  { name: 'build', node: ['esbuild.mjs'], only: suites },
  { name: 'lint', npm: 'lint' },
  { name: 'typecheck', npm: 'typecheck' },
  {
    name: 'unit',
    node: [
      ...mocha,
      '--parallel',
      '--jobs',
      jobs,
      '--require',
      'test/support/seed.cjs',
      '--timeout',
      '120000',
      'dist/test/**/*.test.mjs',
    ],
    only: ['unit'],
    counts: true,
  },
  { name: 'package', npm: 'package', only: ['ui'] },
  { name: 'VSIX', node: ['test/vsix.mjs'], only: ['ui'] },
  { name: 'VS Code', node: ['test/vscode/run.mjs'], only: ['vscode'], counts: true, needs: needsServer },
  { name: 'web extension host', node: ['test/web/run.mjs'], only: ['vscode'], counts: true, needs: needsBrowser },
  {
    name: 'UI',
    node: [...mocha, '--timeout', '60000', '--extension', 'mjs', '--recursive', 'dist/test-ui'],
    only: ['ui'],
    counts: true,
    needs: needsBrowser,
  },
];

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const notes = [];

/**
 * Adds what mocha counted. A run that ended badly without a failed test has failed all the same.
 * @param {string} name
 * @param {string} file
 * @param {boolean} good
 */
function addCounts(name, file, good) {
  const result = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
  const failed = result?.failed ?? 0;
  total.passed += result?.passed ?? 0;
  total.failed += failed;
  total.skipped += result?.skipped.length ?? 0;
  for (const title of result?.skipped ?? []) notes.push(`skipped: ${name}: ${title}`);
  if (failed > 0) notes.push(`failed: ${name}: ${failed} test(s)`);
  else if (!good || result === null) fail(name, 'did not end well');
}

/**
 * @param {string} name
 * @param {string} why
 */
function fail(name, why) {
  total.failed++;
  notes.push(`failed: ${name}: ${why}`);
}

/** @param {Phase} phase */
function run({ name, node, npm: script, counts, needs }) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  try {
    needs?.();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(error.message);
    total.skipped++;
    notes.push(`skipped: ${name}: ${error.message}`);
    return;
  }
  const results = path.join(root, 'dist', 'results', `${name.replace(/\W/g, '-')}.json`);
  fs.rmSync(results, { force: true });
  const env = { ...process.env, TEST_RESULTS: results, TEST_GREP: options.grep };
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const how = { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] };
  const { status } = node ? spawnSync(process.execPath, node, how) : npm(['run', '--silent', script ?? name], how);
  if (counts) addCounts(name, results, status === 0);
  else if (status !== 0) fail(name, `exit code ${status}`);
  console.log(`== ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

// Elsewhere nobody asked for packages; there, nothing is to be skipped that could be there.
if (process.env.CI) installOracles();
const tree = process.env.CI && !process.env.KPR_KERNEL_TREE ? unpackKernelTree() : null;
if (tree !== null) process.env.KPR_KERNEL_TREE = tree;
for (const phase of phases) {
  if (options.only === undefined || phase.only?.includes(options.only)) run(phase);
  // Without a build there is nothing to test.
  if (phase.name === 'build' && total.failed > 0) break;
}
if (tree !== null) fs.rmSync(tree, { recursive: true });

console.log(`\n${[...new Set(notes)].join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
