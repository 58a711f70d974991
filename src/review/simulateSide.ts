// SPDX-License-Identifier: MIT
/** Links, lowers and explores one side of a patch in one scenario. */

import type { FunctionDefinition, Span, Unit } from '../c/ast';
import type { Assumption } from '../c/context';
import { type LoweredProgram, lowerInSlices, type Settled } from '../c/lowerProgram';
import { originAt } from '../c/mappedText';
import { createSymbols } from '../c/symbols';
import { notModelled } from '../c/unmodelled';
import type { Bounds, MemoryModel, OutcomeInfo, Program } from '../engine/program';
import { prune } from '../engine/prune';
import { createSearch, type Search, type SearchResult } from '../engine/search';
import { createMachine, type SimulatedMachine } from '../machine/machine';
import { indexedFolders } from '../tree/kernelTree';
import { type TreeHooks, throughout } from '../tree/treeFiles';
import { isTreeUnit, type TreeUnit } from '../tree/treeUnit';
import type { Library } from './library';
import { mentionsOf } from './mentions';
import { type OutcomeId, outcomes } from './outcomes';
import type { Scenario } from './scenario';
import type { Hooks } from './types';

/** What ends a story, and what is only noted while it goes on. */
const goesOn: ReadonlySet<string> = new Set([
  'warn',
  'implicit-conversion',
  'writable-executable',
  'leak',
  'accounting-mismatch',
  'data-race',
  'module-init-failure',
  'hotplug-blocked',
]);

/** The outcomes as the engine numbers them. */
export const outcomeList: readonly OutcomeInfo[] = Object.keys(outcomes).map((id) => ({ id, fatal: !goesOn.has(id) }));
/** The same for linked programs, which may also come to what is not modelled. */
export const linkedOutcomes: readonly OutcomeInfo[] = [...outcomeList, { id: notModelled, fatal: true }];
/** Whether an outcome ends the story. */
export const isFatal = (id: OutcomeId): boolean => !goesOn.has(id);
export const outcomeIds = Object.keys(outcomes) as readonly OutcomeId[];

/** How a run differs from the plain one. */
export interface Variation {
  readonly model?: MemoryModel;
  /** Gives up beyond this many states; the result is then not exhausted. */
  readonly maxStates?: number;
  /** Ends as soon as this outcome is reached; the result is then not exhausted. */
  readonly until?: OutcomeId;
  /** Changes the lowered program, to ask what decides. */
  readonly edit?: (program: Program) => Program;
}

/** One side of one scenario, explored. */
export interface SideRun extends Linked {
  readonly search: Search;
  readonly result: SearchResult;
  readonly outcomes: ReadonlySet<OutcomeId>;
  readonly assumptions: readonly Assumption[];
}

/** The most that one side of one scenario may visit. */
const maxStates = 400_000;
/** Steps without a shared access after which an agent counts as going round for ever. */
export const maxLocalSteps = 20_000;
/** States between two looks at whether to stop: some 20 ms of the interpreter. */
const sliceStates = 1_000;
/** Generating code costs more than it saves on the small state spaces that most stories have. */
const generateAfter = 20_000;

/** One side's program, ready to run. */
export interface Linked {
  readonly lowered: LoweredProgram;
  /** The same with what never runs and what is asked only in variations. */
  readonly whole: LoweredProgram;
  readonly machine: SimulatedMachine;
  readonly companions: readonly Unit[];
}

/** What counts as brought by the patch, and what `withoutLine()` may leave out. */
interface Marks {
  readonly changed?: (span: Span) => boolean;
  readonly removable?: (span: Span) => boolean;
  /** What was settled for a program that is nearly the same. */
  readonly start?: Settled;
}

/**
 * The program of one side, linked and lowered. `patch` comes first, so that it overrides the models. With a kernel tree
 * programs are made until no more of it is asked for; between two of them others have their turn.
 * @param hooks may end the work between two programs; what is linked then may lack something
 */
export async function linkSide(
  library: Library,
  scenario: Scenario,
  patch: readonly Unit[],
  marks: Marks = {},
  hooks: TreeHooks = throughout,
): Promise<Linked> {
  const tree = patch.find(isTreeUnit) ?? null;
  const companions = neededCompanions(library, patch);
  const units = [...patch.filter((unit) => !isTreeUnit(unit)), ...companions];
  // Each round finds files of the tree that define what was called, and variables that code sets which does not run.
  for (let round = 1; ; round++) {
    const attempts = lowerUnits(library, scenario, units, tree, marks);
    let attempt = attempts.next();
    for (; !attempt.done; attempt = attempts.next()) if (!hooks.cancelled()) await hooks.pause();
    const linked = attempt.value;
    if (tree === null) return { ...linked, companions };
    await hooks.pause();
    const isLast = round === mostRounds || hooks.cancelled();
    if (!isLast && ((await tree.fetch()) || (await tree.settle(linked.lowered.functions, hooks)))) continue;
    return { ...linked, lowered: withDoubts(linked.lowered, tree, isLast), companions };
  }
}

/** The program of a scenario on the bundled C alone. */
export function linkBundled(library: Library, scenario: Scenario): Linked {
  for (const attempts = lowerUnits(library, scenario, [], null, {}); ; ) {
    const next = attempts.next();
    if (next.done) return { ...next.value, companions: [] };
  }
}

type Made = Omit<Linked, 'companions'>;

/** @param first what goes before the scenario and the models; the tree comes last: models end what would go on through the whole kernel */
function* lowerUnits(
  library: Library,
  scenario: Scenario,
  first: readonly Unit[],
  tree: TreeUnit | null,
  marks: Marks,
): Generator<void, Made> {
  const plain = yield* lowerWith(library, scenario, first, tree, marks, scenario.subject !== undefined);
  const runsFragment = [...plain.lowered.functions].some((f) => f.span.unit.origin === 'fragment');
  if (!runsFragment || scenario.subject !== undefined) return plain;
  return yield* lowerWith(library, scenario, first, tree, marks, true);
}

/**
 * By entry function, how much private memory the agent that runs it needed last: mostly it is the same again. Kept for the
 * scenarios of a library: in a series each patch has one of its own, with the same scenarios.
 */
const privateSizes = new WeakMap<Library['scenarios'], Map<string, number>>();

function guessOf({ scenarios }: Library, { agents }: Scenario): Settled {
  const sizes = privateSizes.get(scenarios);
  return { privateSizes: agents.map((entry) => sizes?.get(entry) ?? 0), objects: [], addressed: [] };
}

function rememberSizes({ scenarios }: Library, { agents }: Scenario, settled: Settled): void {
  const sizes = privateSizes.get(scenarios) ?? new Map<string, number>();
  privateSizes.set(scenarios, sizes);
  for (const [index, entry] of agents.entries()) sizes.set(entry, settled.privateSizes[index] ?? 0);
}

/** @param triesContents where nothing is known of what a function is given: it goes through objects with any contents */
function* lowerWith(
  library: Library,
  scenario: Scenario,
  first: readonly Unit[],
  tree: TreeUnit | null,
  marks: Marks,
  triesContents: boolean,
): Generator<void, Made> {
  let machine: SimulatedMachine | null = null;
  const symbols = createSymbols([...first, scenario.unit, ...library.models, ...(tree ? [tree] : [])]);
  const lowered = yield* lowerInSlices({
    symbols,
    subject: scenario.subject === undefined ? null : subjectOf(first, scenario.subject),
    triesContents,
    agents: scenario.agents.map((entry, index) => ({
      name: scenario.names[index] ?? entry,
      entry,
      running: index === 0,
    })),
    outcomes: linkedOutcomes,
    hasUnmodelled: tree !== null || triesContents,
    allocationsFail: scenario.allocationsFail,
    keep: tablesOf(scenario),
    machineConstant: (name) => machine?.constant(name) ?? null,
    ...marks,
    start: marks.start ?? guessOf(library, scenario),
    machine: (addressOf) => {
      machine = createMachine(
        {
          ...scenario.hardware,
          cpuOfAgent: scenario.agents.map((_, index) => (index < scenario.hardware.cpus ? index : 0)),
          secondKernel: new Set(
            scenario.agents.map((_, index) => index).filter((index) => scenario.agents[index] === 'second_kernel'),
          ),
        },
        {
          directMap: addressOf('direct_map')?.address ?? null,
          splitMap: addressOf('split_map')?.address ?? null,
          vmallocMap: addressOf('vmalloc_map')?.address ?? null,
          kernelMap: addressOf('kernel_map')?.address ?? null,
        },
        (id) => outcomeIds.indexOf(id as OutcomeId),
      );
      return machine;
    },
  });
  rememberSizes(library, scenario, lowered.settled);
  if (machine === null) throw new Error('no machine was made');
  return { lowered: pruned(lowered), whole: lowered, machine };
}

/** Without what never runs; what of the document runs, and does nothing, is still to be seen. */
function pruned(lowered: LoweredProgram): LoweredProgram {
  const inDocument = lowered.positions.map(({ unit, start }) => originAt(unit.source, start).file === 'document');
  const agents = lowered.program.agents.map((agent, index) => {
    const guards = new Set(lowered.guards[index]?.map(({ pc }) => pc));
    return prune(agent, (pc) => inDocument[agent.steps[pc]?.position ?? -1] === true && !guards.has(pc));
  });
  return {
    ...lowered,
    program: { ...lowered.program, agents: agents.map(({ agent }) => agent) },
    brought: agents.map(({ kept }, index) => Uint8Array.from(kept, (pc) => lowered.brought[index]?.[pc] ?? 0)),
  };
}

/** The program without the statements that start on a line of the document, 1-based. */
export function withoutLine({ whole, machine, companions }: Linked, line: number): Linked {
  const agents = whole.program.agents.map((agent, index) => {
    const steps = [...agent.steps];
    for (const { pc, span } of whole.guards[index] ?? []) {
      const origin = originAt(span.unit.source, span.start);
      const step = steps[pc];
      if (origin.file !== 'document' || origin.line !== line || step?.kind !== 'branch') continue;
      steps[pc] = { kind: 'jump', position: step.position, next: step.else };
    }
    return { ...agent, steps };
  });
  return { lowered: pruned({ ...whole, program: { ...whole.program, agents } }), whole, machine, companions };
}

/** The function that a scenario is about, as this side of the patch has it. */
const subjectOf = (patch: readonly Unit[], name: string): FunctionDefinition | null =>
  patch.find(({ functions }) => functions.has(name))?.functions.get(name) ?? null;

/** The page tables that the machine of a scenario watches, as mm.c calls them. */
const tablesOf = ({ hardware }: Scenario): string[] => [
  'direct_map',
  ...(hardware.largePagesSplit ? ['split_map'] : []),
  ...(hardware.vmallocPages > 0 ? ['vmalloc_map'] : []),
  ...(hardware.kernelMapPages > 0 ? ['kernel_map'] : []),
];

/** Programs made for one side until all that it asks for is read and its variables are settled. */
const mostRounds = 16;

/** Says what of a kernel tree could not be told. */
function withDoubts(lowered: LoweredProgram, tree: TreeUnit, isUnsettled: boolean): LoweredProgram {
  const texts = tree.ambiguous();
  if (isUnsettled) texts.push('which variables of the kernel tree are set elsewhere could not be told');
  const doubts = texts.map((text): Assumption => ({ kind: 'unanalysed', text, span: null }));
  const elsewhere = tree.elsewhere(lowered.undefinedFunctions);
  if (elsewhere.length > 0) {
    const names = elsewhere.map((name) => `${name}()`).join(', ');
    const text = `${names} may be in a folder of the kernel tree that was not looked into: only ${indexedFolders.join(', ')} and those of the patched files were`;
    doubts.push({ kind: 'assumed', text, span: null });
  }
  return { ...lowered, assumptions: [...lowered.assumptions, ...doubts] };
}

/**
 * Companions that define a name which the patch uses and nobody else defines, or that call a function which the patch
 * brings and nobody else calls: a callback whose registration the mail does not show.
 */
export function neededCompanions(library: Library, units: readonly Unit[]): readonly Unit[] {
  const of = companionsOf.get(library) ?? new WeakMap<readonly Unit[], readonly Unit[]>();
  companionsOf.set(library, of);
  const known = of.get(units) ?? findCompanions(library, units);
  of.set(units, known);
  return known;
}

/** The same for each scenario that a patch is run in. */
const companionsOf = new WeakMap<Library, WeakMap<readonly Unit[], readonly Unit[]>>();

function findCompanions(library: Library, units: readonly Unit[]): Unit[] {
  const patch = units.filter((unit) => !isTreeUnit(unit));
  if (patch.length === 0) return [];
  const rest = createSymbols([...patch, ...library.models]);
  const own = patch.filter(({ origin }) => origin !== 'stage');
  const brought = new Set(own.flatMap((unit) => [...unit.functions.keys()]));
  const used = new Set(own.flatMap((unit) => [...mentionsOf(unit).names]));
  const called = new Set([...patch, ...library.models].flatMap((unit) => [...mentionsOf(unit).names]));
  return library.companions.filter((companion) => {
    const defines = [...companion.functions.keys(), ...companion.globals.keys()];
    if (defines.some((name) => used.has(name) && !rest.function(name) && !rest.global(name))) return true;
    return [...mentionsOf(companion).names].some((name) => brought.has(name) && !called.has(name));
  });
}

/** Explores to the end, in slices; null where the work was cancelled or `deadline` (performance.now()) passed. */
export async function exploreSide(
  scenario: Scenario,
  linked: Linked,
  variation: Variation,
  hooks: Hooks,
  deadline: number,
): Promise<SideRun | null> {
  const bounds: Bounds = {
    model: variation.model ?? 'tso',
    bufferDepth: scenario.bufferDepth,
    maxStates: variation.maxStates ?? maxStates,
    maxLocalSteps,
  };
  const program = variation.edit ? variation.edit(linked.lowered.program) : linked.lowered.program;
  const search = createSearch(program, bounds, { generateAfter });
  const until = variation.until === undefined ? -1 : outcomeIds.indexOf(variation.until);
  for (;;) {
    await hooks.pause();
    if (hooks.cancelled() || performance.now() > deadline) return null;
    if (search.run(until < 0 ? sliceStates : sliceStates / 4)) break;
    if (until >= 0 && search.result().outcomes.some(({ outcome }) => outcome === until)) break;
  }
  const result = search.result();
  const reached = new Set(result.outcomes.flatMap((o) => outcomeIds[o.outcome] ?? []));
  if (result.deadlocks) reached.add('deadlock');
  return { ...linked, search, result, outcomes: reached, assumptions: linked.lowered.assumptions };
}

/** Functions of these units that the program runs. */
export function functionsFrom(lowered: LoweredProgram, units: ReadonlySet<Unit>): FunctionDefinition[] {
  return [...lowered.functions].filter((f) => units.has(f.span.unit));
}
