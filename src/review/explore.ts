// SPDX-License-Identifier: MIT
/** A scenario's code run by hand: a way that somebody chose, and every step that may come next. */

import type { CParser } from '../c/parser';
import { fatalOutcome, pcOf, statusOf } from '../engine/decode';
import { AgentStatus } from '../engine/program';
import { createSearch } from '../engine/search';
import type { EnabledChoice } from '../engine/stepper';
import { stepperFor, type Trace, type TraceStep, traceOf } from '../engine/trace';
import { readDocument } from '../patch/readDocument';
import { runAlongside } from './alongside';
import { touchesChange } from './applies';
import { changedValue } from './changedValue';
import { chooseGeneration } from './chooseGeneration';
import { usualGeneration } from './generations';
import { findScenario, type Library, modelTexts } from './library';
import { type DocumentPatch, patchesOf } from './patchesOf';
import type { PatchUnits } from './patchUnits';
import { buildReplaySide, isQuietStep } from './replaySide';
import type { Scenario } from './scenario';
import { type Libraries, seriesStarter } from './series/seriesBuilder';
import { linkSide, maxLocalSteps, outcomeIds, type SideRun } from './simulateSide';
import { storiesOf } from './subjects';
import type { Trees } from './trees';
import type { Exploration, ExploreRequest, Hooks, NextStep, ReplaySide, ReplayStep, TextEdit } from './types';
import { applyEdits } from './whatIf/applyEdits';
import { originalLine } from './whatIf/originalLine';

/** What a program is made from. */
export interface Sources {
  readonly parser: CParser;
  readonly libraries: Libraries;
  readonly trees: Trees;
}

/** One side of a story, ready to be run step by step. */
interface Ready {
  readonly scenario: Scenario;
  readonly run: SideRun;
}

export type Explorer = (sources: Sources, request: ExploreRequest, hooks: Hooks) => Promise<Exploration>;

/**
 * Makes an explorer. It keeps the program that it ran last, because the next question is mostly about the same one; what
 * the program was made from is a part of its name, but for files of a kernel tree: make a new one when these change.
 */
export function createExplorer(): Explorer {
  let last: { readonly key: string; readonly libraries: Libraries; readonly ready: Ready } | null = null;
  return async (sources, request, hooks) => {
    const { choices, edits, ...rest } = request;
    const key = JSON.stringify(rest);
    if (last?.key !== key || last.libraries !== sources.libraries)
      last = { key, libraries: sources.libraries, ready: await prepare(sources, request, hooks) };
    if (edits === undefined || request.text === null) return explore(last.ready, request, choices);
    const edited = await prepare(sources, { ...request, text: applyEdits(request.text, edits) }, hooks);
    return withEdits(last.ready.run, edited, request, edits);
  };
}

/** What edited code does where its original runs by what was chosen; lines are those of the document as it is. */
function withEdits(
  run: SideRun,
  edited: Ready,
  { side, choices }: ExploreRequest,
  edits: readonly TextEdit[],
): Exploration {
  const trace = runAlongside(edited.run, run, replayed(run, choices));
  if (!trace) throw new Error('With this edit no run comes to a good end in this order.');
  const way = buildReplaySide(edited.scenario, edited.run, trace, null, 'With this edit it runs to its end.');
  const steps = way.steps.map((step) => {
    if (step.place?.file !== 'document') return step;
    const line = originalLine(edits, step.place.line);
    return { ...step, place: { ...step.place, line, endLine: line } };
  });
  return { from: side, way: { ...way, steps }, next: [] };
}

async function prepare(sources: Sources, request: ExploreRequest, hooks: Hooks): Promise<Ready> {
  const { library, units } = await patchOf(sources, request, hooks);
  const plain = findScenario(library, request.scenario);
  const stories = units ? storiesOf(library, plain, units) : [plain];
  const scenario = stories.find(({ subject }) => subject === request.subject);
  if (!scenario) throw new Error(`${request.scenario} does not run the patch any more`);
  // As a review does it, so that what it chose means the same here.
  const changed: Parameters<typeof linkSide>[3] =
    units === null ? {} : { changed: (span) => touchesChange(span, units.changed) };
  const before = await linkSide(library, scenario, units?.before ?? [], changed, hooks);
  const linked =
    request.side === 'before' || units === null
      ? before
      : await linkSide(library, scenario, units.after, { ...changed, start: before.lowered.settled }, hooks);
  if (hooks.cancelled()) throw new Error('the work was cancelled');
  const bounds = { model: 'tso' as const, bufferDepth: scenario.bufferDepth, maxStates: 1, maxLocalSteps };
  const search = createSearch(linked.lowered.program, bounds, { executor: 'interpreter' });
  const run: SideRun = {
    ...linked,
    search,
    result: search.result(),
    outcomes: new Set(),
    assumptions: linked.lowered.assumptions,
  };
  return { scenario, run };
}

/** The patch that a line of the document belongs to, on those before it; null where there is none. */
async function patchOf(
  { parser, libraries, trees }: Sources,
  { text, tree, line }: ExploreRequest,
  hooks: Hooks,
): Promise<{ readonly library: Library; readonly units: PatchUnits | null }> {
  if (text === null) return { library: libraries(usualGeneration), units: null };
  const document = readDocument(text);
  const { series } = patchesOf(document);
  const all = series.flatMap(({ patches }) => patches);
  if (all.length === 0) {
    const date = document.messages[0]?.date ?? null;
    return { library: libraries(chooseGeneration({ files: [], date }, modelTexts)), units: null };
  }
  const kernel = tree === undefined ? null : await trees.get(tree, hooks);
  const start = seriesStarter(parser, libraries, kernel, series, document.notices);
  const wanted = all.findLast((patch) => line !== null && firstLine(patch) <= line) ?? all[0];
  for (const one of series) {
    const builder = await start(one);
    for (const patch of one.patches) {
      const prepared = await builder.next(patch);
      if (patch === wanted) return prepared;
    }
  }
  throw new Error('the document has no such patch');
}

const firstLine = ({ files }: DocumentPatch): number => files[0]?.line ?? Number.POSITIVE_INFINITY;

function explore({ scenario, run }: Ready, { side }: ExploreRequest, choices: readonly number[]): Exploration {
  const trace = replayed(run, choices);
  const state = trace.steps.at(-1)?.state ?? trace.initial;
  const fatal = fatalOutcome(state);
  const enabled = fatal === null ? stepperFor(run.search).enabled(state) : [];
  const isStuck = fatal === null && enabled.length === 0 && isSomebodyRunning(run, state);
  const outcome = isStuck ? 'deadlock' : fatal === null ? undefined : outcomeIds[fatal];
  const ended = fatal === null && enabled.length === 0;
  const sentence =
    fatal !== null
      ? 'It comes to what is not modelled.'
      : ended
        ? 'Everybody is done, and nothing fatal happened.'
        : '';
  const way = buildReplaySide(scenario, run, trace, outcome ?? null, sentence);
  return { from: side, way, next: enabled.map((choice) => nextStep(scenario, run, state, choice, enabled)) };
}

function replayed(run: SideRun, choices: readonly number[]): Trace {
  try {
    return traceOf(run.search, choices);
  } catch {
    throw new Error('The code as it is now does not run this way any more: run it again.');
  }
}

function isSomebodyRunning({ search }: SideRun, state: Int32Array): boolean {
  return search.program.agents.some((_, agent) => statusOf(search.layout, state, agent) === AgentStatus.running);
}

/** Steps of one agent that nobody misses, at most, before the one that is told. */
const mostQuiet = 200;

/** What one transition would do; the agent's own steps that change nothing are taken with the one behind them. */
function nextStep(
  scenario: Scenario,
  run: SideRun,
  state: Int32Array,
  first: EnabledChoice,
  others: readonly EnabledChoice[],
): NextStep {
  const stepper = stepperFor(run.search);
  const choices: number[] = [];
  let from = state;
  let enabled: EnabledChoice = first;
  let step = taken(run, from, enabled);
  for (; choices.length < mostQuiet && step.outcomes.length === 0; step = taken(run, from, enabled)) {
    const after = step.state;
    if (!isQuietStep(scenario, run, from, step)) break;
    const next = stepper.enabled(after).filter(({ agent, kind }) => agent === enabled.agent && kind === 'step');
    const [only] = next;
    // Where its way parts, or it has to wait, somebody has to say what is next.
    if (next.length !== 1 || only === undefined) break;
    choices.push(enabled.choice);
    from = after;
    enabled = only;
  }
  choices.push(enabled.choice);
  const side = buildReplaySide(scenario, run, { choices, steps: [step], initial: from }, null, '');
  const ran = side.steps[0];
  // The same statement may go several ways: an unknown value, an allocation that may fail.
  const { agent, kind, value } = first;
  const isOneOf = others.some((other) => other !== first && other.agent === agent && other.kind === 'step');
  const remark = kind === 'step' && isOneOf ? `  [value ${value}]` : '';
  return {
    choices,
    agent,
    kind,
    text: kind === 'drain' ? drainText(ran) : `${ran?.text ?? 'goes on'}${remark}`,
    place: ran?.place ?? null,
    function: ran?.function ?? '',
    effects: ran ? effectsOf(side, ran) : [],
    outcome: step.outcomes.flatMap((index) => outcomeIds[index] ?? [])[0] ?? null,
  };
}

function taken(run: SideRun, state: Int32Array, { choice, agent, kind }: EnabledChoice): TraceStep {
  const applied = stepperFor(run.search).apply(state, choice);
  return {
    choice,
    agent,
    kind,
    pc: pcOf(run.search.layout, state, agent),
    visited: applied?.visited ?? [],
    outcomes: applied?.outcomes ?? [],
    state: applied?.state ?? state,
  };
}

const drainText = (ran: ReplayStep | undefined): string => ran?.text.replace(/ reaches memory$/, '') ?? 'a store';

/** What changes, in words. */
function effectsOf({ agents }: ReplaySide, { changed, state }: ReplayStep): string[] {
  return changed.map((name) => {
    const [, agent, what] = /^agent (\d+): (\w+)$/.exec(name) ?? [];
    const value = changedValue(state, name);
    if (agent !== undefined)
      return `${agents[Number(agent)]?.name ?? ''} ${what === 'buffer' ? 'store buffer' : what}: ${value}`;
    return /^page /.test(name)
      ? `${name.replace(': tlb', ': stale TLB').replace(':', '')} → ${value}`
      : `${name} = ${value}`;
  });
}
