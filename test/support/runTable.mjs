// SPDX-License-Identifier: MIT
// node test/support/runTable.mjs FILE [ARGUMENT…]: bundles a TypeScript file of the tests that prints a table, and runs it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const [file = '', ...args] = process.argv.slice(2);
const work = mkdtempSync(path.join(tmpdir(), 'table-'));
try {
  const outfile = path.join(work, 'table.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    loader: { '.c': 'text' },
    alias: { 'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.cjs' },
    logLevel: 'warning',
  });
  process.exitCode = spawnSync(process.execPath, [outfile, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(work, { recursive: true });
}
