// SPDX-License-Identifier: MIT
/** The patches of a series, each on those before it, and what they come to as one. */

import { ineffective } from '../ineffective';
import type { DocumentSeries } from '../patchesOf';
import { type PatchReview, type Question, reviewPatch, together } from '../reviewPatch';
import type { Finding } from '../types';
import type { SeriesBuilder } from './seriesBuilder';
import { summarise } from './summary';
import { nameOf, type PartFinding, tellSeries } from './tellSeries';

/**
 * Reviews a series, or a patch alone, which is a series of one.
 * @param tell is told of each scenario before it runs, with how many patches are done
 * @returns what it came to, and how many patches were looked at
 */
export async function reviewSeries(
  series: DocumentSeries,
  builder: SeriesBuilder,
  question: Question,
  tell: (title: string, patches: number) => void,
): Promise<PatchReview & { readonly looked: number }> {
  const reviews: PatchReview[] = [];
  const found: PartFinding[] = [];
  for (const patch of series.patches) {
    if (reviews.at(-1)?.partial) break;
    const prepared = await builder.next(patch);
    if (series.known.has(patch)) continue;
    const looked = reviews.length;
    const earlier = reviews.flatMap(({ findings }) => findings);
    const review = await reviewPatch(
      prepared,
      { ...question, found: (findings) => question.found([...earlier, ...findings]) },
      (title, share) => tell(title, looked + share),
    );
    reviews.push(
      series.head === null ? review : { ...review, hunks: named(review.hunks, nameOf(series.head, patch.part)) },
    );
    found.push(...review.findings.map((finding) => ({ part: patch.part, finding })));
  }
  const whole = together(reviews);
  const told = series.head === null ? null : tellSeries(found, series.head);
  const asTold = (finding: Finding): Finding => told?.get(finding) ?? finding;
  const findings = [...new Set(whole.findings.map(asTold))];
  const counted = ineffective(findings, whole.kinds);
  const final = (finding: Finding): Finding => counted[findings.indexOf(asTold(finding))] ?? finding;
  const hunks = [...whole.hunks].map(
    ([line, hunk]) => [line, { ...hunk, findings: [...new Set(hunk.findings.map(final))] }] as const,
  );
  return {
    ...whole,
    findings: counted,
    hunks: new Map(hunks),
    notices: [...summarise(series, found, counted, new Set(whole.undecided).size), ...whole.notices],
    looked: reviews.length,
  };
}

const named = (hunks: PatchReview['hunks'], patch: string): PatchReview['hunks'] =>
  new Map([...hunks].map(([line, hunk]) => [line, { ...hunk, patch }]));
