// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDocument } from '../../src/patch/readDocument';
import { readMailbox } from '../../src/patch/readMailbox';
import type { Message } from '../../src/patch/types';

const separator = 'From jane@example.org Tue Jan  2 03:04:05 2024\n';
const patch = 'diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@\n one\n+two\n three\n';
const bodies = [
  `Content-Transfer-Encoding: base64\n\n${Buffer.from(`Text.\n---\n${patch}`).toString('base64')}\n`,
  `Content-Transfer-Encoding: quoted-printable\n\nA =C3=A4 b\n---\n${patch}`,
  `\nÄ wörd, čeština\n---\n${patch}-- \n2.40.1\n\n`,
  '\nNo patch here.\nFrom here on\n\n',
  '',
];

async function readChunks(bytes: Uint8Array, size: number): Promise<Message[]> {
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.subarray(from, from + size));
  const messages: Message[] = [];
  for await (const { message } of readMailbox(chunks)) messages.push(message);
  return messages;
}

describe('a mailbox read from chunks', () => {
  it('gives the messages of the document', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...bodies), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 900 }),
        async (picked, size) => {
          const text = picked.map((body, i) => `${separator}Subject: [PATCH] ${i}\nFrom: a <a@b.c>\n${body}`).join('');
          // A plain copy has all that is made when it is first asked for.
          const found = (await readChunks(Buffer.from(text), size)).map((message) => ({ ...message }));
          assert.deepEqual(
            found,
            readDocument(text).messages.map((message) => ({ ...message })),
          );
          assert.equal(found.length, picked.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});
