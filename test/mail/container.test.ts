// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { batchesOf } from '../../src/mail/batches';
import { isSeparator } from '../../src/mail/container';

function find(text: string): [string, number, number, string[]][] {
  return [...batchesOf(text)]
    .flatMap(({ messages }) => messages)
    .map((span) => [span.container, span.from, span.body, span.fields.map(({ name }) => name)]);
}

describe('mailbox separators', () => {
  const cases: [string, boolean][] = [
    ['From jane@example.org Tue Jan  2 03:04:05 2024', true],
    ['From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001', true],
    ['From mboxrd@z Thu Jan  1 00:00:00 1970', true],
    ['From jane@example.org Tue Jan  2 03:04:05 2024 +0100', true],
    ['From here on we have 10:30:00 sharp', false],
    ['From what I can see, this is right', false],
    ['From jane@example.org Tue Jan  2 03:04:05 70', false],
    ['From jo 11:02:03 99', true],
    ['From j 11:02:03 99', false],
    ['From: Jane', false],
  ];
  for (const [line, expected] of cases) {
    it(line, () => assert.equal(isSeparator(line, 0, line.length), expected));
  }
});

describe('messages of a document', () => {
  it('an empty one has none', () => assert.deepEqual(find('\n\n'), []));

  it('a mail starts with its header', () => {
    assert.deepEqual(find('Subject: a\nFrom: b\n c\nX-Odd: d\n\nbody\n'), [
      ['mail', 0, 5, ['subject', 'from', 'x-odd']],
    ]);
  });

  it('prose with a colon is no header', () => {
    assert.deepEqual(find('Note: this is text\nand: so is this\n'), [['text', 0, 0, []]]);
    assert.deepEqual(find('Re: what you said\n\nNo.\n'), [['text', 0, 0, []]]);
  });

  it('pages of archives name the subject first', () => {
    assert.deepEqual(find('Re: x\n\nFrom: Jane\nDate: Fri Jul 07 2023 - 00:02:06 EST\n\nbody\n'), [
      ['archive', 0, 4, ['subject', 'from', 'date']],
    ]);
    assert.deepEqual(find('x\n\nJane Doe jane at example.org\nFri Jan  2 05:24:23 EST 2026\n\nbody\n'), [
      ['archive', 0, 4, ['subject', 'from', 'date']],
    ]);
  });

  it('the header of a mail may start with any field', () => {
    const others = ['From: Jane <jane@example.org>', 'Date: Tue, 2 Jan 2024 03:04:05 +0000', 'Subject: x'];
    for (const field of ['Delivered-To: rev@example.org', 'Return-Path: <jane@example.org>', 'MIME-Version: 1.0']) {
      for (const fields of [others, others.toReversed(), [others[1], others[0], others[2]]]) {
        const [found] = find([field, ...fields, '', 'body', ''].join('\n'));
        assert.deepEqual(found?.slice(0, 3), ['mail', 0, 5], field);
      }
    }
  });

  it('openwall pages have no line between header and body', () => {
    const page =
      '[<prev] [next>] [day]\nMessage-ID: <a@b>\nFrom: Jane <j@...b>\nCc: a@b,\nc@d\nSubject: x\nThe body: it starts.\n';
    assert.deepEqual(find(page)[0]?.slice(0, 2), ['archive', 0]);
  });

  it('a mailbox behind other text is found by its header', () => {
    const text = 'Some text.\nFrom jane@example.org Tue Jan  2 03:04:05 2024\nFrom: Jane\n\nbody\n';
    assert.deepEqual(
      find(text).map(([container, from]) => [container, from]),
      [
        ['text', 0],
        ['mbox', 1],
      ],
    );
  });
});
