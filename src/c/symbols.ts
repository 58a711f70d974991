// SPDX-License-Identifier: MIT
import type { Declarator, Expression, FunctionDefinition, TypeName, Unit } from './ast';
import { constantValue } from './constantValue';
import { type CType, resolveType, type TypeScope, uint64 } from './ctype';
import { completed } from './initializerPlan';
import type { Value } from './value';

/** What the names of a program mean: the units in order of precedence, linked. */
export interface Symbols extends TypeScope {
  function(name: string): FunctionDefinition | null;
  global(name: string): Declarator | null;
  /** The declaration of a function that may be defined nowhere. */
  prototype(name: string): Declarator | null;
  constant(name: string): Expression | null;
  /** The value of a constant expression with its C type, or null where it is not one. */
  constantValue(expression: Expression): Value | null;
  /** The same as a number. */
  evaluate(expression: Expression): bigint | null;
  type(name: TypeName): CType;
  /** The type of a global; an array without a length has that of its initialiser. */
  globalType(declarator: Declarator): CType;
}

/** Whether a name is a function, defined or only declared. */
export const isFunction = (symbols: Symbols, name: string): boolean =>
  symbols.function(name) !== null || symbols.prototype(name) !== null;

/**
 * Links units by name.
 * @param units highest precedence first: a patch before a companion before a scenario before the models
 * @param instead types that are not what the text says (litmus tests); null for the others
 */
export function createSymbols(units: readonly Unit[], instead: (type: TypeName) => CType | null = () => null): Symbols {
  const find = <T>(table: (unit: Unit) => ReadonlyMap<string, T>, name: string): T | null => {
    for (const unit of units) {
      const found = table(unit).get(name);
      if (found !== undefined) return found;
    }
    return null;
  };
  /** Null also while a value is being computed: a macro may name itself. */
  const values = new WeakMap<Expression, { readonly value: Value | null }>();
  const constantOf = (e: Expression): Value | null => {
    const known = values.get(e);
    if (known) return known.value;
    values.set(e, { value: null });
    const value = constantValue(e, symbols, constantOf);
    values.set(e, { value });
    return value;
  };
  const structures = new Map<string, TypeName | null>();
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
    prototype: (name) => find((unit) => unit.prototypes, name),
    constant: (name) => find((unit) => unit.constants, name),
    typedef: (name) => find((unit) => unit.typedefs, name),
    structure: (key) => {
      let merged = structures.get(key);
      if (merged === undefined) {
        merged = mergedStructure(units, key);
        structures.set(key, merged);
      }
      return merged;
    },
    length: (type) => lengthOf((type.length && symbols.evaluate(type.length)) ?? 1n),
    typeOf: (type) => constantOf(type.operand)?.type ?? uint64,
    instead,
    layouts: new Map(),
    type: (name) => resolveType(name, symbols),
    globalType: (declarator) => completed(symbols.type(declarator.type), declarator, symbols),
    constantValue: constantOf,
    evaluate(expression) {
      const value = constantOf(expression);
      if (value?.expr.kind !== 'const') return null;
      const unsigned = value.type.kind !== 'int' || !value.type.signed;
      return unsigned ? BigInt.asUintN(value.expr.width, value.expr.value) : value.expr.value;
    },
  };
  return symbols;
}

/** More elements than this are not modelled. */
const longest = 1n << 20n;
const lengthOf = (length: bigint): number => Number(length < 0n ? 0n : length > longest ? longest : length);

/**
 * A structure with the fields of all units that define it: a model shows some of the real fields and a mail of another
 * kernel version others, and code of both has to find its own. The unit of highest precedence gives a field's type.
 */
function mergedStructure(units: readonly Unit[], key: string): TypeName | null {
  const found = units.flatMap((unit) => unit.structures.get(key) ?? []);
  const first = found[0];
  if (!first || (first.kind !== 'struct' && first.kind !== 'union') || found.length === 1) return first ?? null;
  const fields = new Map<string, Declarator>();
  const unnamed: Declarator[] = [];
  for (const type of found) {
    if (type.kind !== 'struct' && type.kind !== 'union') continue;
    for (const field of type.fields ?? []) {
      if (field.name === '') unnamed.push(field);
      else if (!fields.has(field.name)) fields.set(field.name, field);
    }
  }
  return { ...first, fields: [...fields.values(), ...unnamed] };
}
