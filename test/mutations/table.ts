// SPDX-License-Identifier: MIT
/** Prints the catalogue of mutations: what was expected of each, and what the review says. Exits with 1 where they differ. */

import { createReviewer } from '../../src/review/reviewer';
import { quiet, wasm } from '../review/support';
import { catalogueSize, mutations } from './all';
import { concerned, scenariosOf, verdictsOf } from './support';

async function main(): Promise<void> {
  const reviewer = await createReviewer(wasm());
  const shown = new Set<number>();
  const hidden = new Set<number>();
  let wrong = 0;
  for (const mutation of mutations) {
    const title = `${`${mutation.number}${mutation.form ?? ''}`.padStart(4)}  ${mutation.title}`;
    if ('notShown' in mutation) {
      hidden.add(mutation.number);
      console.log(`${title}\n      not shown: ${mutation.notShown}`);
      continue;
    }
    const mail = mutation.mail();
    if (mail === null) {
      console.log(`${title}\n      skipped: needs ../shared`);
      continue;
    }
    const result = await reviewer.review(
      mail,
      { scenarios: scenariosOf(mutation), budgetMs: 60_000, whatIfs: false },
      quiet,
    );
    const found = concerned(verdictsOf(result), mutation.expected);
    const isRight = found.join() === [...mutation.expected].sort().join();
    if (isRight) shown.add(mutation.number);
    else wrong++;
    const states = result.runs.reduce((sum, r) => sum + r.bounds.states, 0);
    const answer = found.join('; ') || 'nothing';
    console.log(
      `${title}\n      ${isRight ? 'as expected' : 'WRONG'}: ${answer} (${states.toLocaleString('en')} states)`,
    );
    if (!isRight) console.log(`      expected: ${mutation.expected.join('; ') || 'nothing'}`);
  }
  const all = Array.from({ length: catalogueSize }, (_, i) => i + 1);
  const missing = all.filter((n) => !shown.has(n) && !hidden.has(n));
  const onlyHidden = all.filter((n) => hidden.has(n) && !shown.has(n));
  console.log(
    `\n${shown.size} of ${catalogueSize} as expected, ${onlyHidden.length} not shown (${onlyHidden.join(', ')})`,
  );
  if (missing.length > 0) console.log(`missing or wrong: ${missing.join(', ')}`);
  process.exitCode = wrong > 0 ? 1 : 0;
}

main();
