// SPDX-License-Identifier: MIT
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, FrameLocator, Page } from 'playwright-core';
import { launchBrowser } from '../vscode-server/chromium.mjs';
import {
  honourPayload,
  quietSettings,
  removeFolder,
  runCli,
  startServer,
  temporaryFolder,
  windowAddress,
  writeSettings,
} from '../vscode-server/server.mjs';

const root = process.cwd();
const shots = path.join(root, 'dist', 'shots');

/** A fresh VS Code with the packaged extension installed, as a person sees it. */
export interface Window {
  readonly page: Page;
  /** The folder that is open: a copy of the bundled samples and what was given besides. */
  readonly folder: string;
  /** Requests that left this machine; there must be none. */
  readonly outside: ReadonlySet<string>;
  /** The page of the extension's webview. */
  readonly webview: FrameLocator;
  /** Opens a file of the folder by its name. */
  open(name: string): Promise<void>;
  /** Runs a command by its title in the command palette. */
  run(title: string): Promise<void>;
  /** Writes `dist/shots/NAME.png`. */
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface WindowOptions {
  /** Files to have in the folder besides the samples: name and text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder is trusted only once somebody says so. */
  readonly asksForTrust?: boolean;
  /** Name of a file that is open from the beginning. */
  readonly open?: string;
}

/** Files and addresses of the workbench itself, and of webviews, whose service worker answers them inside the browser. */
function staysHere(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  if (!/^(http|ws)s?:$/.test(protocol)) return true;
  return hostname === '127.0.0.1' || hostname.endsWith('.vscode-resource.vscode-cdn.net');
}

function watchRequests(context: BrowserContext): Set<string> {
  const outside = new Set<string>();
  context.on('request', (request) => {
    if (!staysHere(request.url())) outside.add(request.url());
  });
  return outside;
}

/** Opens a window; the caller closes it. */
export async function openWindow(options: WindowOptions = {}): Promise<Window> {
  const scratch = temporaryFolder('kpr-ui');
  const folder = path.join(scratch, 'patches');
  cpSync(path.join(root, 'media', 'samples'), folder, { recursive: true });
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  mkdirSync(shots, { recursive: true });

  const profile = { userDataDir: path.join(scratch, 'user'), extensionsDir: path.join(scratch, 'extensions') };
  writeSettings(profile, { ...quietSettings, ...options.settings });
  const installed = runCli(profile, '--install-extension', path.join(root, 'dist', 'kernel-patch-review.vsix'));
  if (installed.status !== 0) throw new Error(installed.output);

  const server = await startServer({
    profile,
    log: path.join(scratch, 'server.log'),
    args: [honourPayload],
    asksForTrust: options.asksForTrust ?? false,
  });
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
  const outside = watchRequests(context);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const files = options.open === undefined ? [] : [path.join(folder, options.open)];
  await page.goto(windowAddress(server, [folder, ...files]));
  await page.locator('.monaco-workbench').waitFor();

  const quickInput = page.locator('.quick-input-widget input.input');

  return {
    page,
    folder,
    outside,
    webview: page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
    async open(name) {
      await page.getByRole('treeitem', { name }).first().dblclick();
      await page.getByRole('tab', { name }).waitFor();
    },
    async run(title) {
      const entry = page.locator('.quick-input-list').getByText(title).first();
      // A window that has just opened may not know its extensions yet, and the list does not grow by itself.
      for (let tries = 0; ; tries++) {
        await page.keyboard.press('F1');
        await quickInput.fill(`>${title}`);
        const there = entry.waitFor({ timeout: tries < 8 ? 2000 : 20_000 }).then(() => true);
        if (await there.catch((error: unknown) => (tries < 8 ? false : Promise.reject(error)))) break;
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press('Enter');
    },
    async shot(name) {
      await page.screenshot({ path: path.join(shots, `${name}.png`) });
    },
    async close() {
      await browser.close();
      await server.close();
      removeFolder(scratch);
    },
  };
}

/** Keeps a picture of the window for every test that fails. Call it inside a `describe`. */
export function pictureFailures(window: () => Window | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await window()?.shot(`failed ${this.currentTest.title.replace(/\W+/g, '-')}`);
  });
}
