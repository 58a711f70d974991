// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldsOf } from '../../src/replay/folds';
import type { ReplaySide } from '../../src/review/types';
import { convertingReplay, line, longReplay, loopReplay } from './fixture';

const base = longReplay(1, 1).after;
assert.ok(base);
const template = base.steps[0];
assert.ok(template);
/** A way that runs the line of each letter; capitals are another agent's. */
const wayOf = (letters: string): ReplaySide => ({
  ...base,
  steps: [...letters].map((letter) => ({
    ...template,
    agent: Number(letter < 'a'),
    place: line(letter.toLowerCase().charCodeAt(0)),
  })),
});
const written = (letters: string): string =>
  foldsOf(wayOf(letters))
    .map(({ from, to, rounds }) => `${from}-${to}x${rounds}`)
    .join(' ');

describe('loops of a replay', () => {
  it('are what an agent repeats while nobody else runs', () => {
    assert.equal(written('xababay'), '2-5x2');
    assert.equal(written('aab'), '');
    assert.equal(written('aaab'), '1-3x3');
    assert.equal(written('abAab'), '');
    assert.equal(written('abcabcabcd'), '1-9x3');
    assert.equal(written('aaabcbc'), '1-3x3 4-7x2');
  });

  it('never hold the fatal step, nor a store that drains', () => {
    const fatal = convertingReplay.after?.fatal ?? null;
    assert.deepEqual(
      foldsOf({ ...wayOf('aaaa'), fatal }).map(({ to }) => to),
      [3],
    );
    const drains = wayOf('aaaa').steps.map((step) => ({ ...step, kind: 'drain' as const }));
    assert.deepEqual(foldsOf({ ...base, steps: drains }), []);
    assert.deepEqual(foldsOf(loopReplay.after ?? base), [{ from: 2, to: 7, period: 2, rounds: 3 }]);
  });

  it('lie apart, and every round of them is the same', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A'), maxLength: 60 });
    fc.assert(
      fc.property(text, (letters) => {
        let end = 0;
        for (const { from, to, period, rounds } of foldsOf(wayOf(letters))) {
          assert.ok(from > end && to <= letters.length);
          assert.equal(to - from + 1, period * rounds);
          assert.equal(letters.slice(from - 1, to), letters.slice(from - 1, from - 1 + period).repeat(rounds));
          end = to;
        }
      }),
    );
  });
});
