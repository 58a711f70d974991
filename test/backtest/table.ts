// SPDX-License-Identifier: MIT
/** Prints the history: what reviews make of each fix. Numbers as arguments choose entries. Exits with 1 where the table is wrong. */

import { createReviewer } from '../../src/review/reviewer';
import { wasm } from '../review/support';
import { shared } from '../support/shared';
import { entries } from './entries';
import { type Answer, hasPatch, isDetected, verdictOf } from './support';

async function main(): Promise<void> {
  if (shared === null) {
    console.log('needs ../shared, which is missing');
    return;
  }
  const reviewer = await createReviewer(wasm());
  const chosen = new Set(process.argv.slice(2).map(Number));
  let tried = 0;
  let found = 0;
  let wrong = 0;
  for (const entry of entries) {
    if (chosen.size > 0 && !chosen.has(entry.number)) continue;
    const head = `${String(entry.number).padStart(4)}  ${entry.class}  ${entry.commit.padEnd(24)}`;
    if ('leftOut' in entry) {
      console.log(`${head} left out: ${entry.leftOut}`);
      continue;
    }
    tried++;
    if (entry.missed !== undefined && !hasPatch(entry)) {
      console.log(`${head} none     MISSED: ${entry.missed}`);
      continue;
    }
    const source = entry.corpus === undefined ? 'written' : 'corpus ';
    const verdict = await verdictOf(reviewer, entry, shared);
    const detected = isDetected(entry, verdict);
    if (detected) found++;
    if (detected === (entry.missed !== undefined)) wrong++;
    const others = verdict.fix.review.findings
      .filter((f) => f.baselineState === 'new' && f.level !== 'note')
      .map((f) => `${f.scenario} ${f.ruleId}`);
    console.log(
      `${head} ${source}  ${detected ? `detected: ${verdict.detected.join('; ')}` : `MISSED: ${entry.missed ?? 'not known why'}`}`,
    );
    if (!detected && verdict.detected.length > 0) console.log(`      but: ${verdict.detected.join('; ')}`);
    if (others.length > 0) console.log(`      the fix brings: ${others.join('; ')}`);
    if (chosen.size > 0) for (const side of [verdict.fix, verdict.reverse]) tell(side);
  }
  console.log(
    `\n${found} of ${tried} detected (${((100 * found) / tried).toFixed(0)} %), ${entries.length - tried} left out`,
  );
  process.exitCode = wrong > 0 && chosen.size === 0 ? 1 : 0;
}

/** What ran and what came of it; the notices, too, where NOTICES is set. */
function tell({ review }: Answer): void {
  console.log(
    `      ran ${review.runs.map((r) => r.scenario + (r.subject ? `(${r.subject})` : '')).join(', ') || 'nothing'}; undecided ${review.undecided.join(', ') || 'nothing'}`,
  );
  for (const f of review.findings)
    if (!f.unrelated)
      console.log(
        `        ${f.scenario} ${f.ruleId} ${f.baselineState} ${f.level} @${f.place.line} ${f.subject ?? ''}`,
      );
  if (process.env.NOTICES) for (const n of review.notices) console.log(`        ${n.message.slice(0, 400)}`);
}

main();
