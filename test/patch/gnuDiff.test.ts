// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { readDocument } from '../../src/patch/readDocument';
import { describeWithGit } from '../support/git';
import { numstatLines, numstatLinesOf, readSummary, summaryOf } from '../support/gitOutput';
import { GitRepository, type Tree } from '../support/gitRepository';
import { treePairs } from '../support/randomTrees';

const hasDiff = spawnSync('diff', ['--version']).status === 0;

describeWithGit('what diff -urN writes of any two folders', () => {
  if (!hasDiff) {
    it.skip('needs diff, which is not installed');
    return;
  }
  let git: GitRepository;
  before(() => {
    git = new GitRepository();
  });
  after(() => git.remove());

  /** Writes the text files of a tree; links and binary files are no matter of a plain diff. */
  function write(folder: string, tree: Tree): void {
    rmSync(path.join(git.folder, folder), { recursive: true, force: true });
    mkdirSync(path.join(git.folder, folder));
    for (const [name, { content, mode }] of tree) {
      if (mode === '120000' || content.includes(0) || name.includes('\n')) continue;
      const file = path.join(git.folder, folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  it('is read as git apply reads it', function () {
    this.timeout(120_000);
    const folders = fc.constantFrom(['a', 'b'], ['linux-6.1.orig', 'linux-6.1'], ['old', 'newer']);
    let files = 0;
    fc.assert(
      fc.property(treePairs(5), folders, fc.integer({ min: 1, max: 5 }), (trees, [old = '', fresh = ''], context) => {
        write(old, trees.before);
        write(fresh, trees.after);
        const diff = spawnSync('diff', ['-rN', `-U${context}`, old, fresh], {
          cwd: git.folder,
          encoding: 'utf8',
        }).stdout;
        fc.pre(/^@@ /m.test(diff));
        const { messages } = readDocument(diff);
        assert.deepEqual(
          numstatLinesOf(messages),
          numstatLines(git.run(['apply', '--numstat', '-z'], diff).toString('utf8')),
        );
        // The summary quotes odd names and cannot be told apart at ` => `.
        const summary = git.run(['-c', 'core.quotePath=false', 'apply', '--summary'], diff).toString('utf8');
        if (!/["\\]/.test(summary)) assert.deepEqual(summaryOf(messages), readSummary(summary));
        files += messages.flatMap((message) => message.files).length;
      }),
      { numRuns: 60 },
    );
    assert.ok(files > 60, `${files} files`);
  });
});
