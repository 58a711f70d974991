// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { root } from '../support/shared';

const separator = 'From jane@example.org Tue Jan  2 03:04:05 2024\n';
const patch = 'diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n one\n+two\n three\n-- \n2.40.1\n\n';

describe('parse of a mailbox of more than 50 MB', () => {
  it('prints one JSON document, the same as for a small one', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), 'kpr-large-'));
    try {
      const file = path.join(folder, 'large.mbox');
      const filler = `${'x'.repeat(99)}\n`.repeat(260_000);
      const mails = [0, 1, 2].map(
        (i) => `${separator}Subject: [PATCH] ${i}\nFrom: a <a@b.c>\n\nText.\n${i < 2 ? filler : ''}---\n${patch}`,
      );
      writeFileSync(file, mails.join(''));
      const output = path.join(folder, 'out.json');
      const out = openSync(output, 'w');
      const { status } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'parse', file], {
        stdio: ['ignore', out, 'inherit'],
      });
      closeSync(out);
      assert.equal(status, 0);
      const messages = readDocument(mails.join('')).messages.map(({ lines: _, ...message }) => message);
      // What JSON leaves out, and how it is laid out, is part of it.
      assert.ok(readFileSync(output, 'utf8') === `${JSON.stringify({ messages }, null, 1)}\n`);
      assert.equal(messages.length, 3);
      assert.equal(messages[2]?.files[0]?.hunks[0]?.lines[1]?.line, 2 * (260_000 + 16) + 12);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
