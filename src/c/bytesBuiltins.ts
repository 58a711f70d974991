// SPDX-License-Identifier: MIT
/** `memset()`, `memcpy()` and their kin: in words where the size is a constant, else in a loop. */

import type { Bytes, Expr } from '../engine/program';
import type { Span } from './ast';
import type { Builtin, Frame } from './context';
import { int32, uint64 } from './ctype';
import { snapshot } from './places';
import { binary, constant, convert, intValue, offsetBy, type Value } from './value';

/** More bytes than this are not set, copied or compared. */
const most = 4096;
/** Copies up to this size are read whole before they are written, so that they may overlap. */
const mostAtOnce = 64;

const reg = (register: number, width: 32 | 64): Expr => ({ kind: 'reg', width, reg: register });
const atMost = (left: Expr, right: Expr): Expr => ({
  kind: 'compare',
  width: 32,
  operandWidth: 64,
  operator: 'leUnsigned',
  left,
  right,
});

/** Ends the story where a size is larger than what is modelled: nothing is claimed then. */
export function unlessBeyond(frame: Frame, size: Value, largest: number, span: Span): void {
  const { program, code } = frame;
  const test = size.expr.kind === 'const' ? BigInt.asUintN(64, size.expr.value) <= BigInt(largest) : null;
  if (test === true) return;
  if (program.beyond === null || test === false)
    program.assume({ kind: 'assumed', text: `more than ${largest} bytes at once are not modelled`, span });
  if (program.beyond === null) return;
  const [fine, lost] = [code.label(), code.label()];
  if (test === null) {
    code.branch(atMost(size.expr, constant(largest, 64)), fine, lost, span);
    code.place(lost);
  }
  code.emit({ kind: 'outcome', outcome: program.beyond }, span);
  code.place(fine);
}

/** The words that a number of bytes has. */
function words(size: number): { readonly at: number; readonly bytes: Bytes }[] {
  const result: { at: number; bytes: Bytes }[] = [];
  for (let at = 0; at < size; ) {
    const left = size - at;
    const bytes: Bytes = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    result.push({ at, bytes });
    at += bytes;
  }
  return result;
}

/** Runs `body` for each part of so many bytes, from the first to the last: words of 8, then single bytes. */
function inLoop(
  frame: Frame,
  size: Expr,
  backwards: boolean,
  span: Span,
  body: (at: Expr, bytes: Bytes) => void,
): void {
  const { code } = frame;
  const at = code.register('%at', 64);
  const position = reg(at, 64);
  const set = (value: Expr): void => code.emit({ kind: 'assign', reg: at, value }, span);
  const left = backwards ? position : binary('sub', size, position);
  set(backwards ? size : constant(0, 64));
  for (const bytes of [8, 1] as const) {
    const [top, go, next] = [code.label(), code.label(), code.label()];
    code.place(top);
    code.branch(atMost(constant(bytes, 64), left), go, next, span);
    code.place(go);
    const moved = binary(backwards ? 'sub' : 'add', position, constant(bytes, 64));
    if (backwards) set(moved);
    body(position, bytes);
    if (!backwards) set(moved);
    code.jump(top, span);
    code.place(next);
  }
}

const store = (frame: Frame, address: Expr, value: Expr, bytes: Bytes, span: Span): void =>
  frame.code.emit({ kind: 'store', address, value, bytes, release: false }, span);

function load(frame: Frame, address: Expr, bytes: Bytes, span: Span): Expr {
  const width = bytes === 8 ? 64 : 32;
  const register = frame.code.register('%bytes', width);
  frame.code.emit({ kind: 'load', reg: register, address, bytes, signed: false, acquire: false }, span);
  return reg(register, width);
}

const sizeOfCopy = (size: Value): number | null =>
  size.expr.kind === 'const' ? Number(BigInt.asUintN(64, size.expr.value)) : null;

/** Copies bytes; what overlaps is copied as if there were a buffer between. Addresses of 64 bits. */
export function emitCopy(frame: Frame, to: Expr, from: Expr, size: Value, span: Span): void {
  const fixed = sizeOfCopy(size);
  unlessBeyond(frame, size, most, span);
  if (fixed !== null && fixed > most) return;
  if (fixed !== null && fixed <= mostAtOnce) {
    const parts = words(fixed).map(({ at, bytes }) => ({
      at,
      bytes,
      value: load(frame, offsetBy(from, at), bytes, span),
    }));
    for (const { at, bytes, value } of parts) store(frame, offsetBy(to, at), value, bytes, span);
    return;
  }
  const { code } = frame;
  const move = (at: Expr, bytes: Bytes): void =>
    store(frame, binary('add', to, at), load(frame, binary('add', from, at), bytes, span), bytes, span);
  const [up, down, done] = [code.label(), code.label(), code.label()];
  code.branch(atMost(to, from), up, down, span);
  code.place(up);
  inLoop(frame, size.expr, false, span, move);
  code.jump(done, span);
  code.place(down);
  inLoop(frame, size.expr, true, span, move);
  code.jump(done, span);
  code.place(done);
}

const copy: Builtin = (call) => {
  const { frame, expression } = call;
  const { span } = expression;
  const to = call.value(0);
  const from = call.value(1);
  const size = snapshot(frame, convert(call.value(2), uint64), span);
  emitCopy(frame, convert(to, uint64).expr, convert(from, uint64).expr, size, span);
  return to;
};

/** @param zeroes whether there is no argument for the byte: it is 0 */
const fill =
  (zeroes: boolean): Builtin =>
  (call) => {
    const { frame, expression } = call;
    const { span } = expression;
    const pointer = call.value(0);
    const byte = zeroes ? intValue(0) : call.value(1);
    const size = snapshot(frame, convert(call.value(zeroes ? 1 : 2), uint64), span);
    const fixed = sizeOfCopy(size);
    const address = convert(pointer, uint64).expr;
    const low = binary('and', convert(byte, uint64).expr, constant(255, 64));
    const all = binary('mul', low, constant(0x0101010101010101n, 64));
    const narrow = snapshot(frame, convert({ expr: all, type: uint64 }, int32), span).expr;
    const wide = snapshot(frame, { expr: all, type: uint64 }, span).expr;
    const put = (at: Expr, bytes: Bytes): void => store(frame, at, bytes === 8 ? wide : narrow, bytes, span);
    unlessBeyond(frame, size, most, span);
    if (fixed === null) inLoop(frame, size.expr, false, span, (at, bytes) => put(binary('add', address, at), bytes));
    else if (fixed <= most) for (const { at, bytes } of words(fixed)) put(offsetBy(address, at), bytes);
    return pointer;
  };

/** The difference of the first two bytes that are not the same, or 0. */
const compare: Builtin = (call) => {
  const { frame, expression } = call;
  const { code } = frame;
  const { span } = expression;
  const [left, right] = [convert(call.value(0), uint64).expr, convert(call.value(1), uint64).expr];
  const size = snapshot(frame, convert(call.value(2), uint64), span);
  unlessBeyond(frame, size, most, span);
  const result = code.register('%memcmp()', 32);
  const at = code.register('%at', 64);
  const [top, go, next, done] = [code.label(), code.label(), code.label(), code.label()];
  code.emit({ kind: 'assign', reg: result, value: constant(0, 32) }, span);
  code.emit({ kind: 'assign', reg: at, value: constant(0, 64) }, span);
  code.place(top);
  code.branch(atMost(size.expr, reg(at, 64)), done, go, span);
  code.place(go);
  const a = load(frame, binary('add', left, reg(at, 64)), 1, span);
  const b = load(frame, binary('add', right, reg(at, 64)), 1, span);
  code.emit({ kind: 'assign', reg: result, value: binary('sub', a, b) }, span);
  code.branch(reg(result, 32), done, next, span);
  code.place(next);
  code.emit({ kind: 'assign', reg: at, value: offsetBy(reg(at, 64), 1) }, span);
  code.jump(top, span);
  code.place(done);
  return { expr: reg(result, 32), type: int32 };
};

/** The primitives of this file by name. */
export const bytesBuiltins: Readonly<Record<string, Builtin>> = {
  memset: fill(false),
  memzero_explicit: fill(true),
  memcpy: copy,
  memmove: copy,
  __memcpy: copy,
  __builtin_memcpy: copy,
  memcmp: compare,
};
