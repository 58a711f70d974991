// SPDX-License-Identifier: MIT
/** The findings of a series as one: each outcome of a story belongs to the patch that brings it or removes it. */

import type { SeriesHead } from '../patchesOf';
import type { Finding } from '../types';

/** A finding of one patch; `part` is its number in the series. */
export interface PartFinding {
  readonly part: number;
  readonly finding: Finding;
}

/** A diagnostic holds no more. */
const shortLimit = 200;

/**
 * What is told of each finding, by the finding as its patch alone gave it. An outcome that a patch of the series brings
 * or removes is told there and nowhere else; one that none of them does anything about, once, where the last patch acts
 * in its story. What a later patch of the series removes again is a warning at most: a kernel between the two has it.
 * @param found in the order of the patches
 */
export function tellSeries(found: readonly PartFinding[], head: SeriesHead): ReadonlyMap<Finding, Finding> {
  const named = new Map(
    found.map(({ part, finding }) => {
      return [finding, { ...finding, patch: nameOf(head, part) }];
    }),
  );
  const stories = new Map<string, PartFinding[]>();
  for (const one of found) {
    const key = storyOf(one.finding);
    const story = stories.get(key);
    if (story) story.push(one);
    else stories.set(key, [one]);
  }
  const told = new Map<Finding, Finding>();
  for (const story of stories.values()) {
    const events = story.filter(({ finding }) => finding.baselineState !== 'unchanged');
    const texts = events.map(({ part, finding }, at) => {
      const event = { part, finding: named.get(finding) ?? finding };
      return withSeries(event, events[at - 1], events[at + 1], head.total);
    });
    const left = events.length === 0 ? lastRelated(story) : undefined;
    for (const { part, finding } of story) {
      const own = events.findIndex((event) => event.finding === finding);
      const before = events.findLastIndex((event) => event.part <= part);
      const as = texts[own >= 0 ? own : Math.max(before, 0)] ?? left ?? finding;
      told.set(finding, named.get(as) ?? as);
    }
  }
  return told;
}

/** What people call a patch of a series: `v5 3/16`. */
export const nameOf = ({ version, total }: SeriesHead, part: number): string =>
  `${version === 1 ? '' : `v${version} `}${part}/${total}`;

/** What a finding is about, whatever patch it is of. */
export const storyOf = ({ scenario, subject = '', ruleId }: Finding): string => `${scenario} ${subject} ${ruleId}`;

/** Of what remains all the time: the last patch that has to do with it; where none has, the last one. */
function lastRelated(story: readonly PartFinding[]): Finding | undefined {
  return (story.findLast(({ finding }) => !finding.unrelated) ?? story.at(-1))?.finding;
}

function withSeries(
  { part, finding }: PartFinding,
  before: PartFinding | undefined,
  after: PartFinding | undefined,
  total: number,
): Finding {
  const said: string[] = [];
  if (before && before.part !== part) {
    if (before.finding.baselineState === 'new' && finding.baselineState === 'absent')
      said.push(`Patch ${before.part}/${total} of this series brought it.`);
    if (before.finding.baselineState === 'absent' && finding.baselineState === 'new')
      said.push(`Patch ${before.part}/${total} of this series had removed it.`);
  }
  const isRepaired = finding.baselineState === 'new' && after?.finding.baselineState === 'absent';
  if (isRepaired)
    said.push(`Patch ${after.part}/${total} of this series removes it again; until then it breaks bisection.`);
  if (finding.baselineState === 'absent' && after?.finding.baselineState === 'new')
    said.push(`Patch ${after.part}/${total} of this series brings it back.`);
  if (said.length === 0) return finding;
  const text = said.join(' ');
  const first = said[0] ?? '';
  const short = [`${finding.short} ${text}`, `${finding.short} ${first}`].find((one) => one.length <= shortLimit);
  return {
    ...finding,
    message: `${finding.message} ${text}`,
    short: short ?? finding.short,
    level: isRepaired && finding.level === 'error' ? 'warning' : finding.level,
  };
}
