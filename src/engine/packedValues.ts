// SPDX-License-Identifier: MIT
/** Expressions in packed code: their text, what is known of their value, and the addresses that they may give. */
import { binary32, compare32, extend32, low32 } from './arithmetic';
import { type ExprScope, generate32, generateHalves, integer } from './codegenExpr';
import { mayDivide } from './flow';
import type { Layout } from './layout';
import { constantText, NotPacked, type Text } from './packedText';
import { ones } from './packing';
import type { Expr } from './program';

/** What packed code knows of registers: text and bits of each word of the state that holds one. */
export interface Scope extends ExprScope {
  known(word: number): Text;
}

/** A 32-bit expression. Throws NotPacked where it might divide. */
export function textOf(scope: Scope, expr: Expr): Text {
  const constant = constantOf(scope, expr);
  if (constant !== null) return constantText(constant);
  if (mayDivide(expr)) throw new NotPacked();
  if (expr.kind === 'reg') return scope.known(scope.words[expr.reg] as number);
  return { text: generate32(scope, expr), bits: possibleBits(scope, expr), constant: null };
}

/** The halves of a 64-bit expression. Throws NotPacked where only a BigInt can hold it. */
export function halvesOf(scope: Scope, expr: Expr): readonly [low: Text, high: Text] {
  const halves = generateHalves(scope, expr);
  if (halves === null) throw new NotPacked();
  const half = (text: string): Text => {
    const known = /^\(?(-?\d+)\)?$/.exec(text)?.[1];
    return known === undefined ? { text, bits: -1, constant: null } : constantText(Number(known));
  };
  return [half(halves.low), half(halves.high)];
}

/** The value cut to `bits` and extended. */
export function extended(value: Text, bits: number, signed: boolean): Text {
  if (value.constant !== null) return constantText(extend32(value.constant, bits, signed));
  if (bits >= 32 || (value.bits & ~ones(signed ? bits - 1 : bits)) === 0) return value;
  const shift = integer(32 - bits);
  if (signed) return { text: `(${value.text}<<${shift}>>${shift})`, bits: -1, constant: null };
  return { text: `(${value.text}&${integer(ones(bits))})`, bits: value.bits & ones(bits), constant: null };
}

function constantOf(scope: Scope, expr: Expr): number | null {
  const of = (operand: Expr): number | null => (operand.width === 32 ? constantOf(scope, operand) : null);
  switch (expr.kind) {
    case 'const':
      return low32(expr.value);
    case 'reg':
      return scope.known(scope.words[expr.reg] as number).constant;
    case 'binary': {
      const [left, right] = [of(expr.left), of(expr.right)];
      if (left === null || right === null || mayDivide(expr)) return null;
      return binary32(new Int32Array(1), expr.operator, left, right);
    }
    case 'compare': {
      const [left, right] = [of(expr.left), of(expr.right)];
      return left === null || right === null ? null : compare32(expr.operator, left, right);
    }
    case 'not': {
      const operand = of(expr.operand);
      return operand === null ? null : operand === 0 ? 1 : 0;
    }
    case 'convert': {
      const operand = of(expr.operand);
      return operand === null ? null : extend32(operand, Math.min(expr.bits, 32), expr.signed);
    }
    default:
      return null;
  }
}

/** The bits below and at the highest of a set of bits; all where it is the sign. */
function filled(bits: number): number {
  return bits < 0 ? -1 : ones(32 - Math.clz32(bits));
}

/** A superset of the bits that may be set in a 32-bit expression. */
function possibleBits(scope: Scope, expr: Expr): number {
  const of = (operand: Expr): number => (operand.width === 32 ? textOf(scope, operand).bits : -1);
  switch (expr.kind) {
    case 'const':
      return low32(expr.value);
    case 'reg':
      return scope.known(scope.words[expr.reg] as number).bits;
    case 'compare':
    case 'not':
      return 1;
    case 'convert': {
      const bits = expr.bits >= 32 ? -1 : ones(expr.signed ? expr.bits - 1 : expr.bits);
      const inner = of(expr.operand);
      return expr.signed && (inner & ~bits) !== 0 ? -1 : inner & bits;
    }
    case 'select':
      return of(expr.then) | of(expr.else);
    case 'binary':
      return binaryBits(expr.operator, of(expr.left), of(expr.right), constantOf(scope, expr.right));
    default:
      return -1;
  }
}

function binaryBits(operator: string, left: number, right: number, constant: number | null): number {
  switch (operator) {
    case 'and':
      return left & right;
    case 'or':
    case 'xor':
      return left | right;
    case 'add':
      if (left < 0 || right < 0 || left > 1 << 29 || right > 1 << 29) return -1;
      return filled(filled(left) + filled(right));
    case 'mul': {
      if (left < 0 || right < 0 || left * right >= 2 ** 30) return -1;
      const isPower = constant !== null && constant > 0 && (constant & (constant - 1)) === 0;
      return isPower ? left * constant : filled(filled(left) * filled(right));
    }
    case 'shl': {
      if (constant !== null) return left << constant;
      if (right < 0 || right > 31) return -1;
      let bits = 0;
      for (let count = 0; count <= right; count++) if ((count & ~right) === 0) bits |= left << count;
      return bits;
    }
    case 'shrUnsigned':
      return constant === null ? -1 : left >>> constant;
    case 'shrSigned':
      return constant === null || left < 0 ? -1 : left >> constant;
    default:
      return -1;
  }
}

/** More than so many places and the ordinary executor looks up the address. */
const MAX_PLACES = 32;

/** Where an access may be: the text of `address - from`, and the offsets inside memory that it may give. */
export interface Places {
  readonly index: Text;
  readonly places: readonly { readonly index: number; readonly offset: number }[];
}

/**
 * The places in memory that `bytes` bytes at the address may have. Throws NotPacked for too many, and for memory of which
 * the machine is asked first.
 */
export function placesOf(
  scope: Scope,
  address: Expr,
  bytes: number,
  { memoryBase: base, memoryBytes: size, guarded }: Layout,
): Places {
  const { from, index } = splitAddress(scope, address);
  if (index.constant === null && (index.bits < 0 || bitCount(index.bits) > 5)) throw new NotPacked();
  const places: { index: number; offset: number }[] = [];
  const all = index.constant ?? index.bits;
  // All subsets of the bits, from the smallest to the largest.
  for (let subset = index.constant ?? 0; ; subset = (subset - all) & all) {
    const offset = from + subset - base;
    if (guarded !== null && offset + bytes > guarded.from && offset < guarded.to) throw new NotPacked();
    if (offset >= 0 && offset + bytes <= size) places.push({ index: subset, offset });
    if (subset === all) break;
  }
  if (places.length === 0 || places.length > MAX_PLACES) throw new NotPacked();
  return { index, places };
}

function splitAddress(scope: Scope, address: Expr): { from: number; index: Text } {
  if (address.width === 64) {
    const [low, high] = halvesOf(scope, address);
    if (low.constant === null || high.constant === null || high.constant < 0 || high.constant >= 1 << 21)
      throw new NotPacked();
    return { from: high.constant * 2 ** 32 + (low.constant >>> 0), index: constantText(0) };
  }
  const constant = constantOf(scope, address);
  if (constant !== null) return { from: constant, index: constantText(0) };
  if (address.kind === 'binary' && address.operator === 'add') {
    const left = constantOf(scope, address.left);
    const right = constantOf(scope, address.right);
    if (left !== null && left >= 0) return { from: left, index: textOf(scope, address.right) };
    if (right !== null && right >= 0) return { from: right, index: textOf(scope, address.left) };
  }
  return { from: 0, index: textOf(scope, address) };
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
