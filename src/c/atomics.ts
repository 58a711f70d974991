// SPDX-License-Identifier: MIT
/**
 * Loads, stores and read-modify-writes that the kernel marks. Ordering follows Documentation/atomic_t.txt: RMW
 * operations that return a value are fully ordered, those that return none are not.
 */

import type { Bytes, Expr, RmwOperator } from '../engine/program';
import type { Builtin, BuiltinCall } from './context';
import { type CType, int32, int64, sizeOf, uint64 } from './ctype';
import { isScalar, load, read, store, write } from './places';
import { unknown } from './unknown';
import {
  arithmetic,
  binary,
  comparison,
  constant,
  convert,
  intValue,
  type Place,
  truth,
  type Value,
  widthOf,
} from './value';

/** Reads an object that is marked. */
export const loadMarked = (call: BuiltinCall, place: Place, acquire: boolean): Value =>
  place.kind === 'mem' && isScalar(place.type)
    ? load(call.frame, place, acquire, call.expression.span)
    : read(call.frame, place, call.expression.span);

/** `smp_store_release()`. */
export const storeRelease = (call: BuiltinCall, place: Place, value: Value): null => {
  if (place.kind === 'mem' && isScalar(place.type)) store(call.frame, place, value, true, call.expression.span);
  else write(call.frame, place, value, call.expression.span);
  return null;
};

const isRelaxed = (name: string): boolean => name.endsWith('_relaxed');

/** `xchg()`, `cmpxchg()` and `try_cmpxchg()` with their orderings; null for another name. */
export function exchangeBuiltin(name: string): Builtin | null {
  const match =
    /^(?:arch_|raw_)?(xchg|cmpxchg|try_cmpxchg|cmpxchg64|try_cmpxchg64)(_relaxed|_acquire|_release|_local)?$/.exec(
      name,
    );
  if (match?.[1] === undefined) return null;
  if (match[1].startsWith('try')) return tryCmpxchg;
  return match[1] === 'xchg' ? xchg : cmpxchg;
}

const xchg: Builtin = (call) =>
  rmw(call, call.target(0), 'exchange', call.value(1), null, 'old', !isRelaxed(call.name));
const cmpxchg: Builtin = (call) =>
  rmw(call, call.target(0), 'compareExchange', call.value(2), call.value(1), 'old', !isRelaxed(call.name));

/** `try_cmpxchg(p, &old, new)`: old gets what was there where it was another value. */
const tryCmpxchg: Builtin = (call) => {
  const { frame, expression } = call;
  const place = call.target(0);
  const oldPlace = call.target(1);
  const expected = read(frame, oldPlace, expression.span);
  const seen = rmw(call, place, 'compareExchange', call.value(2), expected, 'old', !isRelaxed(call.name));
  const same = comparison('==', seen, expected) ?? intValue(0);
  const [differs, done] = [frame.code.label(), frame.code.label()];
  frame.code.branch(same.expr, done, differs, expression.span);
  frame.code.place(differs);
  write(frame, oldPlace, seen, expression.span);
  frame.code.jump(done, expression.span);
  frame.code.place(done);
  return same;
};

function rmw(
  call: BuiltinCall,
  place: Place,
  operator: RmwOperator,
  operand: Value,
  expected: Value | null,
  result: 'old' | 'new',
  ordered: boolean,
  returns = true,
): Value {
  const { frame, expression } = call;
  // atomic_t is a struct of one counter.
  const type: CType = place.type.kind === 'struct' ? (place.type.size === 8 ? int64 : int32) : place.type;
  if (place.kind === 'reg' || !isScalar(type))
    return unknown(frame, int32, `${call.name}() on a local that is not in memory`, expression.span);
  const bytes = sizeOf(type) as Bytes;
  const width = widthOf(type);
  const reg = frame.code.register(`%${call.name}`, width);
  const fit = (value: Value): Value['expr'] => convert(value, type.kind === 'pointer' ? uint64 : type).expr;
  frame.code.emit(
    {
      kind: 'rmw',
      reg: returns ? reg : null,
      result,
      operator,
      address: place.address,
      operand: fit(operand),
      expected: expected ? fit(expected) : null,
      bytes,
      signed: type.kind === 'int' && type.signed,
      ordered,
    },
    expression.span,
  );
  return { expr: { kind: 'reg', width, reg }, type };
}

/** The word that `(number, address)` of a bit operation names, and the number of the bit in it. */
function bitOf(call: BuiltinCall): { readonly place: Place; readonly bit: Expr } {
  const number = convert(call.value(0), uint64).expr;
  const base = convert(call.value(1), uint64).expr;
  const word = binary('mul', binary('shrUnsigned', number, constant(6, 64)), constant(8, 64));
  return {
    place: { kind: 'mem', address: binary('add', base, word), type: uint64 },
    bit: binary('and', number, constant(63, 64)),
  };
}

/** The bit operations on `unsigned long` words; the two with a value return the old bit. */
export const bitOperation =
  (operator: 'or' | 'and' | 'xor', clear: boolean, returns: boolean): Builtin =>
  (call) => {
    const { place, bit } = bitOf(call);
    const mask = binary('shl', constant(1, 64), bit);
    const operand: Value = { expr: clear ? { kind: 'complement', width: 64, operand: mask } : mask, type: uint64 };
    const old = rmw(call, place, operator, operand, null, 'old', returns, returns);
    return returns ? { expr: truth({ expr: binary('and', old.expr, mask), type: uint64 }), type: int32 } : null;
  };

/** The operations that are not atomic: a load and a store. */
export const plainBitOperation =
  (clear: boolean): Builtin =>
  (call) => {
    const { place, bit } = bitOf(call);
    const mask = binary('shl', constant(1, 64), bit);
    const { span } = call.expression;
    const old = read(call.frame, place, span);
    const changed = clear
      ? binary('and', old.expr, { kind: 'complement', width: 64, operand: mask })
      : binary('or', old.expr, mask);
    write(call.frame, place, { expr: changed, type: uint64 }, span);
    return null;
  };

/** `test_bit()`: a marked load, then the bit as 0 or 1. */
export const testBit: Builtin = (call) => {
  const { place, bit } = bitOf(call);
  const value = loadMarked(call, place, false);
  const shifted: Value = { expr: binary('shrUnsigned', value.expr, bit), type: uint64 };
  return { expr: binary('and', convert(shifted, int32).expr, constant(1, 32)), type: int32 };
};

/** An update that only happens where the old value allows it. */
interface Condition {
  /** The comparison of the old value with `with` that forbids the update. */
  readonly unless: '==' | '<' | '>' | '<=';
  /** What the old value is compared with, and what is added: a constant, or the index of the argument. */
  readonly with: number | { readonly argument: number };
  readonly add: number | { readonly argument: number };
  /** Index of the argument that points to the counter. */
  readonly target: number;
  /** Whether the call was successful, the old value, or the old value with what is added, updated or not. */
  readonly result: 'success' | 'old' | 'sum';
}

const addUnless = { unless: '==', with: { argument: 2 }, add: { argument: 1 }, target: 0 } as const;
const conditions: Readonly<Record<string, Condition | undefined>> = {
  add_unless: { ...addUnless, result: 'success' },
  fetch_add_unless: { ...addUnless, result: 'old' },
  inc_not_zero: { unless: '==', with: 0, add: 1, target: 0, result: 'success' },
  inc_unless_negative: { unless: '<', with: 0, add: 1, target: 0, result: 'success' },
  dec_unless_positive: { unless: '>', with: 0, add: -1, target: 0, result: 'success' },
  dec_if_positive: { unless: '<=', with: 0, add: -1, target: 0, result: 'sum' },
};

/** The loop that these operations are: look, and where the value allows it, exchange it for the new one. */
function updateIf(
  call: BuiltinCall,
  placeOf: (call: BuiltinCall, index: number) => Place,
  { unless, with: bound, add, target, result }: Condition,
  ordered: boolean,
): Value {
  const { frame, expression } = call;
  const { code } = frame;
  const { span } = expression;
  const value = (of: Condition['add']): Value => (typeof of === 'number' ? intValue(of) : call.value(of.argument));
  const place = placeOf(call, target);
  const [limit, difference] = [value(bound), value(add)];
  const [again, update, done] = [code.label(), code.label(), code.label()];
  code.place(again);
  const old = loadMarked(call, place, false);
  const sum = arithmetic('+', old, difference) ?? old;
  const isForbidden = comparison(unless, old, limit) ?? intValue(0);
  code.branch(isForbidden.expr, done, update, span);
  code.place(update);
  const seen = rmw(call, place, 'compareExchange', sum, old, 'old', ordered);
  const same = comparison('==', seen, old) ?? intValue(0);
  code.branch(same.expr, done, again, span);
  code.place(done);
  if (result === 'old') return old;
  if (result === 'sum') return sum;
  return { expr: { kind: 'not', width: 32, operand: isForbidden.expr }, type: int32 };
}

/** `atomic_inc_return(&x)` and all its kin, by the parts of the name. */
export function atomicBuiltin(name: string): Builtin | null {
  const match = /^(?:(?:raw_|arch_)?atomic(64|_long)?|refcount)_(\w+?)(_relaxed|_acquire|_release)?$/.exec(name);
  if (!match) return null;
  const operation = match[2] as string;
  const relaxed = match[3] === '_relaxed';
  const place = (call: BuiltinCall, index: number): Place => {
    const target = call.target(index);
    // A pointer to a plain integer (litmus tests) names its own width; atomic_t is a struct.
    if (target.kind === 'reg' || target.type.kind === 'int') return target;
    return { ...target, type: match[1] ? int64 : int32 };
  };
  const one: Value = intValue(1);
  const negative = (value: Value): Value => arithmetic('-', intValue(0), value) ?? value;
  switch (operation) {
    case 'read':
      return (call) => loadMarked(call, place(call, 0), match[3] === '_acquire');
    case 'set':
      return (call) => {
        if (match[3] === '_release') return storeRelease(call, place(call, 0), call.value(1));
        write(call.frame, place(call, 0), call.value(1), call.expression.span);
        return null;
      };
    case 'xchg':
      return (call) => rmw(call, place(call, 0), 'exchange', call.value(1), null, 'old', !relaxed);
    case 'cmpxchg':
      return (call) => rmw(call, place(call, 0), 'compareExchange', call.value(2), call.value(1), 'old', !relaxed);
    case 'try_cmpxchg':
      return tryCmpxchg;
    default:
      break;
  }
  const conditional = conditions[operation];
  if (conditional) return (call) => updateIf(call, place, conditional, !relaxed);
  const verb = /^(fetch_)?(inc|dec|add|sub|and|or|xor|andnot)(_return|_and_test|_negative)?$/.exec(operation);
  if (!verb) return null;
  const counts = verb[2] === 'inc' || verb[2] === 'dec';
  const returns = verb[1] !== undefined || verb[3] !== undefined;
  return (call) => {
    const given = counts ? one : call.value(0);
    const target = place(call, counts ? 0 : 1);
    const operator: RmwOperator =
      verb[2] === 'and' || verb[2] === 'andnot' ? 'and' : verb[2] === 'or' ? 'or' : verb[2] === 'xor' ? 'xor' : 'add';
    const signed =
      verb[2] === 'dec' || verb[2] === 'sub'
        ? negative(given)
        : verb[2] === 'andnot'
          ? { expr: { kind: 'complement' as const, width: given.expr.width, operand: given.expr }, type: given.type }
          : given;
    const value = rmw(call, target, operator, signed, null, verb[1] ? 'old' : 'new', returns && !relaxed, returns);
    if (verb[3] === '_and_test') return comparison('==', value, intValue(0));
    if (verb[3] === '_negative') return comparison('<', value, intValue(0));
    return returns ? value : null;
  };
}
