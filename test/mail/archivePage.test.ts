// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';
import type { Message } from '../../src/patch/types';

const subject = 'Re: [PATCH v2 1/2] a: ask first';
const quoted = [
  'On Tue, Jan 2, 2024, Jane Doe wrote:',
  '> diff --git a/a.c b/a.c',
  '> --- a/a.c',
  '> +++ b/a.c',
  '> @@ -1,2 +1,3 @@ int f(void)',
  '>  {',
  '> +\tg();',
  'Why before the lock?',
  '>  }',
  '',
  '-- ',
  'Rick',
];
const navigation = '[<prev] [next>] [<thread-prev] [thread-next>] [day] [month] [year] [list]';

interface Page {
  readonly head: readonly string[];
  readonly tail: readonly string[];
  readonly email: string | null;
  readonly date: string;
  readonly messageId?: string;
  readonly name?: string;
}

const pages: Record<string, Page> = {
  hypermail: {
    head: [subject, '', 'From: Richard Roe', 'Date: Tue Jan 02 2024 - 05:24:23 EST', '', ''],
    tail: [],
    email: null,
    date: 'Tue Jan 02 2024 - 05:24:23 EST',
  },
  'hypermail with links': {
    head: [
      subject,
      'From: Richard Roe',
      'Date: Tue Jan 02 2024 - 05:24:23 EST',
      '',
      'Next message: Jane Doe: "Re: [PATCH v2 1/2] a: ask first"',
      'Previous message: Jane Doe: "[PATCH v2 1/2] a: ask first"',
      'In reply to: Jane Doe: "[PATCH v2 1/2] a: ask first"',
      'Messages sorted by: [ date ] [ thread ] [ subject ] [ author ]',
      '',
    ],
    tail: [
      '',
      'Next message: Jane Doe: "Re: [PATCH v2 1/2] a: ask first"',
      'Messages sorted by: [ date ] [ thread ] [ subject ] [ author ]',
    ],
    email: null,
    date: 'Tue Jan 02 2024 - 05:24:23 EST',
  },
  pipermail: {
    head: [
      subject,
      'Richard Roe richard at example.org',
      'Tue Jan  2 05:24:23 EST 2024',
      '',
      'Previous message (by thread): [PATCH v2 1/2] a: ask first',
      'Messages sorted by: [ date ] [ thread ] [ subject ] [ author ]',
    ],
    tail: [
      '',
      'Previous message (by thread): [PATCH v2 1/2] a: ask first',
      'More information about the a-list mailing list',
    ],
    email: 'richard at example.org',
    date: 'Tue Jan 2 05:24:23 EST 2024',
  },
  'openwall with tabs': {
    head: [
      navigation,
      'Message-ID:\t<r@...mple.org>',
      'Date:\tTue, 2 Jan 2024 05:24:23 -0500',
      'From:\tRichard Roe <richard@...mple.org>',
      'To:\tJane Doe <jane@...mple.org>',
      'Cc:\tlist@...mple.org,',
      'other@...mple.org',
      `Subject:\t${subject}`,
      '',
    ],
    tail: ['Powered by blists - more mailing lists'],
    email: 'richard@...mple.org',
    date: 'Tue, 2 Jan 2024 05:24:23 -0500',
    messageId: 'r@...mple.org',
  },
  'openwall without empty lines': {
    head: [
      navigation,
      'Message-ID: <r@example.org>',
      'Date: Tue, 2 Jan 2024 05:24:23 -0500',
      'From: Richard Roe <richard@...mple.org>',
      'To: Jane Doe',
      '<jane@...mple.org>',
      `Subject: ${subject}`,
    ],
    tail: ['Powered by blists - more mailing lists'],
    email: 'richard@...mple.org',
    date: 'Tue, 2 Jan 2024 05:24:23 -0500',
    messageId: 'r@example.org',
  },
  'mail-archive.com': {
    head: [subject, '', 'Richard Roe Tue, 02 Jan 2024 05:24:23 -0500', ''],
    tail: ['', 'Reply via email to', 'Previous message', 'Next message'],
    email: null,
    date: 'Tue, 02 Jan 2024 05:24:23 -0500',
  },
  marc: {
    head: [
      '[prev in list] [next in list] [prev in thread] [next in thread] ',
      '',
      'List:       linux-kernel',
      `Subject:    ${subject}`,
      'From:       Richard Roe <richard () example ! org>',
      'Date:       2024-01-02 5:24:23',
      'Message-ID: r () example ! org',
      '[Download RAW message or body]',
      '',
    ],
    tail: [
      '[prev in list] [next in list] [prev in thread] [next in thread] ',
      '',
      'Configure | About | News | Add a list | Sponsored by KoreLogic',
    ],
    email: 'richard () example ! org',
    date: '2024-01-02 5:24:23',
    messageId: 'r () example ! org',
  },
  'lkml.org': {
    head: [
      '[lkml]   [2024]   [Jan]   [2]   [last100]   RSS Feed',
      'Messages in this thread',
      '',
      'Date\tTue, 2 Jan 2024 05:24:23 -0500',
      `Subject\t${subject}`,
      'From\tRichard Roe <>',
      '',
    ],
    tail: [],
    email: null,
    date: 'Tue, 2 Jan 2024 05:24:23 -0500',
  },
  'lore, one mail': {
    head: [
      'public inbox for a-list@example.org',
      ' help / color / mirror / Atom feed',
      '',
      'From: Richard Roe <richard@example.org>',
      'To: Jane Doe <jane@example.org>',
      'Cc: a-list@example.org,',
      '\tother@example.org',
      `Subject: ${subject}`,
      'Date: Tue, 02 Jan 2024 05:24:23 -0500\t[thread overview]',
      'Message-ID: <r@example.org> (raw)',
      'In-Reply-To: <p@example.org>',
      '',
    ],
    tail: [
      '',
      'next prev parent reply\tother threads:[~2024-01-02  5:24 UTC|newest]',
      '',
      'Thread overview: 2+ messages / expand[flat|nested]  mbox.gz  Atom feed  top',
      '2024-01-02  3:01 [PATCH v2 1/2] a: ask first Jane Doe',
      '2024-01-02  5:24 ` Richard Roe [this message]',
      '',
      'Reply instructions:',
      '',
      '* Save the following mbox file, import it into your mail client,',
      '  and reply-to-all from there: mbox',
      '',
      'This is a public inbox, see mirroring instructions',
      'for how to clone and mirror all data and code used for this inbox',
    ],
    email: 'richard@example.org',
    date: 'Tue, 02 Jan 2024 05:24:23 -0500',
    messageId: 'r@example.org',
  },
};

function onlyMessage(lines: readonly string[]): Message {
  const { messages } = readDocument(`${lines.join('\n')}\n`);
  assert.equal(messages.length, 1);
  const [message] = messages;
  assert.ok(message);
  return message;
}

describe('pages of mail archives', () => {
  for (const [name, page] of Object.entries(pages)) {
    it(`${name}: header, comment, and what belongs to the page`, () => {
      const message = onlyMessage([...page.head, ...quoted, ...page.tail]);
      const first = page.head.length;
      assert.equal(message.container, 'archive');
      assert.deepEqual(message.author, { name: 'Richard Roe', email: page.email });
      assert.equal(message.rawSubject, subject);
      assert.equal(message.subject, 'a: ask first');
      assert.equal(message.date, page.date);
      assert.equal(message.messageId, page.messageId ?? null);
      assert.deepEqual(
        message.files.map((file) => [file.newPath, file.line, file.additions]),
        [['a.c', first + 2, 1]],
      );
      assert.deepEqual(
        message.comments.map(({ line, endLine, anchor }) => [line, endLine, anchor.side, anchor.line]),
        [[first + 8, first + 8, 'new', 2]],
      );
      const roles = new Map(message.lines.map((info) => [info.line, info.role]));
      for (let line = 1; line <= first; line++) assert.equal(roles.get(line), 'header', `line ${line}`);
      assert.equal(roles.get(first + 12), 'signature');
      const end = first + quoted.length;
      for (let line = end + 1; line <= end + page.tail.length; line++)
        assert.equal(roles.get(line), 'footer', `line ${line}`);
      assert.equal(message.lines.length, end + page.tail.length);
    });
  }

  it('a mail whose header starts with subject, sender and date is no page', () => {
    const message = onlyMessage([`Subject: ${subject}`, 'From: Richard Roe', 'Date: today', '', ...quoted]);
    assert.equal(message.container, 'mail');
    assert.equal(message.rawSubject, subject);
  });
});

describe('text around a mail', () => {
  const header = ['From: Jane Doe <jane@example.org>', 'Subject: [PATCH] a: b', 'Date: Tue, 2 Jan 2024 05:24:23 -0500'];
  const patch = ['a', '---', 'diff --git a/a.c b/a.c', '--- a/a.c', '+++ b/a.c', '@@ -1 +1 @@', '-a', '+b'];

  it('a header below empty lines and other text is found', () => {
    const message = onlyMessage(['', '', 'have a look at this:', '', ...header, '', ...patch]);
    assert.equal(message.container, 'mail');
    assert.equal(message.subject, 'a: b');
    assert.equal(message.body, 'a\n');
    assert.equal(message.files.length, 1);
  });

  it('the header of a mail that somebody answers above it is not that of the answer', () => {
    const message = onlyMessage(['I agree.', '', '-----Original Message-----', ...header, '', ...patch]);
    assert.equal(message.container === 'mail', false);
    assert.equal(message.author, null);
  });

  it('fields below a diff are no header', () => {
    const message = onlyMessage([...patch.slice(2), '', ...header, '', 'text']);
    assert.equal(message.container, 'diff');
    assert.equal(message.author, null);
  });
});
