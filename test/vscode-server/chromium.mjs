// SPDX-License-Identifier: MIT
// The browser that shows the workbench of the VS Code server: found, or installed where we may.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Missing } from './missing.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const aptGet = ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'];

/**
 * The first of these programs on the PATH, or null.
 * @param {string[]} programs
 */
export function onPath(...programs) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const program of programs) {
    for (const folder of folders) {
      const file = path.join(folder, program);
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return file;
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  return null;
}

/** Installs Debian's Chromium; only root can. */
function install() {
  console.log(`no Chromium found, so: ${aptGet.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    [...aptGet.slice(1), '-q'],
  ]) {
    const run = spawnSync('apt-get', args, { env, encoding: 'utf8' });
    if (run.status !== 0) {
      throw new Missing(`No Chromium, and "apt-get ${args.join(' ')}" failed: ${run.stderr.trim()}`);
    }
  }
}

/** The path of a Chromium or Chrome. Throws `Missing` where there is none and none can be installed. */
export function ensureChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!fs.existsSync(given)) throw new Missing(`CHROMIUM_PATH names ${given}, which does not exist.`);
    return given;
  }
  const found = onPath(...names);
  if (found) return found;
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    install();
    const installed = onPath(...names);
    if (installed) return installed;
  }
  throw new Missing(
    `No Chromium on the PATH: install one (Debian: ${aptGet.join(' ')}) or set CHROMIUM_PATH to a Chrome or Chromium.`,
  );
}

/** Starts it without a window. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    // No sandbox: containers and root have none. The rest keeps it from talking to anybody.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
