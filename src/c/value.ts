// SPDX-License-Identifier: MIT
/** Values and places while C is lowered, with the integer conversions of C. */

import type { BinaryOperator, CompareOperator, Expr, Register, Width } from '../engine/program';
import { type Bits, bool, type CType, int32, int64, uint32, uint64 } from './ctype';

/** A value that is in registers; for a struct `expr` is the address of its bytes. */
export interface Value {
  readonly expr: Expr;
  readonly type: CType;
}

/** Something that can be assigned to. */
export type Place =
  /** `fixed`: a function that the register holds as long as it is this variable. */
  | { readonly kind: 'reg'; readonly reg: Register; readonly type: CType; readonly fixed?: Expr }
  | { readonly kind: 'mem'; readonly address: Expr; readonly type: CType; readonly bits?: Bits };

export const constant = (value: bigint | number, width: Width): Expr => ({
  kind: 'const',
  width,
  value: BigInt(value),
});
export const intValue = (value: bigint | number): Value => ({ expr: constant(value, 32), type: int32 });

/** Width of the register that holds a value of the type: 64 for long, pointers and addresses of structs. */
export const widthOf = (type: CType): Width =>
  type.kind === 'int' && type.bits !== 64 ? 32 : type.kind === 'void' ? 32 : 64;

const isSigned = (type: CType): boolean => type.kind === 'int' && type.signed;

/** Converts as a C assignment or cast to `type` does. */
export function convert(value: Value, type: CType): Value {
  const { expr } = value;
  if (type.kind === 'void') return { expr, type };
  if (type.kind !== 'int') return { expr: widen(value, 64), type };
  if (type.bool) return { expr: truth(value), type };
  const from = value.type.kind === 'int' ? value.type : uint64;
  if (type.bits === 64) return { expr: widen(value, 64), type };
  if (
    from.kind === 'int' &&
    from.bits <= type.bits &&
    (from.bits < type.bits ? !from.signed || type.signed : from.signed === type.signed)
  )
    return { expr, type };
  if (type.bits === 32 && expr.width === 32) return { expr, type };
  return {
    expr: simplify({
      kind: 'convert',
      width: 32,
      bits: type.bits,
      signed: type.bits === 32 || type.signed,
      operand: expr,
    }),
    type,
  };
}

function widen(value: Value, width: Width): Expr {
  if (value.expr.width === width) return value.expr;
  return simplify({
    kind: 'convert',
    width,
    bits: 32,
    signed: width === 32 || isSigned(value.type) || (value.type.kind === 'int' && value.type.bits < 32),
    operand: value.expr,
  });
}

/** 1 where the value is not zero, else 0. */
export function truth(value: Value): Expr {
  if (value.expr.kind === 'compare' || value.expr.kind === 'not') return value.expr;
  return simplify({
    kind: 'compare',
    width: 32,
    operandWidth: value.expr.width,
    operator: 'ne',
    left: value.expr,
    right: constant(0, value.expr.width),
  });
}

/** The integer promotions. */
export function promote(value: Value): Value {
  if (value.type.kind === 'int' && value.type.bits < 32) return { expr: value.expr, type: int32 };
  return value;
}

/** `-value`. */
export function negate(value: Value): Value {
  const { expr, type } = promote(value);
  if (expr.kind === 'const') return { expr: constant(BigInt.asIntN(expr.width, -expr.value), expr.width), type };
  return { expr: { kind: 'negate', width: expr.width, operand: expr }, type };
}

/** `~value`. */
export function complement(value: Value): Value {
  const { expr, type } = promote(value);
  if (expr.kind === 'const') return { expr: constant(~expr.value, expr.width), type };
  return { expr: { kind: 'complement', width: expr.width, operand: expr }, type };
}

/** The value of a bit-field in the integer it lies in: promoted to int where int holds all its values. */
export function fieldOf(value: Value, { from, width }: Bits): Value {
  const { type } = value;
  if (type.kind !== 'int') return value;
  const full = value.expr.width;
  const up = constant(full - from - width, full);
  const raised = binary('shl', value.expr, up);
  const low = binary(type.signed ? 'shrSigned' : 'shrUnsigned', raised, constant(full - width, full));
  const holds = width < 32 || (width === 32 && type.signed);
  return holds
    ? convert({ expr: low, type: full === 64 ? (type.signed ? int64 : uint64) : int32 }, int32)
    : { expr: low, type };
}

/** The integer with the bit-field in it set to a value. */
export function withField(whole: Value, { from, width }: Bits, value: Value): Value {
  const full = whole.expr.width;
  const ones = (1n << BigInt(width)) - 1n;
  const mask = constant(BigInt.asIntN(full, ones << BigInt(from)), full);
  const kept = binary('and', whole.expr, constant(BigInt.asIntN(full, ~(ones << BigInt(from))), full));
  const put = binary('and', binary('shl', convert(value, whole.type).expr, constant(from, full)), mask);
  return { expr: binary('or', kept, put), type: whole.type };
}

/** The type both operands of an arithmetic operator are converted to. */
export function commonType(left: CType, right: CType): CType {
  const a = left.kind === 'int' ? left : uint64;
  const b = right.kind === 'int' ? right : uint64;
  if (a.kind !== 'int' || b.kind !== 'int') return uint64;
  if (a.bits === 64 || b.bits === 64) {
    const unsigned = (a.bits === 64 && !a.signed) || (b.bits === 64 && !b.signed);
    return unsigned ? uint64 : int64;
  }
  return (a.bits === 32 && !a.signed) || (b.bits === 32 && !b.signed) ? uint32 : int32;
}

/** Arithmetic, bitwise and shift operators of C on promoted integers; null for an operator that is none of them. */
export function arithmetic(operator: string, leftValue: Value, rightValue: Value): Value | null {
  const left = promote(leftValue);
  const right = promote(rightValue);
  if (operator === '<<' || operator === '>>') {
    const type = left.type.kind === 'int' ? left.type : uint64;
    const count =
      right.expr.width === widthOf(type) ? right.expr : convert(right, widthOf(type) === 64 ? uint64 : uint32).expr;
    const kind: BinaryOperator = operator === '<<' ? 'shl' : isSigned(type) ? 'shrSigned' : 'shrUnsigned';
    return { expr: binary(kind, convert(left, type).expr, count), type };
  }
  const type = commonType(left.type, right.type);
  const suffix = isSigned(type) ? 'Signed' : 'Unsigned';
  const kinds: Readonly<Record<string, BinaryOperator>> = {
    '+': 'add',
    '-': 'sub',
    '*': 'mul',
    '&': 'and',
    '|': 'or',
    '^': 'xor',
    '/': `div${suffix}`,
    '%': `rem${suffix}`,
  };
  const kind = kinds[operator];
  if (kind === undefined) return null;
  return { expr: binary(kind, convert(left, type).expr, convert(right, type).expr), type };
}

/** Comparison operators of C; null for an operator that is none. */
export function comparison(operator: string, leftValue: Value, rightValue: Value): Value | null {
  const left = promote(leftValue);
  const right = promote(rightValue);
  const type = commonType(left.type, right.type);
  const suffix = isSigned(type) ? 'Signed' : 'Unsigned';
  const kinds: Readonly<Record<string, readonly [CompareOperator, boolean]>> = {
    '==': ['eq', false],
    '!=': ['ne', false],
    '<': [`lt${suffix}`, false],
    '<=': [`le${suffix}`, false],
    '>': [`lt${suffix}`, true],
    '>=': [`le${suffix}`, true],
  };
  const kind = kinds[operator];
  if (kind === undefined) return null;
  const a = convert(left, type).expr;
  const b = convert(right, type).expr;
  const [compare, swapped] = kind;
  return {
    expr: simplify({
      kind: 'compare',
      width: 32,
      operandWidth: a.width,
      operator: compare,
      left: swapped ? b : a,
      right: swapped ? a : b,
    }),
    type: int32,
  };
}

/** A binary node of the operands' width. */
export function binary(operator: BinaryOperator, left: Expr, right: Expr): Expr {
  return simplify({ kind: 'binary', width: left.width, operator, left, right });
}

/** `base + bytes`, 64 bits. */
export function offsetBy(base: Expr, bytes: number): Expr {
  return bytes === 0 ? base : binary('add', base, constant(bytes, 64));
}

/** A binary operation on integers that have no width yet; what is unsigned is not negative. */
function compute(operator: BinaryOperator, l: bigint, r: bigint): bigint {
  switch (operator) {
    case 'add':
      return l + r;
    case 'sub':
      return l - r;
    case 'mul':
      return l * r;
    case 'and':
      return l & r;
    case 'or':
      return l | r;
    case 'xor':
      return l ^ r;
    case 'shl':
      return l << r;
    case 'shrSigned':
    case 'shrUnsigned':
      return l >> r;
    case 'divSigned':
    case 'divUnsigned':
      return l / r;
    case 'remSigned':
    case 'remUnsigned':
      return l % r;
  }
}

/** Folds what is constant, so that addresses of globals stay constants. */
export function simplify(e: Expr): Expr {
  const wrap = (value: bigint, width: Width): Expr => constant(BigInt.asIntN(width, value), width);
  if (e.kind === 'binary') {
    if (e.left.kind === 'const' && e.right.kind === 'const') {
      const [l, r] = [e.left.value, e.right.value];
      // A division by zero is for the engine to report.
      if (r === 0n && /^(div|rem)/.test(e.operator)) return e;
      const unsigned = /Unsigned$/.test(e.operator);
      const left = unsigned ? BigInt.asUintN(e.width, l) : l;
      const shift = /^sh/.test(e.operator);
      const right = shift ? r & BigInt(e.width - 1) : unsigned ? BigInt.asUintN(e.width, r) : r;
      return wrap(compute(e.operator, left, right), e.width);
    }
    if (
      e.operator === 'add' &&
      e.right.kind === 'const' &&
      e.left.kind === 'binary' &&
      e.left.operator === 'add' &&
      e.left.right.kind === 'const'
    ) {
      return { ...e, left: e.left.left, right: wrap(e.left.right.value + e.right.value, e.width) };
    }
  } else if (e.kind === 'convert' && e.operand.kind === 'const') {
    const cut = e.signed ? BigInt.asIntN(e.bits, e.operand.value) : BigInt.asUintN(e.bits, e.operand.value);
    return wrap(cut, e.width);
  } else if (e.kind === 'compare' && e.left.kind === 'const' && e.right.kind === 'const') {
    const unsigned = e.operator === 'ltUnsigned' || e.operator === 'leUnsigned';
    const read = (v: bigint): bigint =>
      unsigned ? BigInt.asUintN(e.operandWidth, v) : BigInt.asIntN(e.operandWidth, v);
    const [l, r] = [read(e.left.value), read(e.right.value)];
    const holds =
      e.operator === 'eq' ? l === r : e.operator === 'ne' ? l !== r : e.operator.startsWith('lt') ? l < r : l <= r;
    return constant(holds ? 1 : 0, 32);
  }
  return e;
}

export { bool };
