// SPDX-License-Identifier: MIT
/** One scenario on one patch: both sides explored and compared. */

import type { Span, Unit } from '../c/ast';
import { sampleRun } from '../engine/sampleRun';
import { hasEffect, mayHaveEffect, touchesChange } from './applies';
import { liesBehind } from './beyond';
import { boundsOf, type Comparison } from './comparison';
import { vacuous } from './decide';
import { doubtsOf } from './doubts';
import { type StartedFinding, startFinding } from './finding';
import { reachedHunks } from './hunks';
import type { Library } from './library';
import { changedConstants, mayRun } from './mayRun';
import { looksTheSame } from './observable';
import type { OutcomeId } from './outcomes';
import type { PatchUnits } from './patchUnits';
import type { Doubt } from './people';
import { countedOutcomes, leavesModel, uncertainOutcomes } from './reached';
import { buildReplaySide } from './replaySide';
import { nameOf, type Scenario } from './scenario';
import { exploreSide, functionsFrom, isFatal, linkSide, outcomeIds, type SideRun } from './simulateSide';
import { placeOf, statementText } from './sourceText';
import type { BaselineState, Finding, Hooks, Notice, ReplaySide, ScenarioRun, Side } from './types';
import { type Asked, actsOf, type Story, whatToTry } from './whatIf/question';
import { withoutOther } from './withoutOther';
import { wordCleanEnd } from './wording';

/** What came of one scenario; `hunks` are those that ran, by their lines, `states` those of both sides. */
export type ScenarioReview =
  /** Nothing of the patch runs in it. */
  | { readonly kind: 'not applied' }
  /** A budget ran out or the work was cancelled. */
  | { readonly kind: 'partial' }
  /** Nothing is claimed, for the reasons given. */
  | { readonly kind: 'undecided'; readonly doubts: readonly Doubt[] }
  /** What the patch changes runs, and nobody could tell. */
  | {
      readonly kind: 'no effect';
      readonly notices: readonly Notice[];
      readonly hunks: ReadonlySet<number>;
      readonly states: number;
      readonly story: Story;
    }
  | {
      readonly kind: 'done';
      readonly findings: readonly Finding[];
      /** Those of them that small edits may remove. */
      readonly asked: readonly Asked[];
      readonly story: Story;
      readonly run: ScenarioRun;
      readonly notices: readonly Notice[];
      readonly hunks: ReadonlySet<number>;
      readonly states: number;
      /** Something could not be said: an outcome that rests on what is not modelled, or a story that never ends. */
      readonly open: boolean;
    };

/** What somebody wants beside the verdict. */
interface Wishes {
  /** Whether small edits are to be tried for what is found. */
  readonly whatIfs: boolean;
  /** Is told what was found before the deciding lines are looked for. */
  found(provisional: readonly Finding[]): void;
}

const bothSides = ['before', 'after'] as const;

/**
 * Runs a scenario without the patch and with it, and tells what differs.
 * @param deadline performance.now() after which it stops
 */
export async function reviewScenario(
  library: Library,
  scenario: Scenario,
  units: PatchUnits,
  hooks: Hooks,
  deadline: number,
  { whatIfs: withWhatIfs, found }: Wishes = { whatIfs: false, found: () => {} },
): Promise<ScenarioReview> {
  if (!mayRun(library, scenario, units)) return { kind: 'not applied' };
  const changed = (span: Parameters<typeof touchesChange>[0]): boolean => touchesChange(span, units.changed);
  const removable = ({ unit, start }: Span): boolean => touchesChange({ unit, start, end: start }, units.changed);
  const linkedBefore = await linkSide(
    withoutOther(library, units, 'before'),
    scenario,
    units.before,
    { changed },
    hooks,
  );
  const start = linkedBefore.lowered.settled;
  const linked = {
    before: linkedBefore,
    after: await linkSide(
      withoutOther(library, units, 'after'),
      scenario,
      units.after,
      { changed, removable, start },
      hooks,
    ),
  };
  if (hooks.cancelled()) return { kind: 'partial' };
  const patchUnits: ReadonlySet<Unit> = new Set(
    [...units.before, ...units.after].filter(({ origin }) => origin !== 'stage'),
  );
  const used = bothSides.flatMap((side) => functionsFrom(linked[side].lowered, patchUnits));
  const doubts = doubtsOf(units, { before: linked.before.lowered, after: linked.after.lowered }, used.length > 0);
  // A constant may matter wherever it is used: then both sides are compared, and no line of the patch runs.
  const usesConstant = changedConstants(units).length > 0;
  if (used.length === 0 && doubts.length === 0 && !usesConstant) return { kind: 'not applied' };
  if (doubts.length > 0)
    return used.length > 0 || units.cut === null ? { kind: 'undecided', doubts } : { kind: 'not applied' };

  const before = await exploreSide(scenario, linked.before, {}, hooks, deadline);
  const after = before && (await exploreSide(scenario, linked.after, {}, hooks, deadline));
  if (!before || !after) return { kind: 'partial' };
  const sides = { before, after };
  for (const side of bothSides) {
    if (sides[side].result.exhausted) continue;
    const reason = `${side} the patch there are more than ${sides[side].result.states.toLocaleString('en')} states, and not all were visited`;
    return { kind: 'undecided', doubts: [{ reason, place: null }] };
  }
  for (const side of bothSides) {
    const span = leavesModel(sides[side]);
    if (span === null) continue;
    const place = placeOf(span);
    const where = place.file === 'document' ? `line ${place.line}` : `${place.file}:${place.line}`;
    const reason = `${side} the patch what is not modelled runs at ${where}: “${statementText(span)}”`;
    return { kind: 'undecided', doubts: [{ reason, place: place.file === 'document' ? place : null }] };
  }
  const hunks = reachedHunks(units, [before, after]);
  const missing = { before: vacuous(scenario, before), after: vacuous(scenario, after) };
  const reached = { before: countedOutcomes(scenario, before), after: countedOutcomes(scenario, after) };
  const story: Story = {
    scenario,
    after: reached.after,
    missing: missing.after,
    states: after.result.states,
    functions: new Set([...linked.after.lowered.functions].map(({ name }) => name)),
    acts: actsOf(after),
    settled: linked.after.lowered.settled,
    before: linked.before.lowered,
  };
  const states = before.result.states + after.result.states;
  const acts = (): boolean => [before, after].some((run) => hasEffect(run, units.changed) || mayHaveEffect(run));
  if (looksTheSame(before, after) && !acts()) {
    if (used.length === 0) return { kind: 'not applied' };
    return {
      kind: 'no effect',
      notices: withoutEffect(
        scenario,
        sides,
        used.map((f) => f.name),
      ),
      hunks,
      states,
      story,
    };
  }

  const uncertain = {
    before: await uncertainOutcomes(scenario, before, hooks, deadline),
    after: await uncertainOutcomes(scenario, after, hooks, deadline),
  };
  if (!uncertain.before || !uncertain.after) return { kind: 'partial' };
  const clean = (side: Side): ReplaySide | null => {
    const trace = reached[side].size > 0 ? null : sampleRun(sides[side].search);
    return trace && buildReplaySide(scenario, sides[side], trace, null, wordCleanEnd(missing[side]));
  };
  const comparison: Comparison = {
    library,
    scenario,
    units,
    sides,
    reached,
    used,
    hooks,
    deadline,
    clean: { before: clean('before'), after: clean('after') },
  };

  const notices: Notice[] = [];
  const say = (message: string): number => notices.push({ level: 'warning', message, place: null });
  const findings: Finding[] = [];
  const asked: Asked[] = [];
  const started: StartedFinding[] = [];
  let suppressed = false;
  const never = missing.after.join(', nor that ');
  const isEnd = (o: OutcomeId): boolean => isFatal(o) && !scenario.byDesign.includes(o);
  // Where every run of before ends in what is gone now, nobody knows what it would have come to behind that.
  const ended = outcomeIds.filter((o) => reached.before.has(o) && !reached.after.has(o) && isEnd(o));
  const endsAlways = ended.length > 0 && sampleRun(before.search) === null;
  const behind = new Set(
    outcomeIds.filter(
      (o) => endsAlways && reached.after.has(o) && !reached.before.has(o) && liesBehind(before, after, o, ended),
    ),
  );
  // What ends a run earlier than before may only hide what came later.
  const earlier = outcomeIds.filter(
    (o) => reached.after.has(o) && !reached.before.has(o) && isEnd(o) && !behind.has(o),
  );
  for (const outcome of outcomeIds) {
    if (!reached.before.has(outcome) && !reached.after.has(outcome)) continue;
    const state: BaselineState = !reached.after.has(outcome)
      ? 'absent'
      : reached.before.has(outcome)
        ? 'unchanged'
        : 'new';
    // What is meant, and was there before, is no news.
    if (state === 'unchanged' && scenario.byDesign.includes(outcome)) continue;
    if (uncertain.before.has(outcome) || uncertain.after.has(outcome)) {
      say(
        `${nameOf(scenario)}: whether ${outcome} ${state === 'absent' ? 'is gone' : 'happens'} rests on what is not modelled: ${unmodelled(sides)}`,
      );
    } else if (state === 'absent' && missing.after.length > 0) {
      suppressed = true;
      say(
        `${nameOf(scenario)}: whether ${outcome} is gone cannot be said, because after the patch it never happens that ${never}`,
      );
    } else if (state === 'absent' && earlier.length > 0) {
      say(
        `${nameOf(scenario)}: whether ${outcome} is gone cannot be said, because after the patch some runs end before it in ${earlier.join(', ')}`,
      );
    } else if (behind.has(outcome)) {
      say(
        `${nameOf(scenario)}: whether ${outcome} is new cannot be said, because before the patch the story ends earlier in ${ended.join(', ')}`,
      );
    } else {
      started.push(startFinding(comparison, outcome, state));
    }
  }
  if (started.length > 0) found(started.map(({ provisional }) => provisional));
  for (const { confirm } of started) {
    const made = await confirm();
    if (made === null) return { kind: 'partial' };
    findings.push(made.finding);
    if (withWhatIfs) asked.push(...(await whatToTry(comparison, story, made)));
  }
  const fresh = missing.after.filter((text) => !missing.before.includes(text));
  if (fresh.length > 0 && !suppressed)
    say(`${nameOf(scenario)} is void after the patch: it never happens that ${fresh.join(', nor that ')}`);
  return {
    kind: 'done',
    findings,
    asked,
    story,
    notices,
    hunks,
    states,
    open: notices.length > 0,
    run: {
      scenario: scenario.id,
      ...(scenario.subject !== undefined && { subject: scenario.subject }),
      title: scenario.title,
      bounds: boundsOf(scenario, after),
      outcomes: { before: [...reached.before], after: [...reached.after] },
      vacuous: missing.after,
      replay: {
        title: scenario.title,
        scenario: scenario.id,
        before: findings[0]?.replay.before ?? comparison.clean.before,
        after: findings[0]?.replay.after ?? comparison.clean.after,
      },
    },
  };
}

/** What had to be assumed about the code of the mail, in one line. */
function unmodelled(sides: Readonly<Record<Side, SideRun>>): string {
  const texts = new Set(bothSides.flatMap((side) => sides[side].assumptions.map((a) => a.text)));
  return [...texts].slice(0, 3).join('; ') || 'a value that nobody gives';
}

function withoutEffect(scenario: Scenario, sides: Readonly<Record<Side, SideRun>>, names: readonly string[]): Notice[] {
  const assumed = bothSides.flatMap((side) => sides[side].assumptions);
  // A function that returns at once on this machine needs no words; one that is not known does.
  if (assumed.length === 0) return [];
  const functions = [...new Set(names)].map((name) => `${name}()`).join(', ');
  return [
    {
      level: 'note',
      message: `${nameOf(scenario)} runs ${functions}, and what the patch changes there has no effect on what is modelled: ${unmodelled(sides)}`,
      place: null,
    },
  ];
}
