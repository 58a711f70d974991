// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { splitLines } from '../../src/mail/lines';
import { splitOneLine } from '../../src/mail/oneLine';
import { onlyMessage } from '../patch/rows';

const filler = Array.from({ length: 40 }, (_, i) => `> line ${i} of a long text that somebody quoted`);

describe('a mail on one line', () => {
  it('is cut before its quote marks', () => {
    const lines = splitOneLine(splitLines(['On Monday, Jane wrote:', ...filler, 'The end.'].join(' ')));
    assert.equal(lines?.count, 41);
    assert.equal(lines?.whole(1), filler[0]);
  });

  it('shows empty quoted lines by a double mark', () => {
    const lines = splitOneLine(
      splitLines(['On Monday, Jane wrote:', ...filler.slice(0, 20), '>', ...filler.slice(20)].join(' ')),
    );
    assert.equal(lines?.count, 42);
    assert.equal(lines?.whole(21), '>');
  });

  it('is left alone when it is short, or has no quotes', () => {
    assert.equal(splitOneLine(splitLines('a > b > c > d')), null);
    assert.equal(splitOneLine(splitLines('x -> y '.repeat(500))), null);
  });

  it('gives the rows of a quoted diff with their columns', () => {
    const diff = [
      '> diff --git a/x.c b/x.c',
      '> --- a/x.c',
      '> +++ b/x.c',
      '> @@ -1,2 +1,3 @@ int f(void)',
      '> {',
      '> + g();',
      '> }',
    ];
    const text = ['On Monday, Jane wrote:', ...filler, ...diff].join(' ');
    const rows = onlyMessage(text).files[0]?.hunks[0]?.lines ?? [];
    assert.deepEqual(
      rows.map((row) => row.text),
      ['{', ' g();', '}'],
    );
    for (const row of rows)
      assert.equal(text.slice(row.textColumn - 1, row.textColumn - 1 + row.text.length), row.text);
    assert.ok(rows.every((row) => row.line === 1));
  });
});
