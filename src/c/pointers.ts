// SPDX-License-Identifier: MIT
import type { Frame } from './context';
import { type CType, int32, pointerTo, sizeOf, uint64, voidType } from './ctype';
import { unknown } from './unknown';
import { arithmetic, binary, constant, convert, type Value } from './value';

/** Addition, of a pointer too. */
export function addTo(frame: Frame, left: Value, right: Value): Value {
  if (isPointer(left.type)) return movePointer(left, right, 1);
  if (isPointer(right.type)) return movePointer(right, left, 1);
  return arithmetic('+', left, right) ?? unknown(frame, int32, 'addition', frame.definition.span);
}

/** Subtraction, of pointers too. */
export function subtract(frame: Frame, left: Value, right: Value): Value {
  if (isPointer(left.type) && isPointer(right.type)) {
    const size = sizeOf(pointee(left.type));
    const bytes = binary('sub', left.expr, right.expr);
    return {
      expr: size > 1 ? binary('divSigned', bytes, constant(size, 64)) : bytes,
      type: { kind: 'int', bits: 64, signed: true, bool: false },
    };
  }
  if (isPointer(left.type)) return movePointer(left, right, -1);
  return arithmetic('-', left, right) ?? unknown(frame, int32, 'subtraction', frame.definition.span);
}

/** Whether arithmetic on the type counts in elements. */
export const isPointer = (type: CType): boolean => type.kind === 'pointer' || type.kind === 'array';
/** What a pointer or array of the type points to. */
export const pointee = (type: CType): CType =>
  type.kind === 'pointer' ? type.to() : type.kind === 'array' ? type.of : voidType;

/** A pointer moved by a number of elements, forwards or backwards. */
export function movePointer(pointer: Value, by: Value, sign: 1 | -1): Value {
  const size = sizeOf(pointee(pointer.type));
  const count = convert(by, uint64).expr;
  const bytes = size === 1 ? count : binary('mul', count, constant(size, 64));
  const type = pointer.type.kind === 'array' ? pointerTo(pointer.type.of) : pointer.type;
  return { expr: binary(sign === 1 ? 'add' : 'sub', pointer.expr, bytes), type };
}
