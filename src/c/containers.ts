// SPDX-License-Identifier: MIT
/** Where members stand in their structures: `offsetof()`, `container_of()` and what needs a type to be told. */

import type { Expression, TypeName } from './ast';
import type { Builtin, BuiltinCall, Frame } from './context';
import { alignOf, type CType, int32, pointerTo, sizeOf, uint64 } from './ctype';
import { lowerExpression } from './lowerExpression';
import { typeIn, typeOf } from './typeOf';
import { unknown } from './unknown';
import { binary, constant, convert, intValue, type Value } from './value';

/** A member of a type by its path (`a.b[2].c`): its offset in bytes and its type; null where there is none. */
function memberAt(
  frame: Frame,
  type: CType,
  path: Expression,
): { readonly offset: number; readonly type: CType } | null {
  if (path.kind === 'identifier') {
    const field = type.kind === 'struct' ? type.fields.find((f) => f.name === path.name) : undefined;
    return field ? { offset: field.offset, type: field.type } : null;
  }
  if (path.kind === 'member' && !path.arrow) {
    const outer = memberAt(frame, type, path.object);
    const inner = outer && memberAt(frame, outer.type, { kind: 'identifier', name: path.field, span: path.span });
    return outer && inner && { offset: outer.offset + inner.offset, type: inner.type };
  }
  if (path.kind === 'index') {
    const outer = memberAt(frame, type, path.object);
    const at = frame.program.symbols.evaluate(path.index);
    if (outer?.type.kind !== 'array' || at === null) return null;
    return { offset: outer.offset + Number(at) * sizeOf(outer.type.of), type: outer.type.of };
  }
  return null;
}

/** The type that an argument names, and the member of it that the next argument names. */
function member(
  call: BuiltinCall,
  index: number,
): { readonly owner: CType; readonly offset: number; readonly type: CType } | null {
  const name: TypeName | null | undefined = call.expression.types[index];
  const path = call.expression.arguments[index + 1];
  const owner = name ? typeIn(call.frame, name) : null;
  const found = owner && path ? memberAt(call.frame, owner, path) : null;
  return owner && found && { owner, ...found };
}

/** What a macro that knows a member gives, or something unknown where nobody defines the member. */
const ofMember =
  (index: number, value: (call: BuiltinCall, found: { owner: CType; offset: number; type: CType }) => Value): Builtin =>
  (call) => {
    const { frame, expression, name } = call;
    const found = member(call, index);
    return found
      ? value(call, found)
      : unknown(frame, uint64, `${name}() of a type that is not modelled`, expression.span);
  };

const size = (bytes: number): Value => ({ expr: constant(bytes, 64), type: uint64 });

const containerOf = ofMember(1, (call, { owner, offset }) => ({
  expr: binary('sub', convert(call.value(0), uint64).expr, constant(offset, 64)),
  type: pointerTo(owner),
}));

const alignment: Builtin = (call) => {
  const name = call.expression.types[0];
  const first = call.expression.arguments[0];
  const type = name ? typeIn(call.frame, name) : first ? typeOf(call.frame, first) : int32;
  return size(alignOf(type));
};

/** Offset of a member that the path names in a type, in bytes; 0 where there is no such member. */
export const memberOffset = (frame: Frame, type: CType, path: Expression): number =>
  memberAt(frame, type, path)?.offset ?? 0;

const offsetOf = ofMember(0, (_, { offset }) => size(offset));

/** `offsetof(struct x, list[n])` with an index that is not constant; null for another member. */
function elementOffset(call: BuiltinCall): Value | null {
  const { frame, expression } = call;
  const [name, path] = [expression.types[0], expression.arguments[1]];
  if (!name || path?.kind !== 'index' || frame.program.symbols.evaluate(path.index) !== null) return null;
  const array = memberAt(frame, typeIn(frame, name), path.object);
  if (array?.type.kind !== 'array') return null;
  const index = convert(lowerExpression(frame, path.index), uint64).expr;
  const bytes = binary('mul', index, constant(sizeOf(array.type.of), 64));
  return { expr: binary('add', bytes, constant(array.offset, 64)), type: uint64 };
}

/** The primitives of this file by name. */
export const containerBuiltins: Readonly<Record<string, Builtin>> = {
  container_of: containerOf,
  container_of_const: containerOf,
  list_entry: containerOf,
  hlist_entry: containerOf,
  rb_entry: containerOf,
  offsetof: (call) => elementOffset(call) ?? offsetOf(call),
  offsetofend: ofMember(0, (_, { offset, type }) => size(offset + sizeOf(type))),
  sizeof_field: ofMember(0, (_, { type }) => size(sizeOf(type))),
  __alignof__: alignment,
  _Alignof: alignment,
  typecheck: () => intValue(1),
  __builtin_types_compatible_p: (call) => {
    const [a, b] = [0, 1].map((i) => call.expression.types[i]).map((t) => (t ? typeIn(call.frame, t) : null));
    return intValue(a && b && a.kind === b.kind && sizeOf(a) === sizeOf(b) ? 1 : 0);
  },
};
