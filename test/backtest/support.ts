// SPDX-License-Identifier: MIT
/** What a review makes of an entry of the history: of its patch, and of the same patch the other way round. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import type { Review, Reviewer } from '../../src/review/types';
import { quiet } from '../review/support';
import { root } from '../support/shared';
import type { Tried } from './entries';

const written = ({ number }: Tried): string =>
  path.join(root, 'test/backtest/patches', `${String(number).padStart(2, '0')}.patch`);

/** Whether there is a patch of the entry: what is known to be missed may have none. */
export const hasPatch = (entry: Tried): boolean => entry.corpus !== undefined || existsSync(written(entry));

/** The entry's patch mail as it is on disk. */
function mailOf(entry: Tried, shared: string): string {
  return readFileSync(
    entry.corpus === undefined ? written(entry) : path.join(shared, 'corpus/kernel', entry.corpus),
    'utf8',
  );
}

/**
 * A mail with the patch the other way round: what it adds is removed.
 * @param later days between the patch and the mail: a patch that was merged is taken back of a kernel that has it
 */
function reversedMail(mail: string, later = 0): string {
  const message = readDocument(mail).messages.find(({ patchText }) => patchText !== '');
  if (!message) throw new Error('there is no patch to reverse');
  return [
    'From: A Developer <developer@example.org>',
    ...(message.date === null ? [] : [`Date: ${dateAfter(message.date, later)}`]),
    'Subject: [PATCH] Revert what is reverted below',
    'Message-ID: <reverted@example.org>',
    '',
    'The other way round.',
    '---',
    reversedPatch(message.patchText),
  ].join('\n');
}

const dateAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * 86_400_000).toUTCString().replace('GMT', '+0000');

function reversedPatch(patch: string): string {
  const lines = patch.split('\n');
  /** Lines of the hunk that are still to come, by side. */
  let removed = 0;
  let added = 0;
  return lines
    .map((line, i) => {
      if (removed > 0 || added > 0) {
        if (line.startsWith('+')) added--;
        else if (line.startsWith('-')) removed--;
        else if (!line.startsWith('\\')) {
          removed--;
          added--;
        }
        return line.replace(/^[+-]/, (mark) => (mark === '+' ? '-' : '+'));
      }
      const hunk = /^@@ -(\d+(?:,(\d+))?) \+(\d+(?:,(\d+))?) @@(.*)$/.exec(line);
      if (hunk) {
        const [, from = '', fromCount = '1', to = '', toCount = '1', section = ''] = hunk;
        removed = Number(fromCount);
        added = Number(toCount);
        return `@@ -${to} +${from} @@${section}`;
      }
      if (line.startsWith('--- ')) return swapped(lines[i + 1] ?? '', '--- ', 'a/');
      if (line.startsWith('+++ ')) return swapped(lines[i - 1] ?? '', '+++ ', 'b/');
      if (line.startsWith('new file mode')) return line.replace('new', 'deleted');
      return line.startsWith('deleted file mode') ? line.replace('deleted', 'new') : line;
    })
    .join('\n');
}

const swapped = (other: string, mark: string, prefix: string): string =>
  `${mark}${other.slice(4).replace(/^[ab]\//, prefix)}`;

export interface Answer {
  /** `scenario outcome`, and the function that it was run for where it is one after the other. */
  readonly absent: ReadonlySet<string>;
  readonly new: ReadonlySet<string>;
  readonly review: Review;
}

/** All that a review of a text brings or removes. */
async function answerOf(reviewer: Reviewer, text: string, scenarios: readonly string[]): Promise<Answer> {
  const review = await reviewer.review(text, { scenarios, budgetMs: 60_000, whatIfs: false }, quiet);
  const inState = (state: string): Set<string> =>
    new Set(
      review.findings
        .filter((f) => f.baselineState === state)
        .map((f) => `${f.scenario} ${f.ruleId}${f.subject === undefined ? '' : ` of ${f.subject}()`}`),
    );
  return { absent: inState('absent'), new: inState('new'), review };
}

interface Verdict {
  /** What the fix removes and its reverse brings. */
  readonly detected: readonly string[];
  readonly fix: Answer;
  readonly reverse: Answer;
}

/**
 * Reviews an entry both ways.
 * @param scenarios by default all
 */
export async function verdictOf(
  reviewer: Reviewer,
  entry: Tried,
  shared: string,
  scenarios: readonly string[] = [],
): Promise<Verdict> {
  const mail = mailOf(entry, shared);
  const fix = await answerOf(reviewer, entry.brings ? reversedMail(mail) : mail, scenarios);
  const both = (reverse: Answer): Verdict => ({
    detected: [...fix.absent].filter((what) => reverse.new.has(what)),
    fix,
    reverse,
  });
  if (entry.brings) return both(await answerOf(reviewer, mail, scenarios));
  const soon = both(await answerOf(reviewer, reversedMail(mail), scenarios));
  if (isDetected(entry, soon)) return soon;
  return both(await answerOf(reviewer, reversedMail(mail, 365), scenarios));
}

/** Whether what the history tells is among what is detected. */
export const isDetected = (entry: Tried, { detected }: Verdict): boolean =>
  detected.some((what) => what === entry.shows || what.startsWith(`${entry.shows} of `));
