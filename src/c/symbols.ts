// SPDX-License-Identifier: MIT
import type { Declarator, Expression, FunctionDefinition, TypeName, Unit } from './ast';
import { constantValue } from './constantValue';
import { type CType, resolveType, type TypeScope, uint64 } from './ctype';
import { completed } from './initializerPlan';
import type { Value } from './value';

/** What the names of a program mean: the units in order of precedence, linked. */
export interface Symbols extends TypeScope {
  /** `from` is here and below the unit that names it: a file of a kernel tree has names of its own. */
  function(name: string, from?: Unit): FunctionDefinition | null;
  global(name: string, from?: Unit): Declarator | null;
  /** The declaration of a function that may be defined nowhere. */
  prototype(name: string, from?: Unit): Declarator | null;
  constant(name: string, from?: Unit): Expression | null;
  /** What a kernel tree says of a type of which the models show some fields; null where that is not known. */
  wholeType(type: CType): CType | null;
  /** The value of a constant expression with its C type, or null where it is not one. */
  constantValue(expression: Expression): Value | null;
  /** The same as a number. */
  evaluate(expression: Expression): bigint | null;
  type(name: TypeName): CType;
  /** The type of a global; an array without a length has that of its initialiser. */
  globalType(declarator: Declarator): CType;
}

/** Whether a name is a function, defined or only declared. */
export const isFunction = (symbols: Symbols, name: string, from?: Unit): boolean =>
  symbols.function(name, from) !== null || symbols.prototype(name, from) !== null;

/**
 * Whether a function is what headers have where a feature is configured out: `static inline`, and nothing in it but
 * perhaps a constant that is returned. Every feature is configured in here: a function of that name elsewhere is meant.
 */
function isStub({ span, body }: FunctionDefinition): boolean {
  if (!/^static\s+(__always_)?inline\b/.test(span.unit.source.text.slice(span.start, span.end))) return false;
  const [only, ...more] = body.kind === 'block' ? body.body : [body];
  if (only === undefined) return true;
  return more.length === 0 && only.kind === 'return' && (only.value === null || only.value.kind === 'number');
}

/** What of a unit another one can name. Models bring what they use: they know no kernel tree. */
function seen(unit: Unit, from: Unit | undefined): Unit | null {
  if (!unit.seenFrom || !from) return unit;
  if (from.origin !== 'patch' && from.origin !== 'woven' && from.origin !== 'tree') return null;
  return from.file === undefined ? unit : unit.seenFrom(from.file);
}

/**
 * Links units by name.
 * @param units highest precedence first: a patch before a companion before a scenario before the models
 * @param instead types that are not what the text says (litmus tests); null for the others
 */
export function createSymbols(units: readonly Unit[], instead: (type: TypeName) => CType | null = () => null): Symbols {
  // Without a kernel tree every unit sees the same, and what a name means is asked again and again.
  const isSame = units.every((unit) => unit.seenFrom === undefined);
  const remembered = <T>(look: (name: string, from?: Unit) => T | null): ((name: string, from?: Unit) => T | null) => {
    if (!isSame) return look;
    const known = new Map<string, T | null>();
    return (name) => {
      let value = known.get(name);
      if (value === undefined) {
        value = look(name);
        known.set(name, value);
      }
      return value;
    };
  };
  const find = <T>(table: (unit: Unit) => ReadonlyMap<string, T>, name: string, from?: Unit): T | null => {
    for (const unit of units) {
      const visible = seen(unit, from);
      const found = visible ? table(visible).get(name) : undefined;
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
    function: remembered((name, from) => {
      let stub: FunctionDefinition | null = null;
      for (const unit of units) {
        const found = seen(unit, from)?.functions.get(name);
        if (found && !(unit.origin === 'patch' && isStub(found))) return found;
        stub ??= found ?? null;
      }
      return stub;
    }),
    global: remembered((name, from) => {
      // `extern` says that it is elsewhere.
      for (const unit of units) {
        const found = seen(unit, from)?.globals.get(name);
        if (found && !found.isExtern) return found;
      }
      return find((unit) => unit.globals, name, from);
    }),
    prototype: remembered((name, from) => find((unit) => unit.prototypes, name, from)),
    constant: remembered((name, from) => find((unit) => unit.constants, name, from)),
    wholeType: (type) => {
      if (type.kind !== 'struct' || type.name === '') return null;
      for (const { seenFrom, structures } of units) {
        const whole = seenFrom && (structures.get(`struct ${type.name}`) ?? structures.get(`union ${type.name}`));
        if (whole) return symbols.type(whole);
      }
      return null;
    },
    typedef: remembered((name) => find((unit) => unit.typedefs, name)),
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
  const shown = units.filter((unit) => !unit.seenFrom).flatMap((unit) => unit.structures.get(key) ?? []);
  // A kernel tree only where nobody else defines it: the whole of a structure takes memory that no model uses.
  const found = shown.length > 0 ? shown : units.flatMap((unit) => unit.structures.get(key) ?? []);
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
