// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { cutMailbox } from '../../src/mail/cutMailbox';
import { listMailbox } from '../../src/mail/listMailbox';
import { describeWithGit } from '../support/git';

const separator = 'From jane@example.org Tue Jan  2 03:04:05 2024\n';

function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    // What was handed out may be overwritten afterwards, as a stream's buffer is.
    const chunk = new Uint8Array(bytes.subarray(from, from + size));
    yield chunk;
    chunk.fill(0);
    from += size;
  }
}

/** The mails as text, one entry a mail. */
async function cut(bytes: Uint8Array, sizes: readonly number[]): Promise<{ offset: number; text: string }[]> {
  const found: { offset: number; text: string }[] = [];
  for await (const { offset, bytes: mails, starts } of cutMailbox(chunksOf(bytes, sizes))) {
    starts.forEach((start, i) => {
      const mail = mails.subarray(start, starts[i + 1] ?? mails.length);
      found.push({ offset: offset + start, text: Buffer.from(mail).toString('latin1') });
    });
  }
  return found;
}

describe('a mailbox in chunks', () => {
  const line = fc.oneof(
    { weight: 2, arbitrary: fc.constant(separator) },
    fc.constantFrom('From here on\n', 'From \n', '\n', '>From x\n', 'From', ' From x\n', 'Subject: x\n', '\r\n', 'Fro'),
    fc.string({ maxLength: 8 }).map((text) => `${text}\n`),
  );

  it('is cut in the same places whatever the chunks are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 }),
        async (lines, sizes) => {
          const bytes = Buffer.from(lines.join(''));
          const text = bytes.toString('latin1');
          const parts: string[] = [];
          let start = 0;
          for (const found of text.matchAll(/\n(?=From jane@example\.org Tue Jan {2}2 03:04:05 2024(?:\r?\n|$))/g)) {
            parts.push(text.slice(start, found.index + 1));
            start = found.index + 1;
          }
          if (start < text.length) parts.push(text.slice(start));
          const mails = await cut(bytes, sizes);
          assert.deepEqual(
            mails.map((mail) => mail.text),
            parts,
          );
          for (const mail of mails) assert.equal(text.slice(mail.offset, mail.offset + mail.text.length), mail.text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes linear time where a line that starts as a separator never ends', async () => {
    const bytes = Buffer.from(`${separator}\n${'\nFrom x'.repeat(10)}${'x'.repeat(3_000_000)}`);
    const mails = await cut(bytes, [500]);
    assert.equal(mails.length, 1);
  });
});

describe('the list of a mailbox', () => {
  const mailbox = [
    `${separator}From: =?utf-8?q?J=C3=A4ne?= <jane@example.org>\nSubject: [PATCH 1/2] one\n two\nDate: Tue, 2 Jan 2024 03:04:05 +0000\n`,
    'Message-Id: <1@example.org>\nReceived: by nobody\n\nText.\nSubject: none\n\n',
    `${separator}Subject: Re: [PATCH 1/2] one two\r\nIn-Reply-To: <1@example.org>\r\nReferences: <0@example.org>\r\n <1@example.org>\r\n\r\nYes.\r\n`,
  ].join('');

  it('has place, subject, sender, date and ids of each mail', async () => {
    const bytes = Buffer.from(`\n${mailbox}`);
    const listed = await listMailbox([bytes]);
    const second = bytes.indexOf('From jane', 10);
    assert.deepEqual(listed, [
      {
        offset: 1,
        length: second - 1,
        subject: '[PATCH 1/2] one two',
        author: { name: 'Jäne', email: 'jane@example.org' },
        date: 'Tue, 2 Jan 2024 03:04:05 +0000',
        messageId: '1@example.org',
        inReplyTo: null,
        references: [],
      },
      {
        offset: second,
        length: bytes.length - second,
        subject: 'Re: [PATCH 1/2] one two',
        author: null,
        date: null,
        messageId: null,
        inReplyTo: '1@example.org',
        references: ['0@example.org', '1@example.org'],
      },
    ]);
  });

  it('is empty for an empty file', async () => {
    assert.deepEqual(await listMailbox([]), []);
    assert.deepEqual(await listMailbox([Buffer.from('\n\n')]), []);
  });

  describeWithGit('beside git', () => {
    it('has the mails that git mailsplit cuts, byte for byte', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'kpr-mailsplit-'));
      try {
        const bodies = ['From here on 10:30\n\n', 'From jo 11:02:03 99\n', '>From x\n', 'diff --git a/x b/x\n', '\n'];
        const bytes = Buffer.from(
          Array.from({ length: 200 }, (_, i) => `${separator}Subject: ${i}\n\n${bodies[i % 5]}${bodies[i % 3]}`).join(
            '',
          ),
        );
        const file = path.join(folder, 'box');
        writeFileSync(file, bytes);
        assert.equal(spawnSync('git', ['mailsplit', `-o${folder}`, file]).status, 0);
        const parts = readdirSync(folder)
          .filter((name) => name !== 'box')
          .sort();
        const listed = await listMailbox(chunksOf(bytes, [1000]));
        assert.deepEqual(
          listed.map(({ offset, length }) => bytes.toString('utf8', offset, offset + length)),
          parts.map((name) => readFileSync(path.join(folder, name), 'utf8')),
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});
