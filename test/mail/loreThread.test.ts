// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';

const page = [
  'public inbox for a-list@example.org',
  ' help / color / mirror / Atom feed',
  '',
  '* [PATCH] a: ask first',
  '@ 2024-01-02  3:01 Jane Doe',
  '  2024-01-02  5:24 ` Richard Roe',
  '  0 siblings, 1 reply; 2+ messages in thread',
  'From: Jane Doe @ 2024-01-02  3:01 UTC (permalink / raw)',
  '  To: a-list; +Cc: x86, Roe, Richard',
  '',
  'Ask first.',
  '',
  'Signed-off-by: Jane Doe <jane@example.org>',
  '---',
  'diff --git a/a.c b/a.c',
  '--- a/a.c',
  '+++ b/a.c',
  '@@ -1,2 +1,3 @@ int f(void)',
  ' {',
  '+\tg();',
  ' }',
  '-- ',
  '2.40.1',
  '',
  '^ permalink raw reply\t[flat|nested] 2+ messages in thread',
  '',
  '* Re: [PATCH] a: ask first',
  '  2024-01-02  3:01 [PATCH] a: ask first Jane Doe',
  '@ 2024-01-02  5:24 ` Richard Roe',
  '  0 siblings, 0 replies; 2+ messages in thread',
  'From: Richard Roe @ 2024-01-02  5:24 UTC (permalink / raw)',
  '  To: Jane Doe; +Cc: a-list, x86',
  '',
  'On Tue, Jan 2, 2024, Jane Doe wrote:',
  '> @@ -1,2 +1,3 @@ int f(void)',
  '>  {',
  '> +\tg();',
  'Why?',
  '>  }',
  '',
  '^ permalink raw reply\t[flat|nested] 2+ messages in thread',
  '',
  'end of thread, other threads:[~2024-01-02  5:24 UTC | newest]',
  '',
  'Thread overview: 2+ messages (download: mbox.gz / follow: Atom feed)',
];

function check(lines: readonly string[]): void {
  const { messages } = readDocument(`${lines.join('\n')}\n`);
  assert.deepEqual(
    messages.map((message) => [
      message.container,
      message.line,
      message.author?.name,
      message.rawSubject,
      message.date,
      message.files.length,
    ]),
    [
      ['archive', 1, 'Jane Doe', '[PATCH] a: ask first', '2024-01-02 3:01 UTC', 1],
      ['archive', 27, 'Richard Roe', 'Re: [PATCH] a: ask first', '2024-01-02 5:24 UTC', 1],
    ],
  );
  assert.deepEqual(
    messages.map((message) => message.trailers.map(({ key, line }) => [key, line])),
    [[['Signed-off-by', 13]], []],
  );
  assert.deepEqual(
    messages[1]?.comments.map(({ line, anchor }) => [line, anchor.line]),
    [[38, 2]],
  );
  const roles = new Map(messages.flatMap((message) => message.lines.map((info) => [info.line, info.role])));
  assert.equal(roles.size, lines.length);
  for (const line of [1, 5, 8, 9, 27, 31]) assert.equal(roles.get(line), 'header', `line ${line}`);
  for (const line of [25, 41, 43, 45]) assert.equal(roles.get(line), 'footer', `line ${line}`);
}

describe('a thread on one page of lore', () => {
  it('is read mail by mail', () => check(page));

  it('attachments are told from what was written', () => {
    const at = page.indexOf('Why?') + 1;
    const notes = ['[-- Attachment #2: b.patch --]', '[-- Type: text/x-patch, Size: 12 bytes --]'];
    const { messages } = readDocument(`${[...page.slice(0, at), ...notes, ...page.slice(at)].join('\n')}\n`);
    assert.deepEqual(
      messages[1]?.comments.map(({ line, endLine }) => [line, endLine]),
      [[38, 38]],
    );
    const roles = messages[1]?.lines.filter(({ line }) => line === 39 || line === 40).map(({ role }) => role);
    assert.deepEqual(roles, ['header', 'header']);
  });

  it('also where a copy lost white space at the start of lines', () => {
    const trimmed = page.map((line) => line.trim());
    const { messages } = readDocument(`${trimmed.join('\n')}\n`);
    assert.deepEqual(
      messages.map((message) => [message.line, message.author?.name, message.files.length]),
      [
        [1, 'Jane Doe', 1],
        [27, 'Richard Roe', 1],
      ],
    );
  });
});
