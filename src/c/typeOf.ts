// SPDX-License-Identifier: MIT
import type { Expression, TypeName, Unit } from './ast';
import { type Frame, lookUp } from './context';
import { type CType, char, int32, int64, pointerTo, resolveType, uint64, voidType } from './ctype';
import { choiceType } from './lowerCondition';
import { elementOf } from './perCpu';
import { arithmetic, constant, fieldOf, promote, type Value, widthOf } from './value';

/** The type that a name of a type means inside a function: `typeof(x)` looks at its variables. */
export function typeIn(frame: Frame, name: TypeName): CType {
  const { symbols } = frame.program;
  return resolveType(name, {
    ...symbols,
    typeOf: ({ operand }) => {
      const type =
        operand.kind === 'identifier' && !isVariable(frame, operand.name, operand.span.unit)
          ? symbols.type({ kind: 'named', name: operand.name })
          : typeOf(frame, operand);
      return type;
    },
  });
}

const isVariable = (frame: Frame, name: string, from: Unit): boolean =>
  lookUp(frame, name) !== null ||
  frame.program.symbols.global(name, from) !== null ||
  frame.program.symbols.constant(name, from) !== null ||
  frame.program.symbols.function(name, from) !== null;

/** Primitives that have the type of one of their arguments. */
const likeArgument: Readonly<Record<string, number>> = {
  data_race: 0,
  likely: 0,
  unlikely: 0,
  round_up: 0,
  round_down: 0,
  ALIGN: 0,
  ALIGN_DOWN: 0,
};
/** Primitives that have the type of what an argument points to. */
const likePointee = /^(smp_load_acquire|xchg|cmpxchg)(_relaxed|_acquire|_release|_local)?$/;
const longs = /^(BIT|BIT_ULL|ARRAY_SIZE|offsetof(end)?|sizeof_field|__alignof__|_Alignof)$/;
const pointers = /^k[vmz]*(alloc|calloc)(_array|_node)?$/;

const numberOf = (type: CType): Value => ({ expr: constant(0, widthOf(type)), type });
const pointed = (type: CType): CType => (type.kind === 'pointer' ? type.to() : type.kind === 'array' ? type.of : int32);

/** The type an expression has, without running it. */
export function typeOf(frame: Frame, e: Expression): CType {
  const { symbols } = frame.program;
  switch (e.kind) {
    case 'number':
      return { kind: 'int', bits: e.long ? 64 : 32, signed: !e.unsigned, bool: false };
    case 'identifier': {
      const local = lookUp(frame, e.name);
      if (local) return local.type;
      const global = symbols.global(e.name, e.span.unit);
      if (global) return symbols.globalType(global);
      const value = symbols.constant(e.name, e.span.unit);
      if (value) return symbols.constantValue(value)?.type ?? macroType(frame, value);
      const definition = symbols.function(e.name, e.span.unit);
      return definition
        ? pointerTo({ kind: 'function', result: () => symbols.type(definition.result), parameters: [] })
        : int32;
    }
    case 'string':
      return { kind: 'array', of: char, length: e.value.length + 1 };
    case 'unary':
      if (e.operator === '*') return pointed(typeOf(frame, e.operand));
      if (e.operator === '&') return pointerTo(typeOf(frame, e.operand));
      return e.operator === '!' ? int32 : promote(numberOf(typeOf(frame, e.operand))).type;
    case 'update':
      return typeOf(frame, e.operand);
    case 'assign':
      return typeOf(frame, e.left);
    case 'member': {
      const object = typeOf(frame, e.object);
      const type = e.arrow ? pointed(object) : object;
      const shown = type.kind === 'struct' ? type.fields.find((f) => f.name === e.field) : undefined;
      const whole = shown || type.kind !== 'struct' ? null : symbols.wholeType(type);
      const field = shown ?? (whole?.kind === 'struct' ? whole.fields.find((f) => f.name === e.field) : undefined);
      if (!field) return int32;
      return field.bits
        ? fieldOf({ expr: constant(0, widthOf(field.type)), type: field.type }, field.bits).type
        : field.type;
    }
    case 'index':
      return pointed(typeOf(frame, e.object));
    case 'cast':
    case 'literal':
      return typeIn(frame, e.type);
    case 'sizeof':
      return uint64;
    case 'binary': {
      if (/^(&&|\|\||[=!<>]=|<|>)$/.test(e.operator)) return int32;
      const [left, right] = [typeOf(frame, e.left), typeOf(frame, e.right)];
      const both = isAddress(left) && isAddress(right);
      if (both) return int64;
      if (isAddress(left)) return left.kind === 'array' ? pointerTo(left.of) : left;
      if (isAddress(right)) return right.kind === 'array' ? pointerTo(right.of) : right;
      return arithmetic(e.operator, numberOf(left), numberOf(right))?.type ?? int32;
    }
    case 'conditional':
      return choiceType(typeOf(frame, e.then ?? e.condition), typeOf(frame, e.else));
    case 'generic': {
      const chosen = genericChoice(frame, e);
      return chosen ? typeOf(frame, chosen) : int32;
    }
    case 'comma':
      return typeOf(frame, e.right);
    case 'call':
      return callType(frame, e);
    case 'statements': {
      const last = e.body.at(-1);
      return last?.kind === 'expression' ? typeOf(frame, last.expression) : voidType;
    }
    default:
      return int32;
  }
}

/** The value that `_Generic` takes for the type of its control; qualifiers are not told apart. */
export function genericChoice(frame: Frame, e: Extract<Expression, { kind: 'generic' }>): Expression | null {
  const control = typeOf(frame, e.control);
  const fits = e.choices.find(({ type }) => type && same(control, typeIn(frame, type)));
  return (fits ?? e.choices.find(({ type }) => type === null))?.value ?? null;
}

/** Whether two types are the same, as far as the layouts tell. */
function same(a: CType, b: CType): boolean {
  if (a.kind === 'pointer' && b.kind === 'pointer') return same(a.to(), b.to());
  if (a.kind === 'array' && b.kind === 'pointer') return same(a.of, b.to());
  if (a.kind === 'struct' && b.kind === 'struct') return a.name === b.name && a.size === b.size;
  if (a.kind === 'int' && b.kind === 'int') return a.bits === b.bits && a.signed === b.signed && a.bool === b.bool;
  return a.kind === b.kind;
}

const isAddress = (type: CType): boolean => type.kind === 'pointer' || type.kind === 'array';

function macroType(frame: Frame, body: Expression): CType {
  const { expanding } = frame.program;
  if (expanding.has(body) || expanding.size > 12) return int32;
  expanding.add(body);
  const type = typeOf(frame, body);
  expanding.delete(body);
  return type;
}

function callType(frame: Frame, e: Extract<Expression, { kind: 'call' }>): CType {
  const { symbols } = frame.program;
  if (e.callee.kind === 'identifier' && !lookUp(frame, e.callee.name)) {
    const { name } = e.callee;
    const definition = symbols.function(name, e.span.unit);
    if (definition) return symbols.type(definition.result);
    const first = e.arguments[0];
    const like = Object.hasOwn(likeArgument, name) ? e.arguments[likeArgument[name] ?? 0] : undefined;
    if (like) return typeOf(frame, like);
    if (first && /^(READ_ONCE(_NOCHECK)?|__READ_ONCE|rcu_(dereference|access_pointer)\w*)$/.test(name))
      return typeOf(frame, first);
    if (first && likePointee.test(name)) return pointed(typeOf(frame, first));
    if (name === 'per_cpu_ptr' && first && e.arguments[1])
      return typeOf(frame, elementOf(frame, first, e.arguments[1]) ?? first);
    if (longs.test(name)) return uint64;
    if (pointers.test(name)) return pointerTo(voidType);
    if (/^atomic(64|_long)_/.test(name)) return int64;
    if (/^(container_of(_const)?|(list|hlist|rb)_entry)$/.test(name) && e.types[1])
      return pointerTo(typeIn(frame, e.types[1]));
    if (/^(min|max|clamp)$/.test(name) && first && e.arguments[1])
      return arithmetic('+', numberOf(typeOf(frame, first)), numberOf(typeOf(frame, e.arguments[1])))?.type ?? int32;
    if (/^(min|max|clamp)_t$/.test(name) && e.types[0]) return typeIn(frame, e.types[0]);
    const declared = symbols.prototype(name, e.span.unit);
    if (declared?.type.kind === 'function') return symbols.type(declared.type.result);
    if (!symbols.global(name, e.span.unit)) return int32;
  }
  let callee = typeOf(frame, e.callee);
  if (callee.kind === 'pointer') callee = callee.to();
  return callee.kind === 'function' ? callee.result() : int32;
}
