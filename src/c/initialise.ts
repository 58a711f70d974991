// SPDX-License-Identifier: MIT
import type { Bytes } from '../engine/program';
import type { Expression, Initializer, Span } from './ast';
import type { Frame } from './context';
import { alignOf, type CType, sizeOf } from './ctype';
import { planInitializer } from './initializerPlan';
import { lowerExpression } from './lowerExpression';
import { write } from './places';
import { typeOf } from './typeOf';
import { constant, intValue, offsetBy, type Place, type Value } from './value';

/** Objects larger than this are not copied or cleared byte by byte. */
const largest = 4096;

/** Copies a struct word by word, as the compiler would. */
export function copy(frame: Frame, place: Place, from: Value, span: Span): void {
  if (
    place.kind === 'reg' ||
    (from.type.kind !== 'struct' && from.type.kind !== 'pointer' && from.type.kind !== 'array')
  )
    return;
  for (const { at, bytes } of words(frame, place.type, span)) {
    const width = bytes === 8 ? 64 : 32;
    const reg = frame.code.register('%copy', width);
    frame.code.emit({ kind: 'load', reg, address: offsetBy(from.expr, at), bytes, signed: true, acquire: false }, span);
    store(frame, place, at, bytes, { kind: 'reg', width, reg }, span);
  }
}

/** The type of a compound literal: `(int[]){ 1, 2 }` has the length of its contents. */
export function completedLiteral(frame: Frame, type: CType, e: Extract<Expression, { kind: 'literal' }>): CType {
  if (type.kind !== 'array' || e.type.kind !== 'array' || e.type.length) return type;
  const { length } = planInitializer({ ...type, length: 1 << 20 }, e.initializer, frame.program.symbols);
  return { ...type, length };
}

/** Gives memory its initial contents: what the initialiser leaves out is zero. */
export function initialise(frame: Frame, place: Place, initializer: Initializer, span: Span): void {
  if (place.kind === 'reg') {
    const first = initializer.kind === 'list' ? initializer.items[0]?.value : initializer;
    if (first?.kind === 'list') initialise(frame, place, first, span);
    else write(frame, place, first ? lowerExpression(frame, first.value) : intValue(0), span);
    return;
  }
  const { symbols } = frame.program;
  const { parts } = planInitializer(place.type, initializer, {
    evaluate: (e) => symbols.evaluate(e),
    isStruct: (e) => typeOf(frame, e).kind === 'struct',
  });
  const covered = (from: number, to: number): boolean =>
    parts.some((p) => !p.bits && p.offset <= from && to <= p.offset + sizeOf(p.type));
  if (place.type.kind === 'struct' || place.type.kind === 'array') {
    for (const { at, bytes } of words(frame, place.type, span))
      if (!covered(at, at + bytes)) store(frame, place, at, bytes, constant(0, bytes === 8 ? 64 : 32), span);
  }
  for (const part of parts) {
    const { offset, type, bits } = part;
    const target: Place = { kind: 'mem', address: offsetBy(place.address, offset), type, ...(bits && { bits }) };
    write(frame, target, lowerExpression(frame, part.value), span);
  }
}

function store(
  frame: Frame,
  place: Extract<Place, { kind: 'mem' }>,
  at: number,
  bytes: Bytes,
  value: Value['expr'],
  span: Span,
): void {
  frame.code.emit({ kind: 'store', address: offsetBy(place.address, at), value, bytes, release: false }, span);
}

/** The words that an object is copied by: as wide as its alignment allows. */
function words(frame: Frame, type: CType, span: Span): { at: number; bytes: Bytes }[] {
  const size = sizeOf(type);
  const align = Math.min(8, alignOf(type));
  const result: { at: number; bytes: Bytes }[] = [];
  if (size > largest) {
    frame.program.assume({ kind: 'assumed', text: `an object of ${size} bytes is not copied or cleared`, span });
    return result;
  }
  for (let at = 0; at < size; ) {
    const left = Math.min(size - at, align);
    const bytes: Bytes = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    result.push({ at, bytes });
    at += bytes;
  }
  return result;
}
