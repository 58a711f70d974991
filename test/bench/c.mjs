// SPDX-License-Identifier: MIT
// How much of a kernel tree the C front end understands: node test/bench/c.mjs [part of a file's name]. With `index` for the
// name: what it takes to read and index a tree, all of it too. With `link`: from the text of a patch to its programs.
//
// The tree is KPR_KERNEL_TREE, or what Debian's linux-source packages put under /usr/src.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Folders and archives that Debian's packages install. */
const installed = existsSync('/usr/src') ? readdirSync('/usr/src').filter((name) => /^linux-source-/.test(name)) : [];
const folder = installed.find((name) => existsSync(path.join('/usr/src', name, 'mm')));
const archive = installed.find((name) => /\.tar\.xz$/.test(name));
const needed = ['mm', 'kernel', 'arch/x86', 'drivers/virt', 'drivers/hv', 'drivers/firmware/efi', 'include'];

/** What is measured, by the word that asks for it; anything else is part of a file's name. */
const asked =
  new Map([
    ['index', 'treeIndex'],
    ['link', 'linking'],
  ]).get(process.argv[2] ?? '') ?? 'cTree';
const scratch = mkdtempSync(path.join(tmpdir(), 'kpr-bench-'));
try {
  let tree = process.env.KPR_KERNEL_TREE ?? (folder && path.join('/usr/src', folder));
  if (!tree && archive) {
    const top = archive.replace(/\.tar\.xz$/, '');
    const parts = asked === 'treeIndex' ? [] : needed.map((name) => `${top}/${name}`);
    tree = path.join(scratch, 'tree');
    spawnSync('mkdir', [tree]);
    spawnSync('tar', ['xf', path.join('/usr/src', archive), '-C', tree, '--strip-components=1', ...parts]);
  }
  if (!tree || !existsSync(path.join(tree, 'mm')))
    console.log('bench:c is skipped: no kernel tree (set KPR_KERNEL_TREE or install linux-source)');
  else {
    const outfile = path.join(scratch, 'cTree.cjs');
    await build({
      absWorkingDir: root,
      entryPoints: [`test/bench/${asked}.ts`],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      loader: { '.c': 'text' },
      alias: { 'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.cjs' },
      logLevel: 'warning',
    });
    const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, tree, ...process.argv.slice(2)], {
      cwd: root,
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  }
} finally {
  rmSync(scratch, { recursive: true });
}
