// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { change, mailbox } from '../support/mails';
import { root } from '../support/shared';

describe('parse of several files', () => {
  it('gives a reply in one the positions of the patch in another, and lists their series', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kpr-together-'));
    try {
      const names = ['reply.eml', 'patch.mbox'].map((name) => path.join(folder, name));
      const [reply = '', patch = ''] = names;
      const body = '> +	one();\n\nWhy one?\n\nAcked-by: R Viewer <r@example.org>\n';
      writeFileSync(
        reply,
        mailbox([{ id: 'r', to: 'p', from: 'R Viewer <r@example.org>', subject: 'Re: [PATCH] one', body }]),
      );
      writeFileSync(patch, mailbox([{ id: 'p', subject: '[PATCH] one', body: change('a.c', 'one();', 70) }]));
      const { stdout, status } = spawnSync(
        process.execPath,
        [path.join(root, 'dist/cli.js'), 'parse', ...names, path.join(folder, 'gone')],
        { encoding: 'utf8' },
      );
      // What could be read is printed; what could not gives the status.
      assert.equal(status, 2);
      const [first, second, ...more] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(more, []);
      assert.deepEqual(first.messages[0].comments[0].anchor, {
        file: 'a.c',
        side: 'new',
        line: 72,
        endLine: 72,
        certainty: 'exact',
      });
      assert.deepEqual(first.series, []);
      assert.deepEqual(second.series, [
        {
          version: 1,
          total: 1,
          subject: 'one',
          rfc: false,
          resend: false,
          tree: null,
          cover: null,
          parts: [{ document: 1, message: 0, line: 1 }],
          missing: [],
          base: null,
          previous: null,
          rangeDiff: null,
          trailers: [
            {
              key: 'Acked-by',
              value: 'R Viewer <r@example.org>',
              mismatch: false,
              part: 1,
              version: 1,
              place: { document: 0, message: 0, line: 12 },
            },
          ],
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
