// SPDX-License-Identifier: MIT
// npm run mutations: the catalogue of mutations, each with what the review says of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(path.join(tmpdir(), 'mutations-'));
try {
  const outfile = path.join(work, 'table.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/mutations/table.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    loader: { '.c': 'text' },
    alias: { 'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.cjs' },
    logLevel: 'warning',
  });
  process.exitCode = spawnSync(process.execPath, [outfile], { cwd: root, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(work, { recursive: true });
}
