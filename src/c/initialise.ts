// SPDX-License-Identifier: MIT
import type { Bytes } from '../engine/program';
import type { Expression, Initializer, Span } from './ast';
import type { Frame } from './context';
import { sizeOf } from './ctype';
import { lowerExpression, write } from './lowerExpression';
import { intValue, offsetBy, type Place, type Value } from './value';

/** Copies a struct word by word, as the compiler would. */
export function copy(frame: Frame, place: Place, from: Value, span: Span): void {
  if (
    place.kind === 'reg' ||
    (from.type.kind !== 'struct' && from.type.kind !== 'pointer' && from.type.kind !== 'array')
  )
    return;
  const size = sizeOf(place.type);
  for (let at = 0; at < size; ) {
    const bytes: Bytes = size - at >= 8 ? 8 : size - at >= 4 ? 4 : size - at >= 2 ? 2 : 1;
    const width = bytes === 8 ? 64 : 32;
    const reg = frame.code.register('%copy', width);
    frame.code.emit({ kind: 'load', reg, address: offsetBy(from.expr, at), bytes, signed: true, acquire: false }, span);
    frame.code.emit(
      {
        kind: 'store',
        address: offsetBy(place.address, at),
        value: { kind: 'reg', width, reg },
        bytes,
        release: false,
      },
      span,
    );
    at += bytes;
  }
}

/** Gives memory its initial contents: what the initialiser leaves out is zero. */
export function initialise(frame: Frame, place: Place, initializer: Initializer, span: Span): void {
  if (initializer.kind === 'expression') {
    const value = lowerExpression(frame, initializer.value);
    if (value.type.kind === 'struct') copy(frame, place, value, span);
    else write(frame, place, value, span);
    return;
  }
  if (place.kind === 'reg') {
    const first = initializer.items[0]?.value;
    if (first) initialise(frame, place, first, span);
    else write(frame, place, intValue(0), span);
    return;
  }
  for (const part of parts(place)) write(frame, part, intValue(0), span);
  let next = 0;
  for (const item of initializer.items) {
    let target: Place | null = place;
    for (const step of item.designator) target = target && element(frame, target, step);
    if (item.designator.length === 0) target = element(frame, place, next);
    if (target) initialise(frame, target, item.value, span);
    next++;
  }
}

/** The scalars inside a place. */
function parts(place: Extract<Place, { kind: 'mem' }>): Place[] {
  const { type } = place;
  if (type.kind === 'struct')
    return type.fields.flatMap((f) => parts({ kind: 'mem', address: offsetBy(place.address, f.offset), type: f.type }));
  if (type.kind === 'array')
    return Array.from({ length: type.length }, (_, i) =>
      parts({ kind: 'mem', address: offsetBy(place.address, i * sizeOf(type.of)), type: type.of }),
    ).flat();
  return [place];
}

function element(frame: Frame, place: Place, which: string | number | Expression): Place | null {
  if (place.kind === 'reg') return place;
  const { type } = place;
  if (type.kind === 'struct') {
    const field =
      typeof which === 'string'
        ? type.fields.find((f) => f.name === which)
        : typeof which === 'number'
          ? type.fields[which]
          : undefined;
    return field ? { kind: 'mem', address: offsetBy(place.address, field.offset), type: field.type } : null;
  }
  if (type.kind === 'array' && typeof which !== 'string') {
    const index = typeof which === 'number' ? which : Number(frame.program.symbols.evaluate(which) ?? 0n);
    return { kind: 'mem', address: offsetBy(place.address, index * sizeOf(type.of)), type: type.of };
  }
  return null;
}
