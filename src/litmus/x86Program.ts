// SPDX-License-Identifier: MIT
/** An x86 test as a program of the engine. */
import { registerValue } from '../engine/decode';
import type { Agent, Bytes, Machine, Program, Width } from '../engine/program';
import type { Location, Value } from './condition';
import type { InitialItem } from './initial';
import { memoryReader, type Prepared } from './prepared';
import { Problem } from './problem';
import type { Range } from './sections';
import { constant, createEmitter } from './x86Emit';
import { accessedBytes, emitInstruction } from './x86Instructions';
import { registerNames, registerPart, stackPointer } from './x86Registers';
import { readTable, type Thread } from './x86Table';

/** A location of memory. */
interface Cell {
  readonly address: number;
  readonly bytes: Bytes;
  readonly signed: boolean;
  readonly length: number | null;
  readonly image: bigint[];
}

/** Locations begin here, each at a multiple of 8; no test has such numbers. */
const memoryBase = 0x5eed0000;
const cellAlign = 8;
/** Below a thread's first stack pointer and above it. */
const stackBytes = 128;

/** Writes a register in a question as the machine does: `EAX`, `rax`. Throws a Problem for what is no register. */
export function nameX86(location: Location, architecture: 'X86' | 'X86_64', offset: number): Location {
  if (location.thread === null) return location;
  const part = registerPart(location.name);
  if (!part) throw new Problem(`“${location.name}” is no register`, offset);
  return { ...location, name: registerNames[architecture][part.index] ?? location.name };
}

/** Where a register stands among those of its thread. */
export const x86Order =
  (architecture: 'X86' | 'X86_64') =>
  (name: string): number =>
    (registerNames[architecture] as readonly string[]).indexOf(name);

const typeBytes: readonly (readonly [RegExp, Bytes])[] = [
  [/\b(u?int8_t|char|bool|_Bool|[us]8)\b/, 1],
  [/\b(u?int16_t|short|[us]16)\b/, 2],
  [/\b(u?int64_t|u?intptr_t|long|[us]64|size_t|quad)\b/, 8],
];

/** Reads the code and makes the program; `asked` are the locations whose final values are wanted. Throws a Problem. */
export function prepareX86(
  architecture: 'X86' | 'X86_64',
  text: string,
  code: Range,
  initial: readonly InitialItem[],
  asked: readonly Location[],
): Prepared {
  const threads = readTable(text, code, architecture === 'X86_64');
  const width: Width = architecture === 'X86_64' ? 64 : 32;
  const cells = layOut(threads, initial, asked, width);
  const names = new Map([...cells].map(([name, cell]) => [cell.address, name]));
  const memory = [...cells.values()].reduce((end, cell) => end + sizeOf(cell), 0);
  const stacks = threads.filter((thread) => usesStack(thread, initial));
  const registers = registerNames[architecture].map((name) => ({ name, width }));
  const addressOf = (symbol: string, offset: number): bigint => {
    const cell = cells.get(symbol);
    if (!cell) throw new Problem(`there is no location “${symbol}”`, offset);
    return BigInt(cell.address);
  };
  const resolve = (value: Value, offset: number): bigint =>
    typeof value === 'string' ? addressOf(value, offset) : value;
  for (const { location, values, offset } of initial) {
    if (location.thread !== null) continue;
    const cell = cells.get(location.name);
    values.forEach((value, i) => {
      if (cell) cell.image[(location.index ?? 0) + i] = resolve(value, offset);
    });
  }

  const agents = threads.map((thread): Agent => {
    const emitter = createEmitter(registers, addressOf);
    const stack = stacks.indexOf(thread);
    if (stack >= 0) {
      const top = memoryBase + memory + (2 * stack + 1) * stackBytes;
      emitter.emit({ kind: 'assign', reg: stackPointer, value: constant(top, width) });
    }
    for (const { location, values, offset } of initial) {
      if (location.thread !== thread.number) continue;
      const part = registerPart(location.name);
      if (!part) throw new Problem(`“${location.name}” is no register`, offset);
      emitter.emit({ kind: 'assign', reg: part.index, value: constant(resolve(values[0] ?? 0n, offset), width) });
    }
    for (const instruction of thread.instructions) emitInstruction(emitter, instruction);
    const results = asked.filter((l) => l.thread === thread.number).map((l) => registerPart(l.name)?.index ?? 0);
    const { registers: all, steps } = emitter.finish(results);
    return { name: `P${thread.number}`, registers: all, steps, entry: 0, running: true };
  });

  const bytes = Math.max(8, memory + stacks.length * 2 * stackBytes);
  const image = new Uint8Array(bytes);
  for (const cell of cells.values()) {
    cell.image.forEach((value, i) => {
      for (let byte = 0; byte < cell.bytes; byte++)
        image[cell.address - memoryBase + i * cell.bytes + byte] = Number((value >> BigInt(8 * byte)) & 255n);
    });
  }
  const program: Program = {
    agents,
    memoryBytes: bytes,
    memoryBase,
    image,
    privateBytes: 0,
    machine: noMachine,
    outcomes: ['page-fault', 'bug-on', 'hang'].map((id) => ({ id, fatal: true })),
    faultOutcome: 0,
    divideOutcome: 1,
    hangOutcome: 2,
    marks: [],
  };
  const shown = (value: bigint): Value => names.get(Number(BigInt.asUintN(width, value))) ?? value;
  return {
    program,
    offsetOf: (position) => position,
    reader({ thread, name, index }) {
      if (thread === null) {
        const cell = cells.get(name);
        if (cell === undefined) return () => 0n;
        const { bytes, signed, length } = cell;
        return memoryReader(cell.address, bytes, signed, length, index, shown);
      }
      const agent = threads.findIndex((one) => one.number === thread);
      if (agent < 0) throw new Problem(`there is no thread P${thread}`, code.from);
      const reg = registerPart(name)?.index ?? 0;
      return (layout, state) => shown(BigInt(registerValue(layout, state, agent, reg) ?? 0));
    },
  };
}

/** A machine that does nothing beside its CPUs. */
export const noMachine: Machine = { words: 0, operations: [], initialise: () => {}, watched: null, access: () => null };

const sizeOf = (cell: Pick<Cell, 'bytes' | 'length'>): number =>
  Math.ceil((cell.bytes * (cell.length ?? 1)) / cellAlign) * cellAlign;

/** Gives every location its place: those that are declared, accessed, pointed to, or asked about. */
function layOut(
  threads: readonly Thread[],
  initial: readonly InitialItem[],
  asked: readonly Location[],
  width: Width,
): Map<string, Cell> {
  const wanted = new Map<string, { bytes: Bytes; signed: boolean; length: number | null; isDeclared: boolean }>();
  const want = (name: string): { bytes: Bytes; signed: boolean; length: number | null; isDeclared: boolean } => {
    let cell = wanted.get(name);
    if (cell === undefined) {
      cell = { bytes: 4, signed: true, length: null, isDeclared: false };
      wanted.set(name, cell);
    }
    return cell;
  };
  const pointerBytes: Bytes = width === 64 ? 8 : 4;
  for (const { location, type, isPointer, length, values } of initial) {
    for (const value of values) if (typeof value === 'string') want(value);
    if (location.thread !== null) continue;
    const cell = want(location.name);
    const declared = typeBytes.find(([words]) => words.test(type))?.[1];
    const holdsAddress = isPointer || values.some((value) => typeof value === 'string');
    if (holdsAddress) cell.bytes = pointerBytes;
    else if (declared !== undefined) cell.bytes = declared;
    cell.isDeclared ||= type !== '' || holdsAddress;
    cell.signed &&= !/^(u|unsigned)/.test(type);
    if (length !== null) cell.length = length;
    if (location.index !== null) cell.length = Math.max(cell.length ?? 0, location.index + 1);
  }
  for (const { instructions } of threads) {
    for (const instruction of instructions) {
      for (const operand of instruction.operands) {
        if (operand.kind === 'address') want(operand.symbol);
        if (operand.kind !== 'memory' || operand.symbol === null) continue;
        const cell = want(operand.symbol);
        if (instruction.mnemonic.startsWith('lea') || cell.isDeclared) continue;
        cell.bytes = Math.max(cell.bytes, accessedBytes(instruction, width === 64)) as Bytes;
      }
    }
  }
  for (const { thread, name, index } of asked) {
    if (thread !== null) continue;
    const cell = want(name);
    if (index !== null) cell.length = Math.max(cell.length ?? 0, index + 1);
  }
  const cells = new Map<string, Cell>();
  let address = memoryBase;
  for (const [name, { bytes, signed, length }] of wanted) {
    cells.set(name, { address, bytes, signed, length, image: [] });
    address += sizeOf({ bytes, length });
  }
  return cells;
}

/** Whether a thread accesses memory where its stack pointer points, which the test leaves open. */
function usesStack(thread: Thread, initial: readonly InitialItem[]): boolean {
  const isGiven = initial.some(
    ({ location: { thread: of, name } }) => of === thread.number && registerPart(name)?.index === stackPointer,
  );
  if (isGiven) return false;
  return thread.instructions.some(({ operands }) =>
    operands.some((operand) => operand.kind === 'memory' && operand.base?.index === stackPointer),
  );
}
