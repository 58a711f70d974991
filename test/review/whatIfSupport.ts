// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readDocument } from '../../src/patch/readDocument';
import type { Review, Reviewer } from '../../src/review/types';
import { applyEdits } from '../../src/review/whatIf/applyEdits';
import { quiet } from './support';

/**
 * Every edit that a review offers, made in the document and reviewed as one that nobody knows: it has not the outcome, no
 * story comes to another one (but that memory is kept), everything is still decided, and the hunks count as before.
 */
export async function editsHold(
  reviewer: Reviewer,
  text: string,
  result: Review,
  scenarios: readonly string[],
): Promise<void> {
  const again = new Map<string, Promise<Review>>();
  for (const f of result.findings) {
    for (const whatIf of f.whatIfs ?? []) {
      const edited = applyEdits(text, whatIf.edits);
      assert.deepEqual(missingIn(edited), missingIn(text), whatIf.text);
      const asked =
        again.get(edited) ?? reviewer.review(edited, { scenarios, budgetMs: 120_000, whatIfs: false }, quiet);
      again.set(edited, asked);
      const { runs, undecided } = await asked;
      assert.deepEqual(undecided, result.undecided, whatIf.text);
      assert.ok(runs.length > 0, whatIf.text);
      for (const run of runs) {
        const own = result.runs.find((one) => one.scenario === run.scenario && one.subject === run.subject);
        const fresh = run.outcomes.after.filter((o) => o !== 'leak' && !own?.outcomes.after.includes(o));
        assert.deepEqual(fresh, [], `${whatIf.text} brings nothing`);
        if (run.scenario === f.scenario && run.subject === f.subject)
          assert.ok(!run.outcomes.after.includes(f.ruleId), `${whatIf.text} removes ${f.ruleId}`);
      }
    }
  }
}

/** How many rows each hunk's header promises and the document does not have. */
const missingIn = (text: string): (readonly [number, number])[] =>
  readDocument(text).messages.flatMap(({ files }) =>
    files.flatMap(({ hunks }) => hunks.map(({ missingOld, missingNew }) => [missingOld, missingNew] as const)),
  );
