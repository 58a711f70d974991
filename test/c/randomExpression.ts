// SPDX-License-Identifier: MIT
import type { randomOf } from './support';

type Random = ReturnType<typeof randomOf>;

/** Random expressions over the variables in scope. */
export interface Expressions {
  /** Functions that give the text of an lvalue in memory. */
  readonly lvalues: (() => string)[];
  open(): void;
  close(): void;
  /** `read`: never assigned to; `global`: a function that is called may change it. */
  declare(name: string, kind?: 'local' | 'read' | 'global'): void;
  /** The variables in scope that hold numbers. */
  scalars(): string[];
  /** A full expression; `effects`: whether it may change locals on the way. */
  expression(depth: number, effects?: boolean): string;
  /** An expression that is there for what it changes. */
  effect(): string;
  /** A name or a place in memory to assign to. */
  lvalue(): string;
  /** An expression that changes a local, for use inside the target of an assignment; null where none is free. */
  effectInTarget(): string | null;
  /** An index from 0 to `count - 1`. */
  index(count: number): string;
  /** Makes a text without naming globals: what is called in it may change them. */
  plain(make: () => string): string;
}

const casts = ['u8', 's8', 'u16', 's16', 'u32', 's32', 'u64', 's64', 'bool', 'char', 'unsigned', 'enum level'];
const constants = [
  '0',
  '1',
  '2',
  '3',
  '-1',
  '7',
  '31',
  '100',
  '255',
  '-128',
  '32767',
  '65536',
  '0x7fffffff',
  '0x80000000',
  '0xffffffff',
  '2147483648',
  '4294967295u',
  '1UL',
  '-1L',
  '0x8000000000000000',
  '~0UL',
  "'x'",
  "'\\n'",
  '012',
  '5ULL',
  'true',
  'false',
  'LOW',
  'MIDDLE',
  'HIGH',
  'SCALE',
  'WIDE',
  'TWICE(21)',
];

/** Makes expressions from a source of random numbers. */
export function randomExpressions(r: Random): Expressions {
  const scopes: { name: string; kind: 'local' | 'read' | 'global' }[][] = [];
  /** Locals that the current full expression changes, and all that it has named. */
  let changed = new Set<string>();
  let named = new Set<string>();
  let pure = 0;
  let withoutMemory = 0;
  const lvalues: (() => string)[] = [];
  const all = (): { name: string; kind: 'local' | 'read' | 'global' }[] => scopes.flat();

  const full = (make: () => string): string => {
    const [outerChanged, outerNamed] = [changed, named];
    // What is made inside another full expression still must not clash with it.
    changed = new Set(outerChanged);
    named = new Set(outerNamed);
    const text = make();
    for (const name of changed) outerChanged.add(name);
    for (const name of named) outerNamed.add(name);
    [changed, named] = [outerChanged, outerNamed];
    return text;
  };

  const variable = (): string | null => {
    const names = all().filter((v) => !changed.has(v.name) && !(withoutMemory > 0 && v.kind === 'global'));
    if (names.length === 0) return null;
    const { name } = r.pick(names);
    named.add(name);
    return name;
  };

  const leaf = (): string => {
    const roll = r.below(10);
    const name = roll < 6 ? variable() : null;
    if (name !== null) return name;
    if (roll < 8 && lvalues.length > 0 && withoutMemory === 0) return r.pick(lvalues)();
    return r.pick(constants);
  };

  const update = (): string | null => {
    const free = all().filter((v) => v.kind === 'local' && !named.has(v.name) && !changed.has(v.name));
    if (free.length === 0) return null;
    const { name } = r.pick(free);
    changed.add(name);
    named.add(name);
    return r.pick([
      `${name}++`,
      `${name}--`,
      `++${name}`,
      `--${name}`,
      `(${name} += ${leaf()})`,
      `(${name} = ${leaf()})`,
      `(${name} *= 3)`,
      `(${name} |= ${leaf()})`,
    ]);
  };

  const node = (depth: number): string => {
    if (depth <= 0) return leaf();
    const sub = (): string => node(depth - 1);
    switch (r.below(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return `(${sub()} ${r.pick(['+', '-', '*', '&', '|', '^'])} ${sub()})`;
      case 4:
        return `(${sub()} ${r.pick(['<<', '>>'])} (${sub()} & ${r.pick(['7', '31', '31u', '15L'])}))`;
      case 5:
        return `((${r.pick(['u64', 's64'])})${sub()} ${r.pick(['<<', '>>'])} (${sub()} & 63))`;
      case 6:
        return `(${sub()} ${r.pick(['/', '%'])} ((${sub()} & ${r.pick(['15', '255', '7u', '3L'])}) + ${r.pick(['1', '2', '1u', '1UL'])}))`;
      case 7:
        return `(${sub()} ${r.pick(['/', '%'])} (-2 - (${sub()} & 3)))`;
      case 8:
      case 9:
      case 10:
        return `(${sub()} ${r.pick(['==', '!=', '<', '<=', '>', '>='])} ${sub()})`;
      case 11:
        return `(${sub()} ${r.pick(['&&', '||'])} ${sub()})`;
      case 12:
      case 13:
        return `(${sub()} ? ${sub()} : ${sub()})`;
      case 14:
        return `(${sub()} ?: ${sub()})`;
      case 15:
      case 16:
        return `(${r.pick(casts)})${leafOrBracket(sub())}`;
      case 17:
        return `${r.pick(['-', '~', '!', '+'])}${leafOrBracket(sub())}`;
      case 18:
        // gcc 12 cannot compile a comma between constants that is cast to bool.
        return `(${variable() ?? update() ?? 'result'}, ${sub()})`;
      case 19:
        return `sizeof(${r.pick(['u8', 'struct inner', 'struct outer', 'struct flags', 'struct deep', 'union both', 'unsigned long', 's16 *', 'int[3]', notField(sub()), 'struct outer *'])})`;
      case 20:
      case 21:
        return (pure === 0 ? update() : null) ?? leaf();
      default:
        return leaf();
    }
  };
  /** A bit-field has no size. */
  const notField = (text: string): string => (/\bg?fl\d*\.\w+$/.test(text) ? `+${text}` : text);
  const leafOrBracket = (text: string): string => (/^(\w+|\w+\+\+|\w+--)$/.test(text) ? text : `(${text})`);

  const self: Expressions = {
    lvalues,
    open: () => scopes.push([]),
    close: () => scopes.pop(),
    declare: (name, kind = 'local') => scopes.at(-1)?.push({ name, kind }),
    scalars: () => all().map((v) => v.name),
    expression(depth, effects = true) {
      if (!effects) pure++;
      const text = full(() => node(depth));
      if (!effects) pure--;
      // Nothing outside this call belongs to the same full expression, except what the caller is making.
      if (pure === 0 && withoutMemory === 0) {
        changed.clear();
        named.clear();
      }
      return text;
    },
    effect: () => {
      const text = full(() => update() ?? 'hash++');
      changed.clear();
      named.clear();
      return text;
    },
    lvalue() {
      const names = all().filter((v) => v.kind !== 'read');
      pure++;
      const text =
        names.length > 0 && r.chance(50) ? r.pick(names).name : lvalues.length > 0 ? r.pick(lvalues)() : 'hash';
      pure--;
      changed.clear();
      named.clear();
      // The target may be what the right side changes too: `x = x++` is undefined.
      changed.add(text);
      named.add(text);
      return text;
    },
    effectInTarget() {
      changed.clear();
      named.clear();
      return update();
    },
    index(count) {
      const names = all().filter((v) => v.kind !== 'global' && !changed.has(v.name));
      if (names.length === 0 || r.chance(40)) return String(r.below(count));
      const { name } = r.pick(names);
      named.add(name);
      return count === 2 || count === 4 ? `${name} & ${count - 1}` : `(u8)${name} % ${count}`;
    },
    plain(make) {
      withoutMemory++;
      const text = make();
      withoutMemory--;
      return text;
    },
  };
  return self;
}
