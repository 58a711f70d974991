// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readDocument } from '../../../src/patch/readDocument';
import { toldOf } from '../../../src/review/people';
import { replyTo } from '../../../src/review/reply/reply';
import { describeWithShared } from '../../support/shared';
import { changes, reviewToy, seriesOf } from '../series/toy';
import { review, seed000 } from '../support';

/** The reply to everything that is found in a text. */
async function replyOf(text: string): Promise<string> {
  return replyTo(readDocument(text), toldOf((await reviewToy(text)).findings));
}

/** Lines of a reply that quote, and those that do not, headers left out. */
function sorted(reply: string): { readonly quoted: string[]; readonly own: string[] } {
  const body = reply.slice(reply.indexOf('\n\n') + 2).split('\n');
  return { quoted: body.filter((line) => /^>/.test(line)), own: body.filter((line) => !/^>/.test(line)) };
}

const mail = seriesOf([[1, changes.breaks]]);

describe('a reply', () => {
  it('has headers, an attribution, the quoted lines and the finding under its line', async () => {
    const reply = await replyOf(mail);
    const lines = reply.split('\n');
    assert.deepEqual(lines.slice(0, 16), [
      'To: A <a@example.org>',
      'Subject: Re: [PATCH 1/1] toy: step 1',
      'In-Reply-To: <v1-1@example.org>',
      'References: <v1-1@example.org>',
      '',
      'On Mon, 4 Mar 2024 10:00:00 +0000, A wrote:',
      '> [...]',
      '> diff --git a/drivers/toy.c b/drivers/toy.c',
      '> --- a/drivers/toy.c',
      '> +++ b/drivers/toy.c',
      '> @@ -10,6 +10,5 @@ void toy_start(void)',
      '>  {',
      '>  \tint first = 1;',
      '>  ',
      '> -\ttoy_ready = first;',
      '',
    ]);
    assert.match(lines[16] ?? '', /^CPU 0 /);
    assert.match(reply, /^ {2}CPU 0: BUG_ON\(!toy_ready\);/m);
    assert.match(reply, /\n\(Simulated: toy; 3 states, all of them; 1 CPU, 1 page; confidence woven\./);
    assert.ok(!reply.endsWith('\n\n'));
  });

  it('answers each patch of a series in a mail of its own', async () => {
    const reply = await replyOf(
      seriesOf([
        [1, changes.breaks],
        [2, changes.elsewhere],
        [3, changes.helper],
        [4, changes.repairs],
      ]),
    );
    const subjects = readDocument(reply).messages.map((message) => [message.rawSubject, message.inReplyTo]);
    assert.deepEqual(subjects, [
      ['Re: [PATCH 1/4] toy: step 1', 'v1-1@example.org'],
      ['Re: [PATCH 4/4] toy: step 4', 'v1-4@example.org'],
    ]);
  });

  it('quotes what an encoding hides as it is read, in rows of its own', async () => {
    const [head = '', body = ''] = [mail.slice(0, mail.lastIndexOf('\n\nWhy.')), mail.slice(mail.lastIndexOf('Why.'))];
    const packed = `${head}\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from(body).toString('base64')}\n`;
    assert.deepEqual(sorted(await replyOf(packed)).quoted, sorted(await replyOf(mail)).quoted);
  });

  it('keeps quoted lines as they are, however long, and its own within 72 columns', async () => {
    const long = `${'x'.repeat(90)} ${'y'.repeat(30)}`;
    const text = mail.replace('@@ void toy_start(void)', `@@ void toy_start(void) /* ${long} */`);
    const { quoted, own } = sorted(await replyOf(text));
    const lines = new Set(text.split('\n').map((line) => `> ${line}`));
    for (const line of quoted) assert.ok(line === '> [...]' || lines.has(line), line);
    assert.ok(quoted.some((line) => line.includes(long)));
    for (const line of own) assert.ok(line.length <= 72, line);
  });

  it('leaves out what others said between the lines, and has one empty line between two remarks', async () => {
    const answer = mail
      .slice(mail.indexOf('Why.'))
      .split('\n')
      .map((line) => `> ${line}\n${line.includes('int first') ? '\nIs that so?\n\n' : ''}`)
      .join('');
    const text = `From: B <b@example.org>\nSubject: Re: [PATCH 1/1] toy: step 1\nMessage-ID: <2@example.org>\n\nOn Monday, A wrote:\n${answer}`;
    const [told] = toldOf((await reviewToy(text)).findings);
    assert.ok(told);
    const reply = replyTo(readDocument(text), [told, { ...told, number: 2 }]);
    assert.match(reply, /^> > {2}\tint first = 1;\n> \[\.\.\.\]\n> > {2}\n> > -\ttoy_ready = first;\n\nCPU 0 /m);
    assert.doesNotMatch(reply, /Is that so|\n\n\n/);
  });

  it('has no headers where the document has none', async () => {
    const diff = mail.slice(mail.indexOf('diff --git'));
    assert.match(await replyOf(diff), /^> diff --git a\/drivers\/toy\.c/);
  });

  it('sends nothing to an address that an archive masked', async () => {
    for (const masked of ['a@...mple.org', 'a@xxxxxxxxxxx', 'a at example.org'])
      assert.doesNotMatch(await replyOf(mail.replaceAll('a@example.org>', `${masked}>`)), /^To:/m);
  });

  it('is empty where nothing is told', () => {
    assert.equal(replyTo(readDocument(mail), []), '');
  });
});

describeWithShared('a reply to seed 000', (shared) => {
  it('trims what it quotes to five lines of context, and says where', async () => {
    const text = readFileSync(`${shared}/${seed000}`, 'utf8');
    const { findings } = await review(text, ['guest-kexec', 'guest-kexec-touched']);
    const reply = replyTo(readDocument(text), toldOf(findings));
    const { quoted, own } = sorted(reply);
    for (const line of own) assert.ok(line.length <= 72, line);
    const chunks = quoted
      .join('\n')
      .split('> [...]\n')
      .filter((chunk) => chunk !== '');
    assert.equal(chunks.length, 2);
    for (const chunk of chunks) assert.ok(chunk.trimEnd().split('\n').length <= 6, chunk);
    assert.match(reply, /^On Mon Jan 29 2024 - 05:24:23 EST, Kalra, Ashish wrote:$/m);
    assert.match(reply, /^Subject: Re: \[PATCHv6 10\/16\] x86\/tdx: Convert shared memory back to private on kexec$/m);
  });
});
