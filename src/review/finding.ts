// SPDX-License-Identifier: MIT
/** One outcome of a comparison, told: which line decides it, why, and how to get there. */

import type { Trace } from '../engine/trace';
import { runAlongside } from './alongside';
import { boundsOf, type Comparison } from './comparison';
import { type Decision, decideByBuffering, decideByRemoval, fullestRun, lastAdded, vacuous } from './decide';
import { explainEnd } from './explain';
import { firstReachedLine, relatedLines } from './hunks';
import { hardwareSeesTheSame } from './observable';
import { type OutcomeId, outcomes } from './outcomes';
import { reaches, traceOf } from './reached';
import { buildReplaySide } from './replaySide';
import { ownFilesUsed } from './restsOn';
import { exploreSide } from './simulateSide';
import { statementText } from './sourceText';
import type { BaselineState, Confidence, Finding, Replay, ReplaySide, Side } from './types';
import { wordCleanEnd, wordFinding } from './wording';

/** A finding, and what it was told from. */
export interface MadeFinding {
  readonly finding: Finding;
  /** The shortest way to the outcome; null where there is none. */
  readonly trace: Trace | null;
  /** Whether no line decides the outcome: the finding stands at one that a run reaches. */
  readonly isOpen: boolean;
}

/** A finding as it can be told at once, at a line from the trace, and what tells it in full. */
export interface StartedFinding {
  /** Without a replay. */
  readonly provisional: Finding;
  /** Tells it with the line that decides and both replays; null where the work was cancelled. */
  confirm(): Promise<MadeFinding | null>;
}

/** Tells one outcome. */
export function startFinding(c: Comparison, outcome: OutcomeId, state: BaselineState): StartedFinding {
  const { scenario, sides, hooks, deadline } = c;
  const fatalSide: Side = state === 'absent' ? 'before' : 'after';
  const fatalTrace = traceOf(sides[fatalSide], outcome);
  const end = fatalTrace && explainEnd(scenario, sides[fatalSide], fatalTrace, outcome);
  const atReached = (): Decision => ({
    place: firstReachedLine(c.units, [sides.before, sides.after]),
    how: { kind: 'reached' },
  });
  const told = (
    decision: Decision,
    related: Finding['related'],
    isUnrelated: boolean,
    portable: Finding['portable'],
    replay: Replay,
  ): Finding => ({
    scenario: scenario.id,
    ...(scenario.subject !== undefined && { subject: scenario.subject }),
    ruleId: outcome,
    level: isUnrelated || scenario.byDesign.includes(outcome) ? 'note' : outcomes[outcome][0],
    baselineState: state,
    ...(isUnrelated && { unrelated: true }),
    ...(decision.how.kind === 'reached' && { open: true }),
    ...wordFinding(
      scenario,
      outcome,
      state,
      end ?? { full: `${outcomes[outcome][1]}.`, others: '' },
      decision,
      portable,
      isUnrelated,
    ),
    place: decision.place,
    related,
    confidence: confidenceOf(c),
    assumptions: assumptionsOf(c),
    bounds: boundsOf(scenario, sides.after),
    machine: scenario.machine,
    portable,
    traceLength: fatalTrace?.steps.length ?? 0,
    cpuSwitches: fatalTrace ? switches(fatalTrace) : 0,
    replay,
  });
  const named = { title: scenario.title, scenario: scenario.id };
  const isAsBefore = (): boolean =>
    state === 'unchanged' && sameHardware(c) && sameEnd(c, fatalTrace, traceOf(sides.before, outcome));

  function provisional(): Finding {
    const last = fatalTrace && state !== 'absent' ? lastAdded({ ...c, after: sides.after, outcome }, fatalTrace) : null;
    const related = fatalTrace && state !== 'absent' ? relatedLines(sides.after, fatalTrace) : [];
    const nothing: Replay = { ...named, before: null, after: null };
    return { ...told(last ?? atReached(), related, isAsBefore(), 'yes', nothing), provisional: true };
  }

  async function confirm(): Promise<MadeFinding | null> {
    const way = state === 'absent' ? fullestRun(sides.after) : fatalTrace;
    const decided = await decide(c, outcome, state, way);
    const decision = decided ?? atReached();
    const isUnrelated = decided === null && isAsBefore();
    // What x86 rules out, the kernel's own memory model may allow.
    const weak =
      state === 'absent'
        ? await exploreSide(scenario, sides.after, { model: 'weak', until: outcome }, hooks, deadline)
        : null;
    if (hooks.cancelled()) return null;
    const portable = weak && reaches(weak, outcome) ? 'x86-only' : 'yes';
    const isOpenOnWeak = state === 'absent' && portable === 'yes' && weak?.result.exhausted !== true;
    const replay = (side: Side): ReplaySide | null => {
      const trace =
        side === fatalSide ? fatalTrace : c.reached[side].has(outcome) ? traceOf(sides[side], outcome) : null;
      return trace ? buildReplaySide(scenario, sides[side], trace, outcome, '') : alongside(side);
    };
    /** What a side comes to that has no end at which nothing fatal happens. */
    const elsewhere = (side: Side): ReplaySide | null => {
      const [worst] = c.reached[side];
      const trace = worst && traceOf(sides[side], worst);
      return trace ? buildReplaySide(scenario, sides[side], trace, worst, '') : null;
    };
    /** What this side does in the order in which the other one comes to the outcome. */
    const alongside = (side: Side): ReplaySide | null => {
      const other: Side = side === 'before' ? 'after' : 'before';
      const trace = other === fatalSide && fatalTrace ? runAlongside(sides[side], sides[other], fatalTrace) : null;
      if (!trace) return c.clean[side] ?? elsewhere(side);
      const sentence =
        c.reached[side].size > 0 ? `Runs to its end without ${outcome}.` : wordCleanEnd(vacuous(scenario, sides[side]));
      return buildReplaySide(scenario, sides[side], trace, null, sentence);
    };
    const related = way ? relatedLines(sides.after, way) : [];
    const replays = { ...named, before: replay('before'), after: replay('after') };
    const whole = told(decision, related, isUnrelated, portable, replays);
    const finding = isOpenOnWeak ? { ...whole, assumptions: [...whole.assumptions, onlyX86Known] } : whole;
    return { finding, trace: fatalTrace, isOpen: decision.how.kind === 'reached' };
  }

  return { provisional: provisional(), confirm };
}

const onlyX86Known =
  'the outcome is gone on x86; whether the kernel’s memory model allows it was not searched to the end';

const sameHardwares = new WeakMap<Comparison, boolean>();

/** Whether a patch acts neither on the hardware nor on what happens in a scenario. Asked once for all its outcomes. */
function sameHardware(c: Comparison): boolean {
  const { before, after } = c.reached;
  const happensTheSame = before.size === after.size && [...before].every((outcome) => after.has(outcome));
  const known = sameHardwares.get(c) ?? (happensTheSame && hardwareSeesTheSame(c.sides.before, c.sides.after));
  sameHardwares.set(c, known);
  return known;
}

/**
 * Whether both runs come to their end alike: each agent asks the same of the machine, in the same order, and the same
 * agent ends the run with the same statement. A read leaves no trace in the states of the hardware, so that a patch may
 * die of what it is to cure, and earlier.
 */
function sameEnd({ sides }: Comparison, after: Trace | null, before: Trace | null): boolean {
  const way = (side: Side, trace: Trace | null): string | null => {
    const { program } = sides[side].search;
    const last = trace?.steps.at(-1);
    const step = last && program.agents[last.agent]?.steps[last.visited.at(-1) ?? last.pc];
    const span = step && sides[side].lowered.positions[step.position];
    if (!trace || !last || !span) return null;
    const asked = program.agents.map((agent, index) =>
      trace.steps.flatMap((s) => {
        const ran = s.agent === index && s.kind !== 'drain' ? agent.steps[s.pc] : undefined;
        return ran?.kind === 'machine' && !sides[side].machine.queries.has(ran.operation) ? [ran.operation] : [];
      }),
    );
    return `${last.agent} ${statementText(span)} ${asked.join(';')}`;
  };
  const known = way('after', after);
  return known !== null && known === way('before', before);
}

/** The deciding place: of a line whose removal flips the outcome, else of missing order; null where none decides alone. */
async function decide(
  c: Comparison,
  outcome: OutcomeId,
  state: BaselineState,
  told: Trace | null,
): Promise<Decision | null> {
  if (!told) return null;
  const question = { ...c, after: c.sides.after, outcome };
  if (state === 'absent') return decideByRemoval(question, told, false);
  if (state === 'unchanged') return decideByBuffering(question, told);
  return (
    (await decideByRemoval(question, told, true)) ??
    (await decideByBuffering(question, told)) ??
    lastAdded(question, told)
  );
}

function confidenceOf(c: Comparison): Confidence {
  const from = new Set(c.used.map((f) => f.span.unit.origin));
  if (from.has('fragment')) return 'fragment';
  if (from.has('woven')) return 'woven';
  return c.used.every((f) => f.span.unit.file !== undefined) ? 'tree' : 'mail';
}

function assumptionsOf(c: Comparison): string[] {
  const list: string[] = [];
  for (const unit of c.sides.after.companions) {
    const file = unit.source.pieces[0]?.origin.file ?? '';
    const names = [...unit.globals.keys(), ...[...unit.functions.keys()].map((f) => `${f}()`)];
    const whose = c.library.own.has(unit) ? ' of this workspace' : '';
    list.push(`${file}${whose} stands for what the mail does not show: ${names.join(', ')}`);
  }
  const { before, after } = c.sides;
  const patch = [...c.units.before, ...c.units.after];
  list.push(...ownFilesUsed(c.library, c.scenario, [before.lowered, after.lowered], patch));
  for (const side of ['before', 'after'] as const) {
    for (const a of c.sides[side].lowered.assumptions) if (!list.includes(a.text)) list.push(a.text);
  }
  return list;
}

function switches(trace: Trace): number {
  return trace.steps.filter((step, i) => i > 0 && trace.steps[i - 1]?.agent !== step.agent).length;
}
