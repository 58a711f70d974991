// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import type { Message } from '../../src/patch/types';
import { describeWithShared } from '../support/shared';

/** What git's own test suite expects of a mail. */
function expectationOf(file: string): Record<string, string> {
  const info = new Map<string, string>();
  for (const line of readFileSync(`${file}.info`, 'utf8').split('\n')) {
    const match = /^(\w+): ?(.*)$/.exec(line);
    if (match !== null) info.set(match[1] ?? '', match[2] ?? '');
  }
  return {
    author: info.get('Author') ?? '',
    email: info.get('Email') ?? '',
    subject: info.get('Subject') ?? '',
    date: info.get('Date') ?? '',
    body: readFileSync(`${file}.msg`, 'utf8'),
    patchText: readFileSync(`${file}.patch`, 'utf8'),
  };
}

function readingOf(message: Message | undefined): Record<string, string | undefined> {
  return {
    author: message?.author?.name ?? '',
    email: message?.author?.email ?? '',
    subject: message?.subject,
    date: message?.date ?? '',
    body: message?.body,
    patchText: message?.patchText,
  };
}

describeWithShared('mailboxes of git format-patch', (shared) => {
  const folder = path.join(shared, 'corpus', 'git-format-patch');

  it('are split and read as git expects, whole and mail by mail', () => {
    let mails = 0;
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.mbox'))) {
      const split = path.join(folder, name.replace(/\.mbox$/, '.split'));
      if (!existsSync(split)) continue;
      const files = readdirSync(split)
        .filter((file) => /^\d+$/.test(file))
        .sort();
      const { messages } = readDocument(readFileSync(path.join(folder, name), 'utf8'));
      assert.equal(messages.length, files.length, name);
      for (const [i, file] of files.entries()) {
        const expected = expectationOf(path.join(split, file));
        assert.deepEqual(readingOf(messages[i]), expected, `${name} ${file}`);
        const alone = readDocument(readFileSync(path.join(split, file), 'utf8')).messages;
        assert.deepEqual(alone.map(readingOf), [expected], `${name} ${file} alone`);
        mails++;
      }
    }
    console.log(`      ${mails} mails`);
    assert.ok(mails > 30);
  });
});
