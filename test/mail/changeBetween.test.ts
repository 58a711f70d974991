// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changeBetween } from '../../src/mail/changeBetween';

describe('the change between two texts', () => {
  it('makes the one into the other, and is as short as one change can be', () => {
    const filler = fc.constantFrom('', 'x'.repeat(4096), 'ab'.repeat(5000));
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(filler, letters, letters, letters, letters, filler, (head, one, old, fresh, two, tail) => {
        const before = head + one + old + two + tail;
        const after = head + one + fresh + two + tail;
        const { offset, removed, inserted } = changeBetween(before, after);
        assert.equal(before.slice(0, offset) + inserted + before.slice(offset + removed), after);
        // Neither end could be kept longer.
        const grown = before[offset] !== after[offset] || removed === 0 || inserted === '';
        const last = before[offset + removed - 1] !== inserted.at(-1) || removed === 0 || inserted === '';
        assert.ok(grown && last);
      }),
      { numRuns: 500 },
    );
  });
});
