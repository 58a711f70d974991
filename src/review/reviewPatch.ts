// SPDX-License-Identifier: MIT
/** One patch in all scenarios. */

import type { PatchUnits } from './patchUnits';
import type { Doubt } from './people';
import { reviewScenario } from './reviewScenario';
import { nameOf, type Scenario } from './scenario';
import type { Prepared } from './series/seriesBuilder';
import { storiesOf } from './subjects';
import type { Finding, Hooks, Notice, ScenarioRun } from './types';
import type { Asked, PatchQuestions, Story } from './whatIf/question';

/** What is asked of a patch, and how long. */
export interface Question {
  /** The scenarios, by id. */
  readonly ids: readonly string[];
  readonly hooks: Hooks;
  readonly budgetMs: number;
  /** performance.now() after which no more is asked. */
  readonly deadline: number;
  /** Whether small edits are to be tried for what is found. */
  readonly whatIfs: boolean;
  /** Is told all findings of the patch each time that there are more, or a line is confirmed. */
  found(findings: readonly Finding[]): void;
}

/** What a patch, or several as one, came to. */
export interface PatchReview {
  readonly findings: readonly Finding[];
  readonly runs: readonly ScenarioRun[];
  /** By the lines of the hunks that some scenario reaches. */
  readonly hunks: ReadonlyMap<number, HunkReview>;
  readonly notices: readonly Notice[];
  /** Scenarios that apply and claim nothing, and why. */
  readonly undecided: readonly string[];
  readonly doubts: readonly (Doubt & { readonly scenario: string })[];
  /** Scenarios that run what the patch changes without any effect. */
  readonly quiet: readonly string[];
  /** The kinds of machine of the stories that have findings. */
  readonly kinds: ReadonlySet<string>;
  /** What small edits are to be tried for. */
  readonly questions: readonly PatchQuestions[];
  /** Whether what the patch changes runs in some scenario and could matter there. */
  readonly applied: boolean;
  /** The budget ran out, or the work was cancelled. */
  readonly partial: boolean;
  /** The end of a patch was left out for its length. */
  readonly incomplete: boolean;
}

export interface HunkReview {
  readonly patch?: string;
  readonly scenarios: readonly string[];
  readonly states: number;
  readonly findings: readonly Finding[];
}

/** @param tell is told of each scenario before it runs, with the share that is done, 0 to 1 */
export async function reviewPatch(
  { library, units, patch, again }: Prepared,
  { ids, hooks, budgetMs, deadline, whatIfs, found }: Question,
  tell: (title: string, share: number) => void,
): Promise<PatchReview> {
  const findings: Finding[] = [];
  const runs: ScenarioRun[] = [];
  const hunks = new Map<number, { scenarios: string[]; states: number; findings: Finding[] }>();
  const notices: Notice[] = [...units.notices];
  const undecided: string[] = [];
  const doubts: (Doubt & { readonly scenario: string })[] = [];
  const quiet: string[] = [];
  const kinds = new Set<string>();
  const decided: Story[] = [];
  const asked: Asked[] = [];
  let applied = false;
  let partial = false;
  const warn = (message: string): number => notices.push({ level: 'warning', message, place: null });

  for (const id of ids) {
    // One of the user's, which the models of this version do not have all for.
    if (!library.scenarios.some((s) => s.id === id)) notices.push(...library.notices);
  }
  const storiesIn = (own: PatchUnits): Scenario[] =>
    library.scenarios.filter(({ id }) => ids.includes(id)).flatMap((scenario) => storiesOf(library, scenario, own));
  const stories = storiesIn(units);
  for (const [done, scenario] of stories.entries()) {
    tell(scenario.title, done / stories.length);
    await hooks.pause();
    const result =
      hooks.cancelled() || performance.now() > deadline
        ? { kind: 'partial' as const }
        : await reviewScenario(library, scenario, units, hooks, deadline, {
            whatIfs,
            found: (provisional) => found([...findings, ...provisional]),
          });
    if (result.kind === 'partial') {
      partial = true;
      warn(
        `${nameOf(scenario)} was not finished: ${hooks.cancelled() ? 'the work was cancelled' : `the budget of ${budgetMs} ms ran out`}`,
      );
      break;
    }
    if (result.kind === 'not applied') continue;
    if (result.kind === 'undecided') {
      applied = true;
      undecided.push(scenario.id);
      doubts.push(...result.doubts.map((doubt) => ({ ...doubt, scenario: nameOf(scenario) })));
      continue;
    }
    notices.push(...result.notices);
    decided.push(result.story);
    for (const line of result.hunks) {
      const known = hunks.get(line) ?? { scenarios: [], states: 0, findings: [] };
      if (!known.scenarios.includes(scenario.id)) known.scenarios.push(scenario.id);
      known.states += result.states;
      if (result.kind === 'done') known.findings.push(...result.findings);
      hunks.set(line, known);
    }
    if (result.kind === 'no effect') {
      quiet.push(scenario.id);
      continue;
    }
    applied = true;
    if (result.open && result.findings.length === 0) undecided.push(scenario.id);
    findings.push(...result.findings);
    asked.push(...result.asked);
    if (result.findings.length > 0) found(findings);
    if (result.findings.length > 0) kinds.add(scenario.hardware.guest);
    if (performance.now() > deadline) {
      partial = true;
      warn(
        `${nameOf(scenario)}: the budget of ${budgetMs} ms ran out while the deciding lines were looked for; the lines named may not be those that decide`,
      );
    }
    runs.push(result.run);
  }
  return {
    findings,
    runs,
    hunks,
    notices,
    undecided,
    doubts,
    quiet,
    kinds,
    questions:
      asked.length === 0
        ? []
        : [
            {
              patch,
              library,
              units,
              stories: decided,
              asked,
              storiesOf: (own) => storiesIn(own).map(nameOf),
              build: again,
            },
          ],
    applied,
    partial,
    incomplete: units.tooLarge,
  };
}

/** Several as one. */
export const together = (reviews: readonly PatchReview[]): PatchReview => ({
  findings: reviews.flatMap((r) => r.findings),
  runs: reviews.flatMap((r) => r.runs),
  hunks: new Map(reviews.flatMap((r) => [...r.hunks])),
  notices: reviews.flatMap((r) => r.notices),
  undecided: reviews.flatMap((r) => r.undecided),
  doubts: reviews.flatMap((r) => r.doubts),
  quiet: reviews.flatMap((r) => r.quiet),
  kinds: new Set(reviews.flatMap((r) => [...r.kinds])),
  questions: reviews.flatMap((r) => r.questions),
  applied: reviews.some((r) => r.applied),
  partial: reviews.some((r) => r.partial),
  incomplete: reviews.some((r) => r.incomplete),
});
