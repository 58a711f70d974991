// SPDX-License-Identifier: MIT
/**
 * A test in C as a program of the engine, by the same front end as patches. In a litmus test a value has no type: a
 * register or location holds a number or an address, whatever its declaration says. So everything is an int here, and
 * addresses are small enough to be one; where the test has longer numbers, it is a long.
 */
import type {
  Declarator,
  Expression,
  FunctionDefinition,
  Initializer,
  Span,
  Statement,
  TypeName,
  Unit,
} from '../c/ast';
import { buildUnit } from '../c/buildUnit';
import { configuration } from '../c/configuration';
import { type CType, int32, int64, sizeOf } from '../c/ctype';
import { type LoweredProgram, lowerProgram } from '../c/lowerProgram';
import { concatenate, type MappedText, mapFile, originAt, slice } from '../c/mappedText';
import type { CParser } from '../c/parser';
import { createSymbols } from '../c/symbols';
import { walkExpressions, walkStatements } from '../c/walk';
import { registerValue } from '../engine/decode';
import type { Location, Value } from './condition';
import type { InitialItem } from './initial';
import { memoryReader, type Prepared } from './prepared';
import primitives from './primitives.c';
import { Problem } from './problem';
import { createRcu, rcuName } from './rcu';
import type { Range } from './sections';
import { noMachine } from './x86Program';

/** Registers in C are sorted by their names alone. */
export const cOrder = (): number => 0;

const mostThreads = 24;
/** Characters of code, and steps of one thread: more is no litmus test, and would take long to say so. */
const mostCode = 100_000;
const mostSteps = 4000;

/** Reads the code and makes the program; `asked` are the locations whose final values are wanted. Throws a Problem. */
export function prepareC(
  parser: CParser,
  file: string,
  text: string,
  code: Range,
  initial: readonly InitialItem[],
  asked: readonly Location[],
): Prepared {
  if (code.to - code.from > mostCode) throw new Problem(`the code has more than ${mostCode} characters`, code.from);
  const whole = slice(mapFile(file, text), code.from, code.to);
  const source = withResultTypes(whole, (index) => code.from + index);
  const offsetOf = ({ unit, start }: Span): number =>
    unit.source === source ? offsetAt(text, originAt(source, start)) : code.from;
  const { unit } = buildUnit(parser, source, 'scenario', configuration);
  const broken = unit.errors[0];
  if (broken !== undefined) throw new Problem('this is no C', offsetAt(text, originAt(source, broken)));
  const threads = [...unit.functions.values()].flatMap((definition) => {
    const number = /^P(\d{1,4})$/.exec(definition.name)?.[1];
    return number === undefined ? [] : [{ number: Number(number), definition }];
  });
  threads.sort((a, b) => a.number - b.number);
  if (threads.length === 0) throw new Problem('there is no function P0()', code.from);
  if (threads.length > mostThreads) throw new Problem(`more than ${mostThreads} threads`, code.from);
  for (const { definition } of threads) {
    if (definition.errorAt !== null)
      throw new Problem(
        `${definition.name}() could not be parsed`,
        offsetAt(text, originAt(source, definition.errorAt)),
      );
  }
  const cells = cellsOf(threads, initial, asked, { unit, start: 0, end: 0 });
  const registers = new Map<string, Value>();
  for (const { location, values } of initial)
    if (location.thread !== null) registers.set(`${location.thread}:${location.name}`, values[0] ?? 0n);
  const functions = new Map(unit.functions);
  for (const { number, definition } of threads)
    functions.set(definition.name, withRegisters(definition, number, cells, registers));
  const program: Unit = {
    ...unit,
    functions,
    globals: new Map([...cells].map(([name, cell]) => [cellName(name), cell])),
    constants: new Map([
      ...unit.constants,
      ...[...cells].map(([name, cell]) => [name, addressOf(name, cell)] as const),
    ]),
  };
  const word = longNumber.test(text) ? int64 : int32;
  const usesRcu = threads.some(({ definition }) => callsRcu(definition, offsetOf));
  const lowered = lowerProgram({
    symbols: createSymbols([program, primitiveUnit(parser)], withoutTypes(word)),
    agents: threads.map(({ number, definition }) => ({
      name: definition.name,
      entry: definition.name,
      running: true,
      results: asked.filter((l) => l.thread === number).map((l) => l.name),
    })),
    outcomes: ['page-fault', 'bug-on', 'hang'].map((id) => ({ id, fatal: true })),
    machine: (address) => {
      const left = address(rcuLeft);
      return left ? createRcu(threads.length, left.address, sizeOf(word)) : noMachine;
    },
    machineConstant: () => null,
    keep: [...[...cells.keys()].map(cellName), ...(usesRcu ? [rcuLeft] : [])],
  });
  if (lowered.program.agents.some(({ steps }) => steps.length > mostSteps))
    throw new Problem(`a thread has more than ${mostSteps} steps`, code.from);
  for (const { steps } of lowered.program.agents) {
    const wait = steps.find(({ kind }) => kind === 'expire');
    const span = wait && lowered.positions[wait.position];
    if (span) throw new Problem('a loop that counts while it waits is not run round by round', offsetOf(span));
  }
  const doubt = lowered.assumptions[0];
  if (doubt) throw new Problem(doubt.text, doubt.span ? offsetOf(doubt.span) : code.from);
  return {
    program: lowered.program,
    offsetOf: (position) => {
      const span = lowered.positions[position];
      return span ? offsetOf(span) : code.from;
    },
    reader: createReader(
      lowered,
      threads.map(({ number }) => number),
      word,
      code,
    ),
  };
}

/** Values of locations in final states; what a thread does not have is 0. */
function createReader(
  { globals, locals }: LoweredProgram,
  threads: readonly number[],
  word: CType,
  code: Range,
): Prepared['reader'] {
  const names = new Map(globals.map(({ name, address }) => [Number(address), name.slice(1, -1)]));
  const shown = (value: bigint): Value => names.get(Number(value)) ?? value;
  const bytes = sizeOf(word);
  return ({ thread, name, index }) => {
    if (thread === null) {
      const global = globals.find((g) => g.name === cellName(name));
      if (!global) return () => 0n;
      const length = global.type.kind === 'array' ? global.type.length : null;
      return memoryReader(Number(global.address), bytes, true, length, index, shown);
    }
    const agent = threads.indexOf(thread);
    if (agent < 0) throw new Problem(`there is no thread P${thread}`, code.from);
    const place = locals[agent]?.get(name);
    if (place === undefined) return () => 0n;
    if (place.kind === 'reg')
      return (layout, state) => shown(BigInt(registerValue(layout, state, agent, place.reg) ?? 0));
    const address = place.address.kind === 'const' ? Number(place.address.value) : 0;
    return memoryReader(address, bytes, true, null, null, shown);
  };
}

/** What the variable behind the location `x` is called: a name that C cannot say. */
const cellName = (name: string): string => `[${name}]`;

/** `P0(int *x)` has no type of result, which C asks for today. Throws a Problem where a thread is there twice. */
function withResultTypes(source: MappedText, offsetOf: (index: number) => number): MappedText {
  const parts: MappedText[] = [];
  const seen = new Set<string>();
  let from = 0;
  for (const match of source.text.matchAll(/\b(P\d+)\s*\(/g)) {
    const thread = match[1] as string;
    if (seen.has(thread)) throw new Problem(`${thread}() is there twice`, offsetOf(match.index));
    seen.add(thread);
    let before = match.index - 1;
    while (before >= 0 && /\s/.test(source.text[before] as string)) before--;
    if (before >= 0 && /[\w*]/.test(source.text[before] as string)) continue;
    parts.push(slice(source, from, match.index), {
      text: 'void ',
      pieces: [{ start: 0, origin: originAt(source, match.index) }],
    });
    from = match.index;
  }
  return concatenate([...parts, slice(source, from, source.text.length)]);
}

function offsetAt(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  let start = 0;
  for (let i = 1; i < line; i++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

/** Every type but void, arrays and functions is the one given. */
const withoutTypes =
  (word: CType) =>
  (type: TypeName): CType | null => {
    if (type.kind === 'array' || type.kind === 'function') return null;
    return type.kind === 'named' && /\bvoid\b/.test(type.name) ? null : word;
  };

/** Numbers that need more than 32 bits. */
const longNumber = /\b(0[xX][0-9a-fA-F]{8,}|[1-9]\d{9,})/;

const int: TypeName = { kind: 'named', name: 'int' };
const number = (value: bigint, span: Span): Expression => ({
  kind: 'number',
  value,
  unsigned: false,
  long: true,
  span,
});
const name = (text: string, span: Span): Expression => ({ kind: 'identifier', name: text, span });

/** The address of a location; an array is one itself. */
function addressOf(of: string, { type, span }: Declarator): Expression {
  const cell = name(cellName(of), span);
  return type.kind === 'array' ? cell : { kind: 'unary', operator: '&', operand: cell, span };
}

/** The locations: what functions get pointers to, what has an initial value, what is pointed to or asked about. */
function cellsOf(
  threads: readonly { readonly definition: FunctionDefinition }[],
  initial: readonly InitialItem[],
  asked: readonly Location[],
  span: Span,
): Map<string, Declarator> {
  const lengths = new Map<string, number | null>();
  const values = new Map<string, Value[]>();
  const want = (of: string, length: number | null): void => {
    const known = lengths.get(of) ?? null;
    lengths.set(of, length === null ? known : Math.max(length, known ?? 0));
  };
  for (const { definition } of threads)
    for (const parameter of definition.parameters) if (parameter.name !== '') want(parameter.name, null);
  for (const item of initial) {
    for (const value of item.values) if (typeof value === 'string') want(value, null);
    const { thread, name: of, index } = item.location;
    if (thread !== null) continue;
    want(of, item.length ?? (index === null ? null : index + 1));
    const given = values.get(of) ?? [];
    item.values.forEach((value, i) => {
      given[(index ?? 0) + i] = value;
    });
    values.set(of, given);
  }
  for (const { thread, name: of, index } of asked) if (thread === null) want(of, index === null ? null : index + 1);

  const cells = new Map<string, Declarator>();
  for (const [of, length] of lengths) {
    const type: TypeName = length === null ? int : { kind: 'array', of: int, length: number(BigInt(length), span) };
    cells.set(of, { name: cellName(of), type, initializer: null, isStatic: false, isExtern: false, span });
  }
  const expression = (value: Value): Expression => {
    const cell = typeof value === 'string' ? cells.get(value) : undefined;
    if (typeof value === 'string') return cell ? addressOf(value, cell) : number(0n, span);
    return number(value, span);
  };
  for (const [of, given] of values) {
    const cell = cells.get(of);
    if (!cell || given.length === 0) continue;
    const items = Array.from(given, (value): Initializer => ({ kind: 'expression', value: expression(value ?? 0n) }));
    const initializer: Initializer | undefined =
      cell.type.kind === 'array'
        ? { kind: 'list', items: items.map((value) => ({ designator: [], value })), span }
        : items[0];
    if (initializer) cells.set(of, { ...cell, initializer });
  }
  return cells;
}

/**
 * The function without parameters, which are names of locations here, and with a declaration of what it uses without one:
 * tests may leave that out.
 */
function withRegisters(
  definition: FunctionDefinition,
  thread: number,
  cells: ReadonlyMap<string, Declarator>,
  initial: ReadonlyMap<string, Value>,
): FunctionDefinition {
  const declared = new Set<string>();
  const used = new Set<string>();
  walkStatements(definition.body, (statement) => {
    if (statement.kind === 'declaration') for (const { name: of } of statement.declarators) declared.add(of);
    if (statement.kind === 'for' && statement.initial?.kind === 'declaration')
      for (const { name: of } of statement.initial.declarators) declared.add(of);
  });
  const callees = new Set<Expression>();
  walkExpressions(definition.body, (e) => {
    if (e.kind === 'call') callees.add(e.callee);
    if (e.kind === 'identifier' && !callees.has(e)) used.add(e.name);
  });
  const span: Span = { ...definition.span, end: definition.span.start };
  const declarators = [...used]
    .filter((of) => !declared.has(of) && !cells.has(of) && !constants.has(of))
    .map((of): Declarator => {
      const value = initial.get(`${thread}:${of}`);
      const initializer: Initializer | null =
        value === undefined
          ? null
          : { kind: 'expression', value: typeof value === 'string' ? name(value, span) : number(value, span) };
      return { name: of, type: int, initializer, isStatic: false, isExtern: false, span };
    });
  const declaration: Statement = { kind: 'declaration', declarators, span };
  return {
    ...definition,
    parameters: [],
    body: { kind: 'block', body: [declaration, definition.body], span: definition.body.span },
  };
}

/** Names that stand for values. */
const constants = new Set(['NULL', 'true', 'false']);

/** What primitives.c calls the numbers of the readers that have left. */
const rcuLeft = 'rcu_left';

/** Whether a thread has readers or grace periods. Throws a Problem for a call that sounds like one and is not known. */
function callsRcu(definition: FunctionDefinition, offsetOf: (span: Span) => number): boolean {
  let found = false;
  walkExpressions(definition.body, (e) => {
    if (e.kind !== 'call' || e.callee.kind !== 'identifier' || !/rcu/.test(e.callee.name)) return;
    const { name: called } = e.callee;
    if (rcuName.test(called)) found = true;
    else if (!/^rcu_(dereference|access_pointer|assign_pointer)/.test(called))
      throw new Problem(`${called}() is not supported`, offsetOf(e.span));
  });
  return found;
}

const primitiveUnits = new WeakMap<CParser, Unit>();

function primitiveUnit(parser: CParser): Unit {
  let unit = primitiveUnits.get(parser);
  if (unit === undefined) {
    unit = buildUnit(parser, mapFile('primitives.c', primitives), 'model', configuration).unit;
    primitiveUnits.set(parser, unit);
  }
  return unit;
}
