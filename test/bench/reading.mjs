// SPDX-License-Identifier: MIT
// How fast mails and patches are read, beside git: npm run bench:reading [-- PART…]
//
// Parts: mailbox (100 MB), patch (1 MB), edits, list (200 MB), shapes. The mailboxes are made of ../shared/corpus in the
// temporary folder. CPU time is compared, of git and of this process in the same run: wall time says how busy the
// machine is.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const corpus = path.join(root, '../shared/corpus/debian-linux');

/** The part, and how many million bytes of mails it reads; 0 where it makes its own texts. */
const parts = new Map([
  ['mailbox', 105],
  ['patch', 105],
  ['edits', 20],
  ['list', 205],
  ['shapes', 0],
]);

/**
 * Writes a mailbox of at least `size` bytes: every patch of the corpus as a mail, again and again, each with a header
 * of its own.
 * @param {string} file
 * @param {number} size
 */
function writeMailbox(file, size) {
  const patches = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:patch|diff)$/.test(name))
    .sort()
    // As git mailsplit would find them, and as a mailer writes them.
    .map((name) =>
      readFileSync(path.join(corpus, name), 'latin1')
        .replace(/^(>*From )/gm, '>$1')
        .replace(/\n*$/, '\n\n'),
    );
  const out = openSync(file, 'w');
  let written = 0;
  for (let i = 0; written < size; i++) {
    const id = ((i * 2654435761) >>> 0).toString(16).padStart(40, '0');
    const head = [
      `From ${id} Mon Sep 17 00:00:00 2001`,
      `From: Developer ${i} <developer${i}@example.org>`,
      `Date: Tue, ${1 + (i % 28)} May 2025 10:00:00 +0000`,
      `Subject: [PATCH ${1 + (i % 30)}/30] change ${i}`,
      `Message-Id: <${i}@example.org>`,
      'To: linux-kernel@vger.kernel.org',
      '',
      '',
    ].join('\n');
    written += writeSync(out, Buffer.from(head + patches[i % patches.length], 'latin1'));
  }
  closeSync(out);
}

const asked = process.argv.slice(2).length > 0 ? process.argv.slice(2) : [...parts.keys()];
const scratch = mkdtempSync(path.join(tmpdir(), 'kpr-bench-'));
try {
  const outfile = path.join(scratch, 'reading.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/reading.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  for (const part of asked) {
    const size = parts.get(part);
    if (size === undefined) throw new Error(`there is no part “${part}”: ${[...parts.keys()].join(', ')}`);
    if (size > 0 && !existsSync(corpus)) {
      console.log(`${part} is skipped: it needs ../shared/corpus/debian-linux, which is missing`);
      continue;
    }
    const file = path.join(scratch, 'mbox');
    if (size > 0) writeMailbox(file, size * 1e6);
    console.log(`\n== ${part}`);
    // A process each, so that the memory of one is not that of another.
    const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, part, file], {
      cwd: root,
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true });
}
