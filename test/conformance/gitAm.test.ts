// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { describeWithGit } from '../support/git';
import { mailinfo, mailsplit } from '../support/mailinfo';
import { describeWithShared } from '../support/shared';

describeWithShared('mails of git am’s tests', (shared) => {
  const folder = path.join(shared, 'corpus', 'git-am');
  const flowed = path.join(folder, 't4256', 'patch.eml');

  it('a flowed mail has the lines that its diffstat promises', () => {
    const [message] = readDocument(readFileSync(flowed, 'utf8')).messages;
    const [file, ...others] = message?.files ?? [];
    assert.deepEqual([file?.newPath, file?.additions, file?.deletions, others], ['mailinfo.c', 62, 2, []]);
    assert.ok(file?.hunks.every((hunk) => hunk.missingOld === 0 && hunk.missingNew === 0));
  });

  it('rows of a flowed mail point at their characters', () => {
    const text = readFileSync(flowed, 'utf8');
    const lines = text.split('\n');
    const [message] = readDocument(text).messages;
    for (const row of message?.files.flatMap(({ hunks }) => hunks).flatMap((hunk) => hunk.lines) ?? []) {
      const start = lines[row.line - 1]?.slice(row.textColumn - 1) ?? '';
      assert.ok(row.text.startsWith(start.trimEnd()), `${row.line}: ${row.text}`);
    }
  });

  describeWithGit('beside git', () => {
    it('the flowed patch applies', () => {
      const scratch = mkdtempSync(path.join(tmpdir(), 'kpr-flowed-'));
      copyFileSync(path.join(folder, 't4256', 'mailinfo.c.orig'), path.join(scratch, 'mailinfo.c'));
      const input = readDocument(readFileSync(flowed, 'utf8')).messages[0]?.patchText ?? '';
      const { status, stderr } = spawnSync('git', ['apply', '-'], { cwd: scratch, input, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.ok(
        readFileSync(path.join(scratch, 'mailinfo.c')).equals(readFileSync(path.join(folder, 't4256', 'mailinfo.c'))),
      );
      rmSync(scratch, { recursive: true });
    });

    it('every mail is read as mailinfo reads it, encoded carriage returns included', () => {
      const t4252 = readdirSync(path.join(folder, 't4252')).filter((name) => name.startsWith('am-test'));
      const files = [...t4252.map((name) => path.join('t4252', name)), 't4258-quoted-cr.mbox', 't4256/patch.eml'];
      for (const name of files) {
        const bytes = readFileSync(path.join(folder, name));
        const git = mailsplit(bytes).map(mailinfo);
        const { messages } = readDocument(bytes.toString('utf8'));
        assert.deepEqual(
          messages.map((found) => [
            found.author?.name,
            found.author?.email,
            found.subject,
            found.date,
            found.body,
            found.patchText,
          ]),
          git.map((mail) => [
            mail.author,
            mail.email,
            mail.subject,
            mail.date,
            mail.message.toString(),
            mail.patch.toString(),
          ]),
          name,
        );
      }
    });
  });
});
