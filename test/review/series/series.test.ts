// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { readDocument } from '../../../src/patch/readDocument';
import type { Finding, Review } from '../../../src/review/types';
import { findingsOf, quiet } from '../support';
import { changes, model, newToyReviewer, reviewToy, seriesOf, toyReviewer } from './toy';

const whole = [
  [1, changes.breaks],
  [2, changes.elsewhere],
  [3, changes.helper],
  [4, changes.repairs],
] as const;

const said = (review: Review): string[] =>
  review.notices.filter(({ place }) => place !== null).map(({ place, message }) => `${place?.line}: ${message}`);

/** The 1-based line on which a text first begins. */
const lineOf = (text: string, shown: string): number => text.slice(0, text.indexOf(shown)).split('\n').length;

describe('a series as one', () => {
  it('a finding belongs to the patch that brings it, and says which one repairs it', async () => {
    const text = seriesOf(whole);
    const review = await reviewToy(text);
    const [broken, repaired] = [lineOf(text, '-\ttoy_ready = first;'), lineOf(text, '+\ttoy_set(first);')];
    assert.deepEqual(findingsOf(review), [`toy bug-on new @${broken}`, `toy bug-on absent @${repaired}`]);
    const [brings, removes] = review.findings;
    assert.equal(brings?.level, 'warning');
    assert.match(
      brings?.message ?? '',
      /Patch 4\/4 of this series removes it again; until then it breaks bisection\.$/,
    );
    assert.match(removes?.message ?? '', /Patch 1\/4 of this series brought it\.$/);
    for (const finding of review.findings) assert.ok(finding.short.length <= 200, finding.short);
    assert.equal(review.patches, 4);
    assert.deepEqual(review.undecided, []);
  });

  it('a cover letter sums it up at its subject', async () => {
    const text = seriesOf(whole);
    const line = lineOf(text, 'Subject: [PATCH 0/4]');
    assert.deepEqual(said(await reviewToy(text)), [
      `${line}: This series of 4 patches as one: has bug-on in toy from patch 1 to 4.`,
    ]);
  });

  it('a patch alone is not called a series', async () => {
    const review = await reviewToy(seriesOf([[1, changes.breaks]], { total: 4, cover: false }));
    assert.deepEqual(
      review.findings.map((f) => `${f.ruleId} ${f.baselineState} ${f.level}`),
      ['bug-on new error'],
    );
    assert.deepEqual(said(review), []);
  });

  it('what none of them repairs is an error of the one that brings it', async () => {
    const text = seriesOf(whole.slice(0, 3));
    const review = await reviewToy(text);
    assert.deepEqual(findingsOf(review), [`toy bug-on new @${lineOf(text, '-\ttoy_ready = first;')}`]);
    assert.equal(review.findings[0]?.level, 'error');
    assert.match(said(review)[0] ?? '', /This series of 3 patches as one: brings bug-on in toy \(patch 1\)\.$/);
  });

  it('what a later version of a document breaks is told of that version alone', async () => {
    const text = `${seriesOf(whole)}${seriesOf(whole.slice(0, 2), { version: 2, total: 2 })}`;
    const review = await reviewToy(text);
    assert.deepEqual(
      review.findings.map((f) => `${f.baselineState} ${f.level}`),
      ['new warning', 'absent error', 'new error'],
    );
    assert.match(said(review).join('\n'), /v2 of this series of 2 patches as one: brings bug-on in toy \(patch 1\)\./);
  });

  it('patches in another order are applied by number', async () => {
    const review = await reviewToy(seriesOf([...whole].reverse()));
    assert.deepEqual(
      review.findings.map((f) => `${f.ruleId} ${f.baselineState}`),
      ['bug-on new', 'bug-on absent'],
    );
    assert.match(said(review).join('\n'), /stand in another order here: they were applied by number/);
  });

  it('a missing patch is named, and the others are reviewed', async () => {
    const review = await reviewToy(seriesOf(whole.slice(0, 2), { total: 4 }));
    assert.deepEqual(
      review.findings.map((f) => `${f.ruleId} ${f.baselineState}`),
      ['bug-on new'],
    );
    assert.match(said(review).join('\n'), /Patches 3-4 of 4 are not in this document/);
  });

  it('a patch that does not fit on those before it is named, and put into the function without them', async () => {
    const text = seriesOf([
      [1, changes.rewrites],
      [2, changes.ofAnotherTree],
    ]);
    const review = await reviewToy(text);
    const line = lineOf(text, '@@ -9,6 +9,6 @@');
    assert.deepEqual(findingsOf(review), [`toy bug-on new @${lineOf(text, '+\ttoy_ready = 0 * first;')}`]);
    assert.match(
      said(review).join('\n'),
      new RegExp(
        `^${line}: what this patch shows of toy_start\\(\\) does not fit what the patches before it made`,
        'm',
      ),
    );
  });

  it('what the models have of a series already is taken out of them before its first patch', async () => {
    const text = seriesOf([
      [1, changes.prepares],
      [2, changes.begins],
    ]);
    const review = await reviewToy(text);
    const line = lineOf(text, '+\ttoy_ready = count + toy_count;');
    assert.deepEqual(findingsOf(review), [`toy-begin bug-on absent @${line}`]);
  });

  it('what remains through all of it is told once, where the last patch acts', async () => {
    const text = seriesOf([
      [1, changes.acts],
      [2, changes.actsAgain],
    ]);
    const review = await reviewToy(text);
    assert.deepEqual(
      review.findings.map((f) => `${f.scenario} ${f.ruleId} ${f.baselineState}`),
      ['toy-fail bug-on unchanged'],
    );
    assert.ok((review.findings[0]?.place.line ?? 0) >= lineOf(text, 'step 2'));
    assert.deepEqual(
      review.hunks.map(({ findings, patch }) => [findings, patch]),
      [
        [[0], '1/2'],
        [[0], '2/2'],
      ],
    );
  });

  it('two runs give the same', async () => {
    const text = seriesOf(whole);
    assert.deepEqual(await reviewToy(text), await reviewToy(text));
  });

  it('each patch comes to what it comes to alone, on a model that those before it were put into', async () => {
    const series = [changes.breaks, changes.elsewhere, changes.helper, changes.repairs];
    const told = await reviewToy(seriesOf(series.map((change, at) => [at + 1, change] as const)));
    let text = model;
    for (const [at, change] of series.entries()) {
      const alone = await (await newToyReviewer(text)).review(
        seriesOf([[1, change]]),
        { scenarios: ['toy', 'toy-begin', 'toy-fail'], budgetMs: 60_000 },
        quiet,
      );
      const states = (findings: readonly Finding[]): string[] =>
        findings
          .filter(({ baselineState }) => baselineState !== 'unchanged')
          .map(({ scenario, ruleId, baselineState }) => `${scenario} ${ruleId} ${baselineState}`);
      assert.deepEqual(
        states(told.findings.filter(({ patch }) => patch === `${at + 1}/4`)),
        states(alone.findings),
        `patch ${at + 1}`,
      );
      const next = applyPatch(text, `--- a/drivers/toy.c\n+++ b/drivers/toy.c\n${change}`);
      assert.ok(next !== false, `patch ${at + 1} applies`);
      text = next;
    }
  });

  it('a finding names the patch that it stands in, whatever parts are there and in which order', async () => {
    const all = Object.values(changes);
    const parts = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(...all)), {
      minLength: 2,
      maxLength: 6,
      selector: ([part]) => part,
    });
    await fc.assert(
      fc.asyncProperty(parts, fc.boolean(), async (chosen, cover) => {
        const text = seriesOf(chosen, { total: 6, cover });
        const { findings, notices } = await reviewToy(text);
        const { messages } = readDocument(text);
        for (const { patch, place, short } of findings) {
          const message = messages.findLast(({ line }) => line <= place.line);
          assert.equal(patch, `${message?.prefix.part}/6`);
          assert.ok(short.length <= 200, short);
        }
        for (const { series, message } of notices) assert.ok(!series || message.length <= 200, message);
      }),
      { numRuns: 25 },
    );
  });

  it('one side of a scenario is simulated with all of its patches', async () => {
    const outcomes = async (parts: number, side: 'before' | 'after'): Promise<string[]> => {
      const patch = seriesOf(whole.slice(0, parts));
      const ask = { scenario: 'toy', patch, side, model: 'tso' } as const;
      return (await (await toyReviewer()).simulation(ask, quiet)).outcomes.map(({ ruleId }) => ruleId);
    };
    assert.deepEqual(await outcomes(4, 'before'), []);
    assert.deepEqual(await outcomes(4, 'after'), []);
    assert.deepEqual(await outcomes(3, 'after'), ['bug-on']);
  });
});
