// SPDX-License-Identifier: MIT
/** A document that was read, and the scenarios, to findings. */

import type { CParser } from '../c/parser';
import type { ReadTogether } from '../patch/readDocument';
import { usualGeneration } from './generations';
import { findScenario } from './library';
import { patchesOf } from './patchesOf';
import { tellDoubts } from './people';
import { reviewProse } from './prose';
import { type PatchReview, together } from './reviewPatch';
import { reviewSeries } from './series/reviewSeries';
import { type Libraries, seriesStarter } from './series/seriesBuilder';
import type { Trees } from './trees';
import type { Finding, Hooks, HunkAnswer, Notice, Review, ReviewOptions } from './types';
import { addWhatIfs } from './whatIf/addWhatIfs';

/** What a review takes its C from. */
interface Sources {
  readonly parser: CParser;
  readonly libraries: Libraries;
  readonly trees: Trees;
}

/** Reviews a document, each series in it as one. Rejects for scenarios that do not exist. */
export async function reviewDocument(
  { parser, libraries, trees }: Sources,
  text: string,
  document: ReadTogether,
  options: ReviewOptions,
  hooks: Hooks,
): Promise<Review> {
  const usual = libraries(usualGeneration);
  const ids = options.scenarios.length > 0 ? options.scenarios : usual.scenarios.map(({ id }) => id);
  for (const id of ids) findScenario(usual, id);
  const { series, patches, quoting } = patchesOf(document);
  const quoted = 'This mail quotes a patch that the document has in full: the patch was simulated, the quote was not.';
  const notices: Notice[] = [
    ...usual.notices,
    ...document.notices.map(({ message, line }) => atLine('warning', message, line)),
    ...quoting.map((line) => atLine('note', quoted, line)),
  ];
  const hasC = patches.some(({ files }) => files.some((file) => /\.[ch]$/.test(file.newPath ?? file.oldPath ?? '')));
  if (options.tree !== undefined && hasC) hooks.progress({ message: 'Reading the kernel tree', fraction: 0 });
  const tree = options.tree !== undefined && hasC ? await trees.get(options.tree, hooks) : null;
  const start = seriesStarter(parser, libraries, tree, series, document.notices);
  const { whatIfs = true } = options;
  const budgetMs = options.budgetMs * (options.isPerPatch ? Math.max(1, patches.length) : 1);
  const deadline = performance.now() + budgetMs;
  const reviews: PatchReview[] = [];
  const early: Finding[] = [];
  let looked = 0;
  const found = (findings: readonly Finding[]): void =>
    hooks.stage?.({ kind: 'findings', findings: [...early, ...findings].map(withoutReplay) });
  for (const one of series) {
    if (reviews.at(-1)?.partial) break;
    const review = await reviewSeries(
      one,
      await start(one),
      { ids, hooks, budgetMs, deadline, whatIfs, found },
      (title, done) => hooks.progress({ message: title, fraction: (looked + done) / patches.length }),
    );
    looked += review.looked;
    reviews.push(review);
    early.push(...review.findings);
  }
  const { findings, runs, hunks, applied, undecided, doubts, quiet, questions, ...rest } = together(reviews);
  notices.push(...rest.notices);
  if (looked < patches.length) {
    const message = `${patches.length - looked} of the ${patches.length} patches of this document were not looked at`;
    notices.push({ level: 'warning', message, place: null });
  }
  notices.push(...tellDoubts(doubts));
  const isPartial = rest.partial || rest.incomplete;
  const answers = [...hunks]
    .sort((a, b) => a[0] - b[0])
    .map(([line, hunk]): HunkAnswer => ({ line, ...hunk, findings: hunk.findings.map((f) => findings.indexOf(f)) }));
  if (patches.length > 0) {
    if (!applied && !rest.partial)
      notices.push({ level: 'note', message: nothingApplied(ids.length, quiet), place: null });
    const result: Review = {
      findings,
      hunks: answers,
      runs,
      notices: unique(notices),
      patches: patches.length,
      applied,
      partial: isPartial,
      undecided,
    };
    if (questions.length === 0 || rest.partial || !whatIfs) return result;
    hooks.stage?.({ kind: 'review', review: result });
    hooks.progress({ message: 'Small edits of the patch', fraction: 1 });
    const tried = await addWhatIfs(text, findings, questions, hooks, deadline);
    return { ...result, findings: tried.findings, notices: unique([...notices, ...tried.notices]) };
  }
  const prose = await reviewProse(libraries, text.split(/\r\n|\r|\n/), document.messages, ids, hooks, deadline);
  notices.push(...prose.notices);
  if (prose.partial)
    notices.push({ level: 'warning', message: 'What the text talks about was not run to its end', place: null });
  if (document.notices.length === 0 && prose.runs.length === 0)
    notices.push({ level: 'note', message: 'There is no patch in this document: nothing was simulated.', place: null });
  return {
    findings: prose.findings,
    hunks: [],
    runs: prose.runs,
    notices: unique(notices),
    patches: 0,
    applied: false,
    partial: prose.partial,
    undecided: [],
  };
}

/** Replays come with the whole review: until then nobody shows them, and they are most of it. */
const withoutReplay = (finding: Finding): Finding => ({
  ...finding,
  replay: { ...finding.replay, before: null, after: null },
});

const atLine = (level: Notice['level'], message: string, line: number): Notice => ({
  level,
  message,
  place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
});

function nothingApplied(scenarios: number, quiet: readonly string[]): string {
  if (quiet.length > 0)
    return `What the patch changes runs in ${quiet.join(', ')} and has no effect on what is modelled.`;
  return `The patch touches nothing that the ${scenarios} scenarios run: none applied.`;
}

/** The same sentence at the same place once: both sides of a patch may say it. */
function unique(notices: readonly Notice[]): Notice[] {
  const seen = new Set<string>();
  return notices.filter((n) => {
    const key = `${n.message.replace(/ (before|after) the patch/, '')} ${n.place?.file} ${n.place?.line}`;
    return !seen.has(key) && seen.add(key);
  });
}
