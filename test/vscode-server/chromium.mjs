// SPDX-License-Identifier: MIT
// The browser that shows the workbench of the VS Code server: found, or installed where we may.
import fs from 'node:fs';
import { chromium } from 'playwright-core';
import { installPackages, mayInstall, onPath } from '../support/packages.mjs';
import { Missing } from './missing.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium or Chrome. Throws `Missing` where there is none and none can be installed. */
export function ensureChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (!fs.existsSync(given)) throw new Missing(`CHROMIUM_PATH names ${given}, which does not exist.`);
    return given;
  }
  const found = onPath(...names);
  if (found) return found;
  if (mayInstall()) {
    const complaint = installPackages(['chromium']);
    if (complaint !== null) throw new Missing(`No Chromium, and ${complaint}`);
    const installed = onPath(...names);
    if (installed) return installed;
  }
  throw new Missing(
    `No Chromium on the PATH: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to a Chrome or Chromium.`,
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
