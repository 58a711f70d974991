// SPDX-License-Identifier: MIT
/** Every fourth fix of the history, in the scenario that shows its consequence; `npm run backtest` tries all of them in all. */

import assert from 'node:assert/strict';
import { theReviewer } from '../review/support';
import { describeWithShared } from '../support/shared';
import { entries, type Tried } from './entries';
import { hasPatch, isDetected, verdictOf } from './support';

const tried = entries.filter((entry): entry is Tried => !('leftOut' in entry));

describe('the backtest', () => {
  it('has every entry of the history, each once', () => {
    const numbers = entries.map(({ number }) => number);
    assert.equal(numbers.length, 75);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => a - b),
    );
  });

  it('says why of each one that is left out or missed, and has a patch of all others', () => {
    for (const entry of entries) {
      const why = 'leftOut' in entry ? entry.leftOut : entry.missed;
      if (why !== undefined) assert.ok(why.length > 30, `${entry.number}`);
      else assert.ok('shows' in entry && hasPatch(entry), `${entry.number}`);
    }
  });

  it('misses less than every fourth', () => {
    const missed = tried.filter((entry) => entry.missed !== undefined);
    assert.ok(4 * missed.length < tried.length, `${missed.length} of ${tried.length}`);
  });
});

describeWithShared('the history', (shared) => {
  const detected = tried.filter((entry) => entry.missed === undefined);
  for (const entry of detected.filter((_, i) => i % 4 === 0))
    it(`${entry.number}: ${entry.shows}, absent with the fix and new without it`, async () => {
      const [scenario = ''] = entry.shows.split(' ');
      const verdict = await verdictOf(await theReviewer(), entry, shared, [scenario]);
      const why = verdict.reverse.review.notices.map((n) => n.message).join('\n');
      assert.ok(isDetected(entry, verdict), `${[...verdict.fix.absent]} / ${[...verdict.reverse.new]}\n${why}`);
    });
});
