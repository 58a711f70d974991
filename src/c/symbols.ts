// SPDX-License-Identifier: MIT
import type { Declarator, Expression, FunctionDefinition, TypeName, Unit } from './ast';
import { type CType, resolveType, sizeOf, type TypeScope, uint64 } from './ctype';

/** What the names of a program mean: the units in order of precedence, linked. */
export interface Symbols extends TypeScope {
  function(name: string): FunctionDefinition | null;
  global(name: string): Declarator | null;
  constant(name: string): Expression | null;
  /** The value of a constant expression, or null where it is not one. */
  evaluate(expression: Expression): bigint | null;
  type(name: TypeName): CType;
}

/**
 * Links units by name.
 * @param units highest precedence first: a patch before a companion before a scenario before the models
 */
export function createSymbols(units: readonly Unit[]): Symbols {
  const find = <T>(table: (unit: Unit) => ReadonlyMap<string, T>, name: string): T | null => {
    for (const unit of units) {
      const found = table(unit).get(name);
      if (found !== undefined) return found;
    }
    return null;
  };
  const busy = new Set<string>();
  const symbols: Symbols = {
    function: (name) => find((unit) => unit.functions, name),
    global: (name) => {
      // `extern` says that it is elsewhere.
      for (const unit of units) {
        const found = unit.globals.get(name);
        if (found && !found.isExtern) return found;
      }
      return find((unit) => unit.globals, name);
    },
    constant: (name) => find((unit) => unit.constants, name),
    typedef: (name) => find((unit) => unit.typedefs, name),
    structure: (key) => find((unit) => unit.structures, key),
    length: (type) => Number((type.length && symbols.evaluate(type.length)) ?? 1n),
    typeOf: () => uint64,
    type: (name) => resolveType(name, symbols),
    evaluate: (expression) => evaluate(expression, symbols, busy),
  };
  return symbols;
}

function evaluate(e: Expression, symbols: Symbols, busy: Set<string>): bigint | null {
  const sub = (inner: Expression): bigint | null => evaluate(inner, symbols, busy);
  switch (e.kind) {
    case 'number':
      return e.value;
    case 'identifier': {
      const constant = busy.has(e.name) ? null : symbols.constant(e.name);
      if (!constant) return null;
      busy.add(e.name);
      const value = sub(constant);
      busy.delete(e.name);
      return value;
    }
    case 'unary': {
      const value = sub(e.operand);
      if (value === null) return null;
      if (e.operator === '-') return -value;
      if (e.operator === '~') return ~value;
      if (e.operator === '!') return value === 0n ? 1n : 0n;
      return e.operator === '+' ? value : null;
    }
    case 'cast':
      return sub(e.operand);
    case 'sizeof':
      return e.type ? BigInt(sizeOf(symbols.type(e.type))) : null;
    case 'conditional': {
      const condition = sub(e.condition);
      if (condition === null) return null;
      return condition !== 0n ? (e.then ? sub(e.then) : condition) : sub(e.else);
    }
    case 'binary': {
      const left = sub(e.left);
      const right = sub(e.right);
      return left === null || right === null ? null : fold(e.operator, left, right);
    }
    case 'call':
      // `BIT(3)` and `IS_ENABLED()` where a constant is needed.
      if (e.callee.kind === 'identifier' && /^BIT(_ULL)?$/.test(e.callee.name) && e.arguments[0]) {
        const bit = sub(e.arguments[0]);
        return bit === null ? null : 1n << bit;
      }
      return null;
    default:
      return null;
  }
}

function fold(operator: string, left: bigint, right: bigint): bigint | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? null : left / right;
    case '%':
      return right === 0n ? null : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '==':
      return left === right ? 1n : 0n;
    case '!=':
      return left !== right ? 1n : 0n;
    case '<':
      return left < right ? 1n : 0n;
    case '>':
      return left > right ? 1n : 0n;
    case '<=':
      return left <= right ? 1n : 0n;
    case '>=':
      return left >= right ? 1n : 0n;
    case '&&':
      return left !== 0n && right !== 0n ? 1n : 0n;
    case '||':
      return left !== 0n || right !== 0n ? 1n : 0n;
    default:
      return null;
  }
}
