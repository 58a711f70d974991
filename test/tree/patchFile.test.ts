// SPDX-License-Identifier: MIT
/** A patch put into a file: both sides whole, and every line's place. */

import assert from 'node:assert/strict';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { type MappedText, originAt } from '../../src/c/mappedText';
import { readDocument } from '../../src/patch/readDocument';
import type { PatchFile } from '../../src/patch/types';
import { patchFile } from '../../src/tree/patchFile';

const oneFile = (document: string): PatchFile => {
  const [file] = readDocument(document).messages.flatMap((m) => m.files);
  assert.ok(file);
  return file;
};

const diffOf = (before: string, after: string, context: number): string =>
  createTwoFilesPatch('a/mm/x.c', 'b/mm/x.c', before, after, undefined, undefined, { context })
    .replace(/^=+\n/, '')
    .replace(/^(---|\+\+\+) (\S+)\t?$/gm, '$1 $2');

/** Every line stands where its text is: in the document behind the mark, or in the file. */
function checkPlaces(side: MappedText, document: string, tree: string): number {
  const [documentLines, treeLines] = [document.split('\n'), tree.split('\n')];
  let inDocument = 0;
  let offset = 0;
  for (const line of side.text.split('\n').slice(0, -1)) {
    const { file, line: number, column } = originAt(side, offset);
    const there = file === 'document' ? documentLines[number - 1] : treeLines[number - 1];
    assert.equal(there?.slice(column - 1), line);
    if (file === 'document') inDocument++;
    else assert.deepEqual([file, column], ['mm/x.c', 1]);
    offset += line.length + 1;
  }
  return inDocument;
}

const lines = fc.array(fc.constantFrom('\tx++;', '', '}', 'int f(void)', '\treturn y;', 'a', 'b'), { maxLength: 30 });
const asText = (list: readonly string[]): string =>
  list.map((line, i) => `${line}${i % 3 === 0 ? ` /* ${i} */` : ''}\n`).join('');

describe('a patch and the file it is for', () => {
  it('forward and back give the same sides, every line where it stands', () => {
    fc.assert(
      fc.property(
        lines,
        fc.array(fc.tuple(fc.nat(30), fc.nat(2), lines), { minLength: 1, maxLength: 3 }),
        (old, edits) => {
          const before = asText(old);
          const kept = before.split(/(?<=\n)/);
          for (const [at, count, added] of edits)
            kept.splice(at, count, ...added.slice(0, 3).map((l) => `${l} // new\n`));
          const after = kept.join('');
          if (before === after || before === '' || after === '') return;
          const document = diffOf(before, after, 3);
          const file = oneFile(document);
          const forward = patchFile(before, file, false);
          const back = patchFile(after, file, false);
          assert.ok(forward.ok && back.ok);
          assert.deepEqual([forward.isIn, back.isIn], [false, true]);
          for (const result of [forward, back]) {
            assert.equal(result.before?.text, before);
            assert.equal(result.after?.text, after);
          }
          const rows = file.hunks.flatMap((h) => h.lines).filter((l) => l.kind !== 'no-newline');
          const shown = (kind: 'add' | 'del'): number => rows.filter((l) => l.kind !== kind).length;
          if (!forward.before || !forward.after || !back.before || !back.after) assert.fail();
          assert.equal(checkPlaces(forward.before, document, before), shown('add'));
          assert.equal(checkPlaces(forward.after, document, before), shown('del'));
          assert.equal(checkPlaces(back.before, document, after), shown('add'));
          assert.equal(checkPlaces(back.after, document, after), shown('del'));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a patch that lost its white space fits, and places stay on the words', () => {
    const before = 'int f(void)\n{\n\tif (x)\n\t\ty++;\n\treturn 0;\n}\n';
    const document = '--- a/mm/x.c\n+++ b/mm/x.c\n@@ -2,5 +2,6 @@\n {\n if (x)\n y++;\n+z++;\n return 0;\n }\n';
    const file = oneFile(document);
    assert.equal(patchFile(before, file, false).ok, false);
    const result = patchFile(before, file, true);
    assert.ok(result.ok && result.after);
    assert.equal(result.after.text, 'int f(void)\n{\n\tif (x)\n\t\ty++;\nz++;\n\treturn 0;\n}\n');
    assert.deepEqual(originAt(result.after, result.after.text.indexOf('y++')), {
      file: 'document',
      line: 6,
      column: 2,
    });
    assert.deepEqual(originAt(result.after, result.after.text.indexOf('int f')), {
      file: 'mm/x.c',
      line: 1,
      column: 1,
    });
  });

  it('added lines without context are in where they are there already', () => {
    const document = '--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,0 +2 @@\n+b\n';
    for (const [text, isIn] of [
      ['a\nc\n', false],
      ['a\nb\nc\n', true],
    ] as const) {
      const result = patchFile(text, oneFile(document), false);
      assert.ok(result.ok);
      assert.deepEqual([result.isIn, result.before?.text, result.after?.text], [isIn, 'a\nc\n', 'a\nb\nc\n']);
    }
  });

  it('names the hunk that does not fit, and a file that is not there', () => {
    const document = '--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n@@ -11,2 +11,2 @@\n k\n-l\n+L\n';
    const text = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nother\n';
    const misfit = patchFile(text, oneFile(document), false);
    assert.deepEqual(misfit, {
      ok: false,
      line: 7,
      reason: 'this hunk does not fit: the lines that it shows are not there',
    });
    assert.deepEqual(patchFile(null, oneFile(document), false), {
      ok: false,
      line: 1,
      reason: 'the tree has no mm/x.c',
    });
  });

  it('a new file has only one side, and so has one that is taken away', () => {
    const added = oneFile('--- /dev/null\n+++ b/mm/x.c\n@@ -0,0 +1,2 @@\n+a\n+b\n');
    const fresh = patchFile(null, added, false);
    assert.ok(fresh.ok);
    assert.deepEqual([fresh.before, fresh.after?.text, fresh.isIn], [null, 'a\nb\n', false]);
    const there = patchFile('a\nb\n', added, false);
    assert.ok(there.ok);
    assert.deepEqual([there.before, there.after?.text, there.isIn], [null, 'a\nb\n', true]);
    const gone = patchFile('a\n', oneFile('--- a/mm/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n'), false);
    assert.ok(gone.ok);
    assert.deepEqual([gone.before?.text, gone.after], ['a\n', null]);
  });
});
