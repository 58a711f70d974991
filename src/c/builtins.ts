// SPDX-License-Identifier: MIT
/**
 * The kernel's primitives: what the compiler or the CPU does itself. Everything else of the kernel is C in
 * src/models. Ordering follows Documentation/atomic_t.txt: RMW operations that return a value are fully
 * ordered, those that return none are not.
 */

import type { Bytes, FenceKind, RmwOperator } from '../engine/program';
import { configuration } from './configuration';
import type { Builtin, BuiltinCall } from './context';
import { type CType, int32, int64, pointerTo, sizeOf, uint64 } from './ctype';
import { lowerPlace, read, typeOf, unknown, write } from './lowerExpression';
import { arithmetic, binary, comparison, constant, convert, intValue, offsetBy, type Place, truth, type Value, widthOf } from './value';

/** Finds a primitive by its name; null for an ordinary function. */
export function findBuiltin(name: string): Builtin | null {
  return (Object.hasOwn(table, name) ? table[name] : undefined) ?? atomicBuiltin(name) ?? (prints.test(name) ? print : null) ?? (nothing.test(name) ? none : null);
}

const prints = /^(pr_(emerg|alert|crit|err|warn|warning|notice|info|debug|cont|devel)(_once|_ratelimited)?|printk(_once|_deferred)?|(dev|netdev)_(err|warn|info|dbg|notice|crit)(_once|_ratelimited)?|trace_\w+)$/;
/** Checks and hints that change nothing. */
const nothing = /^(might_sleep\w*|lockdep_\w+|cant_sleep|cant_migrate|__releases|__acquires|instrumentation_(begin|end)|kmsan_\w+|kasan_\w+|touch_(softlockup|nmi)_watchdog|prefetchw?|fallthrough|static_assert|BUILD_BUG(_ON(_MSG)?)?)$/;

const none: Builtin = () => null;

/** What is printed is kept for the trace; its arguments are not evaluated. */
const print: Builtin = (call) => {
  const { frame, expression, name } = call;
  const format = expression.arguments.find((a) => a.kind === 'string');
  const text = format?.kind === 'string' ? format.value.trim() : '';
  frame.code.emit({ kind: 'mark', mark: frame.program.mark(`${name}: ${text}`) }, expression.span);
  return null;
};

const fence = (kind: FenceKind): Builtin => (call) => {
  call.frame.code.emit({ kind: 'fence', fence: kind }, call.expression.span);
  return null;
};

const outcomeIf = (id: string): Builtin => (call) => {
  const { frame, expression } = call;
  const { code, program } = frame;
  const value = call.value(0);
  const [yes, done] = [code.label(), code.label()];
  const holds = truth(value);
  code.branch(holds, yes, done, expression.span);
  code.place(yes);
  code.emit({ kind: 'outcome', outcome: program.outcome(id) }, expression.span);
  code.jump(done, expression.span);
  code.place(done);
  return { expr: holds, type: int32 };
};

const outcomeAlways = (id: string): Builtin => (call) => {
  call.frame.code.emit({ kind: 'outcome', outcome: call.frame.program.outcome(id) }, call.expression.span);
  return intValue(1);
};

const first: Builtin = (call) => call.value(0);

const load = (call: BuiltinCall, place: Place, acquire: boolean): Value => {
  const { type } = place;
  if (place.kind === 'reg' || (type.kind !== 'int' && type.kind !== 'pointer')) return read(call.frame, place, call.expression.span);
  const width = widthOf(type);
  const reg = call.frame.code.register('value', width);
  call.frame.code.emit({ kind: 'load', reg, address: place.address, bytes: sizeOf(type) as Bytes, signed: type.kind === 'int' && type.signed, acquire }, call.expression.span);
  return { expr: { kind: 'reg', width, reg }, type };
};

const storeRelease = (call: BuiltinCall, place: Place, value: Value): null => {
  if (place.kind === 'reg') write(call.frame, place, value, call.expression.span);
  else call.frame.code.emit({ kind: 'store', address: place.address, value: convert(value, place.type).expr, bytes: sizeOf(place.type) as Bytes, release: true }, call.expression.span);
  return null;
};

const pickOf = (smaller: boolean, typed: boolean): Builtin => (call) => {
  const type = typed ? call.expression.types[0] : null;
  let left = call.value(typed ? 1 : 0);
  let right = call.value(typed ? 2 : 1);
  if (type) {
    const wanted = call.frame.program.symbols.type(type);
    left = convert(left, wanted);
    right = convert(right, wanted);
  }
  const test = comparison(smaller ? '<' : '>', left, right);
  const sum = arithmetic('+', left, right);
  if (!test || !sum) return left;
  const wide = sum.type;
  return { expr: { kind: 'select', width: widthOf(wide), condition: test.expr, then: convert(left, wide).expr, else: convert(right, wide).expr }, type: wide };
};

const roundTo = (up: boolean): Builtin => (call) => {
  const value = call.value(0);
  const type: CType = value.type.kind === 'pointer' ? value.type : value.type.kind === 'int' && value.type.bits === 64 ? value.type : uint64;
  const mask = binary('sub', convert(call.value(1), uint64).expr, constant(1, 64));
  const raised = up ? binary('add', convert(value, uint64).expr, mask) : convert(value, uint64).expr;
  const kept = binary('and', raised, { kind: 'complement', width: 64, operand: mask });
  return { expr: kept, type };
};

const xchg: Builtin = (call) => rmw(call, call.target(0), 'exchange', call.value(1), null, 'old', true);
const cmpxchg: Builtin = (call) => rmw(call, call.target(0), 'compareExchange', call.value(2), call.value(1), 'old', true);

/** `try_cmpxchg(p, &old, new)`: old gets what was there where it was another value. */
const tryCmpxchg: Builtin = (call) => {
  const { frame, expression } = call;
  const place = call.target(0);
  const oldPlace = call.target(1);
  const expected = read(frame, oldPlace, expression.span);
  const seen = rmw(call, place, 'compareExchange', call.value(2), expected, 'old', true);
  const same = comparison('==', seen, expected) ?? intValue(0);
  const [differs, done] = [frame.code.label(), frame.code.label()];
  frame.code.branch(same.expr, done, differs, expression.span);
  frame.code.place(differs);
  write(frame, oldPlace, seen, expression.span);
  frame.code.jump(done, expression.span);
  frame.code.place(done);
  return same;
};

function rmw(call: BuiltinCall, place: Place, operator: RmwOperator, operand: Value, expected: Value | null, result: 'old' | 'new', ordered: boolean, returns = true): Value {
  const { frame, expression } = call;
  if (place.kind === 'reg') return unknown(frame, int32, `${call.name}() on a local that is not in memory`, expression.span);
  // atomic_t is a struct of one counter.
  const type: CType = place.type.kind === 'struct' ? (place.type.size === 8 ? int64 : int32) : place.type;
  const bytes = sizeOf(type) as Bytes;
  const width = widthOf(type);
  const reg = frame.code.register(call.name, width);
  const fit = (value: Value): Value['expr'] => convert(value, type.kind === 'pointer' ? uint64 : type).expr;
  frame.code.emit({ kind: 'rmw', reg: returns ? reg : null, result, operator, address: place.address, operand: fit(operand), expected: expected ? fit(expected) : null, bytes, signed: type.kind === 'int' && type.signed, ordered }, expression.span);
  return { expr: { kind: 'reg', width, reg }, type };
}

/** The bit operations on `unsigned long` words; the two with a value return the old bit. */
const bitOperation = (operator: 'or' | 'and' | 'xor', clear: boolean, returns: boolean): Builtin => (call) => {
  const number = convert(call.value(0), uint64).expr;
  const base = convert(call.value(1), uint64).expr;
  const word = binary('mul', binary('shrUnsigned', number, constant(6, 64)), constant(8, 64));
  const mask = binary('shl', constant(1, 64), binary('and', number, constant(63, 64)));
  const place: Place = { kind: 'mem', address: binary('add', base, word), type: uint64 };
  const operand: Value = { expr: clear ? { kind: 'complement', width: 64, operand: mask } : mask, type: uint64 };
  const old = rmw(call, place, operator, operand, null, 'old', returns, returns);
  return returns ? { expr: truth({ expr: binary('and', old.expr, mask), type: uint64 }), type: int32 } : null;
};

const testBit: Builtin = (call) => {
  const number = convert(call.value(0), uint64).expr;
  const base = convert(call.value(1), uint64).expr;
  const word = binary('mul', binary('shrUnsigned', number, constant(6, 64)), constant(8, 64));
  const value = load(call, { kind: 'mem', address: binary('add', base, word), type: uint64 }, false);
  return { expr: binary('and', convert({ expr: binary('shrUnsigned', value.expr, binary('and', number, constant(63, 64))), type: uint64 }, int32).expr, constant(1, 32)), type: int32 };
};

const containerOf: Builtin = (call) => {
  const { frame, expression } = call;
  const pointer = call.value(0);
  const name = expression.types[1];
  const member = expression.arguments[2];
  const type = name ? frame.program.symbols.type(name) : null;
  const field = type?.kind === 'struct' && member?.kind === 'identifier' ? type.fields.find((f) => f.name === member.name) : undefined;
  if (!type || !field) return unknown(frame, uint64, 'container_of() of a type that is not modelled', expression.span);
  return { expr: binary('sub', convert(pointer, uint64).expr, constant(field.offset, 64)), type: pointerTo(type) };
};

/** Fills small objects; the size must be a constant. */
const memset: Builtin = (call) => {
  const { frame, expression } = call;
  const pointer = call.value(0);
  const fill = call.value(1);
  const size = call.value(2);
  if (size.expr.kind !== 'const' || fill.expr.kind !== 'const' || size.expr.value > 4096n) {
    frame.program.assume({ kind: 'assumed', text: 'memset() of a size that is not constant changes nothing here', span: expression.span });
    return pointer;
  }
  const byte = fill.expr.value & 255n;
  for (let at = 0; at < Number(size.expr.value); ) {
    const left = Number(size.expr.value) - at;
    const bytes: Bytes = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const value = BigInt.asIntN(bytes * 8, byte * (0x0101010101010101n & ((1n << BigInt(bytes * 8)) - 1n)));
    frame.code.emit({ kind: 'store', address: offsetBy(convert(pointer, uint64).expr, at), value: constant(value, bytes === 8 ? 64 : 32), bytes, release: false }, expression.span);
    at += bytes;
  }
  return pointer;
};

/** An object for as long as the story lasts. */
const allocate: Builtin = (call) => {
  const { frame, expression, name } = call;
  const product = /^k[mc]alloc_array|^kcalloc|^kvcalloc/.test(name) ? arithmetic('*', convert(call.value(0), uint64), convert(call.value(1), uint64)) : call.value(0);
  const size = product?.expr.kind === 'const' ? Number(product.expr.value) : 64;
  if (product?.expr.kind !== 'const') frame.program.assume({ kind: 'assumed', text: `${name}() of a size that is not constant gives 64 bytes`, span: expression.span });
  return { expr: constant(frame.program.allocate(size), 64), type: pointerTo({ kind: 'void' }) };
};

const table: Readonly<Record<string, Builtin>> = {
  barrier: fence('compiler'),
  smp_mb: fence('full'), mb: fence('full'), __smp_mb: fence('full'), smp_mb__before_atomic: fence('full'), smp_mb__after_atomic: fence('full'),
  smp_mb__after_spinlock: fence('full'), smp_mb__after_unlock_lock: fence('full'),
  smp_rmb: fence('read'), rmb: fence('read'), smp_wmb: fence('write'), wmb: fence('write'),
  READ_ONCE: (call) => load(call, lowerPlace(call.frame, call.expression.arguments[0] ?? call.expression), false),
  data_race: first,
  WRITE_ONCE: (call) => {
    write(call.frame, lowerPlace(call.frame, call.expression.arguments[0] ?? call.expression), call.value(1), call.expression.span);
    return null;
  },
  smp_load_acquire: (call) => load(call, call.target(0), true),
  smp_store_release: (call) => storeRelease(call, call.target(0), call.value(1)),
  smp_store_mb: (call) => {
    write(call.frame, lowerPlace(call.frame, call.expression.arguments[0] ?? call.expression), call.value(1), call.expression.span);
    call.frame.code.emit({ kind: 'fence', fence: 'full' }, call.expression.span);
    return null;
  },
  xchg, cmpxchg, try_cmpxchg: tryCmpxchg,
  set_bit: bitOperation('or', false, false), clear_bit: bitOperation('and', true, false), change_bit: bitOperation('xor', false, false),
  __set_bit: bitOperation('or', false, false), __clear_bit: bitOperation('and', true, false),
  test_and_set_bit: bitOperation('or', false, true), test_and_clear_bit: bitOperation('and', true, true), test_bit: testBit,
  likely: first, unlikely: first,
  IS_ENABLED: (call) => {
    const argument = call.expression.arguments[0];
    return intValue(argument?.kind === 'identifier' && configuration(argument.name) !== null ? 1 : 0);
  },
  WARN_ON: outcomeIf('warn'), WARN_ON_ONCE: outcomeIf('warn'), WARN: outcomeIf('warn'), WARN_ONCE: outcomeIf('warn'), WARN_ON_SMP: outcomeIf('warn'),
  VM_WARN_ON: outcomeIf('warn'), VM_WARN_ON_ONCE: outcomeIf('warn'),
  BUG_ON: outcomeIf('bug-on'), VM_BUG_ON: outcomeIf('bug-on'), BUG: outcomeAlways('bug-on'), panic: outcomeAlways('panic'), nmi_panic: outcomeAlways('panic'),
  min: pickOf(true, false), max: pickOf(false, false), min_t: pickOf(true, true), max_t: pickOf(false, true), umin: pickOf(true, false), umax: pickOf(false, false),
  ALIGN: roundTo(true), ALIGN_DOWN: roundTo(false), round_up: roundTo(true), round_down: roundTo(false),
  BIT: (call) => ({ expr: binary('shl', constant(1, 64), convert(call.value(0), uint64).expr), type: uint64 }),
  BIT_ULL: (call) => ({ expr: binary('shl', constant(1, 64), convert(call.value(0), uint64).expr), type: uint64 }),
  ARRAY_SIZE: (call) => {
    const type = call.expression.arguments[0] ? typeOf(call.frame, call.expression.arguments[0]) : int32;
    return { expr: constant(type.kind === 'array' ? type.length : 0, 64), type: uint64 };
  },
  container_of: containerOf, list_entry: containerOf, memset,
  kmalloc: allocate, kzalloc: allocate, kvmalloc: allocate, kvzalloc: allocate, kcalloc: allocate, kmalloc_array: allocate,
  swap: (call) => {
    const { frame, expression } = call;
    const [a, b] = [lowerPlace(frame, expression.arguments[0] ?? expression), lowerPlace(frame, expression.arguments[1] ?? expression)];
    const [left, right] = [read(frame, a, expression.span), read(frame, b, expression.span)];
    const kept: Place = { kind: 'reg', reg: frame.code.register('swap', widthOf(left.type)), type: left.type };
    write(frame, kept, left, expression.span);
    write(frame, a, right, expression.span);
    write(frame, b, read(frame, kept, expression.span), expression.span);
    return null;
  },
  /* What scenarios and models say to the engine. */
  choose: (call) => {
    const { frame, expression } = call;
    const count = call.value(0);
    const reg = frame.code.register('choice', 32);
    frame.code.emit({ kind: 'choose', reg, count: count.expr.kind === 'const' ? Number(count.expr.value) : 2 }, expression.span);
    return { expr: { kind: 'reg', width: 32, reg }, type: int32 };
  },
  sometimes: (call) => {
    const text = call.expression.arguments[0];
    call.frame.code.emit({ kind: 'mark', mark: call.frame.program.mark(`sometimes: ${text?.kind === 'string' ? text.value : ''}`) }, call.expression.span);
    return null;
  },
  story_begins: (call) => {
    call.frame.code.emit({ kind: 'mark', mark: call.frame.program.mark('story begins') }, call.expression.span);
    return null;
  },
  outcome: (call) => {
    const id = call.expression.arguments[0];
    call.frame.code.emit({ kind: 'outcome', outcome: call.frame.program.outcome(id?.kind === 'string' ? id.value : '') }, call.expression.span);
    return null;
  },
};

/** `atomic_inc_return(&x)` and all its kin, by the parts of the name. */
function atomicBuiltin(name: string): Builtin | null {
  const match = /^(?:raw_|arch_)?atomic(64|_long)?_(\w+?)(_relaxed|_acquire|_release)?$/.exec(name);
  if (!match) return null;
  const operation = match[2] as string;
  const relaxed = match[3] === '_relaxed';
  const type = match[1] ? int64 : int32;
  const place = (call: BuiltinCall, index: number): Place => ({ ...call.target(index), type });
  const one: Value = intValue(1);
  const negative = (value: Value): Value => arithmetic('-', intValue(0), value) ?? value;
  switch (operation) {
    case 'read':
      return (call) => load(call, place(call, 0), match[3] === '_acquire');
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
  const verb = /^(fetch_)?(inc|dec|add|sub|and|or|xor|andnot)(_return|_and_test|_negative)?$/.exec(operation);
  if (!verb) return null;
  const counts = verb[2] === 'inc' || verb[2] === 'dec';
  const returns = verb[1] !== undefined || verb[3] !== undefined;
  return (call) => {
    const given = counts ? one : call.value(0);
    const target = place(call, counts ? 0 : 1);
    const operator: RmwOperator = verb[2] === 'and' || verb[2] === 'andnot' ? 'and' : verb[2] === 'or' ? 'or' : verb[2] === 'xor' ? 'xor' : 'add';
    const signed = verb[2] === 'dec' || verb[2] === 'sub' ? negative(given) : verb[2] === 'andnot' ? { expr: { kind: 'complement' as const, width: given.expr.width, operand: given.expr }, type: given.type } : given;
    const value = rmw(call, target, operator, signed, null, verb[1] ? 'old' : 'new', returns && !relaxed, returns);
    if (verb[3] === '_and_test') return comparison('==', value, intValue(0));
    if (verb[3] === '_negative') return comparison('<', value, intValue(0));
    return returns ? value : null;
  };
}

