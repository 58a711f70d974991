// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBytes } from '../../src/mail/rawBytes';
import { readDocument } from '../../src/patch/readDocument';
import { describeWithGit } from '../support/git';
import { mailinfo } from '../support/mailinfo';
import { randomMail } from '../support/randomMail';

describeWithGit('generated mails beside git mailinfo', () => {
  it('author, subject, date, message and patch are what git takes', function () {
    this.timeout(120_000);
    let compared = 0;
    fc.assert(
      fc.property(randomMail, ({ bytes, charset }) => {
        const git = mailinfo(bytes);
        if (git.status !== 0) return;
        const { text, hasRawBytes } = decodeBytes(bytes);
        const { messages } = readDocument(text, hasRawBytes);
        const [found] = messages;
        assert.equal(messages.length, 1);
        compared++;
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
      }),
      { numRuns: 500 },
    );
    console.log(`      ${compared} of 500 mails compared`);
    assert.ok(compared > 400);
  });
});
