// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rangeDiff } from '../../src/patch/rangeDiff';
import { rangeDiffText } from '../../src/patch/rangeDiffText';
import { type RangePatch, rangePatch } from '../../src/patch/rangePatch';
import { readDocuments } from '../../src/patch/readDocument';
import { describeWithShared } from '../support/shared';

/** The range-diff of two mailboxes as text. */
function textOf(before: string, after: string): string {
  const [one = [], other = []] = readDocuments([before, after]).map(({ messages }) => patchesOf(messages));
  return rangeDiffText(one, other, rangeDiff(one, other));
}

function patchesOf(messages: ReturnType<typeof readDocuments>[number]['messages']): RangePatch[] {
  return messages.filter(({ prefix }) => prefix.part !== 0).map(rangePatch);
}

/** Without the ids of commits, which are git's and not in mails. */
function withoutIds(text: string): string {
  return text.replace(
    /^( *(?:\d+|-): ) (?:[0-9a-f]{7}|-{7}) ([=!<>]) ( *(?:\d+|-): ) (?:[0-9a-f]{7}|-{7}) /gm,
    '$1 $2 $3 ',
  );
}

describeWithShared('range-diff of two mailed versions, compared with git range-diff', (shared) => {
  const folder = path.join(shared, 'corpus', 'git-range-diff');
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  for (const variant of [
    'topic',
    'unmodified',
    'reordered',
    'removed',
    'added',
    'rebased',
    'changed',
    'changed-message',
    'renamed-file',
    'mode-only-change',
  ]) {
    it(variant, () => {
      const expected = withoutIds(read(`topic-vs-${variant}.range-diff`));
      assert.equal(textOf(read('series-topic.mbox'), read(`series-${variant}.mbox`)), expected);
    });
  }
});
