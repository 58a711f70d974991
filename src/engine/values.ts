// SPDX-License-Identifier: MIT
/** Expressions as values with operators, for programs that are built by hand. */
import type { BinaryOperator, CompareOperator, Expr, Register, Width } from './program';

/** An expression with its operators as methods; both operands of one have the same width. */
export interface Value {
  readonly expr: Expr;
  add(other: Operand): Value;
  sub(other: Operand): Value;
  binary(operator: BinaryOperator, other: Operand): Value;
  compare(operator: CompareOperator, other: Operand): Value;
  eq(other: Operand): Value;
  ne(other: Operand): Value;
  lt(other: Operand): Value;
  /** Whether it is 0. */
  not(): Value;
  /** All bits inverted. */
  complement(): Value;
  /** Keeps `bits` and extends to `width`. */
  convert(width: Width, bits: 1 | 8 | 16 | 32 | 64, signed: boolean): Value;
}
export type Operand = Value | number | bigint;
export interface RegisterValue extends Value {
  readonly reg: Register;
}
function widthOf(operand: Operand): Width {
  return typeof operand === 'object' ? operand.expr.width : typeof operand === 'bigint' ? 64 : 32;
}

/** The expression of an operand; a plain number takes the `width` asked for. */
export function exprOf(operand: Operand, width: Width = widthOf(operand)): Expr {
  return typeof operand === 'object' ? operand.expr : { kind: 'const', width, value: BigInt(operand) };
}

/** Wraps an expression as a value with operators. */
export function toValue(expr: Expr): Value {
  const { width } = expr;
  const binary = (operator: BinaryOperator, other: Operand): Value =>
    toValue({ kind: 'binary', width, operator, left: expr, right: exprOf(other, width) });
  const compare = (operator: CompareOperator, other: Operand): Value =>
    toValue({ kind: 'compare', width: 32, operandWidth: width, operator, left: expr, right: exprOf(other, width) });
  return {
    expr,
    binary,
    compare,
    add: (other) => binary('add', other),
    sub: (other) => binary('sub', other),
    eq: (other) => compare('eq', other),
    ne: (other) => compare('ne', other),
    lt: (other) => compare('ltSigned', other),
    not: () => toValue({ kind: 'not', width: 32, operand: expr }),
    complement: () => toValue({ kind: 'complement', width, operand: expr }),
    convert: (to, bits, signed) => toValue({ kind: 'convert', width: to, bits, signed, operand: expr }),
  };
}
