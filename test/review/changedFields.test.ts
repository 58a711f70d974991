// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';
import { changedFields } from '../../src/review/changedFields';

/** What a hunk with these rows, shown behind `section`, changes. */
function changedIn(section: string, rows: readonly string[]): string[] {
  const count = (mark: string): number => rows.filter((row) => row.startsWith(' ') || row.startsWith(mark)).length;
  const head = `diff --git a/x.h b/x.h\n--- a/x.h\n+++ b/x.h\n@@ -10,${count('-')} +10,${count('+')} @@ ${section}\n`;
  const { files } = readDocument(`${head}${rows.join('\n')}\n`).messages[0] ?? { files: [] };
  return changedFields(files.flatMap((f) => f.hunks.map((hunk) => ({ hunk })))).map(
    ({ type, name, line }) => `${type} ${name} ${line}`,
  );
}

describe('fields that a patch declares anew in a type shown in part', () => {
  const rows: readonly (readonly [
    what: string,
    section: string,
    rows: readonly string[],
    expected: readonly string[],
  ])[] = [
    [
      'an array that becomes a pointer',
      'struct table {',
      [' \tu64 size;', '-\tunsigned long bits[];', '+\tunsigned long *bits;', ' };'],
      ['struct table bits 7'],
    ],
    ['a wider one', 'struct table {', ['-\tu32 size;', '+\tu64 size;', ' \tint a;'], ['struct table size 6']],
    ['one that moves', 'struct table {', ['-\tu32 size;', ' \tint a;', '+\tu32\tsize;'], []],
    ['one that is added, one that is removed', 'struct table {', ['-\tu32 size;', '+\tu64 length;', ' \tint a;'], []],
    ['a comment', 'struct table {', ['-\tu32 size;', '+\tu32 size; /* bytes */', ' \tint a;'], []],
    ['behind the end of the type', 'struct table {', [' };', '-int size;', '+long size;'], []],
    ['in a function', 'int f(struct table *t)', ['-\tu32 size;', '+\tu64 size;', ' \tint a;'], []],
  ];
  for (const [what, section, text, expected] of rows)
    it(what, () => assert.deepEqual(changedIn(section, text), expected));
});
