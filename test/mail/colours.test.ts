// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';

const plain = [
  'diff --git a/a.c b/a.c',
  'index 0123456..789abcd 100644',
  '--- a/a.c',
  '+++ b/a.c',
  '@@ -1,3 +1,3 @@ int f(void)',
  ' {',
  '-\tint a;',
  '+\tint b;',
  ' }',
];

/** As git colours a diff: headers whole, the sign of an added line apart from what follows it. */
function coloured(line: string): string {
  if (/^(?:diff|index|---|\+\+\+) /.test(line)) return `\u001b[1m${line}\u001b[m`;
  if (line.startsWith('@@')) return line.replace(/(@@.*@@)(.*)/, '\u001b[36m$1\u001b[m$2\u001b[m');
  if (line.startsWith('-')) return `\u001b[31m${line}\u001b[m`;
  if (line.startsWith('+')) return line.replace(/^\+(\s*)(.*)/, '\u001b[32m+\u001b[m$1\u001b[32m$2\u001b[m');
  return `${line}\u001b[m`;
}

describe('a diff with the colours of a terminal', () => {
  it('is read as without, with the places that its lines have', () => {
    for (const top of [[], ['From: Jane Doe <jane@example.org>', 'Subject: [PATCH] a', '', 'text', '---']]) {
      const document = [...top, ...plain.map(coloured), ''].join('\n');
      const [message] = readDocument(document).messages;
      const [without] = readDocument([...top, ...plain, ''].join('\n')).messages;
      assert.equal(message?.patchText, without?.patchText);
      const [file] = message?.files ?? [];
      assert.deepEqual([file?.newPath, file?.additions, file?.deletions], ['a.c', 1, 1]);
      const lines = document.split('\n');
      assert.deepEqual(
        file?.hunks[0]?.lines.map(({ line, column }) => lines[line - 1]?.slice(column - 1, column)),
        [' ', '-', '+', ' '],
      );
    }
  });

  it('keeps the sequences that a program writes', () => {
    const row = '+\tputs("\u001b[1m--- \u001b[m");';
    const document = [...plain.slice(0, 7), row, ...plain.slice(8), ''].join('\n');
    const [message] = readDocument(document).messages;
    assert.equal(message?.patchText, document);
    assert.equal(message?.files[0]?.hunks[0]?.lines[2]?.text, row.slice(1));
  });
});
