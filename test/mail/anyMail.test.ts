// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBytes } from '../../src/mail/rawBytes';
import { readDocument } from '../../src/patch/readDocument';

const pieces = fc.constantFrom(
  'From: Jane Doe <jane@example.org>',
  'Subject: [PATCH] x',
  'Date: Tue, 2 Jan 2024 03:04:05 +0000',
  'Message-ID: <a@example.org> (raw)',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: text/plain; charset=iso-2022-jp',
  'Content-Type: text/plain; format=flowed; charset=gb18030',
  'Content-Type: message/rfc822',
  'Content-Type: text/html',
  'Content-Type: application/pgp-signature',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  '--b',
  '--b--',
  '',
  '',
  'text ',
  ' text',
  '> quoted ',
  '>> more',
  '>From here',
  'From jane@example.org Tue Jan  2 03:04:05 2024',
  'From mboxrd@z Thu Jan  1 00:00:00 1970',
  'commit 0123456789012345678901234567890123456789',
  'Author: Jane Doe <jane@example.org>',
  '    indented',
  '* [PATCH] x',
  '@ 2024-01-02  3:01 Jane',
  'From: Jane Doe @ 2024-01-02  3:01 UTC (permalink / raw)',
  '  To: list; +Cc: other',
  '^ permalink raw reply',
  '[<prev] [next>]',
  'help / color / mirror / Atom feed',
  'Powered by blists',
  'On Monday, Jane wrote:',
  'diff --git a/x b/x',
  '--- a/x',
  '+++ b/x',
  '@@ -1,2 +1,2 @@',
  '-a',
  '+b',
  ' c',
  '-- ',
  '---',
  'YWJjCg==',
  '=E9=\xe9=',
  '\x1b$B',
  '\ud83d',
  '\xff\xfe\u00a0',
);

describe('any mixture of what mails are made of', () => {
  it('is read in order, and every position lies in the document', () => {
    const ends = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(fc.tuple(pieces, ends), { maxLength: 40 }), fc.boolean(), (parts, isBytes) => {
        const written = parts.flat().join('');
        const { text, hasRawBytes } = isBytes
          ? decodeBytes(Buffer.from(written, 'latin1'))
          : { text: written, hasRawBytes: false };
        const lengths = text.split(/\r\n|\r|\n/).map((line) => line.length);
        const isInside = (line: number, column: number): boolean =>
          line >= 1 && column >= 1 && column <= (lengths[line - 1] ?? -1) + 1;
        let start = 0;
        for (const message of readDocument(text, hasRawBytes).messages) {
          assert.ok(message.line > start);
          start = message.line;
          let last = 0;
          for (const { line, column, endColumn } of message.lines) {
            assert.ok(isInside(line, column) && isInside(line, endColumn) && column <= endColumn, `${line}:${column}`);
            assert.ok(line >= last, `${line} behind ${last}`);
            last = line;
          }
          for (const row of message.files.flatMap(({ hunks }) => hunks).flatMap((hunk) => hunk.lines))
            assert.ok(isInside(row.line, row.column) && isInside(row.line, row.textColumn));
          for (const { line } of message.trailers) assert.ok(isInside(line, 1));
          for (const { line, endLine } of message.comments) assert.ok(line <= endLine && isInside(endLine, 1));
          assert.equal(typeof `${message.body}${message.patchText}${message.subject}${message.author?.name}`, 'string');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
