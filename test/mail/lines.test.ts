// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitLines } from '../../src/mail/lines';

describe('lines', () => {
  it('end at CR, LF and CRLF only', () => {
    const lines = splitLines('a\rb\nc\r\nd\u2028e\u0085f\fg\r\r\nh');
    assert.deepEqual(
      Array.from({ length: lines.count }, (_, i) => lines.whole(i)),
      ['a', 'b', 'c', 'd\u2028e\u0085f\fg', '', 'h'],
    );
  });

  it('are those of the editor for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\r', '\n', '\r\n', ' '), { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const expected = text.split(/\r\n|\r|\n/);
        if (expected.at(-1) === '') expected.pop();
        const lines = splitLines(text);
        assert.deepEqual(
          Array.from({ length: lines.count }, (_, i) => lines.whole(i)),
          expected,
        );
        for (let offset = 0; offset < text.length; offset++) {
          const line = lines.lineOf(offset);
          assert.ok(lines.start[line]! <= offset && (line + 1 === lines.count || offset < lines.start[line + 1]!));
        }
      }),
    );
  });
});
