// SPDX-License-Identifier: MIT
// How fast programs are explored, beside SPIN and the same algorithm in C: npm run bench:engine [-- PART…]
//
// Parts: counts, missing (barrier), mayHold, medium (1.7 million states, beside SPIN and C), large (28.7 million).
// All of one part run in turn, several times, and the best of each is taken. CPU time of whole processes is compared:
// wall time says how busy the machine is. SPIN's models and the C program are in ../shared/engine/models.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const models = path.join(root, '../shared/engine/models');
const work = mkdtempSync(path.join(tmpdir(), 'bench-engine-'));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PARTS = ['counts', 'missing', 'mayHold', 'medium', 'large'];

/** Pages, converters, depth of the buffers; states and transitions as SPIN, Rumur and TLC count them. */
const ROWS = [
  { model: [2, 1, 1], states: 2_904, transitions: 16_175 },
  { model: [2, 2, 2], states: 101_904, transitions: 877_266 },
  { model: [4, 1, 2], states: 134_170, transitions: 1_281_489 },
];
const MEDIUM = { model: [3, 2, 2], states: 1_707_789, transitions: 19_827_120 };
const LARGE = { model: [4, 2, 2], states: 28_676_814, transitions: 419_112_433 };

/** @typedef {{ wall: number, cpu: number, out: string }} Run */

/**
 * Runs a command to its end and says how long it took.
 * @param {string} command
 * @param {readonly (string | number)[]} args
 * @returns {Run}
 */
function run(command, args) {
  const timed = 'TIMEFORMAT="%R %U %S"; time "$@"';
  const { stdout, stderr, status } = spawnSync('bash', ['-c', timed, 'bash', command, ...args.map(String)], {
    cwd: work,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split('\n').pop() ?? '').split(' ').map(Number);
  return { wall, cpu: user + system, out: stdout };
}

/**
 * @param {readonly number[]} model
 * @param {number} barrier
 * @param {readonly string[]} flags
 */
function engine(model, barrier, flags = []) {
  const timed = run(process.execPath, [
    '--max-old-space-size=4096',
    path.join(work, 'engine.js'),
    ...model,
    barrier,
    ...flags,
  ]);
  return { ...timed, found: JSON.parse(timed.out) };
}

/**
 * Says whether the counts are right, and fails the benchmark where they are not.
 * @param {{ states: number, transitions: number }} wanted
 * @param {{ states: number, transitions: number }} found
 */
function check(wanted, found) {
  const right = wanted.states === found.states && wanted.transitions === found.transitions;
  if (!right) process.exitCode = 1;
  return right ? '' : `  WRONG: ${wanted.states} states and ${wanted.transitions} transitions expected`;
}

/** @param {number} value */
const grouped = (value) => value.toLocaleString('en-US');

/** @param {string} program */
const isInstalled = (program) => spawnSync('which', [program]).status === 0;

function counts() {
  for (const row of ROWS) {
    for (const flags of [[], ['interpreter']]) {
      const { found } = engine(row.model, 1, flags);
      console.log(
        `${row.model.join(' ')}  ${found.engine.padEnd(11)} ${grouped(found.states).padStart(9)} states ${grouped(found.transitions).padStart(10)} transitions  ${found.seconds.toFixed(2)} s${check(row, found)}`,
      );
    }
  }
}

function missing() {
  for (const [model, steps] of /** @type {const} */ ([
    [[2, 1, 1], 14],
    [[2, 2, 2], 14],
    [[3, 2, 2], 15],
  ])) {
    const { found } = engine(model, 0);
    const wrong = found.steps === steps ? '' : `  WRONG: ${steps} expected`;
    if (wrong !== '') process.exitCode = 1;
    console.log(
      `${model.join(' ')}  without the barrier: fails in ${found.steps} steps, ${(found.seconds * 1000).toFixed(0)} ms${wrong}`,
    );
  }
}

function mayHold() {
  for (const { model } of [MEDIUM, LARGE]) {
    const { found } = engine(model, 1, ['mayHold', 'warm']);
    console.log(
      `${model.join(' ')}  TLBs as sets: ${grouped(found.states)} states, ${(found.leastCpu * 1000).toFixed(1)} ms CPU in a warm process, ${(found.first * 1000).toFixed(0)} ms wall in a new one`,
    );
  }
}

/**
 * SPIN's verifier for the model: how long it took to make, and how it is run.
 * @param {readonly number[]} model
 * @param {string} file
 * @param {string} name
 * @param {readonly string[]} flags
 */
function spin([pages = 0, converters = 0, depth = 0], file, name, flags) {
  const made = run('spin', [
    '-a',
    `-DNP=${pages}`,
    `-DNCV=${converters}`,
    `-DSBD=${depth}`,
    '-DMB=1',
    path.join(models, file),
  ]);
  const compiled = run('gcc', [...flags, '-w', '-o', name, 'pan.c']);
  return { compile: made.cpu + compiled.cpu, start: () => run(path.join(work, name), ['-m1000000', '-w22']) };
}

/**
 * @param {() => Run} start
 * @param {Run | null} best
 */
function better(start, best) {
  const now = start();
  return best === null || now.cpu < best.cpu ? now : best;
}

function medium() {
  /** @type {{ name: string, compile: number, start: () => Run, best: Run | null }[]} */
  const peers = [];
  /** @param {string} name @param {{ compile: number, start: () => Run }} peer */
  const add = (name, peer) => peers.push({ name, ...peer, best: null });
  if (!existsSync(models)) console.log('skipped: SPIN and C, because ../shared/engine/models is missing');
  else {
    if (!isInstalled('gcc')) console.log('skipped: SPIN and C, because gcc is not installed');
    else {
      const made = run('gcc', ['-O2', '-o', 'explore', path.join(models, 'explore.c')]);
      add('C, the same algorithm', {
        compile: made.cpu,
        start: () => run(path.join(work, 'explore'), [...MEDIUM.model, 1]),
      });
      if (!isInstalled('spin')) console.log('skipped: SPIN, which is not installed');
      else {
        for (const [label, file] of /** @type {const} */ ([
          ['natural', 'stopconv.pml'],
          ['packed', 'stopconv_packed.pml'],
        ])) {
          add(
            `SPIN BFS, ${label}`,
            spin(MEDIUM.model, file, `bfs-${label}`, ['-O2', '-DBFS', '-DSAFETY', '-DNOREDUCE']),
          );
          add(`SPIN DFS, ${label}`, spin(MEDIUM.model, file, `dfs-${label}`, ['-O2', '-DSAFETY', '-DNOREDUCE']));
        }
      }
    }
  }
  /** @type {ReturnType<typeof engine> | null} */
  let own = null;
  for (let round = 0; round < ROUNDS; round++) {
    const now = engine(MEDIUM.model, 1);
    if (own === null || now.cpu < own.cpu) own = now;
    for (const peer of peers) peer.best = better(peer.start, peer.best);
  }
  if (own === null) return;
  const { found, cpu, wall } = own;
  /** @param {string} name @param {string} text */
  const line = (name, text) => console.log(`${name.padEnd(24)} ${text}`);
  /** @param {number} seconds */
  const rate = (seconds) => `${(MEDIUM.states / seconds / 1e6).toFixed(2)} M states/s`;
  console.log(
    `${MEDIUM.model.join(' ')}: ${grouped(found.states)} states, ${grouped(found.transitions)} transitions${check(MEDIUM, found)}`,
  );
  line(
    'this engine',
    `${cpu.toFixed(2)} s CPU, ${wall.toFixed(2)} s wall, ${rate(cpu)}, ${found.bytesPerState.toFixed(1)} bytes/state in the table, ${found.rss.toFixed(0)} MB`,
  );
  line('', `longest slice ${found.longestSlice.toFixed(0)} ms`);
  for (const { name, compile, best } of peers) {
    if (best === null) continue;
    const stored = /([\d.e+]+) states, stored/.exec(best.out)?.[1] ?? /"states":(\d+)/.exec(best.out)?.[1];
    if (Number(stored) !== MEDIUM.states) console.log(`${name}: ${stored} states instead of ${MEDIUM.states}`);
    const vector = /State-vector (\d+)/.exec(best.out)?.[1];
    const ratio = best.cpu / cpu;
    const vs =
      ratio >= 1
        ? `this engine is ${ratio.toFixed(2)} times as fast`
        : `this engine takes ${(1 / ratio).toFixed(2)} times as long`;
    line(
      name,
      `${best.cpu.toFixed(2)} s CPU, ${best.wall.toFixed(2)} s wall, ${rate(best.cpu)}${vector ? `, state vector of ${vector} bytes` : ''}: ${vs}; with its compilation of ${compile.toFixed(2)} s ${((best.cpu + compile) / cpu).toFixed(2)}`,
    );
  }
}

function large() {
  const { found, cpu, wall } = engine(LARGE.model, 1);
  console.log(
    `${LARGE.model.join(' ')}: ${grouped(found.states)} states, ${grouped(found.transitions)} transitions, ${cpu.toFixed(1)} s CPU, ${wall.toFixed(1)} s wall, ${(found.states / cpu / 1e6).toFixed(2)} M states/s, ${found.bytesPerState.toFixed(1)} bytes/state, ${found.rss.toFixed(0)} MB, longest slice ${found.longestSlice.toFixed(0)} ms${check(LARGE, found)}`,
  );
}

const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${PARTS.join(', ')}`);
  process.exit(2);
}
try {
  await build({
    entryPoints: [path.join(root, 'test/bench/engine.ts')],
    bundle: true,
    platform: 'node',
    outfile: path.join(work, 'engine.js'),
    logLevel: 'warning',
  });
  const all = { counts, missing, mayHold, medium, large };
  for (const [name, part] of Object.entries(all)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n${name}`);
    part();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
