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

  it('keeps its header, also that of a mailbox', () => {
    const header = [
      'From: Jane Doe <jane@example.org>',
      'To: list@example.org, Richard Roe <rick@example.org>',
      'Subject: Re: [PATCH v2 1/3] a: change: it',
      'Date: Tue, 2 Jan 2024 03:04:05 +0000',
      'Message-ID: <2@example.org>',
      'In-Reply-To: <1@example.org>',
      'References: <0@example.org> <1@example.org>',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
    ];
    const body = ['On Monday, Rick wrote:', ...filler, 'Subject: is nothing here.'].join(' ');
    for (const top of [[], ['From mboxrd@z Thu Jan  1 00:00:00 1970']]) {
      const head = [...top, ...header].join(' ');
      const message = onlyMessage(`${head} ${body}\n`);
      assert.equal(message.rawSubject, 'Re: [PATCH v2 1/3] a: change: it');
      assert.deepEqual(message.author, { name: 'Jane Doe', email: 'jane@example.org' });
      assert.deepEqual([message.messageId, message.inReplyTo], ['2@example.org', '1@example.org']);
      assert.deepEqual(message.references, ['0@example.org', '1@example.org']);
      assert.deepEqual(
        message.lines.slice(0, 3).map(({ column, depth, role }) => [column, depth, role]),
        [
          [1, 0, 'header'],
          [head.length + 2, 0, 'attribution'],
          [head.length + 2 + 'On Monday, Rick wrote: > '.length, 1, 'text'],
        ],
      );
    }
  });

  it('whose text starts with something like a field has no header', () => {
    const message = onlyMessage(`From: what I see, Subject: is unclear. On Monday, Rick wrote: ${filler.join(' ')}\n`);
    assert.equal(message.author, null);
    assert.equal(message.rawSubject, '');
  });
});
