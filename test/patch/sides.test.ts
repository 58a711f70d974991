// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { type SideText, sideOfFile, sideOfHunk } from '../../src/patch/sides';
import type { PatchFile } from '../../src/patch/types';
import { onlyFile, onlyMessage } from './rows';

const patch = [
  '--- a/x',
  '+++ b/x',
  '@@ -2,3 +2,4 @@',
  ' two',
  '-three',
  '+THREE',
  '+3',
  ' four',
  '@@ -9,2 +10,2 @@',
  ' nine',
  '-ten',
  '\\ No newline at end of file',
  '+TEN',
];

function short({ lines }: SideText): unknown[] {
  return lines.map(({ kind, line, column, number, numberMax, gapBefore }) =>
    [kind, line, column, number, numberMax, gapBefore ? 'gap' : ''].join(' ').trim(),
  );
}

describe('sides of a patch', () => {
  const file = onlyFile(patch.map((line) => `${line}\n`).join(''));

  it('has the text before and after, each line with its places', () => {
    const before = sideOfFile(file, 'before');
    assert.equal(before.text, 'two\nthree\nfour\nnine\nten');
    assert.deepEqual(short(before), [
      'context 4 2 2 2 gap',
      'del 5 2 3 3',
      'context 8 2 4 4',
      'context 10 2 9 9 gap',
      'del 11 2 10 10',
    ]);
    const after = sideOfFile(file, 'after');
    assert.equal(after.text, 'two\nTHREE\n3\nfour\nnine\nTEN\n');
    assert.deepEqual(short(after), [
      'context 4 2 2 2 gap',
      'add 6 2 3 3',
      'add 7 2 4 4',
      'context 8 2 5 5',
      'context 10 2 10 10 gap',
      'add 13 2 11 11',
    ]);
  });

  it('of a hunk begins without a gap', () => {
    assert.deepEqual(
      file.hunks.map((hunk) => sideOfHunk(hunk, 'before').lines.map(({ gapBefore }) => gapBefore)),
      [
        [false, false, false],
        [false, false],
      ],
    );
  });

  it('has a gap where rows were cut out of a quote', () => {
    const reply = [
      'Subject: Re: x',
      '',
      'On Monday, A wrote:',
      ...['--- a/x', '+++ b/x', '@@ -1,6 +1,7 @@', ' one', '-two', '+2'].map((line) => `> ${line}`),
      '',
      'Why?',
      '',
      ...[' five', '+5', ' six', '-- ', '2.40.1'].map((line) => `> ${line}`),
    ];
    const [read] = onlyMessage(`${reply.join('\n')}\n`).files;
    const { text, lines } = sideOfFile(read!, 'after');
    assert.equal(text, 'one\n2\nfive\n5\nsix\n');
    assert.deepEqual(
      lines.map(({ gapBefore }) => gapBefore),
      [false, false, true, lines[3]!.certainty === 'range', lines[4]!.certainty === 'range'],
    );
  });

  it('has a gap where unnumbered rows do not stand below each other', () => {
    const lines = [
      'Subject: Re: x',
      '',
      'On Monday, A wrote:',
      '> + int a;',
      '> + int b;',
      '> + int c;',
      '',
      'Why?',
      '',
    ];
    const [read] = onlyMessage(`${[...lines, '> + int d;', '> + return;'].join('\n')}\n`).files;
    const { text, lines: found } = sideOfFile(read!, 'after');
    assert.equal(text, ' int a;\n int b;\n int c;\n int d;\n return;\n');
    assert.deepEqual(
      found.map(({ number, gapBefore }) => [number, gapBefore]),
      [
        [null, true],
        [null, false],
        [null, false],
        [null, true],
        [null, false],
      ],
    );
  });

  it('is the whole file where the patch shows all of it, and else the lines that it names', () => {
    const line = fc.constantFrom('a', 'b', '', ' ', '-- ', '}', '\tx;', '@@ -1 +1 @@');
    const text = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean()).map(([lines, closed]) => {
      const joined = lines.join('\n');
      return closed && lines.length > 0 ? `${joined}\n` : joined;
    });
    fc.assert(
      fc.property(text, text, fc.nat({ max: 40 }), (old, fresh, context) => {
        fc.pre(old !== fresh);
        const read = onlyFile(createTwoFilesPatch('a/x', 'b/x', old, fresh, '', '', { context }));
        if (context === 40) {
          assert.equal(sideOfFile(read, 'before').text, old);
          assert.equal(sideOfFile(read, 'after').text, fresh);
        }
        check(read, 'before', old.split('\n'));
        check(read, 'after', fresh.split('\n'));
      }),
      { numRuns: 300, examples: [['a\n', 'b', 40]] },
    );
  });
});

function check(file: PatchFile, side: 'before' | 'after', expected: readonly string[]): void {
  const { text, lines } = sideOfFile(file, side);
  const shown = text.split('\n');
  let above = 0;
  lines.forEach(({ number, numberMax, gapBefore, certainty }, i) => {
    assert.equal(certainty, 'exact');
    assert.equal(number, numberMax);
    assert.equal(shown[i], expected[(number ?? 0) - 1]);
    assert.equal(gapBefore, number !== above + 1);
    above = number ?? 0;
  });
}
