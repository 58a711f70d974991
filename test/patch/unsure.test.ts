// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { hunksOf, onlyMessage } from './rows';

const top = ['Subject: Re: [PATCH] x', 'From: Rev Iewer <rev@example.org>', '', 'On Monday, Jane Doe wrote:'];
const header = ['--- a/kernel/a.c', '+++ b/kernel/a.c', '@@ -10,7 +10,8 @@ static int first(void)'];
const leading = [' {', ' \tint a;', ' '];
const changes = ['-\treturn 1;', '+\tint x = 2;', '+\treturn x;'];
const trailing = [' }', ' ', ' int last;'];

/** The rows of a quote as `certainty old..oldMax new..newMax`, with an answer before the last two rows. */
function numbersOf(quoted: readonly string[]): string[] {
  const marked = quoted.map((line) => `> ${line}`);
  const text = [...top, ...marked.slice(0, -2), '', 'Why?', '', ...marked.slice(-2), ''].join('\n');
  const [found] = hunksOf(onlyMessage(text));
  return (found?.hunk.lines ?? []).map((row) => {
    const range = (low: number | null, high: number | null): string =>
      `${low ?? '-'}${high === null ? '' : `..${high}`}`;
    return `${row.certainty} ${range(row.old, row.oldMax)} ${range(row.new, row.newMax)}`;
  });
}

describe('numbers of a short hunk', () => {
  it('are exact above the answer where lines are missing', () => {
    const found = numbersOf([...header, ...leading, ...changes, ...trailing.slice(1)]);
    assert.deepEqual(found.slice(0, 4), ['exact 10 10', 'exact 11 11', 'exact 12 12', 'exact 13 -']);
  });

  it('are not where context above the first change is missing as well', () => {
    const found = numbersOf([...header, ...leading.slice(0, 1), ...changes, ...trailing]);
    assert.deepEqual(found.slice(0, 3), ['range 10..12 10..12', 'range 11..13 -', 'range - 11..13']);
  });

  it('are at the top of a file, which has no context above it', () => {
    const first = ['--- a/x', '+++ b/x', '@@ -1,4 +1,5 @@'];
    const found = numbersOf([...first, ...leading.slice(0, 1), ...changes, ...trailing.slice(1)]);
    assert.deepEqual(found.slice(0, 2), ['exact 1 1', 'exact 2 -']);
  });
});
