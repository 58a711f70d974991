// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { align } from '../../src/replay/align';
import type { ReplaySide } from '../../src/review/types';
import { convertingReplay, fixedReplay, longReplay } from './fixture';

const base = longReplay(1, 1).after;
assert.ok(base);
const template = base.steps[0];
assert.ok(template);

/** A way that runs one statement for each letter. */
const wayOf = (letters: string): ReplaySide => ({
  ...base,
  steps: [...letters].map((text) => ({ ...template, text, agent: 0 })),
});
const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 30 });

/** The rows as text: `a` of both, `-a` of the left, `+a` of the right one. */
function written(left: string, right: string): string {
  return align(wayOf(left), wayOf(right))
    .rows.map((row) =>
      row.left !== null && row.right !== null
        ? left[row.left - 1]
        : row.left !== null
          ? `-${left[row.left - 1]}`
          : `+${right[(row.right ?? 0) - 1]}`,
    )
    .join(' ');
}

describe('two ways beside each other', () => {
  it('share the rows of what both run', () => {
    assert.equal(written('abc', 'abc'), 'a b c');
    assert.equal(written('abd', 'abcd'), 'a b +c d');
    assert.equal(written('abcd', 'ad'), 'a -b -c d');
    assert.equal(written('ab', 'ac'), 'a -b +c');
    assert.equal(written('', 'a'), '+a');
  });

  it('hold every step of both once, in order, and count them', () => {
    fc.assert(
      fc.property(letters, letters, (left, right) => {
        const [one, other] = [wayOf(left), wayOf(right)];
        const { rows, ...counts } = align(one, other);
        const from1 = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
        assert.deepEqual(
          rows.flatMap((row) => row.left ?? []),
          from1(left.length),
        );
        assert.deepEqual(
          rows.flatMap((row) => row.right ?? []),
          from1(right.length),
        );
        rows.forEach((row, i) => {
          assert.ok(row.left !== null || row.right !== null);
          if (row.left !== null && row.right !== null) assert.equal(left[row.left - 1], right[row.right - 1]);
          assert.equal(counts.left[i + 1], (counts.left[i] ?? 0) + Number(row.left !== null));
          assert.equal(counts.right[i + 1], (counts.right[i] ?? 0) + Number(row.right !== null));
        });
        const shared = [...left].findIndex((letter, i) => letter !== right[i]);
        const parts = shared >= 0 ? shared : left.length === right.length ? -1 : left.length;
        assert.equal(counts.parting, parts < 0 ? null : parts + 1);
      }),
    );
  });

  it('part where the same statement reads something else', () => {
    const reads = (value: string): ReplaySide => ({
      ...base,
      steps: ['x', `if (y)  [y is ${value}]`].map((text) => ({ ...template, text })),
    });
    assert.equal(align(reads('0'), reads('1')).parting, 2);
    assert.equal(align(reads('0'), reads('1')).rows.length, 2);
  });

  it('are put together once', () => {
    const { before, after } = fixedReplay;
    assert.ok(before && after);
    assert.equal(align(before, after), align(before, after));
    assert.equal(align(before, after).parting, 2);
    assert.equal(convertingReplay.before && align(before, before).parting, null);
  });
});
