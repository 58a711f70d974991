// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBytes } from '../../src/mail/rawBytes';
import { readDocument } from '../../src/patch/readDocument';
import type { Message } from '../../src/patch/types';
import { describeWithGit } from '../support/git';
import { mailinfo, mailsplit } from '../support/mailinfo';
import { randomMail } from '../support/randomMail';

const separators = fc.constantFrom(
  'From jane@example.org Tue Jan  2 03:04:05 2024',
  'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001',
  'From jane@example.org  Tue Jan  2 03:04:05 2024 +0100',
  'From jane at example.org  Tue Jan  2 03:04:05 +0100 2024',
);
const lines = fc.constantFrom(
  'text',
  '',
  'From here on it is text',
  'From nine to 10:30:00 2024',
  'From nine at 10:30:00 in 2024',
  'From jane@example.org Tue Jan  2 03:04:05 70',
  '>From jane@example.org Tue Jan  2 03:04:05 2024',
  '>>From jane',
  '> From jane',
  'From: nobody',
  'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+From b',
  '---',
);
const mails = fc
  .tuple(separators, fc.array(lines, { maxLength: 12 }))
  .map(
    ([separator, body]) =>
      `${separator}\nFrom: Jane Doe <jane@example.org>\nSubject: [PATCH] a\nDate: today\n\n${body.join('\n')}\n`,
  );

/** All that is said of a message, with the lines moved by `by`. */
function tell(message: Message, by: number): unknown {
  const moved = (key: string, value: unknown): unknown =>
    (key === 'line' || key === 'endLine') && typeof value === 'number' ? value + by : value;
  const { comments, ...rest } = message;
  const anchors = comments.map(({ line, endLine, depth, anchor }) => {
    // The line of an anchor is one of the patched file, or of the message.
    const isHere = anchor.side === 'message' && anchor.line !== null && anchor.endLine !== null;
    const here = isHere ? { line: Number(anchor.line) + by, endLine: Number(anchor.endLine) + by } : {};
    return [line + by, endLine + by, depth, { ...anchor, ...here }];
  });
  return [JSON.parse(JSON.stringify(rest, moved)), anchors];
}

describe('mailboxes', () => {
  it('reading one mailbox behind another is reading each of them', () => {
    const mail = fc.oneof(
      mails,
      fc.tuple(separators, randomMail).map(([separator, { bytes }]) => `${separator}\n${bytes.toString('latin1')}`),
    );
    fc.assert(
      fc.property(fc.array(mail, { minLength: 1, maxLength: 3 }), fc.array(mail, { maxLength: 3 }), (one, other) => {
        const first = one.join('');
        const second = other.join('');
        const by = first.split('\n').length - 1;
        assert.deepEqual(
          readDocument(first + second).messages.map((message) => tell(message, 0)),
          [
            ...readDocument(first).messages.map((message) => tell(message, 0)),
            ...readDocument(second).messages.map((message) => tell(message, by)),
          ],
        );
      }),
      { numRuns: 200 },
    );
  });

  it('marks before `From ` are undone in those of public-inbox, and every position is kept', () => {
    const body = ['>From here on', '>>From the start', '> From jane', '> quoted', '', 'From here'];
    const head = ['From mboxrd@z Thu Jan  1 00:00:00 1970', 'From: Jane Doe <jane@example.org>', 'Subject: Re: a', ''];
    const [message] = readDocument(`${[...head, ...body].join('\n')}\n`).messages;
    assert.equal(message?.body, 'From here on\n>From the start\n> From jane\n> quoted\n\nFrom here\n');
    assert.deepEqual(
      message?.lines.slice(4).map(({ line, column, endColumn, depth }) => [line, column, endColumn, depth]),
      [
        [5, 2, 14, 0],
        [6, 3, 17, 1],
        [7, 3, 12, 1],
        [8, 3, 9, 1],
        [9, 1, 1, 0],
        [10, 1, 10, 0],
      ],
    );
  });

  it('such a mark among lines that are not quoted is no quote in any other', () => {
    const head = [
      'From jane@example.org Tue Jan  2 03:04:05 2024',
      'From: Jane Doe <jane@example.org>',
      'Subject: a',
      '',
    ];
    const [message] = readDocument(
      `${[...head, 'text', '>From here on', 'text', '> a', '>From b'].join('\n')}\n`,
    ).messages;
    assert.match(message?.body ?? '', /\n>From here on\n/);
    assert.deepEqual(
      message?.lines.slice(4).map(({ column, depth }) => [column, depth]),
      [
        [1, 0],
        [2, 0],
        [1, 0],
        [3, 1],
        [2, 1],
      ],
    );
  });

  it('bytes in a header that are no UTF-8 are in the charset of the text', () => {
    const read = (type: string): Message | undefined => {
      const mail = `From: J\xf6rg \xa4 <j@example.org>\nSubject: caf\xe9\n${type}\n\ntext\n`;
      const { text, hasRawBytes } = decodeBytes(Buffer.from(mail, 'latin1'));
      return readDocument(text, hasRawBytes).messages[0];
    };
    assert.deepEqual(read('X: y')?.author, { name: 'Jörg ¤', email: 'j@example.org' });
    assert.equal(read('Content-Type: text/plain; charset=iso-8859-15')?.author?.name, 'Jörg €');
    assert.equal(read('X: y')?.subject, 'café');
  });

  describeWithGit('beside git', () => {
    for (const [option, separator] of [
      ['--mboxrd', fc.constant('From mboxrd@z Thu Jan  1 00:00:00 1970')],
      ['--keep-cr', separators],
    ] as const) {
      // A mailbox that undoes marks has some before every line that needs one.
      const escaped = (mail: string): string => (option === '--mboxrd' ? mail.replace(/\n(?=>*From )/g, '\n>') : mail);
      it(`are split where mailsplit splits them, and read as the mails that it gives (${option})`, function () {
        this.timeout(60_000);
        const mailbox = fc
          .array(fc.tuple(separator, mails), { minLength: 1, maxLength: 4 })
          .map((parts) => parts.map(([own, mail]) => escaped(mail.replace(/^.*/, own))).join('\n'));
        fc.assert(
          fc.property(mailbox, (text) => {
            const split = mailsplit(text, option);
            const { messages } = readDocument(text);
            assert.equal(messages.length, split.length, text);
            for (const [i, message] of messages.entries()) {
              if (message.patchText === '') continue;
              const git = mailinfo(split[i] ?? '');
              assert.deepEqual(
                [message.body, message.patchText],
                [git.message.toString(), git.patch.toString()],
                `${text}\n${i}`,
              );
            }
          }),
          { numRuns: 60 },
        );
      });
    }
  });
});
