// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { type Application, applyFile } from '../../src/patch/applyFile';
import { readDocument } from '../../src/patch/readDocument';
import { describeWithGit } from '../support/git';
import { GitRepository } from '../support/gitRepository';
import { mergedTexts } from '../support/randomTrees';
import { onlyFile } from './rows';

const original = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const patch = ['--- a/x', '+++ b/x', '@@ -2,5 +2,6 @@', ' two', ' three', '-four', '+FOUR', '+4', ' five', ' six'];

function apply(text: string, lines: readonly string[], options = {}): Application {
  return applyFile(text, onlyFile(lines.map((line) => `${line}\n`).join('')), options);
}

describe('applyFile', () => {
  it('gives the patched text, and where each line of it came from', () => {
    assert.deepEqual(apply(original, patch), {
      ok: true,
      text: 'one\ntwo\nthree\nFOUR\n4\nfive\nsix\nseven\n',
      lines: [
        { from: 'original', line: 1 },
        { from: 'original', line: 2 },
        { from: 'original', line: 3 },
        { from: 'document', line: 7, column: 2 },
        { from: 'document', line: 8, column: 2 },
        { from: 'original', line: 5 },
        { from: 'original', line: 6 },
        { from: 'original', line: 7 },
      ],
      hunks: [{ line: 3, start: 2, offset: 0, fuzz: 0 }],
    });
  });

  it('takes a patch back', () => {
    const done = apply(original, patch);
    const undone = apply(done.ok ? done.text : '', patch, { reverse: true });
    assert.deepEqual(undone.ok && undone.text, original);
    assert.deepEqual(undone.ok && undone.lines[3], { from: 'document', line: 6, column: 2 });
  });

  it('finds a hunk that moved, and says by how much', () => {
    const moved = apply(`a\nb\n${original}`, patch);
    assert.deepEqual(moved.ok && moved.hunks, [{ line: 3, start: 4, offset: 2, fuzz: 0 }]);
    const up = apply(original.slice('one\n'.length), patch);
    assert.deepEqual(up.ok && up.hunks, [{ line: 3, start: 1, offset: -1, fuzz: 0 }]);
  });

  it('lets context differ as far as is asked for, and keeps the original’s', () => {
    const other = original.replace('two', '2');
    const refused = apply(other, patch);
    assert.deepEqual(refused, {
      ok: false,
      line: 3,
      reason: 'this hunk does not fit: the lines that it shows are not there',
    });
    const fuzzy = apply(other, patch, { fuzz: 2 });
    assert.equal(fuzzy.ok && fuzzy.text, 'one\n2\nthree\nFOUR\n4\nfive\nsix\nseven\n');
    assert.deepEqual(fuzzy.ok && fuzzy.hunks, [{ line: 3, start: 2, offset: 0, fuzz: 1 }]);
    assert.equal(apply(original.replace('four', '4'), patch, { fuzz: 2 }).ok, false);
  });

  it('names the first hunk that does not fit', () => {
    const second = ['@@ -20,2 +21,2 @@', ' not', '-there', '+x'];
    assert.deepEqual(apply(original, [...patch, ...second]), {
      ok: false,
      line: 11,
      reason: 'this hunk does not fit: the lines that it shows are not there',
    });
  });

  it('refuses a hunk with lines missing, and a binary file', () => {
    const short = apply(original, [...patch.slice(0, 6), ...patch.slice(7)]);
    assert.deepEqual(short, {
      ok: false,
      line: 3,
      reason: '1 line is missing from this hunk, so what it changes is not known',
    });
    assert.deepEqual(apply('', ['diff --git a/x b/x', 'Binary files a/x and b/x differ']), {
      ok: false,
      line: 1,
      reason: 'the file is binary',
    });
  });

  it('leaves a text as it is that only changes its mode', () => {
    const mode = ['diff --git a/x b/x', 'old mode 100644', 'new mode 100755'];
    for (const text of ['', '\n', 'a', 'a\nb\r\n']) {
      const same = apply(text, mode);
      assert.equal(same.ok && same.text, text);
      assert.equal(
        same.ok && same.lines.length,
        text.split('\n').filter((line, i, all) => line !== '' || i + 1 < all.length).length,
      );
    }
  });

  it('makes a file, empties it, and handles a missing line end', () => {
    const make = ['--- /dev/null', '+++ b/x', '@@ -0,0 +1,2 @@', '+a', '+b', '\\ No newline at end of file'];
    const made = apply('', make);
    assert.equal(made.ok && made.text, 'a\nb');
    const gone = apply('a\nb', make, { reverse: true });
    assert.equal(gone.ok && gone.text, '');
    const close = ['--- a/x', '+++ b/x', '@@ -1,2 +1,2 @@', ' a', '-b', '\\ No newline at end of file', '+b'];
    const closed = apply('a\nb', close);
    assert.equal(closed.ok && closed.text, 'a\nb\n');
  });

  it('keeps CRLF, and finds lines whose white space was lost when told to', () => {
    const crlf = apply(original.replaceAll('\n', '\r\n'), patch);
    assert.equal(crlf.ok && crlf.text, 'one\r\ntwo\r\nthree\r\nFOUR\r\n4\r\nfive\r\nsix\r\nseven\r\n');
    const indented = original.replace('four', '\tfour  ');
    assert.equal(apply(indented, patch).ok, false);
    assert.equal(apply(indented, patch, { ignoreWhitespace: true }).ok, true);
  });

  it('gives up in time on a hunk that nearly fits everywhere', () => {
    const lines = 20_000;
    const hunk = [`@@ -1,${lines / 2 + 1} +1,${lines / 2} @@`, ...Array<string>(lines / 2).fill(' '), '-x'];
    const result = apply('\n'.repeat(lines), ['--- a/x', '+++ b/x', ...hunk]);
    assert.deepEqual(result, { ok: false, line: 1, reason: 'it takes too long to find where its hunks belong' });
  });
});

describe('applyFile of a damaged patch', () => {
  it('refuses lines behind the end of the file', () => {
    const rows = ['--- a/x', '+++ b/x', '@@ -1,2 +1,2 @@', ' a', '-b', '\\ No newline at end of file', '+c', ' d'];
    assert.deepEqual(apply('a\nb', rows), {
      ok: false,
      line: 8,
      reason: 'this line stands behind the end of the file',
    });
  });

  it('gives a text or a reason, and never throws', () => {
    const line = fc.constantFrom('a', 'b', '', '}', '-- ', 'x\r');
    const text = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n'));
    const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '+b', '-b', ' b', '@@ -3 +3 @@', '\\', null)), {
      maxLength: 3,
    });
    const outcomes = { applied: 0, refused: 0 };
    fc.assert(
      fc.property(text, text, damage, fc.nat({ max: 2 }), fc.boolean(), (old, fresh, damages, fuzz, reverse) => {
        const lines = createTwoFilesPatch('a/x', 'b/x', old, fresh, '', '', { context: 2 }).split('\n');
        for (const [at, insert] of damages) lines.splice(at % lines.length, 1, ...(insert === null ? [] : [insert]));
        for (const file of readDocument(lines.join('\n')).messages.flatMap(({ files }) => files)) {
          const result = applyFile(reverse ? fresh : old, file, { fuzz, reverse });
          if (result.ok) {
            outcomes.applied++;
            assert.equal(result.lines.length, result.text.split('\n').length - (/(?:^|\n)$/.test(result.text) ? 1 : 0));
          } else {
            outcomes.refused++;
            assert.ok(result.line >= 1 && result.line <= lines.length && result.reason !== '');
          }
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(outcomes.applied > 20 && outcomes.refused > 20, JSON.stringify(outcomes));
  });
});

describeWithGit('applyFile beside git apply', () => {
  let git: GitRepository;
  before(() => {
    git = new GitRepository();
  });
  after(() => git.remove());

  it('gives what git gives, also where the text above changed, and reverse gives the original back', function () {
    this.timeout(120_000);
    let applied = 0;
    let moved = 0;
    const text = mergedTexts(1);
    const shift = fc.constantFrom('', 'x\n', 'x\nx\nx\n', '\n\n', '}\n');
    fc.assert(
      fc.property(text, shift, fc.integer({ min: 1, max: 4 }), ({ parents: [old], result }, above, context) => {
        fc.pre(old !== undefined && !old.equals(result));
        const [one = '', two = ''] = git.store(
          [old!, result].map((content) => new Map([['x', { mode: '100644', content }]])),
        );
        const diff = git.run(['diff', `-U${context}`, one, two]).toString('utf8');
        const file = onlyFile(diff);
        const before = above + old!.toString('utf8');
        const ours = applyFile(before, file);
        writeFileSync(path.join(git.folder, 'x'), before);
        const theirs =
          git.tryRun(['apply', '-'], diff) === null ? null : readFileSync(path.join(git.folder, 'x'), 'utf8');
        if (above === '') assert.notEqual(theirs, null);
        if (theirs === null) return;
        assert.ok(ours.ok, ours.ok ? '' : ours.reason);
        assert.equal(normal(ours.text), normal(theirs));
        checkSources(ours, before, diff);
        applied++;
        if (ours.hunks.some(({ offset }) => offset !== 0)) moved++;
        if (above !== '') return;
        assert.deepEqual(
          ours.hunks.map(({ start, offset, fuzz }) => [start, offset, fuzz]),
          file.hunks.map(({ oldStart, oldCount }) => [(oldStart ?? 0) + (oldCount === 0 ? 1 : 0), 0, 0]),
        );
        const back = applyFile(ours.text, file, { reverse: true });
        assert.ok(back.ok, back.ok ? '' : back.reason);
        assert.equal(normal(back.text), normal(before));
      }),
      { numRuns: 100 },
    );
    assert.ok(applied > 30 && moved > 3, `${applied} applied, ${moved} moved`);
  });
});

/** Line ends aside: CRs at the end of a line belong to the line end. */
function normal(text: string): string {
  return text.replace(/\r+\n/g, '\n').replace(/\r+$/, '');
}

/** Every line of the result is the line of the original, or of the document, that it names. */
function checkSources(done: Application, before: string, document: string): void {
  assert.ok(done.ok);
  const lines = normal(done.text).split('\n');
  const originals = normal(before).split('\n');
  const rows = document.split(/\r\n|\r|\n/);
  done.lines.forEach((source, i) => {
    const line =
      source.from === 'original' ? originals[source.line - 1] : rows[source.line - 1]?.slice(source.column - 1);
    // The editor ends a line at a CR alone too; the row goes on behind it.
    if (source.from === 'original') assert.equal(lines[i], line);
    else assert.equal(lines[i]?.split('\r')[0], line);
  });
}
