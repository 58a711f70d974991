// SPDX-License-Identifier: MIT
/**
 * Finds the line of the mail that decides an outcome, by running variations of the patched program: without a line that
 * the patch adds, or with what stands between a buffered store and a later load as a full barrier.
 */

import type { Span } from '../c/ast';
import { originAt } from '../c/mappedText';
import { walkStatements } from '../c/walk';
import { pcOf, statusOf } from '../engine/decode';
import { AgentStatus, type FenceKind, type Pc, type Program, type Step } from '../engine/program';
import { parentChoices, type Trace, traceOf, traceTo } from '../engine/trace';
import { linesOf } from './applies';
import type { Library } from './library';
import type { OutcomeId } from './outcomes';
import type { PatchUnits } from './patchUnits';
import { reaches } from './reached';
import type { Scenario } from './scenario';
import { exploreSide, type SideRun, type Variation, withoutLine } from './simulateSide';
import { functionOf, placeOf } from './sourceText';
import type { Hooks, Place } from './types';

/** A line of the mail and in which way it decides. */
export interface Decision {
  readonly place: Place;
  readonly how: /** Without the line the outcome comes back (`absent`) or goes (`new`). */
    | { readonly kind: 'flips' }
    /** The store may still be buffered when the load runs; `between` is what should order them, null where nothing stands there. */
    | {
        readonly kind: 'buffered';
        readonly store: string;
        readonly load: string;
        readonly between: { readonly text: string; readonly fence: FenceKind } | null;
      }
    /** No line decides alone: it is one that a run reaches. */
    | { readonly kind: 'reached' };
}

/** A program with a line left out may count for ever: what grows far beyond the original is given up. */
const variationLimit = (run: SideRun): number => 20 * run.result.states + 20_000;

interface Question {
  readonly library: Library;
  readonly scenario: Scenario;
  readonly units: PatchUnits;
  readonly after: SideRun;
  readonly outcome: OutcomeId;
  readonly hooks: Hooks;
  readonly deadline: number;
}

/** End states that are compared: those that are reached last. */
const mostEnds = 256;

/** A clean run that does most: comes to the most places, then takes the most steps; null where no run ends well. */
export function fullestRun(run: SideRun): Trace | null {
  const { search } = run;
  let best: { end: number; places: number; steps: number } | null = null;
  for (const end of search.endStates().slice(-mostEnds)) {
    // Any shortest way tells how much happens; which one is best takes a hundred times as long to say.
    const trace = traceOf(search, parentChoices(search, end));
    const places = new Set(visitedPositions(run, trace)).size;
    const steps = trace.steps.length;
    if (!best || places > best.places || (places === best.places && steps > best.steps)) best = { end, places, steps };
  }
  return best && traceTo(search, best.end);
}

/**
 * Positions of all steps of a trace in the order in which they ran, local ones included; last, where the agents stand
 * that still run.
 */
export function visitedPositions(run: SideRun, trace: Trace): number[] {
  const { program, layout } = run.search;
  const ran = trace.steps.flatMap((step) =>
    step.visited.map((pc) => program.agents[step.agent]?.steps[pc]?.position ?? -1),
  );
  const state = trace.steps.at(-1)?.state ?? trace.initial;
  const standing = program.agents.flatMap((agent, index) =>
    statusOf(layout, state, index) === AgentStatus.running
      ? [agent.steps[pcOf(layout, state, index)]?.position ?? -1]
      : [],
  );
  return [...ran, ...standing];
}

/**
 * The added line whose removal flips the outcome on the side after the patch: the one that ran last.
 * @param trace the run whose order counts: the fatal one of a new outcome, a clean one where the patch removes it
 * @param fatal whether the outcome is to go (`new`) rather than to come back (`absent`)
 * @returns null where no single added line does, or time ran out
 */
export async function decideByRemoval(question: Question, trace: Trace, fatal: boolean): Promise<Decision | null> {
  const { scenario, units, after, outcome, hooks, deadline } = question;
  const ran = linesOf(after.lowered.positions, visitedPositions(after, trace));
  const lines = [...ran]
    .filter(([line]) => units.changed.has(line))
    .sort((a, b) => b[1] - a[1])
    .map(([line]) => line);
  const candidates = innermostFirst(after, lines);
  for (const line of candidates) {
    const run = await exploreSide(
      scenario,
      withoutLine(after, line),
      { maxStates: variationLimit(after), until: outcome },
      hooks,
      deadline,
    );
    if (run === null) return null;
    const flips = fatal
      ? run.result.exhausted && !reaches(run, outcome) && vacuous(scenario, run).length === 0
      : reaches(run, outcome);
    if (flips)
      return {
        place: linePlaceOf(after, line) ?? { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
        how: { kind: 'flips' },
      };
  }
  return null;
}

/** The added line that ran last: where the run stood when it came to the outcome. */
export function lastAdded({ units, after }: Question, trace: Trace): Decision | null {
  const ran = linesOf(after.lowered.positions, visitedPositions(after, trace));
  const [last] = [...ran].filter(([line]) => units.changed.has(line)).sort((a, b) => b[1] - a[1]);
  const place = last && linePlaceOf(after, last[0]);
  return place ? { place, how: { kind: 'reached' } } : null;
}

/**
 * A loop or branch says less about what decides than a statement inside it: those come last, the smallest first. Behind
 * them come declarations: without one, what it declares is not known.
 */
function innermostFirst(run: SideRun, lines: readonly number[]): number[] {
  const last = new Map<number, number>();
  const declarations = new Set<number>();
  for (const definition of run.lowered.functions) {
    const { source } = definition.span.unit;
    walkStatements(definition.body, (s) => {
      const from = originAt(source, s.span.start);
      if (from.file !== 'document') return;
      if (s.kind === 'declaration') declarations.add(from.line);
      if (containers.has(s.kind))
        last.set(from.line, Math.max(last.get(from.line) ?? 0, originAt(source, s.span.end).line));
    });
  }
  const around = (line: number): number => {
    const end = last.get(line) ?? line;
    return lines.filter((other) => other > line && other <= end).length;
  };
  const enclosing = lines.filter((line) => around(line) > 0).sort((a, b) => around(a) - around(b));
  const plain = lines.filter((line) => around(line) === 0);
  const isDeclaration = (line: number): boolean => declarations.has(line);
  return [...plain.filter((line) => !isDeclaration(line)), ...enclosing, ...plain.filter(isDeclaration)];
}

/** Statements that have others inside. */
const containers: ReadonlySet<string> = new Set(['if', 'while', 'do', 'for', 'switch', 'macroLoop']);

/** What must sometimes happen and did not. */
export function vacuous(scenario: Scenario, run: SideRun): string[] {
  return scenario.sometimes.filter((text) => {
    const mark = run.search.program.marks.indexOf(`sometimes: ${text}`);
    return mark < 0 || run.result.marks[mark] !== 1;
  });
}

/** The outermost statement that starts on a line of the document. */
function linePlaceOf(run: SideRun, line: number): Place | null {
  let best: Place | null = null;
  for (const span of run.lowered.positions) {
    const place = placeOf(span);
    if (place.file !== 'document' || place.line !== line) continue;
    if (!best || place.column < best.column || (place.column === best.column && place.endColumn > best.endColumn))
      best = place;
  }
  return best;
}

/**
 * Where an outcome rests on a store that is still buffered when a later load of the same CPU runs: the statement
 * between the two that should order them, or the load. Asked by running with what stands between as a full barrier.
 */
export async function decideByBuffering(question: Question, trace: Trace): Promise<Decision | null> {
  const { scenario, after, outcome, hooks, deadline } = question;
  const explore = (variation: Variation): Promise<SideRun | null> =>
    exploreSide(scenario, after, variation, hooks, deadline);
  const ordered = await explore({ model: 'sc' });
  if (ordered === null || reaches(ordered, outcome)) return null;
  const gone = async (edit: (program: Program) => Program): Promise<boolean | null> => {
    const run = await explore({ edit, maxStates: variationLimit(after), until: outcome });
    return run === null ? null : run.result.exhausted && !reaches(run, outcome);
  };
  for (const pair of bufferedPairs(after, trace)) {
    const barriers: readonly {
      readonly pc: Pc;
      readonly edit: (program: Program) => Program;
      readonly stands: boolean;
    }[] = [
      ...pair.fences.map((pc) => ({ pc, edit: (p: Program) => strengthen(p, pair.agent, pc), stands: true })),
      // Nothing stands between them: would an order there help at all?
      { pc: pair.load, edit: (p: Program) => fenceBefore(p, pair.agent, pair.load), stands: false },
    ];
    for (const barrier of barriers) {
      const span = spanOf(after, pair.agent, barrier.pc);
      if (!span || placeOf(span).file !== 'document') continue;
      const helps = await gone(barrier.edit);
      if (helps === null) return null;
      if (!helps) continue;
      let store = pair.stores.at(-1) as Pc;
      for (const older of pair.stores.slice(0, -1)) {
        if (!(await gone((p) => fenceAfter(p, pair.agent, older)))) continue;
        store = older;
        break;
      }
      const at = barrier.stands ? span : (promiseBetween(after, pair.agent, store, pair.load) ?? span);
      return {
        place: placeOf(at),
        how: {
          kind: 'buffered',
          store: accessed(after, pair.agent, store),
          load: accessed(after, pair.agent, pair.load),
          between: barrier.stands ? { text: textAt(span), fence: fenceAt(after, pair.agent, barrier.pc) } : null,
        },
      };
    }
  }
  return null;
}

function fenceAt(run: SideRun, agent: number, pc: Pc): FenceKind {
  const step = run.search.program.agents[agent]?.steps[pc];
  return step?.kind === 'fence' ? step.fence : 'full';
}

export interface BufferedPair {
  readonly agent: number;
  /** What is buffered when the load runs, oldest first. */
  readonly stores: readonly Pc[];
  readonly load: Pc;
  /** Fence steps that ran between the last store and the load, in this order. */
  readonly fences: readonly Pc[];
}

/** Loads that ran while an older store of the same agent was buffered. */
export function bufferedPairs(run: SideRun, trace: Trace): BufferedPair[] {
  const pairs: BufferedPair[] = [];
  const { program } = run.search;
  program.agents.forEach((agent, a) => {
    let stores: Pc[] = [];
    let fences: Pc[] = [];
    for (const step of trace.steps) {
      if (step.agent !== a) continue;
      const definition = agent.steps[step.pc] as Step;
      if (step.kind === 'drain') stores.shift();
      else if (definition.kind === 'store') {
        stores.push(step.pc);
        fences = [];
      } else if (definition.kind === 'fence') fences.push(step.pc);
      else if (
        definition.kind === 'rmw' ||
        (definition.kind === 'machine' && program.machine.operations[definition.operation]?.serialising)
      )
        stores = [];
      else if (definition.kind === 'load' && stores.length > 0)
        pairs.push({ agent: a, stores: [...stores], load: step.pc, fences: [...fences] });
    }
  });
  return pairs;
}

const spanOf = (run: SideRun, agent: number, pc: Pc): Span | null =>
  run.lowered.positions[run.search.program.agents[agent]?.steps[pc]?.position ?? -1] ?? null;
const textAt = (span: Span): string => span.unit.source.text.slice(span.start, span.end);

/** The name of what a step loads or stores, or its text. */
function accessed(run: SideRun, agent: number, pc: Pc): string {
  const step = run.search.program.agents[agent]?.steps[pc];
  const address =
    step && (step.kind === 'store' || step.kind === 'load') && step.address.kind === 'const'
      ? step.address.value
      : null;
  const global = address === null ? undefined : run.lowered.globals.find((g) => g.address === address);
  const at = spanOf(run, agent, pc);
  return global?.name ?? (at ? textAt(at) : 'a variable');
}

/** A comment between store and load, in the same function of the mail: a promise of order that nothing keeps. */
function promiseBetween(run: SideRun, agent: number, store: Pc, load: Pc): Span | null {
  const [from, to] = [spanOf(run, agent, store), spanOf(run, agent, load)];
  if (!from || !to || from.unit !== to.unit || functionOf(from) !== functionOf(to) || from.end >= to.start) return null;
  const text = from.unit.source.text.slice(from.end, to.start);
  const comment = /\/\*[\s\S]*?\*\//.exec(text);
  if (!comment) return null;
  const words = /[A-Za-z].*/.exec(comment[0]);
  const start = from.end + comment.index + (words?.index ?? 0);
  return { unit: from.unit, start, end: start + (words?.[0].length ?? 2) };
}

/** The program with one barrier made full. */
function strengthen(program: Program, agent: number, pc: Pc): Program {
  return replaceStep(program, agent, pc, (step) => (step.kind === 'fence' ? { ...step, fence: 'full' } : step));
}

/** The program with a full barrier in front of a step: the step moves to the end, the barrier takes its place. */
function fenceBefore(program: Program, agent: number, pc: Pc): Program {
  return {
    ...program,
    agents: program.agents.map((a, index) => {
      const moved = a.steps[pc];
      if (index !== agent || !moved) return a;
      const steps = [...a.steps, moved];
      steps[pc] = { kind: 'fence', fence: 'full', position: moved.position, next: a.steps.length };
      return { ...a, steps };
    }),
  };
}

/** The program with a full barrier behind a step. */
function fenceAfter(program: Program, agent: number, pc: Pc): Program {
  return {
    ...program,
    agents: program.agents.map((a, index) => {
      const step = a.steps[pc];
      if (index !== agent || !step || !('next' in step)) return a;
      const steps: Step[] = [...a.steps, { kind: 'fence', fence: 'full', position: step.position, next: step.next }];
      steps[pc] = { ...step, next: a.steps.length };
      return { ...a, steps };
    }),
  };
}

function replaceStep(program: Program, agent: number, pc: Pc, change: (step: Step) => Step): Program {
  return {
    ...program,
    agents: program.agents.map((a, index) =>
      index === agent ? { ...a, steps: a.steps.map((s, i) => (i === pc ? change(s) : s)) } : a,
    ),
  };
}
