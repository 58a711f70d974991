// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { splitLines } from '../../src/mail/lines';
import { markQuotes } from '../../src/mail/quote';
import { readTrailers } from '../../src/mail/trailers';

/** The trailers of a message as `line key: value`, lines counted from 0. */
function trailersOf(...text: readonly string[]): string[] {
  const lines = splitLines(`${text.join('\n')}\n`);
  markQuotes(lines, 0, lines.count);
  return readTrailers(lines, 0, lines.count).map(({ key, value, line }) => `${line} ${key}: ${value}`);
}

const signed = 'Signed-off-by: Jane Doe <jane@example.org>';

describe('trailers of a message', () => {
  it('a value that was wrapped is put together, with the line where it starts', () => {
    const fixes = 'Fixes: 0123456789ab ("mm: say what';
    assert.deepEqual(trailersOf(fixes, 'was meant")', 'Tested-by: Jane', '\tDoe <jane@example.org>', signed), [
      '0 Fixes: 0123456789ab ("mm: say what was meant")',
      '2 Tested-by: Jane Doe <jane@example.org>',
      `4 ${signed}`,
    ]);
    assert.deepEqual(trailersOf(`> ${fixes}`, '> was meant")', '> Acked-by: Jane Doe', '> <jane@example.org>'), [
      '0 Fixes: 0123456789ab ("mm: say what was meant")',
      '2 Acked-by: Jane Doe <jane@example.org>',
    ]);
    assert.deepEqual(trailersOf(signed, ' mm/a.c | 2 +-', '', fixes, '', 'was meant")'), [`0 ${signed}`, `3 ${fixes}`]);
  });

  it('letters may be small or large, where a person is named', () => {
    const lines = [
      'signed-off-by: Jane Doe <jane@example.org>',
      'Reviewed-By: Rev <r@example.org>',
      '',
      'stand-by: late',
    ];
    assert.deepEqual(trailersOf(...lines), [`0 ${lines[0]}`, `1 ${lines[1]}`]);
  });

  it('any key is one in a block of trailers that is signed, and none in prose', () => {
    const block = ['Depends-on: patch one', '[jane: took the comma out]', signed, 'Assisted-by: a tool'];
    const found = [`1 ${block[0]}`, `3 ${signed}`, `4 ${block[3]}`];
    assert.deepEqual(trailersOf('', ...block), found);
    assert.deepEqual(trailersOf('', ...block, '---', ' a.c | 2 +-'), found);
    assert.deepEqual(trailersOf('Note: this is', 'how it works.', signed), [`2 ${signed}`]);
    assert.deepEqual(trailersOf('Note: this is one.', '', signed), [`2 ${signed}`]);
  });
});
