// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toSarif } from '../../src/review/sarif';
import type { Review, Stage } from '../../src/review/types';
import { sarifErrors } from '../support/sarif';
import { describeWithShared } from '../support/shared';
import { quiet, seed000, theReviewer } from './support';

const scenarios = ['guest-kexec-converting-4k'];

/** A review with what it told before it was done; `until` says after which stage the work is cancelled. */
async function staged(
  text: string,
  until: (stage: Stage) => boolean = () => false,
): Promise<{ readonly review: Review; readonly stages: readonly Stage[] }> {
  const stages: Stage[] = [];
  let isOver = false;
  const stage = (one: Stage): void => {
    stages.push(one);
    isOver ||= until(one);
  };
  const hooks = { ...quiet, stage, cancelled: () => isOver };
  const review = await (await theReviewer()).review(text, { scenarios, budgetMs: 120_000 }, hooks);
  return { review, stages };
}

describeWithShared('stages of a review', (shared) => {
  const text = readFileSync(path.join(shared, seed000), 'utf8');
  let first: Awaited<ReturnType<typeof staged>>;
  before(async () => {
    first = await staged(text);
  });

  it('tells findings at a line of the trace, then at the line that decides, then all, then small edits', () => {
    const told = first.stages.map((stage) =>
      stage.kind === 'review'
        ? `review ${stage.review.findings.map((f) => `${f.ruleId} @${f.place.line}`)}`
        : stage.findings.map((f) => `${f.provisional ? 'provisional ' : ''}${f.ruleId}`).join(),
    );
    assert.deepEqual(told, [
      'provisional accounting-mismatch',
      'accounting-mismatch',
      'review accounting-mismatch @47',
    ]);
    const [early] = first.stages;
    assert.ok(early?.kind === 'findings');
    const [found] = early.findings;
    assert.deepEqual([found?.baselineState, found?.level], ['new', 'warning']);
    assert.ok((found?.place.line ?? 0) >= 38 && (found?.place.line ?? 0) <= 121, 'in the code of the mail');
    assert.deepEqual([found?.replay.before, found?.replay.after], [null, null]);
    assert.equal(first.review.findings[0]?.whatIfs?.length, 2);
    assert.ok(first.review.findings.every((f) => !f.provisional));
  });

  it('ends with what is known where the work is cancelled among the edits, and offers none', async () => {
    const { review } = await staged(text, (stage) => stage.kind === 'review');
    assert.deepEqual(
      review.findings.map((f) => [f.ruleId, f.place.line, f.whatIfs]),
      [['accounting-mismatch', 47, undefined]],
    );
    assert.equal(review.partial, false);
    assert.ok(review.notices.some((n) => n.message.includes('none is offered')));
  });

  it('gives the same bytes of SARIF twice, with the edits as fixes', async () => {
    const bytes = ({ review }: { readonly review: Review }): string =>
      JSON.stringify(toSarif([{ uri: 'mail.txt', review }], '1'));
    assert.equal(bytes(await staged(text)), bytes(first));
    assert.deepEqual(sarifErrors(JSON.parse(bytes(first))), []);
    const log = toSarif([{ uri: 'mail.txt', review: first.review }], '1') as {
      readonly runs: readonly [{ readonly results: readonly { readonly fixes?: readonly unknown[] }[] }];
    };
    assert.deepEqual(log.runs[0].results[0]?.fixes?.[0], {
      description: {
        text: 'Simulated: smp_mb() in place of “barrier();” removes it on x86 (the kernel’s memory model still allows it).',
      },
      artifactChanges: [
        {
          artifactLocation: { uri: 'mail.txt' },
          replacements: [
            {
              deletedRegion: { startLine: 47, startColumn: 2, endLine: 47, endColumn: 13 },
              insertedContent: { text: ' smp_mb();' },
            },
          ],
        },
      ],
    });
  });
});
