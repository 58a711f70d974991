// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { splitLines } from '../../src/mail/lines';
import { markQuotes } from '../../src/mail/quote';
import { readDiffstat } from '../../src/patch/scan/diffstat';

it('the diffstat names the files as they are after the patch', () => {
  const text = [
    'Some text | with a bar',
    '---',
    ' mm/x.c                |   12 +++++++-----',
    'mm/trimmed.c | 3 +--',
    ' drivers/{net => usb}/y.c | 0',
    ' lib/{ => sub}/z.c | 4 ++--',
    ' old.c => new.c | 2 +-',
    ' logo.png | Bin 0 -> 12 bytes',
    ' .../long/name.c | 100 ++++++++++',
    ' 7 files changed, 20 insertions(+)',
  ].join('\n');
  const lines = splitLines(text);
  markQuotes(lines, 0, lines.count);
  assert.deepEqual(
    readDiffstat(lines, 0, lines.count).map(({ path, line }) => [line, path]),
    [
      [2, 'mm/x.c'],
      [3, 'mm/trimmed.c'],
      [4, 'drivers/usb/y.c'],
      [5, 'lib/sub/z.c'],
      [6, 'new.c'],
      [7, 'logo.png'],
      [8, '.../long/name.c'],
    ],
  );
});
