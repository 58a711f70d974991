// SPDX-License-Identifier: MIT
/**
 * Prints which patches of the corpus, but for the history, have warnings or errors that are new or remain. A text as
 * argument chooses patches by their file names. Exits with 1 where one of them is not judged in judged.md.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createReviewer } from '../../src/review/reviewer';
import { quiet, wasm } from '../review/support';
import { root, shared } from '../support/shared';
import { entries } from './entries';

/** Folders of the corpus with patches of the kernel. */
const folders = ['kernel/mails', 'kernel/format-patch', 'kernel/mbox', 'kernel/plain-diff', 'debian-linux'];

async function main(): Promise<void> {
  if (shared === null) {
    console.log('needs ../shared, which is missing');
    return;
  }
  const corpus = path.join(shared, 'corpus');
  const text = process.argv[2] ?? '';
  const history = new Set(entries.map((entry) => ('corpus' in entry ? `kernel/${entry.corpus}` : '')));
  const files = folders
    .flatMap((folder) => readdirSync(path.join(corpus, folder), { recursive: true }).map((f) => `${folder}/${f}`))
    .filter((file) => /\.(eml|patch|mbox|diff)$/.test(file) && !history.has(file) && file.includes(text))
    .sort();
  const judged = readFileSync(path.join(root, 'test/backtest/judged.md'), 'utf8');
  const reviewer = await createReviewer(wasm());
  let patches = 0;
  let loud = 0;
  let open = 0;
  for (const file of files) {
    const review = await reviewer.review(
      readFileSync(path.join(corpus, file), 'utf8'),
      { scenarios: [], budgetMs: 60_000 },
      quiet,
    );
    if (review.patches === 0) continue;
    patches++;
    const problems = review.findings.filter((f) => f.baselineState !== 'absent' && f.level !== 'note');
    if (problems.length === 0) continue;
    loud++;
    const name = path.basename(file);
    const isJudged = judged.includes(name.slice(0, 32));
    if (!isJudged) open++;
    console.log(`${file}${isJudged ? '' : ' (NOT JUDGED)'}`);
    for (const f of problems)
      console.log(`    ${f.scenario} ${f.ruleId} ${f.baselineState} ${f.level}, line ${f.place.line}`);
  }
  console.log(
    `\n${loud} of ${patches} patches (${((100 * loud) / Math.max(patches, 1)).toFixed(1)} %), ${open} not judged`,
  );
  process.exitCode = open > 0 ? 1 : 0;
}

main();
