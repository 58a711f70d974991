// SPDX-License-Identifier: MIT
/** What is said of a series as one, at the subject of its cover letter. */

import type { DocumentSeries } from '../patchesOf';
import { scenarioOf } from '../people';
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

/** What becomes of each outcome over the series, worst first: `brings td-exit in guest-kexec (patch 3)`. */
function outcomesOf(found: readonly PartFinding[], told: readonly Finding[]): string[] {
  const stories = new Map<string, PartFinding[]>();
  for (const { part, finding } of found) {
    if (finding.baselineState === 'unchanged') continue;
    const key = storyOf(finding);
    stories.set(key, [...(stories.get(key) ?? []), { part, finding }]);
  }
  const fates: Fate[] = told
    .filter((finding) => finding.baselineState === 'unchanged' && !finding.unrelated)
    .map((finding) => ({ verb: 'leaves', finding, where: '' }));
  for (const events of stories.values()) {
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last) continue;
    const { finding, part } = last;
    const lastClean = events.findLastIndex((event) => event.finding.baselineState === 'absent');
    if (finding.baselineState === 'new')
      fates.push({ verb: 'brings', finding, where: ` (patch ${events[lastClean + 1]?.part ?? part})` });
    else if (first.finding.baselineState === 'new')
      fates.push({ verb: 'has', finding, where: ` from patch ${first.part} to ${part}` });
    else fates.push({ verb: 'removes', finding, where: ` (patch ${part})` });
  }
  return verbs.flatMap((verb) => alike(fates.filter((fate) => fate.verb === verb)));
}

const verbs = ['brings', 'leaves', 'has', 'removes'] as const;

/** What becomes of an outcome in one scenario. */
interface Fate {
  readonly verb: (typeof verbs)[number];
  readonly finding: Finding;
  readonly where: string;
}

/** What fares alike in several scenarios is told once. */
function alike(fates: readonly Fate[]): string[] {
  const scenarios = new Map<string, Set<string>>();
  for (const { finding, where } of fates) {
    const key = `${finding.ruleId}\n${where}`;
    scenarios.set(key, (scenarios.get(key) ?? new Set()).add(scenarioOf(finding)));
  }
  return [...scenarios].map(([key, names]) => {
    const [id, where] = key.split('\n');
    const [only] = names;
    return `${fates[0]?.verb} ${id} in ${names.size === 1 ? only : `${names.size} scenarios`}${where}`;
  });
}

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
