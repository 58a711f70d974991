// SPDX-License-Identifier: MIT
import type { Declarator, Expression, Unit } from './ast';
import { alignOf, type Bits, type CType, sizeOf } from './ctype';
import { planInitializer } from './initializerPlan';
import { isFunction, type Symbols } from './symbols';
import { isUnmodelled, unmodelledStart } from './unmodelled';

/** Allocates globals at their first use and fills the initial image of memory. */
export interface Globals {
  address(name: string, from?: Unit): { readonly address: bigint; readonly type: CType } | null;
  staticAddress(declarator: Declarator): { readonly address: bigint; readonly type: CType };
  allocate(size: number, align: number): bigint;
  /** Where each global stands, for display. */
  entries(): readonly { readonly name: string; readonly address: bigint; readonly type: CType }[];
  /** Memory from `base` on, `size` bytes (a multiple of 8). */
  image(): Uint8Array;
}

/** Where strings and what is too large to be modelled seem to stand: outside memory, so that an access is reported. */
export const outside = 0x7fff1000n;
export const stringAddress = 0x7fff0000n;
/** Globals and the heap together have no more bytes than this. */
const mostBytes = 1 << 20;

/**
 * @param base address of the first byte; private memory lies before it
 * @param functionAddress the value of a pointer to a function
 */
export function createGlobals(
  symbols: Symbols,
  base: bigint,
  functionAddress: (name: string, from: Unit) => bigint,
): Globals {
  const placed = new Map<Declarator, { name: string; address: bigint; type: CType }>();
  const statics = new Map<Declarator, { address: bigint; type: CType }>();
  let top = base;
  let unmodelledTop = unmodelledStart;
  let bytes = new Uint8Array(256);

  const put = (address: bigint, size: number, given: bigint, field?: Bits): void => {
    const at = Number(address - base);
    let value = given;
    if (field) {
      const ones = ((1n << BigInt(field.width)) - 1n) << BigInt(field.from);
      const whole = bytes.slice(at, at + size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      value = (whole & ~ones) | ((given << BigInt(field.from)) & ones);
    }
    for (let i = 0; i < size; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  };

  const globals: Globals = {
    address(name, from) {
      const declarator = symbols.global(name, from);
      if (!declarator) return null;
      return placed.get(declarator) ?? place(declarator, (entry) => placed.set(declarator, { name, ...entry }));
    },
    staticAddress: (declarator) =>
      statics.get(declarator) ?? place(declarator, (entry) => statics.set(declarator, entry)),
    allocate(size, align) {
      if (Number(top - base) + size > mostBytes) return outside;
      const step = BigInt(align);
      const address = ((top + step - 1n) / step) * step;
      top = address + BigInt(size);
      const needed = Number(top - base);
      if (needed > bytes.length) {
        const grown = new Uint8Array(Math.max(needed, bytes.length * 2));
        grown.set(bytes);
        bytes = grown;
      }
      return address;
    },
    // What is not modelled has no memory to show.
    entries: () => [...placed.values()].filter((entry) => !isUnmodelled(entry.address)),
    image: () => bytes.slice(0, Math.ceil(Number(top - base) / 8) * 8),
  };
  return globals;

  function place(
    declarator: Declarator,
    register: (entry: { address: bigint; type: CType }) => void,
  ): { address: bigint; type: CType } {
    const type = symbols.globalType(declarator);
    if (declarator.isUnmodelled) {
      const entry = { address: unmodelledTop, type };
      register(entry);
      unmodelledTop += BigInt(Math.ceil((sizeOf(type) + 1) / 16) * 16);
      return entry;
    }
    const address = globals.allocate(Math.max(1, sizeOf(type)), alignOf(type));
    const entry = { address, type };
    register(entry);
    if (address === outside) return entry;
    if (declarator.initializer) {
      for (const part of planInitializer(type, declarator.initializer, symbols).parts)
        put(
          address + BigInt(part.offset),
          Math.min(8, sizeOf(part.type)),
          fit(part.type, value(part.value)),
          part.bits,
        );
    }
    return entry;
  }

  function value(e: Expression): bigint {
    const known = symbols.evaluate(e);
    if (known !== null) return known;
    if (e.kind === 'string') return stringAddress;
    if (e.kind === 'cast') return value(e.operand);
    if (e.kind === 'call') return e.arguments[0] ? value(e.arguments[0]) : 0n;
    if (e.kind === 'conditional') return e.then && symbols.evaluate(e.condition) ? value(e.then) : value(e.else);
    return pointer(e)?.address ?? 0n;
  }

  /** The address that an address constant gives, and the type of what stands there. */
  function pointer(e: Expression): Target | null {
    if (e.kind === 'unary' && e.operator === '&') return object(e.operand);
    if (e.kind === 'cast') return pointer(e.operand);
    if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-')) {
      const base = pointer(e.left);
      const by = symbols.evaluate(e.right);
      const size = BigInt(base ? sizeOf(base.type) : 0);
      return base && by !== null ? { ...base, address: base.address + (e.operator === '+' ? by : -by) * size } : null;
    }
    const whole = object(e);
    if (whole?.type.kind === 'array') return { address: whole.address, type: whole.type.of };
    return whole?.type.kind === 'function' ? whole : null;
  }

  /** The object that a name, a member or an element of one is. */
  function object(e: Expression): Target | null {
    switch (e.kind) {
      case 'identifier': {
        const known = globals.address(e.name, e.span.unit);
        if (known) return known;
        if (!isFunction(symbols, e.name, e.span.unit)) return null;
        return {
          address: functionAddress(e.name, e.span.unit),
          type: { kind: 'function', result: () => ({ kind: 'void' }), parameters: [] },
        };
      }
      case 'member': {
        const base = e.arrow ? pointer(e.object) : object(e.object);
        const field = base?.type.kind === 'struct' ? base.type.fields.find((f) => f.name === e.field) : undefined;
        return base && field ? { address: base.address + BigInt(field.offset), type: field.type } : null;
      }
      case 'index': {
        const base = pointer(e.object);
        const at = symbols.evaluate(e.index);
        return base && at !== null ? { ...base, address: base.address + at * BigInt(sizeOf(base.type)) } : null;
      }
      case 'unary':
        return e.operator === '*' ? pointer(e.operand) : null;
      default:
        return null;
    }
  }
}

interface Target {
  readonly address: bigint;
  readonly type: CType;
}

/** A value as the bytes of a type hold it: a bool is 0 or 1. */
const fit = (type: CType, value: bigint): bigint =>
  type.kind === 'int' && type.bool ? (value === 0n ? 0n : 1n) : value;
