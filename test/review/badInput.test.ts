// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithShared, root } from '../support/shared';
import { normalKexec, quiet, review, seed000, seed001, theReviewer } from './support';

const sample = (name: string): string => readFileSync(path.join(root, 'media/samples', name), 'utf8');

describe('what is no patch, or none that can be simulated', () => {
  for (const [name, text] of [
    ['an empty document', ''],
    ['binary data', '\0\x01\x02ELF\0\0\0\xff'.repeat(1000)],
    [
      'a mail without a patch',
      'From: A <a@example.org>\nSubject: lunch\nDate: Fri, 6 Nov 2026 10:12:00 +0100\n\nAt noon?\n',
    ],
  ] as const) {
    it(`${name}: a clear sentence, no finding`, async () => {
      const result = await review(text);
      assert.deepEqual(result.findings, []);
      assert.equal(result.patches, 0);
      assert.ok(result.notices.length > 0, 'something is said');
    });
  }

  it('a patch that touches nothing simulated: says that nothing applied', async () => {
    const text =
      'diff --git a/fs/x.c b/fs/x.c\n--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,3 +1,4 @@\n int f(void)\n {\n+\tg();\n \treturn 0;\n';
    const result = await review(text);
    assert.equal(result.applied, false);
    const count = (await theReviewer()).scenarios().length;
    assert.ok(
      result.notices.some(
        (n) => n.message === `The patch touches nothing that the ${count} scenarios run: none applied.`,
      ),
    );
  });

  it('a patch of documentation only: says that it is not C', async () => {
    const text =
      'diff --git a/Documentation/x.rst b/Documentation/x.rst\n--- a/Documentation/x.rst\n+++ b/Documentation/x.rst\n@@ -1 +1,2 @@\n a\n+b\n';
    const result = await review(text);
    assert.ok(result.notices.some((n) => n.message === 'Documentation/x.rst is not C; its changes are not simulated'));
  });

  it('a sample cut anywhere: never throws, never claims a fix that was not read', async () => {
    const text = sample('guest-kexec.eml');
    for (let at = 0; at < text.length; at += 211) {
      const result = await review(text.slice(0, at), normalKexec);
      assert.equal(result.partial, false);
      for (const f of result.findings) assert.ok(f.place.line >= 1);
      if (!text.slice(0, at).includes('tdx_enc_status_changed(addr')) {
        assert.ok(
          !result.findings.some((f) => f.baselineState === 'absent'),
          `cut at ${at}: ${JSON.stringify(result.findings.map((f) => f.short))}`,
        );
      }
    }
  }).timeout(120_000);

  it('a budget that is used up: partial, and says so', async () => {
    const result = await (await theReviewer()).review(
      sample('guest-kexec.eml'),
      { scenarios: [], budgetMs: 0.001 },
      quiet,
    );
    assert.equal(result.partial, true);
    assert.ok(result.notices.some((n) => /budget/.test(n.message)));
  });

  it('cancelled work: partial, and says so', async () => {
    const result = await (await theReviewer()).review(
      sample('guest-kexec.eml'),
      { scenarios: [], budgetMs: 10_000 },
      { ...quiet, cancelled: () => true },
    );
    assert.equal(result.partial, true);
    assert.deepEqual(result.findings, []);
  });
});

describeWithShared('seeds cut in the middle', (shared) => {
  for (const [name, file] of [
    ['000', seed000],
    ['001', seed001],
  ] as const) {
    it(`${name}: every cut is read without a throw`, async () => {
      const lines = readFileSync(path.join(shared, file), 'utf8').split('\n');
      for (let n = 1; n < lines.length; n += 13) {
        const result = await review(lines.slice(0, n).join('\n'), ['guest-kexec', 'host-kexec-erratum']);
        assert.ok(
          result.findings.length + result.notices.length + result.runs.length > 0,
          `${n} lines: something is said`,
        );
      }
    }).timeout(120_000);
  }
});
