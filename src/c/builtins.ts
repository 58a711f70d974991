// SPDX-License-Identifier: MIT
/**
 * The kernel's primitives: what the compiler or the CPU does itself. Everything else of the kernel is C in
 * src/models.
 */

import type { FenceKind } from '../engine/program';
import { assembly } from './assembly';
import {
  atomicBuiltin,
  bitOperation,
  exchangeBuiltin,
  loadMarked,
  plainBitOperation,
  storeRelease,
  testBit,
} from './atomics';
import { bytesBuiltins } from './bytesBuiltins';
import { configuration } from './configuration';
import { containerBuiltins } from './containers';
import type { Builtin, BuiltinCall } from './context';
import { type CType, int32, uint64 } from './ctype';
import { heapBuiltins } from './heapBuiltins';
import { interruptBuiltins } from './interrupts';
import { lowerCall } from './lowerCall';
import { lowerExpression } from './lowerExpression';
import { perCpuBuiltins } from './perCpu';
import { hasEffect, lowerPlace, read, write } from './places';
import { subjectBuiltins } from './subject';
import { typeOf } from './typeOf';
import { unknown } from './unknown';
import { arithmetic, binary, comparison, constant, convert, intValue, type Place, truth, widthOf } from './value';
import { waitBuiltins } from './waitBuiltins';

/** Every call of every lowering asks, mostly for names that were asked for before. */
const found = new Map<string, Builtin | null>();

/** Finds a primitive by its name; null for an ordinary function. */
export function findBuiltin(name: string): Builtin | null {
  let builtin = found.get(name);
  if (builtin === undefined) {
    builtin = lookForBuiltin(name);
    found.set(name, builtin);
  }
  return builtin;
}

function lookForBuiltin(name: string): Builtin | null {
  // Asked one by one, because these modules import each other.
  for (const part of [
    table,
    waitBuiltins,
    containerBuiltins,
    perCpuBuiltins,
    interruptBuiltins,
    heapBuiltins,
    bytesBuiltins,
    subjectBuiltins,
  ]) {
    const builtin = Object.hasOwn(part, name) ? part[name] : undefined;
    if (builtin) return builtin;
  }
  return (
    atomicBuiltin(name) ??
    exchangeBuiltin(name) ??
    (readsOnce.test(name) ? readOnce : null) ??
    (isPrint(name) ? print : null) ??
    (nothing.test(name) ? none : null)
  );
}

const prints =
  /^(pr_(emerg|alert|crit|err|warn|warning|notice|info|debug|cont|devel)(_once|_ratelimited)?|printk(_once|_deferred)?|(dev|netdev)_(err|warn|info|dbg|notice|crit)(_once|_ratelimited)?|trace_\w+)$/;
/** Whether a call only prints. */
export const isPrint = (name: string): boolean => prints.test(name);
/** Checks and hints that change nothing. */
const nothing =
  /^(might_sleep\w*|lockdep_\w+|cant_sleep|cant_migrate|__releases|__acquires|instrumentation_(begin|end)|kmsan_\w+|kasan_\w+|touch_(softlockup|nmi)_watchdog|prefetchw?|fallthrough|static_assert|BUILD_BUG(_ON(_MSG|_NOT_POWER_OF_2)?)?|compiletime_assert\w*|__chk_user_ptr|RCU_LOCKDEP_WARN|rcu_read_(un)?lock(_bh|_sched)?|preempt_(dis|en)able(_notrace|_no_resched)?|migrate_(dis|en)able|cond_resched_\w+|might_resched)$/;

/** Whether a call of that name does nothing, unless the program says what it does. */
export const changesNothing = (name: string): boolean => nothing.test(name);

const none: Builtin = () => null;

/** What is printed is kept for the trace; of its arguments only those are evaluated that do something. */
const print: Builtin = (call) => {
  const { frame, expression, name } = call;
  for (const argument of expression.arguments) {
    if (argument.kind === 'call') lowerCall(frame, argument, false);
    else if (hasEffect(argument)) lowerExpression(frame, argument);
  }
  const format = expression.arguments.find((a) => a.kind === 'string');
  const text = format?.kind === 'string' ? format.value.trim() : '';
  frame.code.emit({ kind: 'mark', mark: frame.program.mark(`${name}: ${text}`) }, expression.span);
  return null;
};

const fence =
  (kind: FenceKind): Builtin =>
  (call) => {
    call.frame.code.emit({ kind: 'fence', fence: kind }, call.expression.span);
    return null;
  };

/** Waits for RCU's readers where the program's machine knows them; else only what else it is, a full fence. */
const gracePeriod: Builtin = (call) => {
  const { program, code } = call.frame;
  const [begin, wait] = [program.operation('rcu_begin'), program.operation('rcu_wait')];
  if (begin === null || wait === null) return fence('full')(call);
  for (const operation of [begin, wait])
    code.emit({ kind: 'machine', operation, arguments: [], reg: null }, call.expression.span);
  return null;
};

/**
 * Inline assembly: what its instructions order on x86 is kept, and what it sets may be anything. Whatever else it does is
 * said and not run.
 */
const asmStatement: Builtin = (call) => {
  const { frame, expression } = call;
  const [code, ...outputs] = expression.arguments;
  const text = code?.kind === 'string' ? code.value.trim() : '?';
  const kind: FenceKind | null =
    text === ''
      ? 'compiler'
      : /\b(mfence|lock|xchg|cpuid|serialize|iret\w*)\b/.test(text)
        ? 'full'
        : /^lfence$/.test(text)
          ? 'read'
          : /^sfence$/.test(text)
            ? 'write'
            : null;
  if (kind) frame.code.emit({ kind: 'fence', fence: kind }, expression.span);
  const why = `asm “${text}” is not modelled`;
  for (const output of outputs) {
    if (output.kind === 'assign') {
      lowerExpression(frame, output);
      continue;
    }
    const place = lowerPlace(frame, output);
    if (place.type.kind !== 'int' && place.type.kind !== 'pointer') continue;
    write(
      frame,
      place,
      unknown(frame, place.type, `${why}: what it sets may be anything`, expression.span),
      output.span,
    );
  }
  if (!kind && outputs.length === 0)
    frame.program.assume({ kind: 'assumed', text: `${why}: it changes nothing`, span: expression.span });
  return null;
};

/** The named outcome happens; a name that is none is said. */
function happens({ frame, expression }: BuiltinCall, id: string): void {
  const outcome = frame.program.outcome(id);
  if (outcome !== null) frame.code.emit({ kind: 'outcome', outcome }, expression.span);
  else frame.program.assume({ kind: 'assumed', text: `“${id}” is no outcome`, span: expression.span });
}

const outcomeIf =
  (id: string): Builtin =>
  (call) => {
    const { frame, expression } = call;
    const { code } = frame;
    const value = call.value(0);
    const [yes, done] = [code.label(), code.label()];
    const holds = truth(value);
    code.branch(holds, yes, done, expression.span);
    code.place(yes);
    happens(call, id);
    code.jump(done, expression.span);
    code.place(done);
    return { expr: holds, type: int32 };
  };

const outcomeAlways =
  (id: string): Builtin =>
  (call) => {
    happens(call, id);
    return intValue(1);
  };

const first: Builtin = (call) => call.value(0);

const pickOf =
  (smaller: boolean, typed: boolean): Builtin =>
  (call) => {
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
    return {
      expr: {
        kind: 'select',
        width: widthOf(wide),
        condition: test.expr,
        then: convert(left, wide).expr,
        else: convert(right, wide).expr,
      },
      type: wide,
    };
  };

const roundTo =
  (up: boolean): Builtin =>
  (call) => {
    const value = call.value(0);
    const type: CType =
      value.type.kind === 'pointer'
        ? value.type
        : value.type.kind === 'int' && value.type.bits === 64
          ? value.type
          : uint64;
    const mask = binary('sub', convert(call.value(1), uint64).expr, constant(1, 64));
    const raised = up ? binary('add', convert(value, uint64).expr, mask) : convert(value, uint64).expr;
    const kept = binary('and', raised, { kind: 'complement', width: 64, operand: mask });
    return { expr: kept, type };
  };

const writeOnce: Builtin = (call) => {
  write(call.frame, call.place(0), call.value(1), call.expression.span);
  return null;
};
/** `READ_ONCE()` and the names it has for pointers that RCU guards. */
const readsOnce = /^(READ_ONCE(_NOCHECK)?|__READ_ONCE|rcu_(dereference|access_pointer)\w*)$/;
const readOnce: Builtin = (call) => loadMarked(call, call.place(0), false);

const mostChoices = 256;

const table: Readonly<Record<string, Builtin>> = {
  barrier: fence('compiler'),
  smp_mb: fence('full'),
  mb: fence('full'),
  __smp_mb: fence('full'),
  virt_mb: fence('full'),
  __sync_synchronize: fence('full'),
  __atomic_thread_fence: fence('full'),
  sync_core: fence('full'),
  serialize: fence('full'),
  synchronize_rcu: gracePeriod,
  synchronize_rcu_expedited: gracePeriod,
  smp_mb__before_atomic: fence('atomic'),
  smp_mb__after_atomic: fence('atomic'),
  smp_mb__after_spinlock: fence('atomic'),
  smp_mb__after_unlock_lock: fence('atomic'),
  smp_acquire__after_ctrl_dep: fence('read'),
  smp_rmb: fence('read'),
  rmb: fence('read'),
  virt_rmb: fence('read'),
  dma_rmb: fence('read'),
  smp_wmb: fence('write'),
  wmb: fence('write'),
  virt_wmb: fence('write'),
  dma_wmb: fence('write'),
  [assembly]: asmStatement,
  data_race: first,
  rcu_assign_pointer: (call) => storeRelease(call, call.place(0), call.value(1)),
  RCU_INIT_POINTER: writeOnce,
  __builtin_expect: first,
  __builtin_constant_p: (call) => intValue(call.value(0).expr.kind === 'const' ? 1 : 0),
  cond_resched: () => intValue(0),
  BUILD_BUG_ON_ZERO: () => intValue(0),
  __must_be_array: () => intValue(0),
  WRITE_ONCE: writeOnce,
  smp_load_acquire: (call) => loadMarked(call, call.target(0), true),
  smp_store_release: (call) => storeRelease(call, call.target(0), call.value(1)),
  smp_store_mb: (call) => {
    write(call.frame, call.place(0), call.value(1), call.expression.span);
    call.frame.code.emit({ kind: 'fence', fence: 'full' }, call.expression.span);
    return null;
  },
  set_bit: bitOperation('or', false, false),
  clear_bit: bitOperation('and', true, false),
  change_bit: bitOperation('xor', false, false),
  __set_bit: plainBitOperation(false),
  __clear_bit: plainBitOperation(true),
  test_and_set_bit: bitOperation('or', false, true),
  test_and_clear_bit: bitOperation('and', true, true),
  test_and_change_bit: bitOperation('xor', false, true),
  test_and_set_bit_lock: bitOperation('or', false, true),
  __test_and_set_bit: bitOperation('or', false, true),
  __test_and_clear_bit: bitOperation('and', true, true),
  clear_bit_unlock: bitOperation('and', true, false),
  test_bit: testBit,
  likely: first,
  unlikely: first,
  IS_ENABLED: (call) => {
    const argument = call.expression.arguments[0];
    return intValue(argument?.kind === 'identifier' && configuration(argument.name) !== null ? 1 : 0);
  },
  WARN_ON: outcomeIf('warn'),
  WARN_ON_ONCE: outcomeIf('warn'),
  WARN: outcomeIf('warn'),
  WARN_ONCE: outcomeIf('warn'),
  WARN_ON_SMP: outcomeIf('warn'),
  VM_WARN_ON: outcomeIf('warn'),
  VM_WARN_ON_ONCE: outcomeIf('warn'),
  BUG_ON: outcomeIf('bug-on'),
  VM_BUG_ON: outcomeIf('bug-on'),
  BUG: outcomeAlways('bug-on'),
  panic: outcomeAlways('panic'),
  nmi_panic: outcomeAlways('panic'),
  min: pickOf(true, false),
  max: pickOf(false, false),
  min_t: pickOf(true, true),
  max_t: pickOf(false, true),
  umin: pickOf(true, false),
  umax: pickOf(false, false),
  ALIGN: roundTo(true),
  ALIGN_DOWN: roundTo(false),
  round_up: roundTo(true),
  round_down: roundTo(false),
  BIT: (call) => ({ expr: binary('shl', constant(1, 64), convert(call.value(0), uint64).expr), type: uint64 }),
  BIT_ULL: (call) => ({ expr: binary('shl', constant(1, 64), convert(call.value(0), uint64).expr), type: uint64 }),
  ARRAY_SIZE: (call) => {
    const type = call.expression.arguments[0] ? typeOf(call.frame, call.expression.arguments[0]) : int32;
    return { expr: constant(type.kind === 'array' ? type.length : 0, 64), type: uint64 };
  },
  swap: (call) => {
    const { frame, expression } = call;
    const [a, b] = [call.place(0), call.place(1)];
    const [left, right] = [read(frame, a, expression.span), read(frame, b, expression.span)];
    const kept: Place = { kind: 'reg', reg: frame.code.register('%swap', widthOf(left.type)), type: left.type };
    write(frame, kept, left, expression.span);
    write(frame, a, right, expression.span);
    write(frame, b, read(frame, kept, expression.span), expression.span);
    return null;
  },
  /* What scenarios and models say to the engine. */
  choose: (call) => {
    const { frame, expression } = call;
    const count = call.value(0);
    const wanted = count.expr.kind === 'const' ? Number(count.expr.value) : 2;
    const possible = Math.max(1, Math.min(wanted, mostChoices));
    if (count.expr.kind !== 'const' || possible !== wanted) {
      const text = `choose() takes a constant from 1 to ${mostChoices}; ${possible} is taken`;
      frame.program.assume({ kind: 'assumed', text, span: expression.span });
    }
    const reg = frame.code.register('%choice', 32);
    frame.code.emit({ kind: 'choose', reg, count: possible }, expression.span);
    return { expr: { kind: 'reg', width: 32, reg }, type: int32 };
  },
  sometimes: (call) => {
    const text = call.expression.arguments[0];
    call.frame.code.emit(
      { kind: 'mark', mark: call.frame.program.mark(`sometimes: ${text?.kind === 'string' ? text.value : ''}`) },
      call.expression.span,
    );
    return null;
  },
  story_begins: (call) => {
    call.frame.code.emit({ kind: 'mark', mark: call.frame.program.mark('story begins') }, call.expression.span);
    return null;
  },
  outcome: (call) => {
    const id = call.expression.arguments[0];
    happens(call, id?.kind === 'string' ? id.value : '');
    return null;
  },
};
