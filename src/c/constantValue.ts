// SPDX-License-Identifier: MIT
import type { Expression } from './ast';
import { int32, sizeOf, uint64 } from './ctype';
import type { Symbols } from './symbols';
import { arithmetic, comparison, complement, constant, convert, intValue, negate, promote, type Value } from './value';

/** A literal with its type. */
export function numberValue(e: Extract<Expression, { kind: 'number' }>): Value {
  const bits = e.long ? 64 : 32;
  return {
    expr: constant(BigInt.asIntN(bits, e.value), bits),
    type: { kind: 'int', bits, signed: !e.unsigned, bool: false },
  };
}

/**
 * The value of a constant expression, computed in C's types; null where it is none.
 * @param sub gives the value of an operand
 */
export function constantValue(e: Expression, symbols: Symbols, sub: (e: Expression) => Value | null): Value | null {
  switch (e.kind) {
    case 'number':
      return numberValue(e);
    case 'identifier': {
      const named = symbols.constant(e.name, e.span.unit);
      return named && sub(named);
    }
    case 'unary': {
      const value = sub(e.operand);
      if (value === null) return null;
      if (e.operator === '!') return comparison('==', value, intValue(0));
      if (e.operator === '-') return negate(value);
      if (e.operator === '~') return complement(value);
      return e.operator === '+' ? promote(value) : null;
    }
    case 'cast': {
      const value = sub(e.operand);
      const type = symbols.type(e.type);
      return value && (type.kind === 'int' || type.kind === 'pointer') ? convert(value, type) : null;
    }
    case 'sizeof': {
      // `sizeof(x)` of a variable reads like `sizeof(type)`.
      const named = e.type?.kind === 'named' ? e.type.name : e.operand?.kind === 'identifier' ? e.operand.name : null;
      const global = named === null ? null : symbols.global(named, e.span.unit);
      const type = global ? symbols.globalType(global) : e.type ? symbols.type(e.type) : null;
      return type && { expr: constant(sizeOf(type), 64), type: uint64 };
    }
    case 'conditional': {
      const condition = sub(e.condition);
      if (condition?.expr.kind !== 'const') return null;
      const [then, otherwise] = [e.then ? sub(e.then) : condition, sub(e.else)];
      const taken = condition.expr.value !== 0n ? then : otherwise;
      const common = then && otherwise && arithmetic('+', then, otherwise);
      return taken && common ? convert(taken, common.type) : taken;
    }
    case 'binary': {
      const left = sub(e.left);
      if (left?.expr.kind !== 'const') return null;
      if (e.operator === '&&' && left.expr.value === 0n) return intValue(0);
      if (e.operator === '||' && left.expr.value !== 0n) return intValue(1);
      const right = sub(e.right);
      if (right?.expr.kind !== 'const') return null;
      if (e.operator === '&&' || e.operator === '||') return intValue(right.expr.value === 0n ? 0 : 1);
      const value = comparison(e.operator, left, right) ?? arithmetic(e.operator, left, right);
      return value?.expr.kind === 'const' ? value : null;
    }
    case 'call':
      // `BIT(3)` where a constant is needed.
      if (e.callee.kind === 'identifier' && /^BIT(_ULL)?$/.test(e.callee.name) && e.arguments[0]) {
        const bit = sub(e.arguments[0]);
        return bit && arithmetic('<<', convert(intValue(1), uint64), convert(bit, int32));
      }
      return null;
    default:
      return null;
  }
}
