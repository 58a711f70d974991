// SPDX-License-Identifier: MIT
/** How results are put into words and order, everywhere alike. Pure, so that tests need no editor. */

import type { ReplayChoice, ShowReplay } from '../replay/types';
import { wordUnrelated } from '../review/people';
import type {
  BaselineState,
  Bounds,
  Finding,
  HunkAnswer,
  Level,
  Replay,
  Review,
  ScenarioRun,
  WhatIf,
} from '../review/types';
import { shortened } from '../review/wording';

const levels: readonly Level[] = ['error', 'warning', 'note'];
const states: readonly BaselineState[] = ['new', 'unchanged', 'absent'];
const stateWords: Readonly<Record<BaselineState, string>> = { new: 'new', unchanged: 'remains', absent: 'fixed' };

/** Smaller is worse: what the patch removes comes last, whatever its level. */
export function rank(finding: Finding): number {
  const state = states.indexOf(finding.baselineState);
  return finding.baselineState === 'absent'
    ? 100 + levels.indexOf(finding.level)
    : levels.indexOf(finding.level) * 10 + state;
}

/** Worst first. */
export function byRank(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => rank(a) - rank(b) || a.place.line - b.place.line);
}

/** An outcome and what the patch does to it: `td-exit fixed`. */
function outcomeWords(finding: Finding): string {
  return `${finding.ruleId} ${stateWords[finding.baselineState]}`;
}

/** A text that cannot be mistaken for a problem where the patch removes one, of at most 200 characters. */
export function diagnosticText(findings: readonly Finding[]): string {
  const first = findings[0];
  if (!first) return '';
  if (first.unrelated) {
    const all = wordUnrelated(findings);
    const many = `${first.ruleId} in ${findings.length} scenarios, with the patch as without it; the patch changes nothing that the hardware sees there.`;
    return findings.length === 1 ? first.short : shortened(all) === all ? all : many;
  }
  const others = findings.length - 1;
  const also = others > 0 ? ` (and in ${others === 1 ? findings[1]?.scenario : `${others} more scenarios`})` : '';
  const said = /^(fixe[ds]|the patch (fixes|removes)|removed by)/i.test(first.short);
  const text = `${first.baselineState === 'absent' && !said ? 'Fixed by this patch: ' : ''}${first.short}`;
  return `${shortened(text, also.length)}${also}`;
}

/** What a code action is called that shows a changed patch. */
export function whatIfTitle(outcome: string, { text, portable }: WhatIf): string {
  return `Simulated: ${text} removes ${outcome}${portable === 'x86-only' ? ' on x86' : ''}. Show the changed patch`;
}

/** Outcomes that the patch has nothing to do with. */
const unrelatedIn = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.filter((f) => f.unrelated).map((f) => f.ruleId)),
];

/** What stands over a hunk: what was run and what came of it. */
export function lensTitle(review: Review, hunk: HunkAnswer): string {
  const findings = byRank(hunk.findings.flatMap((index) => review.findings[index] ?? []));
  // What another patch of the series brings or removes is told there.
  const wordsOf = (f: Finding): string =>
    f.patch === hunk.patch ? outcomeWords(f) : `${f.ruleId} of patch ${f.patch}`;
  const words = [...new Set(findings.filter((f) => !f.unrelated).map(wordsOf))];
  const unrelated = unrelatedIn(findings);
  const which = unrelated.length === 1 ? unrelated[0] : count(unrelated.length, 'outcome');
  const asBefore = unrelated.length > 0 ? [`${which} as without the patch`] : [];
  const shown = words.length > 3 ? [...words.slice(0, 2), `${words.length - 2} more`] : words;
  const ran = hunk.scenarios.length === 1 ? (hunk.scenarios[0] ?? '') : `${hunk.scenarios.length} scenarios`;
  const open = review.runs.some((run) => hunk.scenarios.includes(run.scenario) && run.vacuous.length > 0);
  const undecided = hunk.scenarios.some((scenario) => review.undecided.includes(scenario));
  const parts = [
    ran,
    ...(findings.length === 0 ? [`${hunk.states.toLocaleString('en')} states`] : []),
    ...(findings.length === 0
      ? [open || undecided ? 'no verdict' : 'nothing found']
      : [[...shown, ...asBefore].join(', ')]),
    ...(review.partial ? ['partial'] : []),
    'replay',
  ];
  return parts.join(' · ');
}

/** How many of something: `1 finding`, `3 findings`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** A review in a few words, for the language status. */
export function summaryWords(review: Review): string {
  const problems = review.findings.filter((f) => f.baselineState !== 'absent' && !f.unrelated).length;
  const fixed = review.findings.filter((f) => f.baselineState === 'absent').length;
  const partial = review.partial ? ', partial' : '';
  if (review.patches === 0)
    return review.runs.length > 0 ? `No patch; ${count(review.runs.length, 'scenario')} named` : 'No patch';
  if (!review.applied) return `Nothing applied${partial}`;
  const undecided = review.undecided.length > 0 ? [`no verdict on ${count(review.undecided.length, 'scenario')}`] : [];
  const found = [...(problems > 0 ? [count(problems, 'finding')] : []), ...(fixed > 0 ? [`${fixed} fixed`] : [])];
  const ids = unrelatedIn(review.findings);
  const unrelated = ids.length > 0 ? [`${count(ids.length, 'outcome')} as without the patch`] : [];
  const nothing = review.findings.length === 0 && review.runs.length > 0 ? ['nothing found'] : [];
  const parts = [...found, ...unrelated, ...nothing, ...undecided];
  const words = `${parts.join(', ')}${partial}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Why a review has no run to replay, in one sentence; null where it has one.
 * @param none what is said where no scenario runs what the patch changes
 */
export function whyNoRun(review: Review, none: string): string | null {
  if (review.runs.length > 0) return null;
  if (review.patches === 0) return 'This document holds no patch to simulate.';
  if (review.undecided.length > 0)
    return `No verdict on ${review.undecided.join(', ')}: the problems of the document and the log say why.`;
  if (review.partial) return 'No verdict: the budget ran out or the patch is too long, and nothing was run to its end.';
  if (review.hunks.length > 0) {
    const ran = [...new Set(review.hunks.flatMap((hunk) => hunk.scenarios))].join(', ');
    return `What the patch changes runs in ${ran} and has no effect on what is modelled.`;
  }
  return none;
}

/** One replay that a review offers, with what is told above it. */
export interface Told extends ReplayChoice {
  readonly replay: Replay;
  /** The changed function that the scenario ran for, where it is about one. */
  readonly subject?: string;
  /** A line of the patch that it is about, or null where there is none. */
  readonly line: number | null;
  readonly verdict: string;
  readonly tone: ShowReplay['tone'];
  readonly facts: readonly string[];
  /** Small edits that remove the outcome. */
  readonly whatIfs: readonly WhatIf[];
}

/**
 * What a reviewer sees best first: outcomes that a line of the patch decides, then what the patch brings without such a
 * line, what it removes, what was there before and nothing decides, and at the end what it has nothing to do with.
 */
function telling({ baselineState, open, unrelated }: Finding): number {
  if (unrelated) return 4;
  if (baselineState === 'absent') return 2;
  return open ? (baselineState === 'new' ? 1 : 3) : 0;
}

/** The findings in the order in which their replays are offered: of those that tell alike, the worst first, then the story that runs most hunks. */
function byTelling({ findings, hunks }: Review): readonly Finding[] {
  const reach = ({ scenario }: Finding): number => hunks.filter((hunk) => hunk.scenarios.includes(scenario)).length;
  return byRank(findings)
    .filter(({ provisional }) => !provisional)
    .toSorted((a, b) => telling(a) - telling(b) || rank(a) - rank(b) || reach(b) - reach(a));
}

/** All replays of a review, the most telling first; runs without a finding come last. */
export function replaysOf(review: Review): readonly Told[] {
  const told = byTelling(review).map((finding): Told => {
    const { scenario, replay, ruleId, baselineState, place } = finding;
    const tone = baselineState === 'absent' ? 'good' : finding.level === 'note' ? 'plain' : 'bad';
    return {
      id: [scenario, ruleId, baselineState, place.line].join('|'),
      label: `${outcomeWords(finding)}, line ${place.line} (${scenario})`,
      replay,
      scenario,
      ...(finding.subject !== undefined && { subject: finding.subject }),
      line: place.line,
      verdict: finding.message,
      tone,
      facts: findingFacts(finding),
      whatIfs: finding.whatIfs ?? [],
    };
  });
  const clean = review.runs.filter((run) => !review.findings.some((finding) => finding.scenario === run.scenario));
  const lineOf = ({ scenario }: ScenarioRun): number | null =>
    review.hunks.find((hunk) => hunk.scenarios.includes(scenario))?.line ?? null;
  return [...told, ...clean.map((run) => runReplay(run, lineOf(run)))];
}

/**
 * The replay of a scenario that came to nothing, or of one that ran without a patch.
 * @param line of the patch that it ran, null where there is none
 */
export function runReplay(run: ScenarioRun, line: number | null = null): Told {
  const { scenario, title, replay, vacuous } = run;
  const happened = [...new Set([...run.outcomes.before, ...run.outcomes.after])];
  const verdict =
    vacuous.length > 0
      ? `No verdict: what must sometimes happen in this scenario never did (${vacuous.join(', ')}).`
      : happened.length > 0
        ? `${title}, without a patch: ${happened.join(', ')}.`
        : `${title}: nothing found in ${count(run.bounds.states, 'state')}.`;
  return {
    id: scenario,
    label: `${vacuous.length > 0 ? 'no verdict' : happened.join(', ') || 'nothing found'} (${scenario})`,
    replay,
    scenario,
    ...(run.subject !== undefined && { subject: run.subject }),
    line,
    verdict,
    tone: vacuous.length > 0 ? 'plain' : happened.length > 0 ? 'bad' : 'good',
    facts: [boundsWords(run.bounds)],
    whatIfs: [],
  };
}

/** The replay with this id, or the one nearest to it after the document has changed; null where nothing is left. */
export function findReplay(replays: readonly Told[], id: string): Told | null {
  const [scenario = '', ruleId = ''] = id.split('|');
  return (
    replays.find((told) => told.id === id) ??
    replays.find((told) => ruleId !== '' && told.id.startsWith(`${scenario}|${ruleId}|`)) ??
    replays.find((told) => told.scenario === scenario) ??
    null
  );
}

const confidenceWords: Readonly<Record<Finding['confidence'], string>> = {
  tree: 'function bodies come from a kernel tree that the patch applies to',
  mail: 'the whole function is in the mail',
  woven: 'the hunk was woven into a bundled model',
  fragment: 'only the lines of the hunk were run',
  prose: 'the mail only names the function; the bundled model ran',
};

function findingFacts(finding: Finding): readonly string[] {
  return [
    `Confidence: ${finding.confidence} (${confidenceWords[finding.confidence]}).`,
    boundsWords(finding.bounds),
    `Machine: ${finding.machine}${finding.portable === 'x86-only' ? '; absent on x86, reachable where the kernel’s own memory model allows more' : ''}.`,
    `Shortest trace: ${count(finding.traceLength, 'step')} of the machine, ${count(finding.cpuSwitches, 'change')} of agent.`,
    ...finding.assumptions.map((assumption) => `Assumed: ${assumption}`),
  ];
}

function boundsWords(bounds: Bounds): string {
  const searched = bounds.exhausted ? 'all of them visited' : 'not all of them visited';
  return `Bounds: ${count(bounds.cpus, 'CPU')}, ${count(bounds.pages, 'page')}, store buffers of ${bounds.bufferDepth}; ${count(bounds.states, 'state')}, ${searched}.`;
}
