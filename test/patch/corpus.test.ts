// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { describeWithGit } from '../support/git';
import { describeWithShared } from '../support/shared';
import { numstatOf } from './rows';

describeWithShared('patches of the corpus', (shared) => {
  describeWithGit('beside git', () => {
    for (const folder of ['format-patch', 'plain-diff', 'suse']) {
      it(`kernel/${folder}: as git apply --numstat counts`, () => {
        for (const file of filesBelow(path.join(shared, 'corpus', 'kernel', folder))) {
          const git = spawnSync('git', ['apply', '--numstat', '-z', file], { encoding: 'utf8' });
          if (git.status !== 0) continue;
          const found = numstatOf(readDocument(readFileSync(file, 'utf8')).messages);
          assert.ok(
            sameLines(
              found,
              git.stdout.split('\0').filter((entry) => entry !== ''),
            ),
            path.basename(file),
          );
        }
      });
    }

    it('kernel: mails with a patch as git mailinfo reads them, and their files as git apply counts them', function () {
      this.timeout(60_000);
      const folder = mkdtempSync(path.join(tmpdir(), 'kpr-mailinfo-'));
      const message = path.join(folder, 'message');
      const patch = path.join(folder, 'patch');
      let compared = 0;
      for (const file of ['mails', 'format-patch'].flatMap((name) =>
        filesBelow(path.join(shared, 'corpus', 'kernel', name)),
      )) {
        const bytes = readFileSync(file);
        const own = readDocument(bytes.toString('utf8')).messages.filter((found) => found.patchText !== '');
        const [found] = own;
        if (own.length !== 1 || found === undefined) continue;
        const mailinfo = spawnSync('git', ['mailinfo', '-u', message, patch], { input: bytes, encoding: 'utf8' });
        if (mailinfo.status !== 0) continue;
        const info = new Map(
          mailinfo.stdout.split('\n').map((line) => [line.split(': ', 1)[0], line.replace(/^\w+: /, '')]),
        );
        compared++;
        assert.deepEqual(
          {
            author: found.author,
            subject: found.subject,
            date: found.date,
            body: found.body,
            patchText: found.patchText,
          },
          {
            author: { name: info.get('Author'), email: info.get('Email') },
            subject: info.get('Subject'),
            date: info.get('Date'),
            body: readFileSync(message, 'utf8'),
            patchText: readFileSync(patch, 'utf8'),
          },
          path.basename(file),
        );
        const numstat = spawnSync('git', ['apply', '--numstat', '-z', patch], { encoding: 'utf8' });
        if (numstat.status !== 0) continue;
        assert.ok(
          sameLines(
            numstatOf(own),
            numstat.stdout.split('\0').filter((entry) => entry !== ''),
          ),
          path.basename(file),
        );
      }
      rmSync(folder, { recursive: true });
      console.log(`      ${compared} mails as git reads them`);
      assert.ok(compared > 200);
    });
  });

  it('every mail is read, and every position lies in the document', () => {
    for (const file of filesBelow(path.join(shared, 'corpus', 'kernel'))) {
      const text = readFileSync(file, 'utf8');
      const lines = text.split(/\r\n|\r|\n/);
      for (const message of readDocument(text).messages) {
        for (const row of message.files.flatMap(({ hunks }) => hunks).flatMap((hunk) => hunk.lines)) {
          const length = lines[row.line - 1]?.length ?? -1;
          assert.ok(row.column >= 1 && row.column <= length + 1, `${path.basename(file)}:${row.line}:${row.column}`);
        }
        for (const comment of message.comments)
          assert.ok(comment.line <= comment.endLine && comment.endLine <= lines.length);
      }
    }
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tsv'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function sameLines(found: readonly string[], expected: readonly string[]): boolean {
  return [...found].sort().join('\n') === [...expected].sort().join('\n');
}
