// SPDX-License-Identifier: MIT
/** C types with their sizes, as the x86-64 kernel has them. */

import type { Declarator, Expression, TypeName } from './ast';

export type CType =
  | { readonly kind: 'void' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean; readonly bool: boolean }
  | { readonly kind: 'pointer'; readonly to: () => CType }
  | { readonly kind: 'array'; readonly of: CType; readonly length: number }
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly fields: readonly Field[];
      readonly size: number;
      readonly align: number;
    }
  | { readonly kind: 'function'; readonly result: () => CType; readonly parameters: readonly TypeName[] };

export interface Field {
  readonly name: string;
  readonly type: CType;
  /** In bytes; of a bit-field that of the integer it lies in. */
  readonly offset: number;
  readonly bits?: Bits;
}

/** Where a bit-field lies in its integer, counted from the lowest bit. */
export interface Bits {
  readonly from: number;
  readonly width: number;
}

const integer = (bits: 8 | 16 | 32 | 64, signed: boolean): CType => ({ kind: 'int', bits, signed, bool: false });

export const int32 = integer(32, true);
export const uint8 = integer(8, false);
export const uint32 = integer(32, false);
export const char = integer(8, true);
export const int64 = integer(64, true);
export const uint64 = integer(64, false);
export const bool: CType = { kind: 'int', bits: 8, signed: false, bool: true };
export const voidType: CType = { kind: 'void' };
export const pointerTo = (to: CType): CType => ({ kind: 'pointer', to: () => to });
/** What stands for a type that nobody defines. */
export const opaque: Extract<CType, { kind: 'struct' }> = { kind: 'struct', name: '', fields: [], size: 8, align: 8 };

const names: Readonly<Record<string, CType>> = {
  void: voidType,
  bool,
  _Bool: bool,
  char: integer(8, true),
  'signed char': integer(8, true),
  'unsigned char': integer(8, false),
  short: integer(16, true),
  'unsigned short': integer(16, false),
  int: int32,
  unsigned: uint32,
  'unsigned int': uint32,
  signed: int32,
  long: int64,
  'unsigned long': uint64,
  'long long': int64,
  'unsigned long long': uint64,
  'long int': int64,
  'unsigned long int': uint64,
  u8: integer(8, false),
  u16: integer(16, false),
  u32: uint32,
  u64: uint64,
  s8: integer(8, true),
  s16: integer(16, true),
  s32: int32,
  s64: int64,
  __u8: integer(8, false),
  __u16: integer(16, false),
  __u32: uint32,
  __u64: uint64,
  __s32: int32,
  __s64: int64,
  uint8_t: integer(8, false),
  uint16_t: integer(16, false),
  uint32_t: uint32,
  uint64_t: uint64,
  int32_t: int32,
  int64_t: int64,
  size_t: uint64,
  ssize_t: int64,
  uintptr_t: uint64,
  intptr_t: int64,
  off_t: int64,
  loff_t: int64,
};

/** Where names of types are looked up, and constant expressions in array lengths evaluated. */
export interface TypeScope {
  typedef(name: string): TypeName | null;
  structure(key: string): TypeName | null;
  /** The value of an array's length; 1 where it is not constant. */
  length(type: Extract<TypeName, { kind: 'array' }>): number;
  evaluate(expression: Expression): bigint | null;
  typeOf(type: Extract<TypeName, { kind: 'typeof' }>): CType;
  /** What the program has instead of the type that is written; null where it has that. */
  instead(type: TypeName): CType | null;
  /** Layouts known so far; null while one is being made, because broken C may say that a struct contains itself. */
  readonly layouts: Map<TypeName, CType | null>;
}

/** Whether a word is the name of a type without anybody saying so. */
export const isTypeWord = (name: string): boolean => Object.hasOwn(names, name) || /^\w+_t$/.test(name);

/** Makes what a name or a body of a struct stands for once. */
function once(type: TypeName, scope: TypeScope, make: () => CType): CType {
  const known = scope.layouts.get(type);
  if (known !== undefined) return known ?? opaque;
  scope.layouts.set(type, null);
  const made = make();
  scope.layouts.set(type, made);
  return made;
}

/** Gives the layout of a type; an unknown name is an opaque 8 bytes. */
export function resolveType(type: TypeName, scope: TypeScope): CType {
  const instead = scope.instead(type);
  if (instead) return instead;
  switch (type.kind) {
    case 'named': {
      const plain = type.name
        .replace(/\b(const|static|extern)\b/g, '')
        .replace(/\s+/g, ' ')
        .trim();
      const known = Object.hasOwn(names, plain) ? names[plain] : undefined;
      if (known) return known;
      const typedef = scope.typedef(plain);
      // A struct's body guards itself.
      if (typedef?.kind === 'struct' || typedef?.kind === 'union') return resolveType(typedef, scope);
      if (typedef) return once(typedef, scope, () => resolveType(typedef, scope));
      return words(plain) ?? (/_t$/.test(plain) ? uint64 : opaque);
    }
    case 'enum': {
      const body = type.signed === null && type.name ? scope.structure(`enum ${type.name}`) : type;
      return body?.kind === 'enum' && body.signed === true ? int32 : uint32;
    }
    case 'pointer':
      return { kind: 'pointer', to: () => resolveType(type.to, scope) };
    case 'array':
      return { kind: 'array', of: resolveType(type.of, scope), length: scope.length(type) };
    case 'function':
      return {
        kind: 'function',
        result: () => resolveType(type.result, scope),
        parameters: type.parameters.map((p) => p.type),
      };
    case 'typeof':
      return scope.typeOf(type);
    case 'struct':
    case 'union': {
      const body = type.fields ? type : type.name ? scope.structure(`${type.kind} ${type.name}`) : null;
      if (!body || (body.kind !== 'struct' && body.kind !== 'union') || !body.fields)
        return { ...opaque, name: type.name ?? '' };
      const { fields } = body;
      return once(body, scope, () => layOut(type.kind, type.name ?? '', fields, scope));
    }
  }
}

/** `long unsigned int` and other orders of the same words. */
function words(name: string): CType | null {
  const list = name.split(' ');
  if (!list.every((w) => /^(unsigned|signed|long|short|int|char)$/.test(w))) return null;
  const signed = !list.includes('unsigned');
  if (list.includes('long')) return integer(64, signed);
  if (list.includes('short')) return integer(16, signed);
  return list.includes('char') ? integer(8, signed) : integer(32, signed);
}

function layOut(kind: 'struct' | 'union', name: string, declared: readonly Declarator[], scope: TypeScope): CType {
  const fields: Field[] = [];
  let offset = 0;
  let size = 0;
  let align = 1;
  /** Bits from the start of the struct up to which bit-fields have filled it; 0 behind another field. */
  let filled = 0;
  for (const item of declared) {
    const type = resolveType(item.type, scope);
    const alignment = alignOf(type);
    if (item.bits && type.kind === 'int') {
      const width = Math.min(type.bits, Number(scope.evaluate(item.bits) ?? 1n));
      let from = kind === 'union' ? 0 : filled || offset * 8;
      // It does not cross a boundary of its type, and one without width goes up to the next boundary.
      if (width === 0 || (from % type.bits) + width > type.bits) from = Math.ceil(from / type.bits) * type.bits;
      const unit = Math.floor(from / type.bits) * type.bits;
      if (item.name !== '') {
        fields.push({ name: item.name, type, offset: unit / 8, bits: { from: from - unit, width } });
        align = Math.max(align, alignment);
      }
      filled = from + width;
      offset = Math.ceil(filled / 8);
      size = Math.max(size, offset);
      continue;
    }
    filled = 0;
    align = Math.max(align, alignment);
    offset = kind === 'union' ? 0 : Math.ceil(offset / alignment) * alignment;
    if (item.name === '' && type.kind === 'struct')
      for (const inner of type.fields) fields.push({ ...inner, offset: offset + inner.offset });
    else fields.push({ name: item.name, type, offset });
    offset += sizeOf(type);
    size = Math.max(size, offset);
  }
  return { kind: 'struct', name, fields, size: Math.ceil(size / align) * align, align };
}

/** Size in bytes. */
export function sizeOf(type: CType): number {
  switch (type.kind) {
    case 'void':
    case 'function':
      return 1;
    case 'int':
      return type.bits / 8;
    case 'pointer':
      return 8;
    case 'array':
      return sizeOf(type.of) * type.length;
    case 'struct':
      return type.size;
  }
}

/** Alignment in bytes. */
export function alignOf(type: CType): number {
  switch (type.kind) {
    case 'array':
      return alignOf(type.of);
    case 'struct':
      return type.align;
    default:
      return sizeOf(type);
  }
}
