// SPDX-License-Identifier: MIT
/** Initialisers of arrays and structs as a flat list of what goes where: for globals and for locals alike. */

import type { Declarator, Designator, Expression, Initializer, InitializerItem } from './ast';
import { type Bits, type CType, type Field, sizeOf } from './ctype';

/** A part of an object and the expression that fills it; what no part names is zero. */
export interface InitializerPart {
  /** In bytes from the start of the object. */
  readonly offset: number;
  readonly type: CType;
  readonly bits?: Bits;
  readonly value: Expression;
}

export interface InitializerPlan {
  readonly parts: readonly InitializerPart[];
  /** Elements that the outermost array needs. */
  readonly length: number;
}

/** What a plan asks of names. */
export interface PlanScope {
  evaluate(e: Expression): bigint | null;
  /** Whether an expression gives a whole struct. */
  isStruct?(e: Expression): boolean;
}

/** Where in an object something stands. */
interface Target {
  readonly offset: number;
  readonly type: CType;
  readonly bits?: Bits;
}

const counters = /^(ATOMIC|ATOMIC64|ATOMIC_LONG|REFCOUNT)_INIT$/;
const unlocked = /^(__\w+_(INITIALIZER|UNLOCKED|INIT)|\w+_INIT(IALIZER)?)$/;

/** Lays an initialiser out over a type, with designators, missing braces and strings as C has them. */
export function planInitializer(type: CType, initializer: Initializer, scope: PlanScope): InitializerPlan {
  const parts: InitializerPart[] = [];
  let length = 0;

  const put = (target: Target, value: Expression): void => {
    if (target.type.kind === 'array' && value.kind === 'string') return text(target, value);
    if (target.type.kind === 'struct' && value.kind === 'call' && value.callee.kind === 'identifier')
      return macro(target, value, value.callee.name);
    parts.push({ ...target, value });
  };
  const text = ({ offset, type: array }: Target, e: Extract<Expression, { kind: 'string' }>): void => {
    if (array.kind !== 'array') return;
    const count = Math.min(array.length, e.value.length + 1);
    for (let i = 0; i < count; i++) {
      const value = {
        kind: 'number',
        value: BigInt(e.value.charCodeAt(i) || 0),
        unsigned: false,
        long: false,
      } as const;
      parts.push({ offset: offset + i * sizeOf(array.of), type: array.of, value: { ...value, span: e.span } });
    }
    if (offset === 0) length = Math.max(length, e.value.length + 1);
  };
  const macro = (target: Target, e: Extract<Expression, { kind: 'call' }>, name: string): void => {
    const argument = e.arguments[0];
    const first = innermost(target);
    if (counters.test(name) && argument) parts.push({ ...first, value: argument });
    else if (name === 'LIST_HEAD_INIT' && argument && target.type.kind === 'struct') {
      const value: Expression = { kind: 'unary', operator: '&', operand: argument, span: e.span };
      for (const field of target.type.fields.slice(0, 2))
        parts.push({ offset: target.offset + field.offset, type: field.type, value });
    } else if (!unlocked.test(name)) parts.push({ ...target, value: e });
  };

  const fill = (target: Target, value: Initializer): void => {
    if (value.kind === 'expression') {
      if (value.value.kind === 'literal' && target.type.kind !== 'pointer' && target.type.kind !== 'int')
        return fill(target, value.value.initializer);
      return put(target, value.value);
    }
    const only = value.items[0]?.value;
    if (target.type.kind === 'struct' || target.type.kind === 'array') {
      if (
        target.type.kind === 'array' &&
        only?.kind === 'expression' &&
        only.value.kind === 'string' &&
        sizeOf(target.type.of) === 1
      )
        return text(target, only.value);
      list(target, value.items, 0, false);
    } else if (only) fill(target, only);
  };

  /** Fills an aggregate from `items[from]` on; `elided`: braces were left out, so it stops when it is full. Gives the next item. */
  const list = (target: Target, items: readonly InitializerItem[], from: number, elided: boolean): number => {
    const cursor = elements(target.type);
    let i = from;
    while (i < items.length) {
      const item = items[i] as InitializerItem;
      if (item.designator.length > 0) {
        if (elided) break;
        designated(target, item.designator, item.value, cursor);
        i++;
      } else {
        const element = cursor.next();
        if (!element) {
          if (elided) break;
          i++;
          continue;
        }
        i = member({ ...element, offset: target.offset + element.offset }, items, i);
      }
      if (target.offset === 0 && target.type === type) length = Math.max(length, cursor.position());
    }
    return i;
  };
  /** Fills one member from `items[i]`, or from several items where its braces were left out. */
  const member = (target: Target, items: readonly InitializerItem[], i: number): number => {
    const { value } = items[i] as InitializerItem;
    const whole =
      value.kind === 'list' ||
      (target.type.kind !== 'struct' && target.type.kind !== 'array') ||
      value.value.kind === 'string' ||
      value.value.kind === 'literal' ||
      (value.value.kind === 'call' &&
        unlocked.test(value.value.callee.kind === 'identifier' ? value.value.callee.name : '')) ||
      (scope.isStruct?.(value.value) ?? false);
    if (whole || sizeOf(target.type) === 0) {
      fill(target, value);
      return i + 1;
    }
    return Math.max(i + 1, list(target, items, i, true));
  };
  const designated = (target: Target, path: readonly Designator[], value: Initializer, cursor: Cursor): void => {
    const [which, ...rest] = path;
    if (which === undefined) return;
    const [first, last] =
      typeof which === 'string' ? [which, which] : [number(which.first, scope), number(which.last, scope)];
    for (let at = first; ; at = Number(at) + 1) {
      const element = cursor.go(at);
      if (!element) return;
      const inner = { ...element, offset: target.offset + element.offset };
      if (rest.length > 0) designated(inner, rest, value, elements(inner.type));
      else fill(inner, value);
      if (at === last || typeof at === 'string' || typeof last === 'string' || at > last) return;
    }
  };

  fill({ offset: 0, type }, initializer);
  return { parts, length };
}

/** The type of a variable; an array that is declared without a length has that of its initialiser. */
export function completed(type: CType, declarator: Declarator, scope: PlanScope): CType {
  if (type.kind !== 'array' || declarator.type.kind !== 'array' || declarator.type.length || !declarator.initializer)
    return type;
  const endless: CType = { ...type, length: 1 << 20 };
  return { ...type, length: planInitializer(endless, declarator.initializer, scope).length };
}

const number = (e: Expression, scope: PlanScope): number => Math.min(Number(scope.evaluate(e) ?? 0n), 1 << 20);

function innermost(target: Target): Target {
  const first = target.type.kind === 'struct' ? target.type.fields[0] : undefined;
  return first ? innermost({ offset: target.offset + first.offset, type: first.type }) : target;
}

/** Walks the elements of an aggregate in the order in which C fills them. */
interface Cursor {
  next(): Target | null;
  go(to: string | number): Target | null;
  /** How many elements of an array were passed. */
  position(): number;
}

function elements(type: CType): Cursor {
  let at = 0;
  if (type.kind === 'array') {
    const element = (): Target | null =>
      at < type.length && at >= 0 ? { offset: at++ * sizeOf(type.of), type: type.of } : null;
    return {
      next: element,
      go(to) {
        at = Number(to);
        return element();
      },
      position: () => at,
    };
  }
  const fields = type.kind === 'struct' ? type.fields : [];
  /** Behind the last bit of the field that was filled: fields of a union that lie over it are passed. */
  let end = 0;
  const firstBit = (f: Field): number => f.offset * 8 + (f.bits?.from ?? 0);
  const field = (): Target | null => {
    const found = fields[at];
    if (!found) return null;
    at++;
    end = firstBit(found) + (found.bits?.width ?? sizeOf(found.type) * 8);
    return found;
  };
  return {
    next() {
      for (let next = fields[at]; next && firstBit(next) < end; next = fields[at]) at++;
      return field();
    },
    go(to) {
      at = fields.findIndex((f) => f.name === to);
      return at < 0 ? null : field();
    },
    position: () => at,
  };
}
