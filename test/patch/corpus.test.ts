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
  const debian = path.join(shared, 'corpus', 'debian-linux');

  it('debian-linux: files, additions and deletions are what git counts', () => {
    let same = 0;
    const wrong: string[] = [];
    for (const file of filesBelow(debian).filter((name) => !name.endsWith('.numstat'))) {
      const { messages } = readDocument(readFileSync(file, 'utf8'));
      const expected = readFileSync(`${file}.numstat`, 'utf8')
        .split('\0')
        .filter((entry) => entry.split('\t').length === 3);
      if (sameLines(numstatOf(messages), expected)) same++;
      else wrong.push(path.basename(file));
    }
    console.log(`      ${same} of ${same + wrong.length} patches as git counts them`);
    assert.deepEqual(wrong, []);
  });

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

    it('kernel/mails: patches of mails with git mailinfo as the oracle', function () {
      this.timeout(60_000);
      let compared = 0;
      const wrong: string[] = [];
      const folder = mkdtempSync(path.join(tmpdir(), 'kpr-mailinfo-'));
      const patch = path.join(folder, 'patch');
      for (const file of filesBelow(path.join(shared, 'corpus', 'kernel', 'mails'))) {
        const bytes = readFileSync(file);
        const { messages } = readDocument(bytes.toString('utf8'));
        const own = messages.filter((message) => message.patchText !== '');
        if (own.length !== 1) continue;
        const mailinfo = spawnSync('git', ['mailinfo', '-u', path.join(folder, 'message'), patch], { input: bytes });
        const numstat = spawnSync('git', ['apply', '--numstat', '-z', patch], { encoding: 'utf8' });
        if (mailinfo.status !== 0 || numstat.status !== 0) continue;
        compared++;
        if (
          !sameLines(
            numstatOf(own),
            numstat.stdout.split('\0').filter((entry) => entry !== ''),
          )
        )
          wrong.push(path.basename(file));
      }
      rmSync(folder, { recursive: true });
      assert.deepEqual(wrong, []);
      console.log(`      ${compared} mails with a patch of their own compared`);
      assert.ok(compared > 20);
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
