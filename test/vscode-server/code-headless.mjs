#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Takes the command line of VS Code's own executable and runs it in the VS Code server and a headless Chromium, so that
// `runTests({ vscodeExecutablePath })` of @vscode/test-electron works where no desktop VS Code can be had.
//
// CHROMIUM_PATH, VSCODE_SERVER_ROOT, VSCODE_SERVER_NODE replace what it would use; VSCODE_HEADLESS_TIMEOUT_S (600) ends
// a run that hangs; VSCODE_HEADLESS_VERBOSE=1 prints the whole console; VSCODE_HEADLESS_LOG=FILE keeps the server's log.
import fs from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { Arguments } from './arguments.mjs';
import { launchBrowser } from './chromium.mjs';
import { Missing } from './missing.mjs';
import {
  honourPayload,
  quietSettings,
  remoteUri,
  removeFolder,
  runCli,
  startServer,
  temporaryFolder,
  windowAddress,
  writeSettings,
} from './server.mjs';
import { setUp } from './setup.mjs';
import { endedWell, noteFile, wrapForNode, wrapForWorker } from './testsNote.mjs';

const verbose = Boolean(process.env.VSCODE_HEADLESS_VERBOSE);
const limitSeconds = Number(process.env.VSCODE_HEADLESS_TIMEOUT_S ?? 600);

/** Lines of the workbench's own log, which come through the same channel as the console of the tests. */
const workbenchLog =
  /^(Resolv(ing|ed) connection token|Creating a socket \(|\[reconnection-grace-time\]|Updating additional builtin extensions cache|\[Service Worker\] registration|\[AgentHost|\[AccountPolicyGate\]|ChatSessionStore:|\[ChatModelSelection\]|Ignoring fetching additional builtin extensions|Started local extension host|ComputeTargetPlatform|\[chat-stt\]|\[DefaultAccount\])/;

/** What must be undone at the end, last first. */
/** @type {(() => unknown)[]} */
const cleanup = [];

async function cleanUp() {
  for (const undo of cleanup.splice(0).reverse()) {
    try {
      await undo();
    } catch (error) {
      if (verbose) console.error(error);
    }
  }
}

/** @typedef {import('./server.mjs').Profile} Profile */

/**
 * Whether the tests run in the worker of web extensions: when asked to, or when nothing else could run them.
 * @param {Arguments} args
 * @param {readonly { main?: string, browser?: string }[]} manifests
 */
const inWorker = (args, manifests) =>
  args.last('extensionDevelopmentKind') === 'web' ||
  (manifests.length > 0 && manifests.every(({ main, browser }) => browser && !main));

/**
 * The tests' module as VS Code is to load it, wrapped; null where only a window is wanted.
 * @param {Arguments} args
 * @param {boolean} worker
 * @param {string} scratch
 */
function wrapTests(args, worker, scratch) {
  const given = args.last('extensionTestsPath');
  if (given === undefined) return null;
  const tests = path.resolve(given);
  // The worker loads tests only from the folder of an extension that runs there.
  const wrapper = path.join(worker ? path.dirname(tests) : scratch, `.code-headless-${process.pid}.js`);
  cleanup.push(() => {
    for (const file of [wrapper, noteFile(wrapper)]) fs.rmSync(file, { force: true });
  });
  if (worker) wrapForWorker(tests, wrapper);
  else wrapForNode(tests, wrapper);
  return wrapper;
}

/**
 * Opens the window and waits for the exit code of the tests in it.
 * @param {import('playwright-core').Browser} browser
 * @param {import('./server.mjs').Server} server
 * @param {string} address
 * @param {string | null} wrapper
 * @returns {Promise<number>}
 */
async function testResult(browser, server, address, wrapper) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
  const page = await context.newPage();
  if (verbose) page.on('console', (message) => console.log(`[${message.type()}] ${message.text()}`));

  const ended = () => wrapper === null || fs.existsSync(noteFile(wrapper));
  const result = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no test result within ${limitSeconds} s`)), limitSeconds * 1000);
    cleanup.push(() => clearTimeout(timer));
    page.on('crash', () => reject(new Error('the workbench page crashed')));
    browser.on('disconnected', () => reject(new Error('Chromium ended')));
    server.exited.then((code) => reject(new Error(`the VS Code server ended (${code})`)));

    // VS Code itself calls these two on `window` when it runs the tests of an extension in a browser.
    const log = page.exposeFunction(
      'codeAutomationLog',
      (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
        const text = format(...args);
        if (wrapper !== null && text === endedWell) fs.writeFileSync(noteFile(wrapper), '');
        else if (verbose || !workbenchLog.test(text)) console.log(text);
      },
    );
    const exit = page.exposeFunction(
      'codeAutomationExit',
      (/** @type {number} */ code, /** @type {{ relativePath: string, contents: string }[]} */ logs) => {
        if (code !== 0 && process.env.VSCODE_HEADLESS_LOG) {
          for (const { relativePath, contents } of logs)
            fs.appendFileSync(server.log, `\n== ${relativePath}\n${contents}`);
        }
        if (code === 0 && !ended()) reject(new Error('the extension host ended before the tests did'));
        else resolve(code);
      },
    );
    Promise.all([log, exit])
      .then(() => page.goto(address))
      .catch(reject);
  });
  return /** @type {Promise<number>} */ (result);
}

/**
 * @param {Arguments} args
 * @param {Profile} profile
 * @param {string} scratch
 */
async function runWindow(args, profile, scratch) {
  const extensions = args.all('extensionDevelopmentPath');
  const manifests = extensions.map((one) => JSON.parse(fs.readFileSync(path.join(one, 'package.json'), 'utf8')));
  const kind = args.last('extensionDevelopmentKind');
  if (kind) {
    // The web workbench knows no such argument; this setting does the same.
    const kinds = Object.fromEntries(manifests.map(({ publisher, name }) => [`${publisher}.${name}`, [kind]]));
    writeSettings(profile, { ...quietSettings, 'remote.extensionKind': kinds });
  }
  const wrapper = wrapTests(args, inWorker(args, manifests), scratch);

  const proposed = args.all('enable-proposed-api').flatMap((id) => ['--enable-proposed-api', id]);
  const log = process.env.VSCODE_HEADLESS_LOG ?? path.join(scratch, 'server.log');
  const [server, browser] = await Promise.all([
    startServer({ profile, log, args: [honourPayload, ...proposed] }).then((one) => {
      cleanup.push(one.close);
      return one;
    }),
    launchBrowser().then((one) => {
      cleanup.push(() => one.close());
      return one;
    }),
  ]);

  /** @type {[string, string][]} */
  const payload = extensions.map((one) => ['extensionDevelopmentPath', remoteUri(server, one)]);
  if (wrapper !== null) payload.push(['extensionTestsPath', remoteUri(server, wrapper)]);
  if (args.has('disable-extensions')) payload.push(['disableExtensions', 'true']);
  const folders = args.all('folder-uri').map((uri) => decodeURI(new URL(uri).pathname));
  const address = windowAddress(server, [...args.paths, ...folders], payload);
  return testResult(browser, server, address, wrapper);
}

async function main() {
  const argv = process.argv.slice(2);
  const args = new Arguments(argv);
  setUp();
  const scratch = temporaryFolder('code-headless');
  cleanup.push(() => removeFolder(scratch));
  /** @type {Profile} */
  const profile = {
    userDataDir: path.resolve(args.last('user-data-dir') ?? path.join(scratch, 'user-data')),
    extensionsDir: path.resolve(args.last('extensions-dir') ?? path.join(scratch, 'extensions')),
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => cleanUp().then(() => process.exit(130)));
  try {
    if (args.has('version')) return print(runCli(null, '--version'));
    if (args.has('list-extensions')) return print(runCli(profile, '--list-extensions'));
    for (const task of ['install-extension', 'uninstall-extension']) {
      if (args.has(task)) return print(runCli(profile, ...args.all(task).flatMap((what) => [`--${task}`, what])));
    }
    return await runWindow(args, profile, scratch);
  } finally {
    await cleanUp();
  }
}

/** @param {{ status: number, output: string }} run */
function print({ status, output }) {
  process.stdout.write(output);
  return status;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`code-headless: ${error instanceof Missing ? error.message : error.stack}`);
    process.exit(1);
  },
);
