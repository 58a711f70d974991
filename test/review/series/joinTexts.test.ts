// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { toSarif } from '../../../src/review/sarif';
import { groupTexts, joinTexts, splitReview } from '../../../src/review/series/joinTexts';
import type { Review } from '../../../src/review/types';
import { sarifErrors } from '../../support/sarif';
import { findingsOf } from '../support';
import { changes, reviewToy, seriesOf } from './toy';

const series = [
  [1, changes.breaks],
  [2, changes.elsewhere],
  [3, changes.helper],
  [4, changes.repairs],
] as const;
const mailbox = seriesOf(series);
/** As `git format-patch` writes it: a file for the cover letter and for each patch. */
const files = mailbox.split(/^(?=From )/m);
/** The same as mails outside of a mailbox. */
const mails = files.map((text) => text.slice(text.indexOf('\n') + 1));

async function reviewFiles(texts: readonly string[]): Promise<Review[]> {
  const joined = joinTexts(texts);
  return splitReview(
    await reviewToy(joined.text),
    joined,
    texts.map((_, at) => `${at}.eml`),
  );
}

/** The line of a text (1-based) that begins so. */
const lineOf = (text = '', begin: string): number => text.split('\n').findIndex((line) => line.startsWith(begin)) + 1;

describe('a series in several files', () => {
  for (const [what, texts] of [
    ['patches', files],
    ['mails', mails],
  ] as const) {
    it(`${what}: is one series, and each finding stands in its file`, async () => {
      assert.deepEqual(groupTexts(texts), [[0, 1, 2, 3, 4]]);
      const reviews = await reviewFiles(texts);
      assert.deepEqual(reviews.map(findingsOf), [
        [],
        [`toy bug-on new @${lineOf(texts[1], '-\ttoy_ready = first;')}`],
        [],
        [],
        [`toy bug-on absent @${lineOf(texts[4], '+\ttoy_set(first);')}`],
      ]);
      const summary = reviews[0]?.notices.filter((notice) => notice.series) ?? [];
      assert.deepEqual(
        summary.map(({ place, message }) => [place?.line, message]),
        [[lineOf(texts[0], 'Subject:'), 'This series of 4 patches as one: has bug-on in toy from patch 1 to 4.']],
      );
      for (const [at, review] of reviews.entries()) {
        const lines = (texts[at] ?? '').split('\n').length;
        for (const { line } of review.hunks) assert.ok(line <= lines);
        assert.deepEqual(sarifErrors(JSON.parse(JSON.stringify(toSarif([{ uri: `${at}.eml`, review }], '1')))), []);
      }
      const shown = reviews[4]?.findings[0]?.replay.after?.steps.map(({ place }) => place?.file) ?? [];
      assert.ok(shown.includes('3.eml'), shown.join());
    });
  }

  it('files of other series, and what is no mail, stay by themselves', () => {
    const other = seriesOf([[1, changes.breaks]], { version: 3 });
    assert.deepEqual(groupTexts([files[1] ?? '', other, 'no patch here\n', files[2] ?? '', '']), [
      [0, 3],
      [1],
      [2],
      [4],
    ]);
    assert.deepEqual(groupTexts([mailbox]), [[0]]);
    assert.deepEqual(groupTexts([mailbox, mailbox]), [[0], [1]]);
  });

  it('a mail with a line that looks like the beginning of another one stays by itself', () => {
    const quoting = (mails[1] ?? '').replace('Why.', 'Why.\n\nFrom a@example.org Mon Jan  1 10:00:00 2024\nand on.');
    assert.deepEqual(groupTexts([mails[0] ?? '', quoting, mails[2] ?? '', mails[3] ?? '']), [[0, 2, 3], [1]]);
  });
});
