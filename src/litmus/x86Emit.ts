// SPDX-License-Identifier: MIT
/** Steps of one x86 thread while they are made: registers and their parts, memory operands, flags, labels. */
import type { Bytes, Expr, Register, RegisterInfo, Step, Width } from '../engine/program';
import { Problem } from './problem';
import type { MemoryOperand, Operand } from './x86Operands';
import type { RegisterPart } from './x86Registers';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type PlainStep = Without<Extract<Step, { next: number }>, 'position' | 'next'>;

/** Condition flags. `less` is the sign differing from the overflow: what a signed comparison asks. */
export type Flag = 'zero' | 'carry' | 'sign' | 'less';

export interface Emitter {
  /** Whether registers have 64 bits. */
  readonly isWide: boolean;
  /** A fresh register for a value in between. */
  temporary(bytes: Bytes): Register;
  emit(step: PlainStep): void;
  label(name: string): void;
  /** A name that no label of the text has. */
  freshLabel(): string;
  jump(target: string): void;
  /** Goes to `target` where the condition is not 0. */
  branch(condition: Expr, target: string): void;
  end(): void;
  flag(name: Flag): Expr;
  setFlag(name: Flag, value: Expr): void;
  address(operand: MemoryOperand): Expr;
  /** The value of an operand, sign-extended from its bytes; memory is loaded. */
  read(operand: Operand, bytes: Bytes): Expr;
  /** Writes to a register or to memory. */
  write(operand: Operand, value: Expr, bytes: Bytes): void;
  /** Where the instruction stands that is being emitted. */
  offset: number;
  /** The steps; the agent's results are the registers named. Throws a Problem for a jump to nowhere. */
  finish(results: readonly number[]): { readonly registers: readonly RegisterInfo[]; readonly steps: readonly Step[] };
}

export const constant = (value: bigint | number, width: Width): Expr => ({
  kind: 'const',
  width,
  value: BigInt.asIntN(width, BigInt(value)),
});
export const widthOf = (bytes: Bytes): Width => (bytes === 8 ? 64 : 32);
export const binary = (operator: Extract<Expr, { kind: 'binary' }>['operator'], left: Expr, right: Expr): Expr => ({
  kind: 'binary',
  width: left.width,
  operator,
  left,
  right,
});
export const compare = (operator: Extract<Expr, { kind: 'compare' }>['operator'], left: Expr, right: Expr): Expr => ({
  kind: 'compare',
  width: 32,
  operandWidth: left.width,
  operator,
  left,
  right,
});
/** Keeps the low bytes of a value and extends them to the width that values of so many bytes are computed with. */
export function fit(value: Expr, bytes: Bytes, signed = true, width = widthOf(bytes)): Expr {
  if (value.width === width && (bytes === 8 || (bytes === 4 && width === 32))) return value;
  const bits = (bytes * 8) as 8 | 16 | 32 | 64;
  if (value.kind === 'const')
    return constant(signed ? BigInt.asIntN(bits, value.value) : BigInt.asUintN(bits, value.value), width);
  return { kind: 'convert', width, bits, signed, operand: value };
}

/**
 * @param addressOf address of a location
 * @param registers the machine's registers, by index; all of one width
 */
export function createEmitter(
  registers: readonly RegisterInfo[],
  addressOf: (symbol: string, offset: number) => bigint,
): Emitter {
  const all: RegisterInfo[] = [...registers];
  const steps: Step[] = [];
  const labels = new Map<string, number>();
  const jumps: { readonly pc: number; readonly target: string; readonly offset: number }[] = [];
  const flags = new Map<Flag, Register>();
  let freshLabels = 0;
  const width = registers[0]?.width ?? 32;
  const wordBytes: Bytes = width === 64 ? 8 : 4;

  const flagRegister = (name: Flag): Register => {
    const known = flags.get(name);
    if (known !== undefined) return known;
    const reg = all.push({ name: `%${name}`, width: 32 }) - 1;
    flags.set(name, reg);
    return reg;
  };
  const whole = (part: RegisterPart): Expr => ({ kind: 'reg', width, reg: part.index });
  const readPart = (part: RegisterPart, bytes: Bytes): Expr => {
    const value = part.isHigh ? binary('shrUnsigned', whole(part), constant(8, width)) : whole(part);
    return fit(value, bytes);
  };
  const writePart = (part: RegisterPart, value: Expr, bytes: Bytes): void => {
    // Four bytes clear the upper half of a register, fewer leave the rest of it alone.
    let next: Expr;
    if (bytes >= 4) next = bytes === wordBytes ? value : fit(value, bytes, false, width);
    else {
      const shift = part.isHigh ? 8n : 0n;
      const mask = ((1n << BigInt(bytes * 8)) - 1n) << shift;
      const low = fit(value, bytes, false, width);
      const placed = part.isHigh ? binary('shl', low, constant(8, width)) : low;
      next = binary('or', binary('and', whole(part), constant(~mask, width)), placed);
    }
    emitter.emit({ kind: 'assign', reg: part.index, value: next });
  };

  const emitter: Emitter = {
    isWide: width === 64,
    offset: 0,
    temporary: (bytes) => all.push({ name: '%value', width: widthOf(bytes) }) - 1,
    emit(step) {
      steps.push({ ...step, position: emitter.offset, next: steps.length + 1 } as Step);
    },
    label(name) {
      if (labels.has(name)) throw new Problem(`label ${name} is there twice`, emitter.offset);
      labels.set(name, steps.length);
    },
    freshLabel: () => `%${++freshLabels}`,
    jump(target) {
      jumps.push({ pc: steps.length, target, offset: emitter.offset });
      emitter.emit({ kind: 'jump' });
    },
    branch(condition, target) {
      jumps.push({ pc: steps.length, target, offset: emitter.offset });
      const next = steps.length + 1;
      steps.push({ kind: 'branch', position: emitter.offset, condition, then: next, else: next });
    },
    end: () => emitter.jump(''),
    flag: (name) => ({ kind: 'reg', width: 32, reg: flagRegister(name) }),
    setFlag: (name, value) => emitter.emit({ kind: 'assign', reg: flagRegister(name), value }),
    address({ symbol, displacement, base, index, scale }) {
      const start = symbol === null ? 0n : addressOf(symbol, emitter.offset);
      let address: Expr = constant(start + displacement, width);
      if (base) address = binary('add', readAddress(base), address);
      if (index) address = binary('add', address, binary('mul', readAddress(index), constant(scale, width)));
      return address;
    },
    read(operand, bytes) {
      switch (operand.kind) {
        case 'immediate':
          return fit(constant(operand.value, widthOf(bytes)), bytes);
        case 'address':
          return fit(constant(addressOf(operand.symbol, emitter.offset), widthOf(bytes)), bytes);
        case 'register':
          return readPart(operand.part, bytes);
        case 'memory': {
          const reg = emitter.temporary(bytes);
          emitter.emit({ kind: 'load', reg, address: emitter.address(operand), bytes, signed: true, acquire: false });
          return { kind: 'reg', width: widthOf(bytes), reg };
        }
      }
    },
    write(operand, value, bytes) {
      if (operand.kind === 'register') writePart(operand.part, value, bytes);
      else if (operand.kind === 'memory')
        emitter.emit({ kind: 'store', address: emitter.address(operand), value, bytes, release: false });
      else throw new Problem('the destination is no register and no memory', emitter.offset);
    },
    finish(results) {
      const end = steps.length;
      labels.set('', end);
      steps.push({
        kind: 'end',
        position: emitter.offset,
        results: results.map((reg) => ({ kind: 'reg', width, reg })),
      });
      for (const { pc, target, offset } of jumps) {
        const to = labels.get(target);
        if (to === undefined) throw new Problem(`label “${target.slice(0, 40)}” is nowhere in this thread`, offset);
        const step = steps[pc];
        if (step?.kind === 'jump') steps[pc] = { ...step, next: to };
        else if (step?.kind === 'branch') steps[pc] = { ...step, then: to };
      }
      return { registers: all, steps };
    },
  };
  /** Registers in an address count in full, whichever part is written. */
  const readAddress = (part: RegisterPart): Expr => whole(part);
  return emitter;
}
