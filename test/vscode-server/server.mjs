// SPDX-License-Identifier: MIT
// Starts and stops the VS Code server, and knows the addresses under which a browser opens its workbench.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverNode, serverRoot } from './setup.mjs';

/**
 * @typedef {object} Profile
 * @property {string} userDataDir settings and state, laid out as on the desktop
 * @property {string} extensionsDir
 *
 * @typedef {object} Server
 * @property {string} authority host and port
 * @property {string} origin the address of the workbench, without a folder
 * @property {string} log the file that the server writes to
 * @property {Promise<number | NodeJS.Signals | null>} exited
 * @property {() => Promise<void>} close
 */

/** Settings that keep a window quiet: no welcome, no network, no questions. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.localHistory.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'window.confirmBeforeClose': 'never',
};

/** @param {string} name */
export const temporaryFolder = (name) => fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));

/** @param {string} folder */
export const removeFolder = (folder) => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/**
 * Writes a new profile's settings; those of a profile that has some stay.
 * @param {Profile} profile
 * @param {Readonly<Record<string, unknown>>} settings
 */
export function writeSettings({ userDataDir }, settings = quietSettings) {
  const file = path.join(userDataDir, 'User', 'settings.json');
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}

/** @param {Profile} profile */
const profileArgs = ({ userDataDir, extensionsDir }) => [
  '--accept-server-license-terms',
  '--disable-telemetry',
  ...['--telemetry-level', 'off'],
  ...['--server-data-dir', path.join(userDataDir, '.server')],
  ...['--user-data-dir', userDataDir],
  ...['--extensions-dir', extensionsDir],
];

/**
 * Our environment without an extension gallery, and without what a VS Code around us would pass on.
 * @param {NodeJS.ProcessEnv} extra
 * @returns {NodeJS.ProcessEnv}
 */
function serverEnv(extra = {}) {
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}', ...extra };
  for (const name of ['VSCODE_IPC_HOOK_CLI', 'VSCODE_CWD', 'ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS']) {
    if (!(name in extra)) Reflect.deleteProperty(env, name);
  }
  return env;
}

const serverMain = () => path.join(serverRoot, 'out', 'server-main.js');

/**
 * What `code` does without a window: `--install-extension`, `--list-extensions`, `--version`.
 * @param {Profile | null} profile
 * @param {string[]} args
 * @returns {{ status: number, output: string }}
 */
export function runCli(profile, ...args) {
  const all = [serverMain(), ...args, ...(profile ? profileArgs(profile) : [])];
  const run = spawnSync(serverNode(), all, { env: serverEnv(), encoding: 'utf8' });
  return { status: run.status ?? 1, output: run.stdout + run.stderr };
}

/**
 * Waits for the line on standard output in which the server names its port.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} log file descriptor to which everything is copied
 * @param {Promise<unknown>} exited
 * @returns {Promise<number>}
 */
function listeningPort(child, log, exited) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('did not start within 60 s')), 60_000);
    child.stdout?.on('data', (data) => {
      fs.writeSync(log, data);
      text = (text + data).slice(-10_000);
      const port = /Extension host agent listening on (\d+)/.exec(text)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
    exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}`));
    });
  });
}

/**
 * @param {object} options
 * @param {Profile} options.profile
 * @param {string} options.log
 * @param {string[]} [options.args]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {number} [options.port] any free one by default
 * @param {boolean} [options.asksForTrust] whether a folder is trusted only once somebody says so
 * @returns {Promise<Server>}
 */
export async function startServer({ profile, log, args = [], env = {}, port: wantedPort = 0, asksForTrust = false }) {
  for (const folder of [profile.userDataDir, profile.extensionsDir, path.dirname(log)]) {
    fs.mkdirSync(folder, { recursive: true });
  }
  writeSettings(profile);
  const logFile = fs.openSync(log, 'w');
  // Where VS Code leaves its sockets; the folder goes with the server.
  const sockets = temporaryFolder('kpr-sockets');
  const serverArgs = [
    ...['--host', '127.0.0.1', '--port', String(wantedPort)],
    '--without-connection-token',
    '--disable-update-check',
    ...(asksForTrust ? [] : ['--disable-workspace-trust']),
    '--disable-getting-started-override',
    ...profileArgs(profile),
    ...args,
  ];
  const child = spawn(serverNode(), [serverMain(), ...serverArgs], {
    env: serverEnv({ XDG_RUNTIME_DIR: sockets, ...env }),
    stdio: ['ignore', 'pipe', logFile],
    // Its own process group, so that extension hosts end with it.
    detached: true,
  });
  /** @type {Server['exited']} */
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));

  /** @param {NodeJS.Signals | 0} signal */
  function signalGroup(signal) {
    try {
      return child.pid !== undefined && process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  }
  async function close() {
    child.kill('SIGTERM');
    // Extension hosts notice by themselves that the server is gone, and write their V8 coverage if they were asked to.
    const until = Date.now() + (process.env.NODE_V8_COVERAGE ? 8_000 : 100);
    while (signalGroup(0) && Date.now() < until) await sleep(20);
    signalGroup('SIGKILL');
    await exited;
    fs.closeSync(logFile);
    removeFolder(sockets);
  }

  try {
    const port = await listeningPort(child, logFile, exited);
    const authority = `127.0.0.1:${port}`;
    return { authority, origin: `http://${authority}`, log, exited, close };
  } catch (error) {
    await close();
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`the VS Code server ${reason}\n${fs.readFileSync(log, 'utf8')}`);
  }
}

/**
 * How a workbench of this server names a file.
 * @param {Server} server
 * @param {string} file
 */
export const remoteUri = ({ authority }, file) => `vscode-remote://${authority}${encodeURI(path.resolve(file))}`;

/**
 * What the server must be started with to honour `openFile` and the test paths of an address's payload.
 */
export const honourPayload = '--enable-smoke-test-driver';

/**
 * The address of a window with these folders and files open; `payload` is what the desktop takes as arguments.
 * @param {Server} server
 * @param {readonly string[]} paths
 * @param {readonly (readonly [name: string, value: string])[]} payload
 */
export function windowAddress(server, paths, payload = []) {
  const url = new URL(server.origin);
  /** @type {(readonly [string, string])[]} */
  const all = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...payload];
  for (const given of paths.map((one) => path.resolve(one))) {
    if (given.endsWith('.code-workspace')) url.searchParams.set('workspace', given);
    else if (fs.statSync(given).isDirectory()) url.searchParams.set('folder', given);
    else all.push(['openFile', remoteUri(server, given)]);
  }
  if (!url.searchParams.has('folder') && !url.searchParams.has('workspace')) url.searchParams.set('ew', 'true');
  url.searchParams.set('payload', JSON.stringify(all));
  return url.href;
}
