// SPDX-License-Identifier: MIT
/**
 * JavaScript text for expressions. A 64-bit value is text for a BigInt or, wherever its operations allow, text for its
 * two 32-bit halves: kernel code computes with 64 bits all the time, and a BigInt is an allocation.
 */
import { low32 } from './arithmetic';
import { mayDivide } from './flow';
import type { BinaryOperator, CompareOperator, Expr, Register } from './program';

/** What an expression needs to know of its agent: the word of each register. */
export interface ExprScope {
  readonly words: Int32Array;
  /** Text of an int32: that word of the state. */
  read(word: number): string;
  /** Text of a BigInt: that word and the next one. */
  readWide(word: number): string;
}

/** Both halves of a 64-bit value, as int32 expressions. */
export interface Halves {
  readonly low: string;
  readonly high: string;
}

/** Longer halves repeat their operands too often; a BigInt is cheaper then. */
const MAX_HALF = 300;

/** An integer as text. Throws a TypeError for anything else: nothing but integers may reach generated code. */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('generated code is made of integers only');
  return value < 0 ? `(${value})` : `${value}`;
}

function big(value: bigint): string {
  if (typeof value !== 'bigint') throw new TypeError('generated code is made of integers only');
  const wrapped = BigInt.asIntN(64, value);
  return wrapped < 0n ? `(${wrapped}n)` : `${wrapped}n`;
}

function wordOf(scope: ExprScope, reg: Register): number {
  return scope.words[reg] as number;
}

function divideName(operator: BinaryOperator): string {
  switch (operator) {
    case 'divSigned':
      return '"divSigned"';
    case 'divUnsigned':
      return '"divUnsigned"';
    case 'remSigned':
      return '"remSigned"';
    default:
      return '"remUnsigned"';
  }
}

/** Text of an int32. */
export function generate32(scope: ExprScope, expr: Expr): string {
  switch (expr.kind) {
    case 'const':
      return integer(low32(expr.value));
    case 'reg':
      return scope.read(wordOf(scope, expr.reg));
    case 'binary':
      return binary32(expr.operator, generate32(scope, expr.left), generate32(scope, expr.right));
    case 'compare':
    case 'not':
      return `(${generateTruth(scope, expr)}?1:0)`;
    case 'negate':
      return `(-${generate32(scope, expr.operand)}|0)`;
    case 'complement':
      return `(~${generate32(scope, expr.operand)})`;
    case 'convert':
      return extend(
        expr.operand.width === 64 ? lowHalf(scope, expr.operand) : generate32(scope, expr.operand),
        Math.min(expr.bits, 32),
        expr.signed,
      );
    case 'select':
      return `(${generateTruth(scope, expr.condition)}?${generate32(scope, expr.then)}:${generate32(scope, expr.else)})`;
  }
}

function binary32(operator: BinaryOperator, left: string, right: string): string {
  switch (operator) {
    case 'add':
      return `(${left}+${right}|0)`;
    case 'sub':
      return `(${left}-${right}|0)`;
    case 'mul':
      return `Math.imul(${left},${right})`;
    case 'and':
      return `(${left}&${right})`;
    case 'or':
      return `(${left}|${right})`;
    case 'xor':
      return `(${left}^${right})`;
    case 'shl':
      return `(${left}<<${right})`;
    case 'shrSigned':
      return `(${left}>>${right})`;
    case 'shrUnsigned':
      return `(${left}>>>${right}|0)`;
    default:
      return `divide32(D,${divideName(operator)},${left},${right})`;
  }
}

function extend(value: string, bits: number, signed: boolean): string {
  if (bits >= 32) return value;
  const shift = integer(32 - bits);
  return signed ? `(${value}<<${shift}>>${shift})` : `(${value}&${integer(2 ** bits - 1)})`;
}

/** Text of a BigInt in signed 64-bit range. */
export function generate64(scope: ExprScope, expr: Expr): string {
  switch (expr.kind) {
    case 'const':
      return big(expr.value);
    case 'reg':
      return scope.readWide(wordOf(scope, expr.reg));
    case 'binary': {
      const left = generate64(scope, expr.left);
      const right = generate64(scope, expr.right);
      switch (expr.operator) {
        case 'add':
          return `BigInt.asIntN(64,${left}+${right})`;
        case 'sub':
          return `BigInt.asIntN(64,${left}-${right})`;
        case 'mul':
          return `BigInt.asIntN(64,${left}*${right})`;
        case 'and':
          return `(${left}&${right})`;
        case 'or':
          return `(${left}|${right})`;
        case 'xor':
          return `(${left}^${right})`;
        case 'shl':
          return `BigInt.asIntN(64,${left}<<(${right}&63n))`;
        case 'shrSigned':
          return `(${left}>>(${right}&63n))`;
        case 'shrUnsigned':
          return `BigInt.asIntN(64,BigInt.asUintN(64,${left})>>(${right}&63n))`;
        default:
          return `divide64(D,${divideName(expr.operator)},${left},${right})`;
      }
    }
    case 'negate':
      return `BigInt.asIntN(64,-${generate64(scope, expr.operand)})`;
    case 'complement':
      return `(~${generate64(scope, expr.operand)})`;
    case 'convert': {
      if (expr.operand.width === 64) {
        const method = expr.signed || expr.bits === 64 ? 'asIntN' : 'asUintN';
        return `BigInt.${method}(${integer(expr.bits)},${generate64(scope, expr.operand)})`;
      }
      const value = generate32(scope, expr.operand);
      if (expr.bits < 32) return `BigInt(${extend(value, expr.bits, expr.signed)})`;
      return expr.signed ? `BigInt(${value})` : `BigInt(${value}>>>0)`;
    }
    case 'select':
      return `(${generateTruth(scope, expr.condition)}?${generate64(scope, expr.then)}:${generate64(scope, expr.else)})`;
    default:
      throw new TypeError('a comparison is 32 bits wide');
  }
}

/** Text of the halves of a 64-bit value, or null where they cannot be had without a BigInt. */
export function generateHalves(scope: ExprScope, expr: Expr): Halves | null {
  const halves = mayDivide(expr) ? null : splitHalves(scope, expr);
  return halves !== null && halves.low.length + halves.high.length <= MAX_HALF ? halves : null;
}

function splitHalves(scope: ExprScope, expr: Expr): Halves | null {
  switch (expr.kind) {
    case 'const':
      return { low: integer(low32(expr.value)), high: integer(low32(BigInt.asIntN(64, expr.value) >> 32n)) };
    case 'reg': {
      const word = wordOf(scope, expr.reg);
      return { low: scope.read(word), high: scope.read(word + 1) };
    }
    case 'binary':
      return binaryHalves(scope, expr.operator, expr.left, expr.right);
    case 'complement': {
      const halves = generateHalves(scope, expr.operand);
      return halves === null ? null : { low: `(~${halves.low})`, high: `(~${halves.high})` };
    }
    case 'negate': {
      const halves = generateHalves(scope, expr.operand);
      return halves === null
        ? null
        : { low: `(-${halves.low}|0)`, high: `(~${halves.high}+(${halves.low}===0?1:0)|0)` };
    }
    case 'convert': {
      const low =
        expr.operand.width === 64
          ? generateHalves(scope, expr.operand)
          : { low: generate32(scope, expr.operand), high: null };
      if (low === null) return null;
      if (expr.bits === 64 && low.high !== null) return { low: low.low, high: low.high };
      const value = extend(low.low, Math.min(expr.bits, 32), expr.signed);
      return { low: value, high: expr.signed ? `(${value}>>31)` : '0' };
    }
    case 'select': {
      const then = generateHalves(scope, expr.then);
      const otherwise = generateHalves(scope, expr.else);
      if (then === null || otherwise === null) return null;
      const condition = generateTruth(scope, expr.condition);
      return {
        low: `(${condition}?${then.low}:${otherwise.low})`,
        high: `(${condition}?${then.high}:${otherwise.high})`,
      };
    }
    default:
      return null;
  }
}

function binaryHalves(scope: ExprScope, operator: BinaryOperator, left: Expr, right: Expr): Halves | null {
  const a = generateHalves(scope, left);
  const b = generateHalves(scope, right);
  if (a === null || b === null) return null;
  switch (operator) {
    case 'and':
      return { low: `(${a.low}&${b.low})`, high: `(${a.high}&${b.high})` };
    case 'or':
      return { low: `(${a.low}|${b.low})`, high: `(${a.high}|${b.high})` };
    case 'xor':
      return { low: `(${a.low}^${b.low})`, high: `(${a.high}^${b.high})` };
    case 'add': {
      const low = `(${a.low}+${b.low}|0)`;
      return { low, high: `(${a.high}+${b.high}+(${low}>>>0<${b.low}>>>0?1:0)|0)` };
    }
    case 'sub':
      return { low: `(${a.low}-${b.low}|0)`, high: `(${a.high}-${b.high}-(${a.low}>>>0<${b.low}>>>0?1:0)|0)` };
    case 'shl':
    case 'shrSigned':
    case 'shrUnsigned':
      return right.kind === 'const' ? shiftHalves(operator, a, Number(right.value & 63n)) : null;
    default:
      return null;
  }
}

function shiftHalves(operator: 'shl' | 'shrSigned' | 'shrUnsigned', { low, high }: Halves, count: number): Halves {
  if (count === 0) return { low, high };
  const shift = integer(count & 31);
  const back = integer(32 - (count & 31));
  const carries = (count & 31) !== 0;
  if (operator === 'shl') {
    if (count >= 32) return { low: '0', high: carries ? `(${low}<<${shift})` : low };
    return { low: `(${low}<<${shift})`, high: `(${high}<<${shift}|${low}>>>${back})` };
  }
  const sign = operator === 'shrSigned' ? `(${high}>>31)` : '0';
  const shifted = !carries ? high : operator === 'shrSigned' ? `(${high}>>${shift})` : `(${high}>>>${shift}|0)`;
  if (count >= 32) return { low: shifted, high: sign };
  return { low: `(${low}>>>${shift}|${high}<<${back})`, high: shifted };
}

/** Low half of a 64-bit value: most operations do not need the high one for it. */
function lowHalf(scope: ExprScope, expr: Expr): string {
  if (!mayDivide(expr)) {
    switch (expr.kind) {
      case 'const':
        return integer(low32(expr.value));
      case 'reg':
        return scope.read(wordOf(scope, expr.reg));
      case 'negate':
        return `(-${lowHalf(scope, expr.operand)}|0)`;
      case 'complement':
        return `(~${lowHalf(scope, expr.operand)})`;
      case 'binary':
        if (['add', 'sub', 'mul', 'and', 'or', 'xor'].includes(expr.operator))
          return binary32(expr.operator, lowHalf(scope, expr.left), lowHalf(scope, expr.right));
        break;
      case 'convert': {
        const operand = expr.operand.width === 64 ? lowHalf(scope, expr.operand) : generate32(scope, expr.operand);
        return extend(operand, Math.min(expr.bits, 32), expr.signed);
      }
      default:
        break;
    }
  }
  return generateHalves(scope, expr)?.low ?? `Number(BigInt.asIntN(32,${generate64(scope, expr)}))`;
}

/** Text that is true or false: whether a value of any width is not 0. */
export function generateTruth(scope: ExprScope, expr: Expr): string {
  if (expr.kind === 'not') return `(!${generateTruth(scope, expr.operand)})`;
  if (expr.kind === 'compare') {
    if (expr.operandWidth === 64) return compare64(scope, expr.operator, expr.left, expr.right);
    const unsigned = expr.operator === 'ltUnsigned' || expr.operator === 'leUnsigned' ? '>>>0' : '';
    return `(${generate32(scope, expr.left)}${unsigned}${relation(expr.operator)}${generate32(scope, expr.right)}${unsigned})`;
  }
  if (expr.width === 32) return `(${generate32(scope, expr)}!==0)`;
  const halves = generateHalves(scope, expr);
  return halves === null ? `(${generate64(scope, expr)}!==0n)` : `((${halves.low}|${halves.high})!==0)`;
}

function relation(operator: CompareOperator): string {
  switch (operator) {
    case 'eq':
      return '===';
    case 'ne':
      return '!==';
    case 'ltSigned':
    case 'ltUnsigned':
      return '<';
    default:
      return '<=';
  }
}

function compare64(scope: ExprScope, operator: CompareOperator, left: Expr, right: Expr): string {
  const a = generateHalves(scope, left);
  const b = generateHalves(scope, right);
  const sign = relation(operator);
  const unsigned = operator === 'ltUnsigned' || operator === 'leUnsigned';
  if (a === null || b === null) {
    const wrap = (text: string): string => (unsigned ? `BigInt.asUintN(64,${text})` : text);
    return `(${wrap(generate64(scope, left))}${sign}${wrap(generate64(scope, right))})`;
  }
  if (operator === 'eq') return `(${a.low}===${b.low}&&${a.high}===${b.high})`;
  if (operator === 'ne') return `(${a.low}!==${b.low}||${a.high}!==${b.high})`;
  const u = unsigned ? '>>>0' : '';
  return `(${a.high}${u}<${b.high}${u}||${a.high}===${b.high}&&${a.low}>>>0${sign}${b.low}>>>0)`;
}

/** Text of an address as Memory takes it. */
export function generateAddress(scope: ExprScope, expr: Expr): string {
  if (expr.width === 32) return generate32(scope, expr);
  const halves = generateHalves(scope, expr);
  return halves === null ? `address64(${generate64(scope, expr)})` : `addressOf(${halves.low},${halves.high})`;
}
