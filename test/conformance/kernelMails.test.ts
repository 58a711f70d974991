// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeBytes } from '../../src/mail/rawBytes';
import { readDocument } from '../../src/patch/readDocument';
import { numstatOf } from '../patch/rows';
import { describeWithGit } from '../support/git';
import { mailinfo, mailsplit } from '../support/mailinfo';
import { describeWithShared } from '../support/shared';

describeWithShared('mails of the kernel', (shared) => {
  describeWithGit('beside git', () => {
    for (const folder of ['mails', 'format-patch', 'mbox']) {
      it(`${folder}: mails with a patch as mailinfo reads them, their files as git apply counts them`, function () {
        this.timeout(120_000);
        let mails = 0;
        let patches = 0;
        const directory = path.join(shared, 'corpus', 'kernel', folder);
        for (const name of readdirSync(directory)) {
          const bytes = readFileSync(path.join(directory, name));
          const { text, hasRawBytes } = decodeBytes(bytes);
          const { messages } = readDocument(text, hasRawBytes);
          // That of public-inbox says by its first line how it is quoted.
          const split = mailsplit(bytes, ...(text.startsWith('From mboxrd@z') ? ['--mboxrd'] : []));
          assert.equal(messages.length, split.length, name);
          for (const [i, message] of messages.entries()) {
            mails++;
            if (message.patchText === '') continue;
            patches++;
            const git = mailinfo(split[i] ?? '');
            assert.equal(git.status, 0, name);
            assert.deepEqual(
              [message.author?.name, message.author?.email, message.subject, message.date, message.body],
              [git.author, git.email, git.subject, git.date, git.message.toString()],
              `${name} ${i}`,
            );
            assert.equal(message.patchText, git.patch.toString(), `${name} ${i}`);
            const numstat = spawnSync('git', ['apply', '--numstat', '-z', '-'], { input: git.patch, encoding: 'utf8' });
            if (numstat.status !== 0) continue;
            const expected = numstat.stdout.split('\0').filter((entry) => entry !== '');
            assert.deepEqual(numstatOf([message]).sort(), expected.sort(), `${name} ${i}`);
          }
        }
        console.log(`      ${patches} patches in ${mails} mails`);
        assert.ok(patches > 0);
      });
    }
  });
});
