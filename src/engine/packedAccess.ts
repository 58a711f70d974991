// SPDX-License-Identifier: MIT
/**
 * Which bits of a packed state a transition reads and writes. Two transitions that do not touch what the other one
 * writes may swap: both orders lead to the same state, so a search need not look for it twice (packedSource.ts).
 */
import { low32 } from './arithmetic';
import type { Packing, Run } from './packing';
import type { Expr, Register } from './program';

/** By packed word: the bits that may be read, and those that may be written. */
export interface Access {
  readonly reads: Int32Array;
  readonly writes: Int32Array;
}

/** Nothing read and nothing written yet. */
export function createAccess(words: number): Access {
  return { reads: new Int32Array(words), writes: new Int32Array(words) };
}

/** Adds what the other one touches. */
export function addAccess(to: Access, other: Access): void {
  for (let i = 0; i < to.reads.length; i++) {
    to.reads[i] = (to.reads[i] as number) | (other.reads[i] as number);
    to.writes[i] = (to.writes[i] as number) | (other.writes[i] as number);
  }
}

/** Whether one writes what the other one reads or writes. */
export function mayConflict(left: Access, right: Access): boolean {
  return left.writes.some((bits, i) => {
    const touched = (right.reads[i] as number) | (right.writes[i] as number);
    return (bits & touched) !== 0 || ((right.writes[i] as number) & (left.reads[i] as number)) !== 0;
  });
}

/** Notes bits of a word of the state in `into` (reads or writes), which is by packed word. */
export function noteBits(runs: Packing['runs'], into: Int32Array, word: number, bits: number): void {
  for (const { shift, bits: count, packed, at } of (runs[word] ?? []) as readonly Run[]) {
    const field = count >= 32 ? -1 : (1 << count) - 1;
    into[packed] = (into[packed] as number) | (((bits >>> shift) & field) << at);
  }
}

/** Calls `read` with every register that the bits of a 32-bit expression depend on, and with which of its bits. */
export function neededBits(expr: Expr, bits: number, read: (reg: Register, bits: number) => void): void {
  const of = (operand: Expr, wanted: number): void => neededBits(operand, wanted, read);
  switch (expr.kind) {
    case 'const':
      return;
    case 'reg':
      return read(expr.reg, bits);
    case 'complement':
      return of(expr.operand, bits);
    case 'negate':
    case 'not':
      return of(expr.operand, -1);
    case 'compare':
      of(expr.left, -1);
      return of(expr.right, -1);
    case 'convert':
      return of(expr.operand, expr.signed || expr.bits >= 32 ? -1 : bits & ((1 << expr.bits) - 1));
    case 'select':
      of(expr.condition, -1);
      of(expr.then, bits);
      return of(expr.else, bits);
    case 'binary': {
      const { operator, left, right } = expr;
      const count = right.kind === 'const' ? low32(right.value) & 31 : null;
      if (operator === 'and' && right.kind === 'const') return of(left, bits & low32(right.value));
      if (operator === 'and' && left.kind === 'const') return of(right, bits & low32(left.value));
      const isBitwise = operator === 'and' || operator === 'or' || operator === 'xor';
      if (operator === 'shl' && count !== null) return of(left, bits >>> count);
      if (operator === 'shrUnsigned' && count !== null) return of(left, bits << count);
      of(left, isBitwise ? bits : -1);
      return of(right, isBitwise ? bits : -1);
    }
  }
}

/** Bits of a 32-bit expression that are those of the register. `possible` gives a superset of an expression's bits. */
export function unchangedBits(
  expr: Expr,
  isRegister: (reg: Register) => boolean,
  possible: (expr: Expr) => number,
): number {
  const of = (operand: Expr): number => unchangedBits(operand, isRegister, possible);
  if (expr.kind === 'reg') return isRegister(expr.reg) ? -1 : 0;
  if (expr.kind !== 'binary') return 0;
  const { operator, left, right } = expr;
  const certain = (operand: Expr): number =>
    operand.kind === 'const' ? low32(operand.value) : operand.kind === 'complement' ? ~possible(operand.operand) : 0;
  if (operator === 'and') return (of(left) & certain(right)) | (of(right) & certain(left));
  if (operator === 'or' || operator === 'xor') return (of(left) & ~possible(right)) | (of(right) & ~possible(left));
  return 0;
}
