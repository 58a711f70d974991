// SPDX-License-Identifier: MIT
// npm start [-- FILE]: a VS Code with the packaged extension installed and a patch mail open.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from '../support/npm.mjs';
import { onPath } from '../support/packages.mjs';
import { Missing } from './missing.mjs';
import { honourPayload, removeFolder, runCli, startServer, temporaryFolder, windowAddress } from './server.mjs';
import { setUp } from './setup.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const samples = path.join(root, 'media', 'samples');
const vsix = path.join(root, 'dist', 'kernel-patch-review.vsix');

/** The file to open: the one that was asked for, as seen from where npm was called, or a bundled sample. */
function fileToOpen() {
  const asked = process.argv[2];
  const file = asked ? path.resolve(process.env.INIT_CWD ?? '', asked) : path.join(samples, 'guest-kexec.eml');
  if (!fs.existsSync(file)) throw new Missing(`There is no file ${file}.`);
  if (!fs.statSync(file).isFile()) throw new Missing(`${file} is not a file.`);
  return file;
}

function packageExtension() {
  const run = npm(['run', '--silent', 'package'], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Missing(`The extension could not be packaged:\n${run.stdout}${run.stderr}`);
  console.log(`packaged ${path.relative(root, vsix)}`);
}

/**
 * Opens the file in the desktop's VS Code; false where that does not work, as for root.
 * @param {string} code
 * @param {string} file
 */
function openOnDesktop(code, file) {
  const installed = spawnSync(code, ['--install-extension', vsix, '--force'], { encoding: 'utf8' });
  const opened = installed.status === 0 ? spawnSync(code, [file], { encoding: 'utf8' }) : installed;
  if (opened.status === 0) console.log(`opened ${file} in ${code}`);
  else {
    const [why] = (opened.stderr || `exit code ${opened.status}`).trim().split('\n');
    console.log(`${code} does not run here (${why}), so a VS Code server instead`);
  }
  return opened.status === 0;
}

/** @param {string} file */
async function openInServer(file) {
  setUp();
  const scratch = temporaryFolder('kernel-patch-review');
  const profile = { userDataDir: path.join(scratch, 'user'), extensionsDir: path.join(scratch, 'extensions') };
  const { status, output } = runCli(profile, '--install-extension', vsix);
  if (status !== 0) throw new Missing(`The extension could not be installed: ${output}`);
  const server = await startServer({ profile, log: path.join(scratch, 'server.log'), args: [honourPayload] });
  // The samples come with their folder; next to a file of yours may lie anything.
  const paths = path.dirname(file) === samples ? [samples, file] : [file];
  console.log(
    `\nVS Code with ${path.basename(file)} is at this address (Ctrl+C ends it):\n\n${windowAddress(server, paths)}\n`,
  );

  const stop = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  const ended = await Promise.race([stop, server.exited.then((code) => `The VS Code server ended with ${code}.`)]);
  await server.close();
  removeFolder(scratch);
  if (String(ended).startsWith('The ')) throw new Missing(String(ended));
}

try {
  const file = fileToOpen();
  packageExtension();
  const code = onPath('code');
  if (!code || !openOnDesktop(code, file)) await openInServer(file);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
