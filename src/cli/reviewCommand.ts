// SPDX-License-Identifier: MIT
import { readDocument } from '../patch/readDocument';
import { toSarif } from '../review/sarif';
import { compareText, compareVersions, type Version } from '../review/series/compare';
import { versionsIn } from '../review/series/versions';
import { toText } from '../review/text';
import type { Review } from '../review/types';
import { endProgress, type Input, loadReviewer, readReviewable } from './input';
import { reviewInputs } from './reviewInputs';
import { treeOption } from './treeOption';
import { budgetOption, oneOf, positive, readOptions, UsageError } from './usage';
import { version } from './version';

/**
 * `review FILE…`: prints the findings. Gives the exit status: 2 where a file cannot be read or one of the user's own was left out, else 3 where a budget ran out,
 * 1 where a patch brings or leaves an error or a warning, 2 where a scenario that applies is not decided, and else 0.
 * With `--compare` two files, or two versions of a series in one, and of these what the later one came to counts.
 */
export async function reviewCommand(words: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(words, {
    format: { type: 'string' },
    scenario: { type: 'string', multiple: true },
    tree: { type: 'string' },
    'budget-ms': { type: 'string' },
    jobs: { type: 'string' },
    compare: { type: 'boolean' },
    'no-color': { type: 'boolean' },
  });
  if (positionals.length === 0) throw new UsageError('review needs at least one FILE, or - for standard input');
  const format = oneOf('format', values.format, ['text', 'sarif', 'json']);
  if (values.compare === true && positionals.length > 2)
    throw new UsageError('--compare needs OLD and NEW, or one FILE with two versions of a series');
  if (values.compare === true && format === 'sarif') throw new UsageError('--compare prints text or json, not sarif');
  const budgetMs = budgetOption(values['budget-ms']);
  const jobs = positive('jobs', values.jobs, 1);
  const tree = await treeOption(values.tree);
  const { reviewer, leftOut } = await loadReviewer();
  const known = reviewer.scenarios().map((s) => s.id);
  for (const id of values.scenario ?? [])
    if (!known.includes(id)) throw new UsageError(`there is no scenario “${id}”; there are ${known.join(', ')}`);

  // One file that cannot be read or reviewed takes nothing from the others.
  let unreadable = false;
  const fail = (name: string, message: string): void => {
    process.stderr.write(`kernel-patch-review: ${message.startsWith(name) ? message : `${name}: ${message}`}\n`);
    unreadable = true;
  };
  const inputs: Input[] = [];
  for (const name of positionals) {
    try {
      inputs.push(await readReviewable(name));
    } catch (error) {
      fail(name, error instanceof Error ? error.message : String(error));
    }
  }
  const options = { scenarios: values.scenario ?? [], ...tree };
  const results = await reviewInputs(inputs, options, budgetMs, jobs, reviewer);
  const reviewed = inputs.flatMap((input, at) => {
    const result = results[at];
    if (result && 'review' in result) return [{ ...input, review: result.review }];
    fail(input.name, result?.failure ?? '');
    return [];
  });
  endProgress();

  const status = (of: readonly { readonly review: Review }[]): number => {
    if (unreadable || leftOut) return 2;
    if (of.some((r) => r.review.partial)) return 3;
    if (of.some((r) => r.review.findings.some((f) => f.baselineState !== 'absent' && f.level !== 'note'))) return 1;
    return of.some((r) => r.review.undecided.length > 0) ? 2 : 0;
  };
  if (values.compare === true && !unreadable) {
    const [before, after] = versionsOf(reviewed);
    process.stdout.write(
      format === 'json'
        ? `${JSON.stringify({ before: before.name, after: after.name, ...compareVersions(before, after) }, null, 1)}\n`
        : compareText(before, after),
    );
    return status(reviewed.slice(-1).map(({ review }) => ({ review: { ...review, findings: after.findings } })));
  }

  const said = new Set(reviewer.fileNotices().map((notice) => JSON.stringify(notice)));
  const color = values['no-color'] !== true && process.stdout.isTTY === true;
  if (format === 'sarif') process.stdout.write(`${JSON.stringify(toSarif(reviewed, version), null, 1)}\n`);
  else if (format === 'json')
    process.stdout.write(
      `${JSON.stringify(
        reviewed.map(({ uri, review }) => ({ uri, ...review })),
        null,
        1,
      )}\n`,
    );
  else
    for (const { name, text, review } of reviewed) {
      // What is to be said of the user's own files was said once.
      const notices = review.notices.filter((notice) => !said.has(JSON.stringify(notice)));
      process.stdout.write(toText(name, linesOf(text), { ...review, notices }, color));
    }

  return status(reviewed);
}

/** The two versions that are compared: those of two files, or in one. Throws a UsageError where a file has only one. */
function versionsOf(
  reviewed: readonly { readonly name: string; readonly text: string; readonly review: Review }[],
): readonly [Version, Version] {
  const [first, second] = reviewed.map(
    ({ name, text, review }): Version => ({ name, file: name, lines: linesOf(text), findings: review.findings }),
  );
  if (first && second) return [first, second];
  const [only] = reviewed;
  const found = only && versionsIn(readDocument(only.text), only.name, linesOf(only.text), only.review.findings);
  if (!found)
    throw new UsageError(
      `--compare needs OLD and NEW: ${only?.name ?? 'the file'} does not have two versions of a series`,
    );
  return found;
}

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);
