// SPDX-License-Identifier: MIT
/** Which variables of a loop only count its rounds while it waits. */
import type { Expression, Initializer, Statement } from './ast';
import { isPrint } from './builtins';
import { walkExpressions } from './walk';

/** Calls that let time pass. */
const delays = new Set(
  'udelay ndelay mdelay msleep msleep_interruptible usleep_range fsleep ssleep cpu_relax schedule_timeout schedule_timeout_uninterruptible schedule_timeout_interruptible schedule cond_resched rep_nop'.split(
    ' ',
  ),
);

/** Also called between two pieces of work: alone they make no wait of a loop that gets on. */
const breathers = new Set(['cond_resched', 'schedule']);

/** Whether a call only lets time pass. */
export const isDelay = (name: string): boolean => delays.has(name);

export type Loop = Extract<Statement, { kind: 'while' | 'do' | 'for' }>;

/**
 * Names that a loop with a delay counts up (1) or down (-1) and otherwise only compares: their values decide nothing
 * but when the time is up. Empty for a loop without a delay.
 */
export function countersOf(loop: Loop): ReadonlyMap<string, 1 | -1> {
  const none = new Map<string, 1 | -1>();
  const called = new Set<string>();
  walkExpressions(loop, (e) => {
    if (e.kind === 'call' && e.callee.kind === 'identifier' && isDelay(e.callee.name)) called.add(e.callee.name);
  });
  if (called.size === 0) return none;
  const found: Found = { counted: none, used: new Set(), moved: false };
  if (loop.kind === 'for') {
    if (loop.update) effect(loop.update, found);
    if (loop.condition) test(loop.condition, found);
  } else test(loop.condition, found);
  statement(loop.body, found);
  const works = found.moved || [...found.counted.keys()].some((name) => found.used.has(name));
  if (works && [...called].every((name) => breathers.has(name))) return new Map();
  for (const name of found.used) none.delete(name);
  return none;
}

interface Found {
  readonly counted: Map<string, 1 | -1>;
  /** Names whose value goes somewhere else. */
  readonly used: Set<string>;
  /** Something gets on by steps that are not all the same. */
  moved: boolean;
}

/** Counts a name that an expression counts up or down; false where it does nothing of the kind. */
function counts(e: Expression, found: Found): boolean {
  if (e.kind === 'update' && e.operand.kind === 'identifier') {
    found.counted.set(e.operand.name, e.operator === '++' ? 1 : -1);
    return true;
  }
  if (e.kind !== 'assign' || e.left.kind !== 'identifier' || e.right.kind !== 'number') return false;
  if (e.operator !== '+=' && e.operator !== '-=') return false;
  found.counted.set(e.left.name, e.operator === '+=' ? 1 : -1);
  return true;
}

/** An expression whose value nobody uses. */
function effect(e: Expression, found: Found): void {
  if (counts(e, found)) return;
  if (e.kind === 'comma') {
    effect(e.left, found);
    effect(e.right, found);
  } else value(e, found);
}

/** An expression that is only asked whether it holds. */
function test(e: Expression, found: Found): void {
  if (e.kind === 'identifier' || (e.kind === 'update' && counts(e, found))) return;
  if (e.kind === 'unary' && e.operator === '!') return test(e.operand, found);
  if (e.kind === 'binary' && /^(&&|\|\|)$/.test(e.operator)) {
    test(e.left, found);
    return test(e.right, found);
  }
  if (e.kind === 'binary' && /^([=!<>]=|<|>)$/.test(e.operator)) {
    for (const side of [e.left, e.right]) {
      // Two counters cannot be compared while they stand still; a bound may not be one.
      if (side.kind !== 'identifier' && !(side.kind === 'update' && counts(side, found))) value(side, found);
    }
    return;
  }
  if (e.kind === 'call' && e.callee.kind === 'identifier' && /^(un)?likely$/.test(e.callee.name))
    return e.arguments.forEach((a) => {
      test(a, found);
    });
  value(e, found);
}

/** An expression whose value is used: a name in it is more than a counter. */
function value(e: Expression, found: Found): void {
  if (e.kind === 'update' || (e.kind === 'assign' && e.operator !== '=')) found.moved = true;
  const all = (list: readonly (Expression | null)[]): void => {
    for (const inner of list) if (inner) value(inner, found);
  };
  switch (e.kind) {
    case 'identifier':
      found.used.add(e.name);
      return;
    case 'unary':
    case 'update':
    case 'cast':
    case 'sizeof':
      return all([e.operand]);
    case 'binary':
    case 'comma':
    case 'assign':
      return all([e.left, e.right]);
    case 'conditional':
      test(e.condition, found);
      return all([e.then, e.else]);
    case 'call':
      // What is printed is not computed.
      if (e.callee.kind === 'identifier' && isPrint(e.callee.name)) return;
      return all([e.callee, ...e.arguments]);
    case 'member':
      return all([e.object]);
    case 'index':
      return all([e.object, e.index]);
    case 'literal':
      return initializer(e.initializer, found);
    case 'statements':
      for (const inner of e.body) statement(inner, found);
      return;
    default:
      return;
  }
}

function initializer(i: Initializer, found: Found): void {
  if (i.kind === 'expression') value(i.value, found);
  else for (const item of i.items) initializer(item.value, found);
}

function statement(s: Statement, found: Found): void {
  switch (s.kind) {
    case 'expression':
      return effect(s.expression, found);
    case 'declaration':
      for (const d of s.declarators) if (d.initializer) initializer(d.initializer, found);
      return;
    case 'block':
    case 'case':
      for (const inner of s.body) statement(inner, found);
      return;
    case 'if':
      test(s.condition, found);
      statement(s.then, found);
      if (s.else) statement(s.else, found);
      return;
    case 'while':
    case 'do':
      test(s.condition, found);
      return statement(s.body, found);
    case 'for':
      if (s.initial) statement(s.initial, found);
      if (s.condition) test(s.condition, found);
      if (s.update) effect(s.update, found);
      return statement(s.body, found);
    case 'macroLoop':
      for (const a of s.arguments) value(a, found);
      return statement(s.body, found);
    case 'switch':
      value(s.value, found);
      return statement(s.body, found);
    case 'label':
      if (s.body) statement(s.body, found);
      return;
    case 'return':
      // Behind the return the loop is over: `return t ? 0 : -EIO` finds the value that the counter was given.
      return;
    default:
      return;
  }
}
