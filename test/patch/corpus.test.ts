// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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
