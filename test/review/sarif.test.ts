// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { toSarif } from '../../src/review/sarif';
import type { Review } from '../../src/review/types';
import { sarifErrors } from '../support/sarif';
import { changes, newToyReviewer, reviewToy, seriesOf } from './series/toy';
import { quiet, review } from './support';

const whole = seriesOf([
  [1, changes.breaks],
  [2, changes.elsewhere],
  [3, changes.helper],
  [4, changes.repairs],
]);

const logOf = (uri: string, one: Review): unknown =>
  JSON.parse(JSON.stringify(toSarif([{ uri, review: one }], '1.2.3')));

describe('a review as SARIF', () => {
  it('is valid: what is brought, removed and left, small edits, a mail without a patch, and what was not read', async () => {
    const texts = [
      whole,
      seriesOf([[1, changes.breaks]]),
      seriesOf([[1, changes.acts]]),
      'int x;\n',
      whole.slice(0, -30),
      whole.replace('drivers/toy.c b/', 'drivers/toy.S b/'),
    ];
    for (const text of texts) assert.deepEqual(sarifErrors(logOf('some%20mail.eml', await reviewToy(text))), []);
    const prose = 'Subject: a question\nFrom: A <a@example.org>\n\nWhat does set_memory_decrypted() do there?\n';
    const named = await review(prose, ['convert-zeropad-tdx']);
    assert.deepEqual(sarifErrors(logOf('stdin', named)), []);
  });

  it('the check finds what is wrong', async () => {
    const log = JSON.stringify(toSarif([{ uri: 'a', review: await reviewToy(whole) }], '1'));
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['"version":"2.1.0"', '"version":"2.0.0"', /log\.version is 2\.0\.0/],
      ['"kind":"fail"', '"kind":"bad"', /kind is bad/],
      ['"startLine":26', '"startLine":0', /no integer from 1 on/],
      ['"columnKind"', '"columnKinds"', /which the schema does not know there/],
      ['"driver":{"name"', '"driver":{"title"', /has no name/],
      ['"level":"none"', '"level":"error"', /is of kind pass and has a level/],
      ['"uri":"a"', '"uri":"a b"', /no URI reference/],
    ];
    for (const [good, bad, told] of wrong) {
      assert.ok(log.includes(good), good);
      assert.match(sarifErrors(JSON.parse(log.replace(good, bad))).join('\n'), told);
    }
  });

  it('is the same, byte by byte, of two runs that know nothing of each other', async () => {
    const texts: string[] = [];
    for (const reviewer of [await newToyReviewer(), await newToyReviewer()]) {
      const one = await reviewer.review(whole, { scenarios: ['toy', 'toy-fail'], budgetMs: 60_000 }, quiet);
      texts.push(JSON.stringify(toSarif([{ uri: 'a', review: one }], '1')));
    }
    assert.equal(texts[0], texts[1]);
  });
});
