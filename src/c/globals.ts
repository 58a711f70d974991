// SPDX-License-Identifier: MIT
import type { Declarator, Expression, Initializer } from './ast';
import { alignOf, type CType, sizeOf } from './ctype';
import type { Symbols } from './symbols';

/** Allocates globals at their first use and fills the initial image of memory. */
export interface Globals {
  address(name: string): { readonly address: bigint; readonly type: CType } | null;
  staticAddress(declarator: Declarator): { readonly address: bigint; readonly type: CType };
  allocate(size: number, align: number): bigint;
  /** Where each global stands, for display. */
  entries(): readonly { readonly name: string; readonly address: bigint; readonly type: CType }[];
  /** Memory from `base` on, `size` bytes (a multiple of 8). */
  image(): Uint8Array;
}

/** `static LIST_HEAD(x);` and its kin: what type the variable has. */
const declaringMacros: Readonly<Record<string, string>> = {
  LIST_HEAD: 'struct list_head',
  DEFINE_MUTEX: 'struct mutex',
  DEFINE_SPINLOCK: 'spinlock_t',
  DEFINE_RAW_SPINLOCK: 'raw_spinlock_t',
  DECLARE_RWSEM: 'struct rw_semaphore',
  DEFINE_RWLOCK: 'rwlock_t',
  DECLARE_WAIT_QUEUE_HEAD: 'wait_queue_head_t',
  DECLARE_COMPLETION: 'struct completion',
};

/**
 * @param base address of the first byte; private memory lies before it
 * @param functionAddress the value of a pointer to a function
 */
export function createGlobals(symbols: Symbols, base: bigint, functionAddress: (name: string) => bigint): Globals {
  const byName = new Map<string, { address: bigint; type: CType }>();
  const statics = new Map<Declarator, { address: bigint; type: CType }>();
  let top = base;
  let bytes = new Uint8Array(256);

  const put = (address: bigint, size: number, value: bigint): void => {
    const at = Number(address - base);
    for (let i = 0; i < size; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
  };

  const globals: Globals = {
    address(name) {
      const known = byName.get(name);
      if (known) return known;
      const declarator = symbols.global(name);
      return declarator ? place(declarator, (entry) => byName.set(name, entry)) : null;
    },
    staticAddress: (declarator) =>
      statics.get(declarator) ?? place(declarator, (entry) => statics.set(declarator, entry)),
    allocate(size, align) {
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
    entries: () => [...byName].map(([name, entry]) => ({ name, ...entry })),
    image: () => bytes.slice(0, Math.ceil(Number(top - base) / 8) * 8),
  };
  return globals;

  function place(
    declarator: Declarator,
    register: (entry: { address: bigint; type: CType }) => void,
  ): { address: bigint; type: CType } {
    const macro = declarator.type.kind === 'named' ? declaringMacros[declarator.type.name] : undefined;
    const written = declarator.type;
    const sized =
      written.kind === 'array' && written.length === null && declarator.initializer?.kind === 'list'
        ? {
            ...written,
            length: {
              kind: 'number' as const,
              value: BigInt(declarator.initializer.items.length),
              unsigned: false,
              long: false,
              span: declarator.span,
            },
          }
        : written;
    const type = symbols.type(macro ? named(macro) : sized);
    const address = globals.allocate(Math.max(1, sizeOf(type)), alignOf(type));
    const entry = { address, type };
    register(entry);
    if (macro === 'struct list_head') {
      put(address, 8, address);
      put(address + 8n, 8, address);
    } else if (declarator.initializer) fill(address, type, declarator.initializer);
    return entry;
  }

  function fill(address: bigint, type: CType, initializer: Initializer): void {
    if (initializer.kind === 'expression') {
      const inner = scalar(type);
      put(address, sizeOf(inner), value(initializer.value));
      return;
    }
    initializer.items.forEach((item, index) => {
      let at = address;
      let part: CType = type;
      const path = item.designator.length > 0 ? item.designator : [index];
      for (const which of path) {
        if (part.kind === 'struct') {
          const field: { type: CType; offset: number } | undefined =
            typeof which === 'number' ? part.fields[which] : part.fields.find((f) => f.name === which);
          if (!field) return;
          at += BigInt(field.offset);
          part = field.type;
        } else if (part.kind === 'array') {
          const n: number =
            typeof which === 'number' ? which : typeof which === 'string' ? 0 : Number(symbols.evaluate(which) ?? 0n);
          at += BigInt(n * sizeOf(part.of));
          part = part.of;
        }
      }
      fill(at, part, item.value);
    });
  }

  /** `ATOMIC_INIT(1)` fills the one counter of its struct. */
  function scalar(type: CType): CType {
    return type.kind === 'struct' && type.fields[0] ? scalar(type.fields[0].type) : type;
  }

  function value(e: Expression): bigint {
    const known = symbols.evaluate(e);
    if (known !== null) return known;
    switch (e.kind) {
      case 'call':
        return e.callee.kind === 'identifier' && /_INIT(IALIZER)?$/.test(e.callee.name) && e.arguments[0]
          ? value(e.arguments[0])
          : 0n;
      case 'cast':
        return value(e.operand);
      case 'identifier':
        if (symbols.function(e.name)) return functionAddress(e.name);
        return globals.address(e.name)?.address ?? 0n;
      case 'unary':
        return e.operator === '&' ? value(e.operand) : 0n;
      case 'string':
        return 0x7fff0000n;
      default:
        return 0n;
    }
  }
}

function named(text: string): Declarator['type'] {
  const structure = /^struct (\w+)$/.exec(text);
  return structure ? { kind: 'struct', name: structure[1] as string, fields: null } : { kind: 'named', name: text };
}
