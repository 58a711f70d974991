// SPDX-License-Identifier: MIT
/** The files of a call to reviews: a series that is spread over several as one, and on several processors where that is asked for. */

import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { groupTexts, joinTexts, splitReview } from '../review/series/joinTexts';
import type { Review, Reviewer, ReviewOptions } from '../review/types';
import { createCommandReviewer, type Input, terminalHooks } from './input';

/**
 * What `--budget-ms` comes to for several files that are reviewed as one.
 * @param budgetMs of each file; null for a minute for each patch
 */
export const budgetOf = (budgetMs: number | null, files = 1): Pick<ReviewOptions, 'budgetMs' | 'isPerPatch'> =>
  budgetMs === null ? { budgetMs: 60_000, isPerPatch: true } : { budgetMs: budgetMs * files };

/** What one review is asked of. */
interface Task {
  readonly text: string;
  readonly options: ReviewOptions;
}

/** What came of it, or why nothing did. */
type Done = { readonly review: Review } | { readonly failure: string };

/**
 * Reviews files, each in its place; a string says why one could not be reviewed. What comes of them does not depend on
 * `jobs`, the number of reviewers that work at the same time.
 * @param budgetMs of each file; null for a minute for each patch
 */
export async function reviewInputs(
  inputs: readonly Input[],
  options: Omit<ReviewOptions, 'budgetMs' | 'isPerPatch'>,
  budgetMs: number | null,
  jobs: number,
  reviewer: Reviewer,
): Promise<readonly Done[]> {
  const groups = groupTexts(inputs.map(({ text }) => text));
  const joined = groups.map((group) => {
    const texts = group.map((at) => inputs[at]?.text ?? '');
    return texts.length === 1 ? { text: texts[0] ?? '', above: [0] } : joinTexts(texts);
  });
  const tasks = joined.map(({ text }, at) => ({
    text,
    options: { ...options, ...budgetOf(budgetMs, groups[at]?.length ?? 1) },
  }));
  const done = jobs > 1 && tasks.length > 1 ? await inWorkers(tasks, jobs) : await inOrder(tasks, reviewer);
  const results = new Map<number, Done>();
  for (const [at, group] of groups.entries()) {
    const result = done[at] ?? { failure: 'it was not reviewed' };
    const all = joined[at];
    const names = group.map((index) => inputs[index]?.name ?? '');
    const parts = 'review' in result && all && group.length > 1 ? splitReview(result.review, all, names) : null;
    for (const [part, index] of group.entries()) {
      const review = parts?.[part];
      results.set(index, review ? { review } : result);
    }
  }
  return inputs.map((_, at) => results.get(at) ?? { failure: 'it was not reviewed' });
}

async function inOrder(tasks: readonly Task[], reviewer: Reviewer): Promise<Done[]> {
  const done: Done[] = [];
  for (const task of tasks) done.push(await reviewOne(task, reviewer));
  return done;
}

async function reviewOne({ text, options }: Task, reviewer: Reviewer): Promise<Done> {
  try {
    return { review: await reviewer.review(text, options, terminalHooks()) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Each worker is this command once more, and takes the next task when it has done one. */
async function inWorkers(tasks: readonly Task[], jobs: number): Promise<Done[]> {
  const done: Done[] = [];
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      const worker = new Worker(__filename);
      let current = -1;
      const give = (): void => {
        current = next++;
        if (current < tasks.length) worker.postMessage(tasks[current]);
        else void worker.terminate().then(() => resolve());
      };
      worker.on('message', (result: Done) => {
        done[current] = result;
        give();
      });
      worker.on('error', (error) => {
        done[current] = { failure: error.message };
        resolve();
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
  return tasks.map((_, at) => done[at] ?? { failure: 'its worker stopped' });
}

/** What a worker does: reviews what it is given, one text after the other. False in the main thread. */
export function isReviewWorker(): boolean {
  const port = parentPort;
  if (isMainThread || port === null) return false;
  const reviewer = createCommandReviewer();
  port.on('message', (task: Task) => {
    void reviewer.then((one) => reviewOne(task, one)).then((result) => port.postMessage(result));
  });
  return true;
}
