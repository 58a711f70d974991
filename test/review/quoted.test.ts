// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/shared';
import { changed, findingsOf, review } from './support';

const sample = readFileSync(path.join(root, 'media/samples/guest-kexec.eml'), 'utf8');
const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';

/** A reply that quotes the whole body of the sample. */
function reply(body: string): string {
  const quote = body.trimEnd().replace(/^/gm, '> ').replace(/ $/gm, '');
  const head = ['From: R Viewer <r@example.org>', 'Subject: Re: [PATCH v2 3/4] x86/tdx: Give shared memory back'];
  return [
    ...head,
    'In-Reply-To: <20261106091200.1-3-author@example.org>',
    '',
    'On Friday, Author wrote:',
    quote,
    '',
    'Racy?',
    '',
  ].join('\n');
}

const body = sample.slice(sample.indexOf('\n\n') + 2);

describe('a thread in one document', () => {
  it('has the patch simulated once, and says where it was only quoted', async () => {
    const alone = await review(sample.replace(/^From .*\n/, separator), ['guest-kexec']);
    const thread = await review(`${sample.replace(/^From .*\n/, separator)}\n${separator}${reply(body)}`, [
      'guest-kexec',
    ]);
    assert.deepEqual(findingsOf(thread), findingsOf(alone));
    assert.equal(thread.patches, 1);
    const quoting = thread.notices.filter(({ message }) => message.startsWith('This mail quotes'));
    assert.deepEqual(
      quoting.map(({ level, place }) => [level, place?.line]),
      [['note', sample.split('\n').length + 1]],
    );
  });

  it('is simulated where it is only quoted', async () => {
    const quoted = await review(reply(body));
    assert.equal(quoted.patches, 1);
    assert.ok(findingsOf(quoted).length > 0);
  });

  it('has both simulated where the reply shows other code', async () => {
    const other = changed(body.replaceAll('tdx', 'sev'), 'may_convert', 'might_convert');
    const thread = await review(`${sample.replace(/^From .*\n/, separator)}\n${separator}${reply(other)}`);
    assert.equal(thread.patches, 2);
  });
});
