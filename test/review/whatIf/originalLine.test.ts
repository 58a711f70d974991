// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TextEdit } from '../../../src/review/types';
import { applyEdits } from '../../../src/review/whatIf/applyEdits';
import { originalLine } from '../../../src/review/whatIf/originalLine';

const edit = (line: number, column: number, endLine: number, endColumn: number, text: string): TextEdit => ({
  place: { file: 'document', line, column, endLine, endColumn },
  text,
});

describe('lines of an edited document', () => {
  it('come from those that they were', () => {
    const edits = [edit(2, 1, 2, 1, 'new\nmore\n'), edit(4, 1, 5, 1, '')];
    assert.equal(applyEdits('a\nb\nc\nd\ne\n', edits), 'a\nnew\nmore\nb\nc\ne\n');
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6].map((line) => originalLine(edits, line)),
      [1, 2, 2, 2, 3, 5],
    );
  });

  it('are found again wherever no edit was made', () => {
    const texts = fc.array(fc.constantFrom('', 'x\n', 'x\ny\n'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, (inserted) => {
        const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
        // Whole lines put in before every fourth one, and that one taken out where nothing is put in.
        const edits = inserted.map((text, i) => edit(4 * i + 2, 1, 4 * i + (text === '' ? 3 : 2), 1, text));
        const edited = applyEdits(lines.join('\n'), edits).split('\n');
        edited.forEach((text, i) => {
          const [, number] = /^line (\d+)$/.exec(text) ?? [];
          if (number !== undefined) assert.equal(originalLine(edits, i + 1), Number(number));
        });
      }),
    );
  });
});
