// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { TextChange } from '../../src/mail/spliceLines';
import { readDocument } from '../../src/patch/readDocument';
import { type Reading, rereadDocument, startReading } from '../../src/patch/rereadDocument';
import type { ReadDocument } from '../../src/patch/types';
import { describeWithShared } from '../support/shared';

/** All that there is to ask for, as plain values. */
function plain({ messages, notices }: ReadDocument): unknown {
  return { messages: messages.map((message) => JSON.parse(JSON.stringify(message))), notices };
}

function changed(text: string, { offset, removed, inserted }: TextChange): string {
  return text.slice(0, offset) + inserted + text.slice(offset + removed);
}

/** Reads again after each change; everything must be as if it was read for the first time. Gives how the last one was read. */
function check(start: string, changes: readonly TextChange[], asks: boolean): Reading {
  let text = start;
  let reading = startReading(text);
  for (const change of changes) {
    const before = asks ? plain(reading.document) : null;
    const next = changed(text, change);
    const again = rereadDocument(reading, next, change);
    assert.deepEqual(plain(again.document), plain(readDocument(next)));
    // Asking one for its lines tells nothing to the other.
    if (before !== null) assert.deepEqual(plain(reading.document), before);
    assert.equal(
      again.pieces.reduce((sum, { length }) => sum + length, 0),
      again.pieces.length === 0 ? 0 : next.length,
    );
    text = next;
    reading = again;
  }
  return reading;
}

const separator = 'From jane@example.org Tue Jan  2 03:04:05 2024\n';
const hunk = '@@ -1,3 +1,4 @@ f\n \tint a;\n-\tint b;\n+\tint c;\n+\tint d;\n \treturn;\n';
const file = (name: string, hunks = 1): string =>
  `diff --git a/${name} b/${name}\nindex 1111111..2222222 100644\n--- a/${name}\n+++ b/${name}\n${hunk.repeat(hunks)}`;
const patch = `${file('x.c', 2)}${file('y/z.c')}${file('w.h', 3)}-- \n2.40.1\n\n`;
const head = (i: number): string => `Message-Id: <${i}@b>\nFrom: a <a@b.c>\nDate: x\n`;
const mails = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    i % 3 === 1
      ? `${separator}Subject: Re: [PATCH ${i}] x\nIn-Reply-To: <${i - 1}@b>\n${head(i)}\nOn Monday, a wrote:\n> ${patch.replace(/\n(?=.)/g, '\n> ')}\nWhy?\n\n`
      : i % 5 === 3
        ? `${separator}Subject: [PATCH ${i}] x\n${head(i)}Content-Transfer-Encoding: base64\n\n${Buffer.from(`T\n---\n${patch}`).toString('base64')}\n\n`
        : `${separator}Subject: [PATCH ${i}] x\n${head(i)}\nText.\n---\n x.c | 2 +-\n\n${patch}`,
  ).join('');

const documents = [
  patch,
  `From: a <a@b.c>\nSubject: [PATCH] x\nDate: x\n\nText.\n---\n${patch}`,
  `From: a <a@b.c>\nSubject: Re: [PATCH] x\nDate: x\n\n> ${patch.replaceAll('\n', '\n> ')}`,
  `From: a <a@b.c>\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText.\n${patch}\n--b\n\n${patch}\n--b--\n`,
  patch.replaceAll('\n', '\r\n'),
  patch.replaceAll('\n', '\r'),
  mails(1),
  mails(7),
  mails(7).replaceAll('\n', '\r\n'),
  `\n\n${mails(3)}`,
  `Text.\n${mails(3)}`,
  '',
];

const inserted = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    ' ',
    '+',
    '-',
    '\n',
    '\r',
    '\r\n',
    '\n+x',
    '\n ',
    '\n-',
    '@@ -1,2 +1,2 @@\n',
    '\n@@ -5 +5,2 @@\n+a\n b\n',
    'diff --git a/x b/x\n',
    '\n--- a/x\n+++ b/x\n',
    '> ',
    '>',
    '\n-- \n2.1\n',
    separator,
    `\n${separator}`,
    'From ',
    'Subject: Re: y\n',
    'Content-Transfer-Encoding: quoted-printable\n',
    'Content-Type: multipart/mixed; boundary=b\n',
    '--b\n',
    '[...]\n',
    'rename from a\n',
    '\0',
    '\\ No newline at end of file\n',
    patch,
  ),
  fc.string({ maxLength: 3 }),
);

interface RoughChange {
  readonly at: number;
  readonly line: boolean;
  readonly removed: number;
  readonly inserted: string;
}

const roughChange: fc.Arbitrary<RoughChange> = fc.record({
  at: fc.nat(),
  line: fc.boolean(),
  removed: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 400 }),
  ),
  inserted,
});

/** A change that fits a text: anywhere, or at the start of a line, where most headers are hurt. */
function fitted(text: string, { at, line, removed, inserted: words }: RoughChange): TextChange {
  let offset = text.length === 0 ? 0 : at % (text.length + 1);
  if (line) offset = text.lastIndexOf('\n', offset) + 1;
  return { offset, removed: Math.min(removed, text.length - offset), inserted: words };
}

function checkRough(text: string, rough: readonly RoughChange[], asks: boolean): void {
  let now = text;
  const changes = rough.map((one) => {
    const change = fitted(now, one);
    now = changed(now, change);
    return change;
  });
  check(text, changes, asks);
}

describe('reading again after a change', () => {
  it('gives what reading everything gives, whatever changes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.array(roughChange, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        checkRough,
      ),
      { numRuns: 300 },
    );
  });

  it('reads one file of a patch when a row changes, comes or goes', () => {
    const text = `From: a <a@b.c>\nSubject: [PATCH] x\nDate: x\n\nText.\n---\n${patch}`;
    for (const [from, to] of [
      ['+\tint d;\n', '+\tint de;\n'],
      ['+\tint d;\n', '+\tint d;\n+\tint e;\n'],
      ['+\tint d;\n', ''],
      ['@@ -1,3 +1,4 @@', '@@ -7,3 +9,4 @@'],
    ] as const) {
      const offset = text.indexOf(from, text.indexOf('y/z.c'));
      const before = startReading(text);
      const change = { offset, removed: from.length, inserted: to };
      const after = rereadDocument(before, changed(text, change), change);
      check(text, [change], true);
      // What was not read again is the same record still.
      const recordsOf = (reading: Reading): unknown[] =>
        reading.pieces.flatMap((piece) => [...piece.reading.message.sources().records]);
      assert.equal(recordsOf(after)[0], recordsOf(before)[0]);
      assert.notEqual(recordsOf(after)[1], recordsOf(before)[1]);
    }
  });

  it('leaves the other messages of a mailbox as they are', () => {
    const text = mails(9);
    const offset = text.indexOf('Text.', text.indexOf('[PATCH 5]'));
    const before = startReading(text);
    const change = { offset, removed: 0, inserted: 'Some ' };
    const after = rereadDocument(before, changed(text, change), change);
    const same = after.document.messages.filter((message, i) => message === before.document.messages[i]);
    // Of nine, three are replies, which are read beside the others, and one changed.
    assert.equal(same.length, 5);
  });

  describeWithShared('of the corpus', (shared) => {
    it('gives what reading everything gives', () => {
      const folders = ['mails', 'mbox', 'format-patch', 'plain-diff'].map((name) =>
        path.join(shared, 'corpus', 'kernel', name),
      );
      const files = folders.flatMap((folder) =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name)),
      );
      const texts = files.map((name) => readFileSync(name, 'utf8')).filter((text) => text.length < 60_000);
      fc.assert(
        fc.property(
          fc.nat(texts.length - 1),
          fc.array(roughChange, { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          (index, rough, asks) => checkRough(texts[index] ?? '', rough, asks),
        ),
        { numRuns: 100 },
      );
    });
  });
});
