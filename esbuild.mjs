// SPDX-License-Identifier: MIT
// Builds everything into dist/: node esbuild.mjs [--production] [--watch]
//
// --production minifies and leaves out source maps and tests: what goes into the VSIX.
// --watch stays and rebuilds what changes.
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** Node's own modules under both of their names, for a bundle that only sometimes runs in Node. */
const nodeModules = builtinModules.flatMap((name) => [name, `node:${name}`]);
const testTools = ['mocha', 'fast-check', 'playwright-core'];

/**
 * @typedef {import('esbuild').BuildOptions} BuildOptions
 * @typedef {BuildOptions & { entry: string, out: string, mode?: number }} Bundle
 * @typedef {BuildOptions & { files: RegExp, from: string, to: string }} TestBundles
 */

/** @type {BuildOptions} */
const node = { platform: 'node', format: 'cjs' };
/**
 * `x.web.ts` stands in for `x.ts` wherever both exist.
 * @type {BuildOptions}
 */
const web = { platform: 'browser', format: 'cjs', resolveExtensions: ['.web.ts', '.ts', '.mjs', '.js'] };

/**
 * One row, one bundle: what goes in, what comes out, and what differs from `common`.
 * @type {Bundle[]}
 */
const bundles = [
  { entry: 'src/extension/extension.ts', out: 'dist/extension.js', ...node, external: ['vscode'] },
  { entry: 'src/extension/extension.web.ts', out: 'dist/extension.web.js', ...web, external: ['vscode'] },
  // One file for Node's worker_threads and for a browser's Worker: nothing of either may be assumed.
  {
    entry: 'src/extension/worker.ts',
    out: 'dist/worker.js',
    platform: 'browser',
    format: 'iife',
    external: nodeModules,
  },
  { entry: 'media/replay/replay.ts', out: 'dist/replay.js', platform: 'browser', format: 'iife' },
  { entry: 'media/replay/replay.css', out: 'dist/replay.css' },
  { entry: 'src/cli/main.ts', out: 'dist/cli.js', ...node, banner: { js: '#!/usr/bin/env node' }, mode: 0o755 },
];

/**
 * The same for tests: every matching file becomes a file of its own, so that what fails has a name.
 * @type {TestBundles[]}
 */
const testBundles = [
  // What they share is in chunks of its own: a process that runs many files loads and optimises it once.
  {
    files: /^(?!vscode|web|ui).*\.test\.ts$/,
    from: 'test',
    to: 'dist/test',
    platform: 'node',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[hash]',
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    alias: { 'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.js' },
    external: testTools,
  },
  {
    files: /\.test\.ts$|^index\.ts$/,
    from: 'test/vscode',
    to: 'dist/test-vscode',
    ...node,
    external: ['vscode', ...testTools],
  },
  { files: /^index\.ts$/, from: 'test/web', to: 'dist/test-web', ...web, external: ['vscode'] },
  { files: /\.test\.ts$/, from: 'test/ui', to: 'dist/test-ui', ...node, format: 'esm', external: testTools },
];

/** @type {[from: string, to: string][]} */
const copies = [
  ['node_modules/web-tree-sitter/web-tree-sitter.wasm', 'dist/web-tree-sitter.wasm'],
  ['node_modules/tree-sitter-c/tree-sitter-c.wasm', 'dist/tree-sitter-c.wasm'],
];

/**
 * The launcher of the VS Code server finds its files from where it is, so tests use it in place.
 * @type {import('esbuild').Plugin}
 */
const inPlace = {
  name: 'in-place',
  setup(target) {
    target.onResolve({ filter: /\/vscode-server\/[^/]+\.mjs$/ }, ({ path: file, resolveDir }) => ({
      path: pathToFileURL(path.resolve(resolveDir, file)).href,
      external: true,
    }));
  },
};

/** @type {BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  target: 'es2022',
  minify: production,
  sourcemap: !production,
  // Models and scenarios are C that the product carries as text.
  loader: { '.c': 'text' },
  // Its ES module needs import.meta.url, which is empty in every format that products are bundled to.
  alias: { 'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.cjs' },
  plugins: [inPlace],
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'error' },
};

/** @param {string} file */
const exists = (file) => stat(path.join(root, file)).then(Boolean, () => false);

/** @param {string} folder */
async function filesBelow(folder) {
  if (!(await exists(folder))) return [];
  const names = await readdir(path.join(root, folder), { recursive: true });
  return names.map((name) => name.split(path.sep).join('/')).sort();
}

/**
 * A row of `bundles` as esbuild takes it.
 * @param {Bundle} row
 * @returns {BuildOptions}
 */
function product({ entry, out, mode, ...options }) {
  return { entryPoints: [entry], outfile: out, ...options };
}

/**
 * A row of `testBundles` as esbuild takes it.
 * @param {TestBundles} row
 * @returns {Promise<BuildOptions>}
 */
async function tests({ files, from, to, ...options }) {
  const entries = (await filesBelow(from)).filter((name) => files.test(name));
  const outExtension = { '.js': options.format === 'esm' ? '.mjs' : '.js' };
  return { entryPoints: entries.map((name) => `${from}/${name}`), outbase: from, outdir: to, outExtension, ...options };
}

async function allTargets() {
  const products = bundles.map(product);
  if (production) return products;
  const ofTests = await Promise.all(testBundles.map(tests));
  return [...products, ...ofTests];
}

/**
 * Removes the bundles of tests whose source is gone, so that they do not run again.
 * @param {import('esbuild').BuildResult[]} results
 */
async function removeOldTests(results) {
  const fresh = new Set(results.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {})));
  for (const { to } of testBundles) {
    const old = (await filesBelow(to)).filter((name) => /\.(js|mjs|map)$/.test(name) && !fresh.has(`${to}/${name}`));
    for (const name of old) await rm(path.join(root, to, name));
  }
}

/**
 * The licences of what the bundles and the copied files have from others, in one file.
 * @param {import('esbuild').BuildResult[]} results
 */
async function writeLicences(results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  const files = [...inputs, ...copies.map(([from]) => from)];
  const names = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
  const texts = [...names].sort().map(async (name) => {
    const text = await readFile(path.join(root, 'node_modules', name, 'LICENSE'), 'utf8');
    return `${name}\n\n${text.trim()}\n`;
  });
  await writeFile(path.join(root, 'dist/licences.txt'), (await Promise.all(texts)).join('\n\n'));
}

async function finish() {
  for (const [from, to] of copies) await copyFile(path.join(root, from), path.join(root, to));
  for (const { out, mode } of bundles) if (mode && (await exists(out))) await chmod(path.join(root, out), mode);
}

/** @param {number} seconds */
async function report(seconds) {
  for (const out of [...bundles.map((row) => row.out), ...copies.map(([, to]) => to)]) {
    if (!(await exists(out))) continue;
    const { size } = await stat(path.join(root, out));
    console.log(`${out.padEnd(26)} ${(size / 1000).toFixed(1).padStart(8)} kB`);
  }
  console.log(`built${production ? ' for production' : ''} in ${seconds.toFixed(1)} s`);
}

const start = performance.now();
await mkdir(path.join(root, 'dist'), { recursive: true });
const targets = await allTargets();
if (watch) {
  const contexts = await Promise.all(targets.map((target) => context({ ...common, ...target, logLevel: 'info' })));
  await Promise.allSettled(contexts.map((one) => one.rebuild()));
  await finish();
  await Promise.all(contexts.map((one) => one.watch()));
} else {
  // Every bundle is tried, so that one run shows all errors; esbuild prints them.
  const builds = await Promise.allSettled(targets.map((target) => build({ ...common, ...target, metafile: true })));
  const done = builds.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (done.length < builds.length) process.exitCode = 1;
  else if (production) await writeLicences(done);
  else await removeOldTests(done);
  await finish();
  await report((performance.now() - start) / 1000);
}
