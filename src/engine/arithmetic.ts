// SPDX-License-Identifier: MIT
/**
 * Arithmetic of C on int32 numbers and signed 64-bit BigInts: what both executors and the memory share. Division by
 * zero sets a flag instead of throwing, because it is an outcome of the program and not an error of the engine.
 */
import type { BinaryOperator, CompareOperator, RmwOperator } from './program';

/** `flag[0]` becomes 1 where a division by zero was asked for; its result is 0. */
export type DivideFlag = Int32Array;

const BITS = 64;

/** Wraps to signed 64 bits. */
export function wrap64(value: bigint): bigint {
  return BigInt.asIntN(BITS, value);
}

/** Division and remainder of 32-bit values, towards zero. */
export function divide32(flag: DivideFlag, operator: BinaryOperator, left: number, right: number): number {
  if (right === 0) {
    flag[0] = 1;
    return 0;
  }
  switch (operator) {
    case 'divSigned':
      return (left / right) | 0;
    case 'divUnsigned':
      return ((left >>> 0) / (right >>> 0)) | 0;
    case 'remSigned':
      return (left % right) | 0;
    default:
      return ((left >>> 0) % (right >>> 0)) | 0;
  }
}

/** Division and remainder of 64-bit values, towards zero. */
export function divide64(flag: DivideFlag, operator: BinaryOperator, left: bigint, right: bigint): bigint {
  if (right === 0n) {
    flag[0] = 1;
    return 0n;
  }
  switch (operator) {
    case 'divSigned':
      return wrap64(left / right);
    case 'divUnsigned':
      return wrap64(BigInt.asUintN(BITS, left) / BigInt.asUintN(BITS, right));
    case 'remSigned':
      return wrap64(left % right);
    default:
      return wrap64(BigInt.asUintN(BITS, left) % BigInt.asUintN(BITS, right));
  }
}

/** A binary operation on int32 values. */
export function binary32(flag: DivideFlag, operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case 'add':
      return (left + right) | 0;
    case 'sub':
      return (left - right) | 0;
    case 'mul':
      return Math.imul(left, right);
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'shl':
      return left << right;
    case 'shrSigned':
      return left >> right;
    case 'shrUnsigned':
      return (left >>> right) | 0;
    default:
      return divide32(flag, operator, left, right);
  }
}

/**
 * `binary32` of what two functions give, as a function that need not ask for the operator each time. `constant` is the
 * right operand where it is always the same.
 */
export function bound32(
  flag: DivideFlag,
  operator: BinaryOperator,
  left: () => number,
  right: () => number,
  constant: number | null,
): () => number {
  if (constant !== null) {
    switch (operator) {
      case 'add':
        return () => (left() + constant) | 0;
      case 'and':
        return () => left() & constant;
      case 'or':
        return () => left() | constant;
      case 'shl':
        return () => left() << constant;
      case 'shrUnsigned':
        return () => (left() >>> constant) | 0;
      default:
        return () => binary32(flag, operator, left(), constant);
    }
  }
  switch (operator) {
    case 'add':
      return () => (left() + right()) | 0;
    case 'and':
      return () => left() & right();
    case 'or':
      return () => left() | right();
    case 'shl':
      return () => left() << right();
    default:
      return () => binary32(flag, operator, left(), right());
  }
}

/** A binary operation on signed 64-bit values; the result is in that range too. */
export function binary64(flag: DivideFlag, operator: BinaryOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case 'add':
      return wrap64(left + right);
    case 'sub':
      return wrap64(left - right);
    case 'mul':
      return wrap64(left * right);
    case 'and':
      return left & right;
    case 'or':
      return left | right;
    case 'xor':
      return left ^ right;
    case 'shl':
      return wrap64(left << (right & 63n));
    case 'shrSigned':
      return left >> (right & 63n);
    case 'shrUnsigned':
      return wrap64(BigInt.asUintN(BITS, left) >> (right & 63n));
    default:
      return divide64(flag, operator, left, right);
  }
}

/** Compares int32 values: 0 or 1. */
export function compare32(operator: CompareOperator, left: number, right: number): number {
  switch (operator) {
    case 'eq':
      return left === right ? 1 : 0;
    case 'ne':
      return left !== right ? 1 : 0;
    case 'ltSigned':
      return left < right ? 1 : 0;
    case 'leSigned':
      return left <= right ? 1 : 0;
    case 'ltUnsigned':
      return left >>> 0 < right >>> 0 ? 1 : 0;
    case 'leUnsigned':
      return left >>> 0 <= right >>> 0 ? 1 : 0;
  }
}

/** Compares signed 64-bit values: 0 or 1. */
export function compare64(operator: CompareOperator, left: bigint, right: bigint): number {
  switch (operator) {
    case 'eq':
      return left === right ? 1 : 0;
    case 'ne':
      return left !== right ? 1 : 0;
    case 'ltSigned':
      return left < right ? 1 : 0;
    case 'leSigned':
      return left <= right ? 1 : 0;
    case 'ltUnsigned':
      return BigInt.asUintN(BITS, left) < BigInt.asUintN(BITS, right) ? 1 : 0;
    case 'leUnsigned':
      return BigInt.asUintN(BITS, left) <= BigInt.asUintN(BITS, right) ? 1 : 0;
  }
}

/** Keeps the low `bits` (1, 8, 16, 32) of an int32 and extends them to 32 bits. */
export function extend32(value: number, bits: number, signed: boolean): number {
  const shift = 32 - bits;
  return signed ? (value << shift) >> shift : shift === 0 ? value : (value << shift) >>> shift;
}

/** Keeps the low `bits` of a 64-bit value and extends them to signed 64 bits. */
export function extend64(value: bigint, bits: number, signed: boolean): bigint {
  return signed || bits === BITS ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Low 32 bits of a 64-bit value as int32. */
export function low32(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** Numbers of the read-modify-write operators, as they stand in buffers and generated code; 0 is a plain store. */
export const RMW_CODES = { add: 1, and: 2, or: 3, xor: 4, exchange: 5, compareExchange: 6 } as const satisfies Record<
  RmwOperator,
  number
>;

/** The operator with a number of `RMW_CODES`, or null for a plain store. */
export function rmwOperator(code: number): RmwOperator | null {
  return (Object.keys(RMW_CODES) as RmwOperator[]).find((name) => RMW_CODES[name] === code) ?? null;
}

/** What an unconditional read-modify-write makes of a value of up to 32 bits. */
export function modify32(code: number, old: number, operand: number): number {
  switch (code) {
    case RMW_CODES.add:
      return (old + operand) | 0;
    case RMW_CODES.and:
      return old & operand;
    case RMW_CODES.or:
      return old | operand;
    case RMW_CODES.xor:
      return old ^ operand;
    default:
      return operand;
  }
}

/** What an unconditional read-modify-write makes of a 64-bit value. */
export function modify64(code: number, old: bigint, operand: bigint): bigint {
  switch (code) {
    case RMW_CODES.add:
      return wrap64(old + operand);
    case RMW_CODES.and:
      return old & operand;
    case RMW_CODES.or:
      return old | operand;
    case RMW_CODES.xor:
      return old ^ operand;
    default:
      return operand;
  }
}
