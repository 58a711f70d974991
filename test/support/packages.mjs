// SPDX-License-Identifier: MIT
// Programs that tests need, and Debian's packages that have them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

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

/** Whether packages may be installed: by root, on Debian and its kin. */
export function mayInstall() {
  return process.getuid?.() === 0 && onPath('apt-get') !== null;
}

/**
 * Installs packages. Gives what apt-get complains about, or null where all went well.
 * @param {readonly string[]} packages
 */
export function installPackages(packages) {
  console.log(`apt-get install ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
  ]) {
    const run = spawnSync('apt-get', args, { env, encoding: 'utf8' });
    if (run.status !== 0) return `"apt-get ${args.join(' ')}" failed: ${run.stderr.trim()}`;
  }
  return null;
}

/** Programs that tests compare with, and their packages; without one its tests are skipped by name. */
const oracles = { git: ['git'], gcc: ['gcc', 'libc6-dev'], diff: ['diffutils'], b4: ['b4'] };

/** Installs the programs that tests compare with, as far as they are missing and may be installed. */
export function installOracles() {
  const missing = Object.entries(oracles).flatMap(([program, packages]) => (onPath(program) ? [] : packages));
  if (missing.length === 0 || !mayInstall()) return;
  const complaint = installPackages(missing);
  if (complaint !== null) console.log(complaint);
}

const sources = '/usr/src';
/** What tests read of a kernel tree. */
const treeFolders = ['mm', 'kernel', 'arch/x86/mm', 'arch/x86/kernel', 'arch/x86/coco', 'drivers/virt', 'drivers/hv'];

/** Debian's kernel source as an archive, or null. */
function sourceArchive() {
  const names = fs.existsSync(sources) ? fs.readdirSync(sources) : [];
  const name = names.filter((one) => /^linux-source-[\d.]+\.tar\.xz$/.test(one)).at(-1);
  return name === undefined ? null : path.join(sources, name);
}

/**
 * A folder with a part of a kernel tree, which the caller removes: from Debian's source, installed where that is allowed.
 * Null where there is none.
 */
export function unpackKernelTree() {
  if (sourceArchive() === null && mayInstall()) {
    const complaint = installPackages(['linux-source']);
    if (complaint !== null) console.log(complaint);
  }
  const archive = sourceArchive();
  if (archive === null || onPath('tar') === null || onPath('xz') === null) return null;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kpr-kernel-tree-'));
  const top = path.basename(archive, '.tar.xz');
  const args = ['-xJf', archive, '-C', folder, '--strip-components=1', ...treeFolders.map((name) => `${top}/${name}`)];
  const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) console.log(`tar of ${archive} failed: ${stderr.trim()}`);
  return folder;
}
