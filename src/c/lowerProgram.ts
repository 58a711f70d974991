// SPDX-License-Identifier: MIT
import type { Agent, Expr, Machine, OutcomeInfo, Program } from '../engine/program';
import type { FunctionDefinition, Span, Unit } from './ast';
import { createCode, type Guard } from './code';
import type { AddressedFunction, Assumption, Frame, ProgramContext } from './context';
import type { CType } from './ctype';
import { createGlobals, outside } from './globals';
import { layOutHeap, withHeap } from './heap';
import { inline } from './lowerCall';
import { nextPrivate, type PrivateVariable, realAddress } from './privateVariables';
import { promote } from './promote';
import type { Symbols } from './symbols';
import { isUnmodelled, notModelled, unmodelledNumber } from './unmodelled';
import { constant, type Place, widthOf } from './value';

/** An agent to be: which function it runs, and whether it does from the start. */
export interface AgentPlan {
  readonly name: string;
  readonly entry: string;
  readonly running: boolean;
  /** Variables of the entry function whose values must still be known when the agent has ended. */
  readonly results?: readonly string[];
}

export interface LoweredProgram {
  readonly program: Program;
  /** Where each step stands: index is `Step.position`. */
  readonly positions: readonly Span[];
  readonly globals: readonly { readonly name: string; readonly address: bigint; readonly type: CType }[];
  /** By agent and step: 1 where the step runs only because the patch calls it. */
  readonly brought: readonly Uint8Array[];
  /** By agent: the branches around removable statements. Their condition is 1; with 0 the statement is left out. */
  readonly guards: readonly (readonly Guard[])[];
  readonly functions: ReadonlySet<FunctionDefinition>;
  /** Functions that are called or pointed to and defined nowhere. */
  readonly undefinedFunctions: ReadonlySet<string>;
  readonly assumptions: readonly Assumption[];
  /** By agent: where the variables of its entry function live, those of its blocks included; of two with one name the first. */
  readonly locals: readonly ReadonlyMap<string, Place>[];
  /** Whether there are objects of which the contents are not known (see unmodelled.ts). */
  readonly hasUnmodelled: boolean;
  readonly settled: Settled;
}

/** What lowering finds out by trying: sizes of private memory by agent, of the objects of the heap, functions with an address. */
export interface Settled {
  readonly privateSizes: readonly number[];
  readonly objects: readonly number[];
  readonly addressed: readonly Addressed[];
}

export interface LowerOptions {
  /** What was found for a program that is nearly the same: where it holds for this one too, one attempt is enough. */
  readonly start?: Settled;
  readonly symbols: Symbols;
  readonly agents: readonly AgentPlan[];
  readonly outcomes: readonly OutcomeInfo[];
  /** Whether a kernel tree has objects and fields that no model has (see unmodelled.ts). */
  readonly hasUnmodelled?: boolean;
  /** See `ProgramContext.triesContents`. */
  readonly triesContents?: boolean;
  /** The function that `run_subject()` runs. */
  readonly subject?: FunctionDefinition | null;
  /** Whether `kmalloc()` and its kin may give NULL. */
  readonly allocationsFail?: boolean;
  /** Makes the machine once the addresses of globals are known. Its operations must have the same names each time. */
  readonly machine: (
    addressOf: (name: string) => { readonly address: number; readonly bytes: number } | null,
  ) => Machine;
  /** Answers of machine operations that never change in this program. */
  readonly machineConstant: (name: string) => number | null;
  /** Globals that are there even if no code names them (the machine watches them). */
  readonly keep: readonly string[];
  /** Whether the text at a place was changed by the patch under review. */
  readonly changed?: (span: Span) => boolean;
  /** Whether somebody may ask what the program does without a statement (see `LoweredProgram.guards`). */
  readonly removable?: (span: Span) => boolean;
}

/** Each round finds the functions whose address is taken by those found before. */
const mostRounds = 30;
const memoryBase = 0x10000;
/** A function whose address is taken. */
interface Addressed {
  readonly name: string;
  readonly definition: FunctionDefinition | null;
}

/** Pointers to functions: outside memory and outside the direct map. */
const functionBase = 0x40000000n;

/**
 * Lowers a linked program: every agent's function with all that it calls put in line.
 * Throws an Error with a clear sentence where an entry function is missing.
 */
export function lowerProgram(options: LowerOptions): LoweredProgram {
  for (const attempts = lowerInSlices(options); ; ) {
    const next = attempts.next();
    if (next.done) return next.value;
  }
}

/** The same in slices of up to some 100 ms, for programs as large as they may be: yields where others may have their turn. */
export function* lowerInSlices(options: LowerOptions): Generator<void, LoweredProgram> {
  // Private memory comes first and its size is known last, and so is which functions have their address taken: lower
  // again until both stand still, and no call through a pointer may mean a function that was found behind it.
  const { symbols, start } = options;
  const nothing: Settled = { privateSizes: options.agents.map(() => 0), objects: [], addressed: [] };
  let known: Settled = nothing;
  if (start !== undefined) {
    const addressed = start.addressed.map((f) => ({ ...f, definition: symbols.function(f.name) ?? f.definition }));
    known = { ...start, addressed };
  }
  for (let round = 0; ; round++) {
    const attempt = lowerOnce(options, known);
    // What another program settled may mislead: into objects and callbacks that this one does not have.
    const isMisled = round === 0 && start !== undefined && attempt.hasSpare;
    if ((attempt.isSettled && !isMisled) || round === mostRounds) return attempt.lowered;
    yield;
    known = isMisled ? nothing : attempt.found;
  }
}

/** One attempt. */
function lowerOnce(
  options: LowerOptions,
  { privateSizes: sizes, addressed: known, objects }: Settled,
): {
  readonly lowered: LoweredProgram;
  readonly found: Settled;
  readonly isSettled: boolean;
  readonly hasSpare: boolean;
} {
  const { symbols, outcomes } = options;
  const pointedTo = [...known];
  /** Calls through pointers: how many functions were known then, and which may be meant. */
  const indirect: { readonly known: number; readonly isMeant: (candidate: AddressedFunction) => boolean }[] = [];
  const usedObjects = new Set<number>();
  const usedFunctions = new Set<number>();
  const functionAddress = (name: string, from: Unit): bigint => {
    const definition = symbols.function(name, from);
    let index = pointedTo.findIndex((f) => f.name === name && f.definition === definition);
    if (index < 0) index = pointedTo.push({ name, definition }) - 1;
    usedFunctions.add(index);
    return functionBase + 16n * BigInt(index);
  };
  const withAddresses = (): AddressedFunction[] =>
    pointedTo.map((f, index) => ({ ...f, address: functionBase + 16n * BigInt(index) }));
  const privateBytes = sizes.reduce((a, b) => a + b, 0);
  // Private memory, then the heap, then globals.
  const objectSizes = [...objects];
  const heapBytes = layOutHeap(objects, 0).bytes;
  let usesHeap = false;
  const globals = createGlobals(symbols, BigInt(memoryBase + privateBytes + heapBytes), functionAddress);
  for (const name of options.keep) globals.address(name);

  const positions: Span[] = [];
  const positionIndex = new Map<Unit, Map<number, number>>();
  const marks: string[] = [];
  const assumptions = new Map<string, Assumption>();
  const functions = new Set<FunctionDefinition>();
  const undefinedFunctions = new Set<string>();
  const used = options.agents.map(() => 0);
  const locals = options.agents.map(() => new Map<string, Place>());
  const machine = options.machine((name) => {
    const entry = globals.entries().find((g) => g.name === name);
    return entry ? { address: Number(entry.address), bytes: 0 } : null;
  });
  const operations = new Map(machine.operations.map((operation, index) => [operation.name, index]));
  const indexOf = (id: string): number | null => {
    const index = outcomes.findIndex((o) => o.id === id);
    return index < 0 ? null : index;
  };
  const beyond = indexOf(notModelled);
  const unmodelled = options.hasUnmodelled ? beyond : null;
  let unknownObjects = 0;
  let agentIndex = 0;
  let variables: PrivateVariable[] = [];
  let agentStart = memoryBase;

  const context: ProgramContext = {
    symbols,
    operation: (name) => operations.get(name) ?? null,
    isWide: (operation) => machine.operations[operation]?.wide === true,
    machineConstant: options.machineConstant,
    position(span) {
      let indices = positionIndex.get(span.unit);
      if (indices === undefined) {
        indices = new Map();
        positionIndex.set(span.unit, indices);
      }
      // Texts are shorter than 2^26 characters, so that both ends are one exact number.
      const key = span.start * 0x400_0000 + span.end;
      let index = indices.get(key);
      if (index === undefined) {
        index = positions.push(span) - 1;
        indices.set(key, index);
      }
      return index;
    },
    globalAddress: (name, from) => globals.address(name, from),
    staticAddress: (declarator) => globals.staticAddress(declarator),
    functionAddress,
    expanding: new Set(),
    addressed(isMeant) {
      indirect.push({ known: pointedTo.length, isMeant });
      return withAddresses();
    },
    unmodelled,
    triesContents: options.triesContents ?? false,
    unknownObject: () => unmodelledNumber(unknownObjects++),
    subject: options.subject ?? null,
    beyond,
    outcome: indexOf,
    mark(name) {
      const index = marks.indexOf(name);
      return index >= 0 ? index : marks.push(name) - 1;
    },
    assume(assumption) {
      const key = `${assumption.kind} ${assumption.text}`;
      if (!assumptions.has(key)) assumptions.set(key, assumption);
    },
    missing: (name) => undefinedFunctions.add(name),
    use: (definition) => functions.add(definition),
    changed: options.changed ?? (() => false),
    removable: options.removable ?? (() => false),
    privateAddress(offset, size) {
      const variable = nextPrivate(variables.at(-1), size, BigInt(agentStart + offset));
      variables.push(variable);
      return variable.start;
    },
    allocate: (size) => globals.allocate(size, 8),
    allocationsFail: options.allocationsFail ?? false,
    heap: {
      allocate: machine.operations.length,
      free: machine.operations.length + 1,
      pool(size) {
        const known = objectSizes.indexOf(size);
        const index = known >= 0 ? known : objectSizes.push(size) - 1;
        usedObjects.add(index);
        return index;
      },
      use() {
        usesHeap = true;
      },
    },
    local(name, place) {
      if (!locals[agentIndex]?.has(name)) locals[agentIndex]?.set(name, place);
    },
  };

  const brought: Uint8Array[] = [];
  const guards: (readonly Guard[])[] = [];
  const agents = options.agents.map((plan, index): Agent => {
    agentIndex = index;
    variables = [];
    agentStart = memoryBase + sizes.slice(0, index).reduce((a, b) => a + b, 0);
    const definition = symbols.function(plan.entry);
    if (!definition) throw new Error(`${plan.name} should run ${plan.entry}(), which nobody defines`);
    const code = createCode(context.position, unmodelled, context.triesContents);
    const frame: Frame = {
      program: context,
      code,
      definition: { ...definition, name: plan.name, result: { kind: 'named', name: 'void' }, parameters: [] },
      caller: null,
      scopes: [new Map()],
      labels: new Map(),
      result: null,
      returnLabel: code.label(),
      breakLabel: null,
      continueLabel: null,
      cleanups: [],
      breakKeeps: 0,
      continueKeeps: 0,
      block: null,
      cases: null,
      waitCounters: new Map(),
      top: 0,
      cpu: null,
      byPointer: false,
      addressTaken: new Set(),
      broughtByPatch: false,
    };
    inline(frame, definition, [], definition.span);
    code.place(frame.returnLabel);
    const results = plan.results?.flatMap((name): Expr[] => {
      const place = locals[index]?.get(name);
      return place?.kind === 'reg' ? [{ kind: 'reg', width: widthOf(place.type), reg: place.reg }] : [];
    });
    const end = {
      unit: definition.span.unit,
      start: Math.max(definition.span.start, definition.span.end - 1),
      end: definition.span.end,
    };
    code.end(end, results);
    const named = new Set<PrivateVariable>();
    for (const [name, place] of locals[index] ?? []) {
      if (place.kind !== 'mem' || place.address.kind !== 'const') continue;
      const { value } = place.address;
      const variable = variables.find((v) => v.start === value);
      if (variable) named.add(variable);
      locals[index]?.set(name, { ...place, address: constant(realAddress(value, variables), 64) });
    }
    const finished = code.finish();
    const { registers, steps, brought: patched, kept } = promote(finished, variables, named);
    guards.push(finished.guards);
    const ends = kept.map((v) => Number(v.address) - agentStart + v.size);
    used[index] = Math.ceil(ends.reduce((a, b) => Math.max(a, b), 0) / 8) * 8;
    brought.push(patched);
    return { name: plan.name, registers, steps, entry: 0, running: plan.running };
  });

  const image = globals.image();
  const all = new Uint8Array(privateBytes + heapBytes + image.length);
  all.set(image, privateBytes + heapBytes);
  const index = (id: string): number => {
    const found = context.outcome(id);
    if (found === null) throw new Error(`“${id}” is missing from the outcomes`);
    return found;
  };
  const heapOn = (plain: Machine): Machine => {
    const { pools } = layOutHeap(objects, memoryBase + privateBytes);
    const given = {
      agents: agents.map((_, agent) => agent),
      useAfterFree: index('use-after-free'),
      doubleFree: index('double-free'),
      corruption: index('memory-corruption'),
      fault: index('page-fault'),
      beyond,
    };
    return withHeap(plain, pools, given, (address) => isUnmodelled(address) || address === outside);
  };
  const program: Program = {
    agents,
    memoryBytes: all.length,
    memoryBase,
    image: all,
    privateBytes,
    machine: usesHeap ? heapOn(machine) : machine,
    outcomes,
    faultOutcome: index('page-fault'),
    divideOutcome: index('bug-on'),
    hangOutcome: index('hang'),
    marks,
  };
  const found: Settled = { privateSizes: used, addressed: pointedTo, objects: objectSizes };
  const candidates = withAddresses();
  const isComplete = indirect.every((call) => !candidates.slice(call.known).some(call.isMeant));
  return {
    lowered: {
      program,
      positions,
      globals: globals.entries(),
      brought,
      guards,
      functions,
      undefinedFunctions,
      assumptions: [...assumptions.values()],
      locals,
      hasUnmodelled: unmodelled !== null,
      settled: found,
    },
    found,
    isSettled: isComplete && used.every((n, i) => n === sizes[i]) && objectSizes.length === objects.length,
    hasSpare: usedObjects.size < objectSizes.length || usedFunctions.size < pointedTo.length,
  };
}
