// SPDX-License-Identifier: MIT
/** What people are told once where scenarios agree: why they are not decided, and outcomes that a patch has nothing to do with. */

import type { Finding, Notice, Place } from './types';

/** Why nothing is claimed of a scenario. The reason is a sentence without its subject's name, so that it holds of several. */
export interface Doubt {
  readonly reason: string;
  /** In the document, or null. */
  readonly place: Place | null;
}

/** Names as a sentence has them: `a, b and c`. */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const placeKey = (place: Place | null): string => (place === null ? '' : `${place.file} ${place.line} ${place.column}`);

/**
 * One warning for each reason and place, in the order in which they come first, with all scenarios that have it.
 * @param doubts each with the name of its scenario
 */
export function tellDoubts(doubts: readonly (Doubt & { readonly scenario: string })[]): Notice[] {
  const told = new Map<string, { readonly doubt: Doubt; readonly scenarios: Set<string> }>();
  for (const doubt of doubts) {
    const key = `${placeKey(doubt.place)} ${doubt.reason}`;
    const known = told.get(key) ?? { doubt, scenarios: new Set() };
    told.set(key, known);
    known.scenarios.add(doubt.scenario);
  }
  return [...told.values()].map(({ doubt: { reason, place }, scenarios }) => ({
    level: 'warning',
    message: `${listed([...scenarios])} ${scenarios.size === 1 ? 'is' : 'are'} not decided: ${reason}`,
    place,
  }));
}

/** The same outcome told of the same line is told once; what the patch has to do with, apart from what it has not. */
export function groupFindings(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { ruleId, baselineState, unrelated = false, place } = finding;
    const key = `${ruleId} ${baselineState} ${unrelated} ${place.line}`;
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()];
}

/** Findings that people are told as one. */
export interface Told {
  /** From 1 on, as text and `reply` count. */
  readonly number: number;
  /** The one with the shortest way to the outcome: its words and its trace stand for all. */
  readonly finding: Finding;
  /** All of them, that one too. */
  readonly group: readonly Finding[];
}

/** What people are told, in the order of the document; what the patch has nothing to do with comes last. */
export function toldOf(findings: readonly Finding[]): readonly Told[] {
  const isUnrelated = (finding: Finding): number => Number(finding.unrelated === true);
  const sorted = [...findings].sort(
    (a, b) => isUnrelated(a) - isUnrelated(b) || a.place.line - b.place.line || a.place.column - b.place.column,
  );
  return groupFindings(sorted).map((group, at) => ({
    number: at + 1,
    finding: group.reduce((a, b) => (b.traceLength < a.traceLength ? b : a)),
    group,
  }));
}

/** What people call the story of a finding or a run (as `nameOf` of its scenario). */
export const scenarioOf = ({ scenario, subject }: Pick<Finding, 'scenario' | 'subject'>): string =>
  subject === undefined ? scenario : `${scenario} of ${subject}()`;

/** What is said of an outcome that the patch has nothing to do with (see `Finding.unrelated`), in all its scenarios. */
export function wordUnrelated(group: readonly Finding[]): string {
  const [first] = group;
  if (first === undefined) return '';
  if (group.length === 1) return first.message;
  return `${first.ruleId} in ${listed(group.map(scenarioOf))}, with the patch as without it; the patch changes nothing that the hardware sees there.`;
}
