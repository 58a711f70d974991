// SPDX-License-Identifier: MIT
/** How operations set the condition flags. */
import type { Bytes, Expr } from '../engine/program';
import { binary, compare, constant, type Emitter, fit } from './x86Emit';

/** Zero and sign of a result. */
function setResultFlags(emitter: Emitter, value: Expr): void {
  emitter.setFlag('zero', compare('eq', value, constant(0, value.width)));
  emitter.setFlag('sign', compare('ltSigned', value, constant(0, value.width)));
}

/** Flags of `left - right`. */
export function setCompareFlags(emitter: Emitter, left: Expr, right: Expr, bytes: Bytes, keepsCarry = false): void {
  setResultFlags(emitter, fit(binary('sub', left, right), bytes));
  emitter.setFlag('less', compare('ltSigned', left, right));
  if (!keepsCarry) emitter.setFlag('carry', compare('ltUnsigned', fit(left, bytes, false), fit(right, bytes, false)));
}

/** Flags of `left + right`. */
export function setSumFlags(emitter: Emitter, left: Expr, right: Expr, bytes: Bytes, keepsCarry = false): void {
  const sum = fit(binary('add', left, right), bytes);
  setResultFlags(emitter, sum);
  const zero = constant(0, sum.width);
  // Overflow: both operands differ from the sum in their sign.
  const overflow = compare('ltSigned', binary('and', binary('xor', left, sum), binary('xor', right, sum)), zero);
  emitter.setFlag('less', binary('xor', compare('ltSigned', sum, zero), overflow));
  if (!keepsCarry) emitter.setFlag('carry', compare('ltUnsigned', fit(sum, bytes, false), fit(left, bytes, false)));
}

/** Flags of a bit operation. */
export function setLogicFlags(emitter: Emitter, value: Expr): void {
  setResultFlags(emitter, value);
  emitter.setFlag('less', emitter.flag('sign'));
  emitter.setFlag('carry', constant(0, 32));
}
