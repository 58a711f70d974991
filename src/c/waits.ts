// SPDX-License-Identifier: MIT
/**
 * Loops that count while they wait. `while (busy() && timeout--) udelay(1);` is not 30 million steps: it ends
 * when what it waits for holds, or when its time is up, and the time is up only when nobody else can move any
 * more. So the counter does not count, and a test of it asks the engine whether the time is up.
 */

import type { Register } from '../engine/program';
import type { Expression, Statement } from './ast';
import type { Label } from './code';
import { type Frame, lookUp } from './context';
import { lowerExpression } from './lowerExpression';
import { write } from './places';
import { constant, intValue, type Place, type Value } from './value';
import { walkExpressions } from './walk';

/** Calls that let time pass. */
const delays = new Set(
  'udelay ndelay mdelay msleep usleep_range fsleep ssleep cpu_relax schedule_timeout schedule_timeout_uninterruptible schedule_timeout_interruptible schedule cond_resched rep_nop'.split(
    ' ',
  ),
);

export const isDelay = (name: string): boolean => delays.has(name);

type Loop = Extract<Statement, { kind: 'while' | 'do' | 'for' }>;

/** Lowers a loop by `body`; where it is a wait, its counters stand still in it. */
export function asWait(frame: Frame, loop: Loop, body: () => void): void {
  const outer = frame.waitCounters;
  const counters = waitCounters(frame, loop);
  if (counters.size > 0) frame.waitCounters = new Set([...outer, ...counters]);
  body();
  frame.waitCounters = outer;
}

/** Local variables that a loop with a delay only counts up or down and asks about. */
function waitCounters(frame: Frame, loop: Loop): Set<Register> {
  let waits = false;
  const counted = new Map<string, Register>();
  const other = new Set<string>();
  const counts = (e: Expression): string | null => {
    if (e.kind === 'update' && e.operand.kind === 'identifier') return e.operand.name;
    if (
      e.kind === 'assign' &&
      (e.operator === '+=' || e.operator === '-=') &&
      e.left.kind === 'identifier' &&
      e.right.kind === 'number'
    )
      return e.left.name;
    return null;
  };
  walkExpressions(loop, (e) => {
    if (e.kind === 'call' && e.callee.kind === 'identifier' && isDelay(e.callee.name)) waits = true;
    const name = counts(e);
    if (name !== null) {
      const place = lookUp(frame, name);
      if (place?.kind === 'reg') counted.set(name, place.reg);
    } else if (e.kind === 'assign' && e.left.kind === 'identifier') other.add(e.left.name);
  });
  if (loop.kind === 'for' && loop.initial)
    walkExpressions(
      loop.initial,
      (e) => e.kind === 'assign' && e.left.kind === 'identifier' && other.delete(e.left.name),
    );
  if (!waits) return new Set();
  return new Set([...counted].filter(([name]) => !other.has(name)).map(([, reg]) => reg));
}

/**
 * Lowers a condition that asks a wait's counter: the time may be up, which the engine allows only where nobody
 * else can move. Gives false where the condition asks no counter.
 */
export function lowerTimedCondition(frame: Frame, e: Expression, then: Label, otherwise: Label): boolean {
  if (frame.waitCounters.size === 0) return false;
  const test = timedTest(frame, e);
  if (!test) return false;
  const { code } = frame;
  const expired = code.register('%time is up', 32);
  const up = code.label();
  const going = test.upWhen ? otherwise : then;
  code.emit({ kind: 'expire', reg: expired }, e.span);
  code.branch({ kind: 'reg', width: 32, reg: expired }, up, going, e.span);
  code.place(up);
  // Code behind the loop may look at the counter: give it the value with which the time is up.
  if (test.final) write(frame, test.place, test.final, e.span);
  code.jump(test.upWhen ? then : otherwise, e.span);
  return true;
}

interface TimedTest {
  readonly place: Place;
  /** Whether the condition is true (rather than false) when the time is up. */
  readonly upWhen: boolean;
  readonly final: Value | null;
}

function timedTest(frame: Frame, e: Expression): TimedTest | null {
  const counter = (x: Expression): Place | null => {
    const inner = x.kind === 'update' ? x.operand : x;
    const place = inner.kind === 'identifier' ? lookUp(frame, inner.name) : null;
    return place?.kind === 'reg' && frame.waitCounters.has(place.reg) ? place : null;
  };
  const direct = counter(e);
  // Counting down to nothing: false when the time is up. `t--` goes one further than `--t`.
  if (direct) return { place: direct, upWhen: false, final: intValue(e.kind === 'update' && !e.prefix ? -1 : 0) };
  if (e.kind !== 'binary') return null;
  const [left, right] = [counter(e.left), counter(e.right)];
  const place = left ?? right;
  if (!place) return null;
  const bound = left ? e.right : e.left;
  const value = frame.program.symbols.evaluate(bound);
  const final =
    value !== null
      ? { expr: constant(value, 64), type: { kind: 'int' as const, bits: 64 as const, signed: true, bool: false } }
      : lowerExpression(frame, bound);
  const operator = left ? e.operator : ({ '<': '>', '>': '<', '<=': '>=', '>=': '<=' }[e.operator] ?? e.operator);
  switch (operator) {
    // `i < N` and `t > 0` hold while there is time; `==` and its kin say that it is up.
    case '==':
      return { place, upWhen: true, final };
    case '!=':
      return { place, upWhen: false, final };
    case '<':
      return { place, upWhen: false, final };
    case '>':
      return countsUp(left ? e.left : e.right) ? { place, upWhen: true, final } : { place, upWhen: false, final };
    case '<=':
      return { place, upWhen: value === 0n, final };
    case '>=':
      return { place, upWhen: value !== 0n, final };
    default:
      return null;
  }
}

/** `i++ > N` is a test for the end of a count upwards; `t > 0` is not. */
function countsUp(counter: Expression): boolean {
  return counter.kind === 'update' && counter.operator === '++';
}
