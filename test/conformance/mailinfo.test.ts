// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBytes } from '../../src/mail/rawBytes';
import { readDocument } from '../../src/patch/readDocument';
import { describeWithGit } from '../support/git';
import { mailinfo, mailsplit } from '../support/mailinfo';
import { randomMail } from '../support/randomMail';

/** Reads a mail and compares it with what git takes from `lines`, the same mail with LF line ends; tells whether git could. */
function compare(bytes: Buffer, lines: Buffer, charset: string): boolean {
  const git = mailinfo(lines);
  if (git.status !== 0) return false;
  const { text, hasRawBytes } = decodeBytes(bytes);
  const { messages } = readDocument(text, hasRawBytes);
  const [found] = messages;
  assert.equal(messages.length, 1);
  assert.deepEqual(
    {
      author: found?.author?.name ?? '',
      email: found?.author?.email ?? '',
      subject: found?.subject,
      date: found?.date,
      message: found?.body,
      patch: found?.patchText,
    },
    {
      author: git.author,
      email: git.email,
      subject: git.subject,
      date: git.date,
      message: git.message.toString('utf8'),
      // git leaves the bytes of a patch as they are.
      patch: new TextDecoder(charset).decode(git.patch),
    },
    `\n${bytes.toString('latin1')}`,
  );
  return true;
}

describeWithGit('generated mails beside git mailinfo', () => {
  it('author, subject, date, message and patch are what git takes', function () {
    this.timeout(120_000);
    let compared = 0;
    fc.assert(
      fc.property(randomMail, ({ bytes, charset }) => {
        if (compare(bytes, bytes, charset)) compared++;
      }),
      { numRuns: 500 },
    );
    console.log(`      ${compared} of 500 mails compared`);
    assert.ok(compared > 400);
  });

  it('also where every line ends with CR LF, as in files that mailers save', function () {
    this.timeout(120_000);
    let compared = 0;
    fc.assert(
      fc.property(randomMail, ({ bytes, charset }) => {
        const dos = Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
        if (compare(dos, mailsplit(dos)[0] ?? bytes, charset)) compared++;
      }),
      { numRuns: 200 },
    );
    assert.ok(compared > 150);
  });

  it('a byte of zero in text and patch is kept', () => {
    const body = 'a\0b\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\0\n+b\0c\n';
    const head = 'From: Jane Doe <jane@example.org>\nSubject: [PATCH] a\nDate: today\n';
    const coded = `Content-Transfer-Encoding: base64\n\n${Buffer.from(body).toString('base64')}\n`;
    for (const mail of [`${head}\n${body}`, head + coded]) {
      const bytes = Buffer.from(mail);
      assert.ok(compare(bytes, bytes, 'utf-8'));
    }
  });
});
