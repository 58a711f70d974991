// SPDX-License-Identifier: MIT
/** One scenario on one patch: both sides explored, compared, and the difference told. */

import type { Unit } from '../c/ast';
import { originAt } from '../c/mappedText';
import { sampleRun } from '../engine/sampleRun';
import { shortestTrace, type Trace } from '../engine/trace';
import { hasEffect, mayHaveEffect, touchesChange } from './applies';
import { type Decision, decideByBuffering, decideByRemoval, fullestRun, vacuous } from './decide';
import type { Library } from './library';
import { type OutcomeId, outcomes } from './outcomes';
import { linePlace, type PatchUnits } from './patchUnits';
import { buildReplaySide, explain, placeOf, statementText } from './replaySide';
import type { Scenario } from './scenario';
import { exploreSide, functionsFrom, linkSide, maxLocalSteps, outcomeIds, type SideRun } from './simulateSide';
import type {
  BaselineState,
  Bounds,
  Confidence,
  Finding,
  Hooks,
  Notice,
  Place,
  Replay,
  ReplaySide,
  ScenarioRun,
  Side,
} from './types';
import { wordFinding, wordSummary } from './wording';

export type ScenarioReview =
  | { readonly kind: 'not applied' }
  /** A budget ran out or the work was cancelled. */
  | { readonly kind: 'partial' }
  /** Code that should have run could not be analysed: nothing is claimed. */
  | { readonly kind: 'undecided'; readonly notices: readonly Notice[] }
  | {
      readonly kind: 'done';
      readonly findings: readonly Finding[];
      readonly run: ScenarioRun;
      readonly notices: readonly Notice[];
      readonly hunks: ReadonlySet<number>;
      readonly states: number;
    };

/** What goes wrong in any kernel code, whatever the scenario looks for. */
const always: ReadonlySet<OutcomeId> = new Set([
  'page-fault',
  'permission-fault',
  'bug-on',
  'panic',
  'warn',
  'hang',
  'deadlock',
  'use-after-free',
  'double-free',
  'lock-imbalance',
]);

/**
 * @param deadline performance.now() after which it stops
 */
export async function reviewScenario(
  library: Library,
  scenario: Scenario,
  units: PatchUnits,
  hooks: Hooks,
  deadline: number,
): Promise<ScenarioReview> {
  const changed = (span: Parameters<typeof touchesChange>[0]): boolean => touchesChange(span, units.changed);
  const linked = {
    before: linkSide(library, scenario, units.before, { changed }),
    after: linkSide(library, scenario, units.after, { changed }),
  };
  const patchUnits: ReadonlySet<Unit> = new Set([...units.before, ...units.after]);
  const used = (['before', 'after'] as const).flatMap((side) => functionsFrom(linked[side].lowered, patchUnits));
  const failed = (['before', 'after'] as const).flatMap((side) =>
    linked[side].lowered.assumptions.filter((a) => a.kind === 'unanalysed'),
  );
  if (used.length === 0 && failed.length === 0 && units.unplaced.size === 0) return { kind: 'not applied' };

  const before = await exploreSide(scenario, linked.before, {}, hooks, deadline);
  const after = before && (await exploreSide(scenario, linked.after, {}, hooks, deadline));
  if (!before || !after) return { kind: 'partial' };
  const misplaced = [...before.lowered.functions].filter((f) => units.unplaced.has(f.name)).map((f) => f.name);
  if (failed.length > 0 || misplaced.length > 0) {
    return {
      kind: 'undecided',
      notices: [
        ...failed.map((f) => ({
          level: 'warning' as const,
          message: `${scenario.id} is not decided: ${f.text}`,
          place: f.span ? documentPlace(placeOf(f.span)) : null,
        })),
        ...misplaced.map((name) => ({
          level: 'warning' as const,
          message: `${scenario.id} is not decided: it runs ${name}(), which the patch changes at a place that cannot be told`,
          place: null,
        })),
      ],
    };
  }
  if (![before, after].some((run) => hasEffect(run, units.changed) || mayHaveEffect(run)))
    return { kind: 'not applied' };

  const notices: Notice[] = [];
  const void_ = { before: vacuous(scenario, before), after: vacuous(scenario, after) };
  const relevant = (run: SideRun): Set<OutcomeId> =>
    new Set([...run.outcomes, ...hangs(run)].filter((o) => always.has(o) || scenario.guards.includes(o)));
  const reached = { before: relevant(before), after: relevant(after) };
  const sides = { before, after };
  const cleanReplay: Record<Side, ReplaySide | null> = { before: null, after: null };
  for (const side of ['before', 'after'] as const) {
    if (reached[side].size > 0) continue;
    const trace = sampleRun(sides[side].search);
    if (trace) cleanReplay[side] = buildReplaySide(scenario, sides[side], trace, null, wordSummary(null, void_[side]));
  }
  const findings: Finding[] = [];
  for (const outcome of outcomeIds) {
    if (!reached.before.has(outcome) && !reached.after.has(outcome)) continue;
    const state: BaselineState = !reached.after.has(outcome)
      ? 'absent'
      : reached.before.has(outcome)
        ? 'unchanged'
        : 'new';
    if (state === 'absent' && void_.after.length > 0) {
      notices.push({
        level: 'warning',
        message: `${scenario.id}: whether ${outcome} is gone cannot be said, because after the patch it never happens that ${void_.after.join(', nor that ')}`,
        place: null,
      });
      continue;
    }
    const finding = await tell(outcome, state);
    if (finding === null) return { kind: 'partial' };
    findings.push(finding);
  }
  for (const text of void_.after)
    if (!void_.before.includes(text))
      notices.push({
        level: 'warning',
        message: `${scenario.id} is void after the patch: it never happens that ${text}`,
        place: null,
      });

  const replay: Replay = {
    title: scenario.title,
    scenario: scenario.id,
    before: findings[0]?.replay.before ?? cleanReplay.before,
    after: findings[0]?.replay.after ?? cleanReplay.after,
  };
  return {
    kind: 'done',
    findings,
    notices,
    run: {
      scenario: scenario.id,
      title: scenario.title,
      bounds: boundsOf(scenario, after),
      outcomes: { before: [...reached.before], after: [...reached.after] },
      vacuous: void_.after,
      replay,
    },
    hunks: reachedHunks(units, [before, after]),
    states: before.result.states + after.result.states,
  };

  async function tell(outcome: OutcomeId, state: BaselineState): Promise<Finding | null> {
    const fatalSide = state === 'absent' ? before : after;
    if (!fatalSide || !after || !before) return null;
    const fatalTrace = traceOf(fatalSide, outcome);
    const question = { library, scenario, units, after, outcome, hooks, deadline };
    const explanation = fatalTrace ? explain(scenario, fatalSide, fatalTrace, outcome) : `${outcomes[outcome][1]}.`;
    const replaySides: Record<Side, ReplaySide | null> = { before: cleanReplay.before, after: cleanReplay.after };
    for (const side of ['before', 'after'] as const) {
      const trace = reached[side].has(outcome) ? traceOf(sides[side], outcome) : null;
      if (trace)
        replaySides[side] = buildReplaySide(
          scenario,
          sides[side],
          trace,
          outcome,
          wordSummary(outcome, [], explain(scenario, sides[side], trace, outcome)),
        );
    }
    let decision: Decision | null = null;
    if (state === 'absent') {
      const clean = fullestRun(after);
      if (clean) decision = await decideByRemoval(question, clean, false);
    } else if (fatalTrace) {
      if (state === 'new') decision = await decideByRemoval(question, fatalTrace, true);
      decision ??= await decideByBuffering(question, fatalTrace);
    }
    if (hooks.cancelled()) return null;
    decision ??= { place: firstReachedLine(), how: { kind: 'reached' } };
    const weak =
      state === 'absent' ? await exploreSide(scenario, linked.after, { model: 'weak' }, hooks, deadline) : null;
    const portable = weak?.outcomes.has(outcome) ? 'x86-only' : 'yes';
    const told = state === 'absent' ? fullestRun(after) : fatalTrace;
    return {
      scenario: scenario.id,
      ruleId: outcome,
      level: outcomes[outcome][0],
      baselineState: state,
      ...wordFinding(scenario, outcome, state, explanation, decision, portable),
      place: decision.place,
      related: told ? relatedLines(after, told) : [],
      confidence: confidence(),
      assumptions: assumptions(),
      bounds: boundsOf(scenario, after),
      machine: scenario.machine,
      portable,
      traceLength: fatalTrace?.steps.length ?? 0,
      cpuSwitches: fatalTrace ? switches(fatalTrace) : 0,
      replay: { title: scenario.title, scenario: scenario.id, ...replaySides },
    };
  }

  /** The first line that the patch adds in the first hunk that the scenario reaches, or the hunk's own line. */
  function firstReachedLine(): Place {
    const reachedLines = reachedHunks(
      units,
      [before, after].filter((r) => r !== null),
    );
    const hunk = units.hunks.find(({ hunk: h }) => reachedLines.has(h.line))?.hunk ?? units.hunks[0]?.hunk;
    const line = hunk?.lines.find((l) => l.kind === 'add' && l.text.trim() !== '');
    if (line) return linePlace(line);
    return { file: 'document', line: hunk?.line ?? 1, column: 1, endLine: hunk?.line ?? 1, endColumn: 2 };
  }

  function confidence(): Confidence {
    return used.some((f) => f.span.unit.origin === 'woven') ? 'woven' : 'mail';
  }

  function assumptions(): string[] {
    const list: string[] = [];
    for (const unit of linked.after.companions) {
      const file = unit.source.pieces[0]?.origin.file ?? '';
      list.push(
        `${file} stands for what the mail does not show: ${[...unit.globals.keys(), ...[...unit.functions.keys()].map((f) => `${f}()`)].join(', ')}`,
      );
    }
    for (const side of ['before', 'after'] as const)
      for (const a of linked[side].lowered.assumptions) if (!list.includes(a.text)) list.push(a.text);
    return list;
  }
}

/** The search's trace to an outcome; `deadlock` and `hang` have none. */
function traceOf(run: SideRun, outcome: OutcomeId): Trace | null {
  return shortestTrace(run.search, outcomeIds.indexOf(outcome));
}

/** A program that never ends and never fails goes round for ever. */
function hangs(run: SideRun): OutcomeId[] {
  const { result } = run;
  const fatal = result.outcomes.some((o) => run.search.program.outcomes[o.outcome]?.fatal);
  return result.exhausted && result.ends === null && result.deadlocks === null && !fatal ? ['hang'] : [];
}

function switches(trace: Trace): number {
  let count = 0;
  trace.steps.forEach((step, i) => {
    if (i > 0 && trace.steps[i - 1]?.agent !== step.agent) count++;
  });
  return count;
}

function boundsOf(scenario: Scenario, run: SideRun): Bounds {
  return {
    cpus: scenario.cpus,
    pages: scenario.leaves.reduce((a, b) => a + b, 0),
    bufferDepth: scenario.bufferDepth,
    unroll: maxLocalSteps,
    states: run.result.states,
    exhausted: run.result.exhausted,
  };
}

const documentPlace = (place: Place): Place | null => (place.file === 'document' ? place : null);

/** Lines of the document in the order in which a trace comes to them first, with what stands there. */
function relatedLines(run: SideRun, trace: Trace): Finding['related'] {
  const seen = new Set<number>();
  const related: { place: Place; text: string }[] = [];
  for (const step of trace.steps) {
    const { steps, name } = run.search.program.agents[step.agent] ?? { steps: [], name: '' };
    for (const pc of step.visited) {
      const span = run.lowered.positions[steps[pc]?.position ?? -1];
      const place = span && placeOf(span);
      if (!span || place?.file !== 'document' || seen.has(place.line)) continue;
      seen.add(place.line);
      related.push({ place, text: `${name}: ${statementText(span)}` });
    }
  }
  return related;
}

/** Hunks of which some step ran on either side, or whose variables were used. */
function reachedHunks(units: PatchUnits, runs: readonly SideRun[]): ReadonlySet<number> {
  const hunks = new Set<number>();
  const add = (line: number): void => {
    const hunk = units.hunkOfLine.get(line);
    if (hunk !== undefined) hunks.add(hunk);
  };
  for (const run of runs) {
    for (const [a, agent] of run.search.program.agents.entries()) {
      for (const [pc, step] of agent.steps.entries()) {
        const span = run.result.reached[a]?.[pc] ? run.lowered.positions[step.position] : undefined;
        const origin = span && originAt(span.unit.source, span.start);
        if (origin?.file === 'document') add(origin.line);
      }
    }
    for (const unit of [...units.before, ...units.after]) {
      for (const [name, declarator] of unit.globals) {
        if (run.lowered.globals.some((g) => g.name === name)) add(originAt(unit.source, declarator.span.start).line);
      }
    }
  }
  return hunks;
}
