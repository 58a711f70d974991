// SPDX-License-Identifier: MIT
/** What is said of a series as one, at the subject of its cover letter. */

import type { DocumentSeries } from '../patchesOf';
import type { Finding, Notice } from '../types';
import type { PartFinding } from './tellSeries';
import { storyOf } from './tellSeries';

/** A diagnostic holds no more. */
const limit = 200;

/**
 * One sentence that sums the series up; and others, where parts are missing or stand in another order.
 * @param found what was found of each patch alone, in the order of the patches
 * @param told what is told of the series
 * @param undecided how many stories are not decided
 */
export function summarise(
  { patches, head }: DocumentSeries,
  found: readonly PartFinding[],
  told: readonly Finding[],
  undecided: number,
): Notice[] {
  if (head === null) return [];
  const { version, total, missing, isInOrder } = head;
  const note = (level: Notice['level'], message: string): Notice => ({
    level,
    message,
    place: { file: 'document', line: head.line, column: 1, endLine: head.line, endColumn: 2 },
    series: true,
  });
  const name = `${version === 1 ? 'This series' : `v${version} of this series`} of ${total} patches`;
  const here = patches.length === total ? '' : `, of which ${patches.length} are here,`;
  const parts = outcomesOf(found, told);
  if (undecided > 0) parts.push(`no verdict on ${undecided} ${undecided === 1 ? 'scenario' : 'scenarios'}`);
  if (parts.length === 0) parts.push('nothing found');
  const notices = [note('note', fitting(`${name}${here} as one: `, parts))];
  if (missing.length > 0)
    notices.push(
      note(
        'note',
        `${missing.length === 1 ? 'Patch' : 'Patches'} ${ranges(missing)} of ${total} ${missing.length === 1 ? 'is' : 'are'} not in this document: what stands behind was put on the models without ${missing.length === 1 ? 'it' : 'them'}.`,
      ),
    );
  if (!isInOrder)
    notices.push(note('note', `The patches of this series stand in another order here: they were applied by number.`));
  return notices;
}

/** What becomes of each outcome over the series, worst first. */
function outcomesOf(found: readonly PartFinding[], told: readonly Finding[]): string[] {
  const stories = new Map<string, PartFinding[]>();
  for (const one of found) {
    const key = storyOf(one.finding);
    stories.set(key, [...(stories.get(key) ?? []), one]);
  }
  const brings = new Map<string, Set<number>>();
  const repairs = new Map<string, Set<string>>();
  const left = told.filter((finding) => finding.baselineState === 'unchanged' && !finding.unrelated);
  const leaves = new Set(left.map(({ ruleId }) => ruleId));
  const removes = new Map<string, Set<number>>();
  const add = <T>(map: Map<string, Set<T>>, key: string, value: T): void => {
    const known = map.get(key) ?? new Set<T>();
    map.set(key, known.add(value));
  };
  for (const story of stories.values()) {
    const events = story.filter(({ finding }) => finding.baselineState !== 'unchanged');
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) continue;
    const { ruleId } = last.finding;
    const lastClean = events.findLastIndex(({ finding }) => finding.baselineState === 'absent');
    if (last.finding.baselineState === 'new') add(brings, ruleId, events[lastClean + 1]?.part ?? last.part);
    else if (isBrought(events)) add(repairs, ruleId, `${first.part} to ${last.part}`);
    else add(removes, ruleId, last.part);
  }
  const listed = (map: Map<string, Set<number>>, verb: string): string[] =>
    [...map].map(([id, parts]) => {
      const numbers = [...parts].sort((a, b) => a - b);
      return `${verb} ${id} (patch ${ranges(numbers)})`;
    });
  return [
    ...listed(brings, 'brings'),
    ...[...repairs].map(([id, spans]) => `${id} in between (patch ${[...spans].join(', ')})`),
    ...(leaves.size > 0 ? [`leaves ${[...leaves].join(', ')}`] : []),
    ...listed(removes, 'removes'),
  ];
}

/** Whether what the last patch removes was brought by the series itself. */
const isBrought = (events: readonly PartFinding[]): boolean => events[0]?.finding.baselineState === 'new';

/** Numbers with runs of them drawn together: `1-3, 5`. */
function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while ((numbers[end + 1] ?? 0) === (numbers[end] ?? 0) + 1) end++;
    parts.push(end > at ? `${numbers[at]}-${numbers[end]}` : `${numbers[at]}`);
    at = end + 1;
  }
  return parts.join(', ');
}

/** As many parts as there is room for. */
function fitting(start: string, parts: readonly string[]): string {
  for (let count = parts.length; count > 0; count--) {
    const more = parts.length - count;
    const text = `${start}${parts.slice(0, count).join('; ')}${more > 0 ? `; ${more} more` : ''}.`;
    if (text.length <= limit || count === 1) return text.slice(0, limit);
  }
  return start;
}
