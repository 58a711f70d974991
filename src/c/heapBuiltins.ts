// SPDX-License-Identifier: MIT
/** `kmalloc()`, `kfree()` and their kin on the heap of heap.ts. */

import type { Expr } from '../engine/program';
import { emitCopy, unlessBeyond } from './bytesBuiltins';
import type { Builtin, BuiltinCall } from './context';
import { type CType, pointerTo, uint64, voidType } from './ctype';
import { largestObject, variableObject } from './heap';
import { snapshot, write } from './places';
import { arithmetic, binary, constant, convert, type Place, type Value } from './value';

/** Flags of an allocation that matter: give zeroes, never fail. */
const zeroFlag = 0x100n;
const noFailFlag = 0x8000n;
/** What an allocation of no bytes gives. */
const zeroSizePointer = 16;

const pointer: CType = pointerTo(voidType);

/** Whether the flags have this one: 0 or something else. */
const flagOf = (flags: Value | null, flag: bigint): Expr =>
  flags ? binary('and', convert(flags, uint64).expr, constant(flag, 64)) : constant(0, 64);

/** An object of so many bytes: its address, or NULL where allocations may fail. */
function allocate(call: BuiltinCall, size: Value, flags: Value | null, zeroes: boolean): Value {
  const { frame, expression, name } = call;
  const { program, code } = frame;
  const { span } = expression;
  const fixed = size.expr.kind === 'const' ? Number(BigInt.asUintN(64, size.expr.value)) : null;
  if (fixed === 0) return { expr: constant(zeroSizePointer, 64), type: pointer };
  const result: Place = { kind: 'reg', reg: code.register(`%${name}()`, 64), type: pointer };
  const done = code.label();
  write(frame, result, { expr: constant(0, 64), type: pointer }, span);
  const mayFail = flagOf(flags, noFailFlag);
  if (program.allocationsFail && !(mayFail.kind === 'const' && mayFail.value !== 0n)) {
    const [fails, works] = [code.register('%allocation fails', 32), code.label()];
    code.emit({ kind: 'choose', reg: fails, count: 2 }, span);
    code.branch({ kind: 'reg', width: 32, reg: fails }, done, works, span);
    code.place(works);
  }
  const most = fixed ?? variableObject;
  unlessBeyond(frame, size, fixed === null ? variableObject : largestObject, span);
  if (most <= largestObject) {
    program.heap.use();
    const zero = flagOf(flags, zeroFlag);
    const isZero: Expr = zeroes
      ? constant(1, 32)
      : zero.kind === 'const'
        ? constant(zero.value === 0n ? 0 : 1, 32)
        : { kind: 'compare', width: 32, operandWidth: 64, operator: 'ne', left: zero, right: constant(0, 64) };
    const address = code.register('%object', 32);
    code.emit(
      {
        kind: 'machine',
        operation: program.heap.allocate,
        arguments: [constant(program.heap.pool(most), 32), isZero],
        reg: address,
      },
      span,
    );
    const wide: Expr = {
      kind: 'convert',
      width: 64,
      bits: 32,
      signed: false,
      operand: { kind: 'reg', width: 32, reg: address },
    };
    write(frame, result, { expr: wide, type: pointer }, span);
  }
  code.jump(done, span);
  code.place(done);
  return { expr: { kind: 'reg', width: 64, reg: result.reg }, type: pointer };
}

const flagsAt = (call: BuiltinCall, index: number): Value | null =>
  call.expression.arguments[index] ? call.value(index) : null;

const one =
  (zeroes: boolean): Builtin =>
  (call) => {
    const size = convert(call.value(0), uint64);
    return allocate(call, size, flagsAt(call, 1), zeroes);
  };

const several =
  (zeroes: boolean): Builtin =>
  (call) => {
    const [count, size] = [convert(call.value(0), uint64), convert(call.value(1), uint64)];
    return allocate(call, arithmetic('*', count, size) ?? size, flagsAt(call, 2), zeroes);
  };

const duplicate: Builtin = (call) => {
  const { frame, expression } = call;
  const { code } = frame;
  const { span } = expression;
  const from = snapshot(frame, convert(call.value(0), uint64), span);
  const size = snapshot(frame, convert(call.value(1), uint64), span);
  const object = allocate(call, size, flagsAt(call, 2), false);
  const [given, done] = [code.label(), code.label()];
  const isNull: Expr = { kind: 'not', width: 32, operand: object.expr };
  code.branch(isNull, done, given, span);
  code.place(given);
  emitCopy(frame, object.expr, from.expr, size, span);
  code.jump(done, span);
  code.place(done);
  return object;
};

const free: Builtin = (call) => {
  const { program, code } = call.frame;
  const address = convert(call.value(0), uint64).expr;
  program.heap.use();
  code.emit({ kind: 'machine', operation: program.heap.free, arguments: [address], reg: null }, call.expression.span);
  return null;
};

/** The primitives of this file by name. */
export const heapBuiltins: Readonly<Record<string, Builtin>> = {
  kmalloc: one(false),
  kzalloc: one(true),
  kmalloc_node: one(false),
  kzalloc_node: one(true),
  kvmalloc: one(false),
  kvzalloc: one(true),
  kvmalloc_node: one(false),
  kvzalloc_node: one(true),
  kmalloc_array: several(false),
  kcalloc: several(true),
  kvmalloc_array: several(false),
  kvcalloc: several(true),
  kmemdup: duplicate,
  kvmemdup: duplicate,
  kfree: free,
  kvfree: free,
  kfree_const: free,
  kfree_sensitive: free,
  kvfree_sensitive: free,
};
