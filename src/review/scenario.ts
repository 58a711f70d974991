// SPDX-License-Identifier: MIT
import type { Expression, Initializer, Span, Unit } from '../c/ast';
import { createSymbols, type Symbols } from '../c/symbols';
import type { Hardware } from '../machine/layout';
import { type OutcomeId, outcomes } from './outcomes';
import { placeOf } from './sourceText';
import type { Notice } from './types';

/** A scenario, read from the `struct scenario` of its C file. */
export interface Scenario {
  readonly unit: Unit;
  readonly id: string;
  readonly title: string;
  readonly machine: string;
  readonly hardware: Hardware;
  /** Functions that the agents run, CPUs first. Agent 0 runs from the start, the others when somebody starts them. */
  readonly agents: readonly string[];
  /** What people call the agents. */
  readonly names: readonly string[];
  /** Outcomes that it looks for, beside those that are wrong in any kernel code. */
  readonly guards: readonly OutcomeId[];
  /** Outcomes that are meant to be here: they are notes. */
  readonly byDesign: readonly OutcomeId[];
  /** What must happen in some run, or the verdict is void. */
  readonly sometimes: readonly string[];
  /** Whether *Simulate kexec* runs it. */
  readonly kexec: boolean;
  /** Whether `kmalloc()` and its kin may fail. */
  readonly allocationsFail: boolean;
  /** It is run once for each function that the patch changes and that calls one of these: `run_subject()` runs it. */
  readonly subjectsCall: readonly string[];
  /** The function that it runs, where it is about one. */
  readonly subject?: string;
  /** Stores that each agent's store buffer holds. */
  readonly bufferDepth: number;
}

/** How sentences name a scenario. */
export const nameOf = ({ id, subject }: Scenario): string => (subject === undefined ? id : `${id} of ${subject}()`);

/** Larger stories have more states than anybody waits for. */
const most = { agents: 8, pages: 64, bufferDepth: 8, mapped: 8 };

/** What a file says of one scenario, by field. */
type Fields = ReadonlyMap<string, Initializer>;

/**
 * Reads what a file says of its scenario, and of the variants of it: each is that scenario with some fields of its own.
 * @param models where its agents' functions and constants may be, too
 * @returns no scenarios where something is wrong with one; `problems` say what, each with its place in the file
 */
export function readScenarios(
  unit: Unit,
  models: readonly Unit[] = [],
): { readonly scenarios: readonly Scenario[]; readonly problems: readonly Notice[] } {
  const problems: Notice[] = [];
  const wrong = (span: Span, message: string): number =>
    problems.push({ level: 'error', message, place: placeOf(span) });
  const declared = unit.globals.get('scenario');
  if (declared?.initializer?.kind !== 'list') {
    wrong({ unit, start: 0, end: 0 }, 'there is no “struct scenario scenario = { … };”');
    return { scenarios: [], problems };
  }
  const fieldsOf = (list: Extract<Initializer, { kind: 'list' }>): Map<string, Initializer> => {
    const fields = new Map<string, Initializer>();
    for (const { designator, value } of list.items) {
      const [name] = designator;
      if (typeof name !== 'string') wrong(spanOf(value), 'every value of a scenario must be named: .field = value');
      else fields.set(name, value);
    }
    return fields;
  };
  const fields = fieldsOf(declared.initializer);
  const variants = fields.get('variants');
  fields.delete('variants');
  const symbols = createSymbols([unit, ...models]);
  const definesFunction = (name: string): boolean => [unit, ...models].some(({ functions }) => functions.has(name));
  const read = (all: Fields, whole: Span): Scenario => readOne({ unit, symbols, definesFunction, wrong }, all, whole);
  const scenarios = [read(fields, declared.span)];
  // What is wrong with the scenario would be wrong with each of its variants.
  if (variants !== undefined && problems.length === 0) {
    if (variants.kind !== 'list') wrong(spanOf(variants), '.variants must be a list');
    else
      for (const { value } of variants.items) {
        const own = value.kind === 'list' ? fieldsOf(value) : null;
        if (!own?.has('id')) wrong(spanOf(value), 'every variant must be a list of fields with an .id of its own');
        else scenarios.push(read(new Map([...fields, ...own]), spanOf(value)));
      }
  }
  return { scenarios: problems.length > 0 ? [] : scenarios, problems };
}

/** Where a scenario is read from, and where what is wrong with it goes. */
interface Reading {
  readonly unit: Unit;
  readonly symbols: Symbols;
  readonly definesFunction: (name: string) => boolean;
  readonly wrong: (span: Span, message: string) => void;
}

/** @param whole where something is missing, that is where */
function readOne({ unit, symbols, definesFunction, wrong }: Reading, fields: Fields, whole: Span): Scenario {
  /** Fields that were asked for. */
  const asked = new Set<string>();
  const get = (name: string): Initializer | undefined => {
    asked.add(name);
    return fields.get(name);
  };
  const numberOf = (e: Expression): number | null => {
    const value = symbols.evaluate(e);
    return value === null ? null : Number(value);
  };
  const text = (name: string): string => {
    const value = get(name);
    if (value?.kind === 'expression' && value.value.kind === 'string') return value.value.value;
    wrong(value ? spanOf(value) : whole, `.${name} must be a string`);
    return '';
  };
  const number = (name: string, otherwise: number): number => {
    const value = get(name);
    if (!value) return otherwise;
    const evaluated = value.kind === 'expression' ? numberOf(value.value) : null;
    if (evaluated === null) wrong(spanOf(value), `.${name} must be a constant`);
    return evaluated ?? otherwise;
  };
  const list = (name: string): readonly Expression[] => {
    const value = get(name);
    if (value?.kind !== 'list') {
      wrong(value ? spanOf(value) : whole, `.${name} must be a list`);
      return [];
    }
    return value.items.flatMap((item) => {
      if (item.value.kind === 'expression') return [item.value.value];
      wrong(spanOf(item.value), `.${name} must be a flat list`);
      return [];
    });
  };
  const strings = (name: string): readonly { readonly value: string; readonly span: Span }[] =>
    list(name).flatMap((e) => {
      if (e.kind === 'string') return [e];
      wrong(e.span, `.${name} must be a list of strings`);
      return [];
    });
  const at = (name: string): Span => {
    const value = fields.get(name);
    return value ? spanOf(value) : whole;
  };

  const id = text('id');
  if (id !== '' && !/^[\w.-]+$/.test(id)) wrong(at('id'), `.id is “${id}”; it must be a word without blanks`);
  const guest = fields.has('guest') ? text('guest') : 'none';
  if (guest !== 'none' && guest !== 'tdx' && guest !== 'snp')
    wrong(at('guest'), `.guest is “${guest}”; it must be none, tdx or snp`);
  const outcomesOf = (name: string): OutcomeId[] =>
    strings(name).flatMap(({ value, span }) => {
      if (Object.hasOwn(outcomes, value)) return [value as OutcomeId];
      wrong(span, `.${name} names “${value}”, which is no outcome`);
      return [];
    });
  const guards = outcomesOf('guards');
  const agents = strings('agents');
  for (const { value, span } of agents)
    if (!definesFunction(value)) wrong(span, `.agents names ${value}(), which nobody defines`);
  if (agents.length === 0 || agents.length > most.agents)
    wrong(at('agents'), `.agents must name 1 to ${most.agents} functions`);
  const names = strings('names');
  if (names.length !== agents.length)
    wrong(at('names'), `.names has ${names.length} entries for ${agents.length} agents`);
  const cpus = number('cpus', 1);
  if (cpus < 1 || cpus > agents.length) wrong(at('cpus'), `.cpus is ${cpus}; it must be 1 to the number of agents`);
  const leaves = list('leaves').map((e) => numberOf(e) ?? 0);
  if (leaves.length === 0 || leaves.some((n) => n < 1) || leaves.reduce((a, b) => a + b, 0) > most.pages)
    wrong(at('leaves'), `.leaves must be constants from 1, of no more than ${most.pages} pages together`);
  const bufferDepth = number('buffer_depth', 2);
  if (bufferDepth < 0 || bufferDepth > most.bufferDepth)
    wrong(at('buffer_depth'), `.buffer_depth is ${bufferDepth}; it must be 0 to ${most.bufferDepth}`);
  const pagesOf = (name: string): number => {
    const value = number(name, 0);
    if (value < 0 || value > most.mapped) wrong(at(name), `.${name} is ${value}; it must be 0 to ${most.mapped}`);
    return value;
  };
  const convertible = fields.has('convertible') ? list('convertible').map((e) => numberOf(e) ?? -1) : null;
  if (convertible?.some((pfn, i) => pfn <= (convertible[i - 1] ?? -1)) || (convertible?.length ?? 0) % 2 === 1)
    wrong(at('convertible'), '.convertible must be pairs of page frames, from and up to, all in ascending order');
  const unaccepted = fields.has('unaccepted') ? list('unaccepted').map((e) => numberOf(e) ?? -1) : [];
  if (unaccepted.some((page, i) => page <= (unaccepted[i - 1] ?? -1)) || unaccepted.length % 2 === 1)
    wrong(at('unaccepted'), '.unaccepted must be pairs of pages, from and up to, all in ascending order');
  const scenario: Scenario = {
    unit,
    id,
    title: text('title'),
    machine: text('machine'),
    hardware: {
      leaves,
      cpus,
      guest: guest === 'tdx' || guest === 'snp' ? guest : 'none',
      vtom: number('vtom', 0) !== 0,
      partialWriteErratum: number('partial_write_erratum', 0) !== 0,
      implicitConversion: number('implicit_conversion', 0) !== 0,
      mapGpaRetries: number('map_gpa_retries', 0) !== 0,
      mapGpaFails: number('map_gpa_fails', 0) !== 0,
      pendingVe: number('pending_ve', 0) !== 0,
      paravisor: number('paravisor', 0) !== 0,
      dirtyLines: number('dirty_lines', 0) !== 0,
      largePagesSplit: number('large_pages_split', 0) !== 0,
      vmallocPages: pagesOf('vmalloc_pages'),
      kernelMapPages: pagesOf('kernel_map_pages'),
      unaccepted: pairsOf(unaccepted),
      ...(convertible && { convertible: pairsOf(convertible) }),
    },
    agents: agents.map(({ value }) => value),
    names: names.map(({ value }) => value),
    guards,
    byDesign: fields.has('by_design') ? outcomesOf('by_design') : [],
    sometimes: strings('sometimes').map(({ value }) => value),
    kexec: number('kexec', 0) !== 0,
    allocationsFail: number('allocations_fail', 0) !== 0,
    subjectsCall: fields.has('subjects_call') ? strings('subjects_call').map(({ value }) => value) : [],
    bufferDepth,
  };
  for (const [name, value] of fields) if (!asked.has(name)) wrong(spanOf(value), `.${name} is no field of a scenario`);
  return scenario;
}

const pairsOf = (numbers: readonly number[]): { readonly start: number; readonly end: number }[] =>
  numbers.flatMap((start, i) => (i % 2 === 0 ? [{ start, end: numbers[i + 1] ?? start }] : []));

const spanOf = (value: Initializer): Span => (value.kind === 'expression' ? value.value.span : value.span);
