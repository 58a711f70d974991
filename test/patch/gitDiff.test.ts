// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDocument } from '../../src/patch/readDocument';
import type { PatchFile } from '../../src/patch/types';
import { describeWithGit } from '../support/git';
import { numstatLines, numstatLinesOf } from '../support/gitOutput';
import { GitRepository, type Tree } from '../support/gitRepository';
import { mergedTexts, type TreePair, treePairs } from '../support/randomTrees';

/** Options of `git diff` that change how a patch looks, and how many components `git apply` has to strip then. */
const prefixes = fc.constantFrom(
  { args: [], strip: 1 },
  { args: ['--no-prefix'], strip: 0 },
  { args: ['--src-prefix=old/', '--dst-prefix=newer/'], strip: 1 },
  { args: ['--src-prefix=i/', '--dst-prefix=w/'], strip: 1 },
  { args: ['--src-prefix=x/y/', '--dst-prefix=x/z/'], strip: 2 },
);
const options = fc.record({
  prefix: prefixes,
  context: fc.nat({ max: 10 }),
  similar: fc.constantFrom<string[]>(
    [],
    ['-M'],
    ['-M', '-C'],
    ['-M20%', '-C20%', '--find-copies-harder'],
    ['-B', '-M'],
  ),
  binary: fc.boolean(),
  fullIndex: fc.boolean(),
  whole: fc.boolean(),
  quote: fc.boolean(),
  algorithm: fc.constantFrom('myers', 'patience', 'histogram'),
});

/** What `git diff --raw -z` says: status letter and names. */
function rawEntries(output: string): string[] {
  const fields = output.split('\0');
  const entries: string[] = [];
  for (let i = 0; i + 1 < fields.length; ) {
    const letter = /^:\S+ \S+ \S+ \S+ ([A-Z])\d*$/.exec(fields[i++] ?? '')?.[1] ?? '?';
    const first = fields[i++] ?? '';
    if (letter === 'R' || letter === 'C') entries.push(`${letter} ${first} -> ${fields[i++]}`);
    // A file that becomes a link is written as removed and added.
    else if (letter === 'T') entries.push(`D ${first}`, `A ${first}`);
    else entries.push(`${letter} ${first}`);
  }
  return entries;
}

function rawEntryOf(file: PatchFile): string {
  const { status, oldPath, newPath } = file;
  if (oldPath === null) return `A ${newPath}`;
  if (newPath === null) return `D ${oldPath}`;
  if (oldPath === newPath) return `M ${newPath}`;
  // A binary file's status says only that; git's rename is told by its names.
  return `${status === 'copied' ? 'C' : status === 'renamed' ? 'R' : '[RC]'} ${oldPath} -> ${newPath}`;
}

function linesOf(tree: Tree, path: string | null): string[] {
  const lines = (path === null ? '' : (tree.get(path)?.content.toString('utf8') ?? '')).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

/** Every row has the text of the file's line with its number, and all changed lines are rows. */
function checkRows(file: PatchFile, { before, after }: TreePair): void {
  const old = linesOf(before, file.oldPath);
  const fresh = linesOf(after, file.newPath);
  for (const hunk of file.hunks) {
    assert.deepEqual([hunk.missingOld, hunk.missingNew], [0, 0]);
    for (const row of hunk.lines) {
      if (row.kind === 'no-newline') continue;
      assert.equal(row.certainty, 'exact');
      if (row.kind !== 'add') assert.equal(row.text, old[(row.old ?? 0) - 1]);
      if (row.kind !== 'del') assert.equal(row.text, fresh[(row.new ?? 0) - 1]);
    }
  }
}

describeWithGit('what git diff writes of any two sets of files', () => {
  let git: GitRepository;
  before(() => {
    git = new GitRepository();
  });
  after(() => git.remove());

  it('is read as git apply and git diff --raw read it, every row at its line of both files, also in a mail, twice, quoted, and with CRLF', function () {
    this.timeout(120_000);
    let rows = 0;
    let files = 0;
    fc.assert(
      fc.property(treePairs(6), options, (trees, chosen) => {
        const [old = '', fresh = ''] = git.store([trees.before, trees.after]);
        const quotePath = ['-c', `core.quotePath=${chosen.quote}`];
        const diff = git
          .run([
            ...quotePath,
            'diff',
            ...chosen.prefix.args,
            ...chosen.similar,
            `-U${chosen.context}`,
            ...(chosen.binary ? ['--binary'] : []),
            ...(chosen.fullIndex ? ['--full-index'] : []),
            ...(chosen.whole ? ['--function-context'] : []),
            `--diff-algorithm=${chosen.algorithm}`,
            old,
            fresh,
          ])
          .toString('utf8');
        fc.pre(diff !== '');
        const { messages } = readDocument(diff);
        const read = messages.flatMap((message) => message.files);
        // git apply takes one component off the names in `rename from` too where it has to strip two.
        if (chosen.prefix.strip < 2) {
          const numstat = git.run(['apply', '--numstat', '-z', `-p${chosen.prefix.strip}`], diff).toString('utf8');
          assert.deepEqual(numstatLinesOf(messages), numstatLines(numstat));
        }
        const raw = rawEntries(git.run(['diff', '--raw', '-z', ...chosen.similar, old, fresh]).toString('utf8'));
        assert.deepEqual(
          read
            .map(rawEntryOf)
            .map((entry, i) => (entry.startsWith('[RC]') ? entry.replace('[RC]', raw[i]?.[0] ?? '') : entry)),
          raw,
        );
        const counted = numstatLinesOf(messages);
        assert.deepEqual(numstatLinesOf(readDocument(`${diff}-- \n2.39.5\n\n`).messages), counted);
        assert.deepEqual(numstatLinesOf(readDocument(diff + diff).messages), [...counted, ...counted]);
        if (!diff.includes('\r')) {
          assert.deepEqual(numstatLinesOf(readDocument(diff.replaceAll('\n', '\r\n')).messages), counted);
          const quoted = diff.slice(0, -1).replace(/^/gm, '> ');
          const reply = `Subject: Re: x\nFrom: a <a@b>\n\nOn Monday, A wrote:\n${quoted}\n\nThanks.\n`;
          assert.deepEqual(numstatLinesOf(readDocument(reply).messages), counted);
        }
        for (const file of read) {
          checkRows(file, trees);
          files++;
          rows += file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
        }
      }),
      { numRuns: 100 },
    );
    assert.ok(files > 100 && rows > 1000, `${files} files, ${rows} rows`);
  });

  it('of merges is read against the first parent, every row at its line of both files', function () {
    this.timeout(120_000);
    let rows = 0;
    const merges = fc.integer({ min: 2, max: 4 }).chain(mergedTexts);
    const form = fc.constantFrom('-c', '--cc');
    fc.assert(
      fc.property(
        merges,
        form,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        ({ parents, result }, way, context, allPaths) => {
          const treeOf = (content: Buffer): Tree => new Map([['d/x y.c', { mode: '100644', content }]]);
          const names = git.store(parents.map(treeOf));
          const [merge = ''] = git.store([treeOf(result)], names);
          const paths = allPaths ? ['--combined-all-paths'] : [];
          const shown = git
            .run(['diff-tree', '-p', '--no-commit-id', way, ...paths, `-U${context}`, merge])
            .toString('utf8');
          fc.pre(shown !== '');
          const { messages } = readDocument(shown);
          const files = messages.flatMap((message) => message.files);
          assert.deepEqual(
            files.map(({ oldPath, newPath, status }) => [oldPath, newPath, status]),
            [['d/x y.c', 'd/x y.c', 'modified']],
          );
          for (const file of files) {
            checkRows(file, { before: treeOf(parents[0]!), after: treeOf(result) });
            rows += file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
          }
        },
      ),
      { numRuns: 60 },
    );
    assert.ok(rows > 100, `${rows} rows`);
  });
});
