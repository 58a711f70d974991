// SPDX-License-Identifier: MIT
/**
 * Loops that count while they wait. `while (busy() && timeout--) udelay(1);` is not 30 million steps: it ends
 * when what it waits for holds, or when its time is up, and the time is up only when nobody else can move any
 * more. So the counter does not count, and a test of it asks the engine whether the time is up.
 */

import type { Register } from '../engine/program';
import type { Expression } from './ast';
import type { Label } from './code';
import { type Frame, lookUp } from './context';
import { lowerExpression } from './lowerExpression';
import { write } from './places';
import { arithmetic, intValue, type Place, truth } from './value';
import { countersOf, type Loop } from './waitCounters';

/** Lowers a loop by `body`; where it is a wait, its counters stand still in it. */
export function asWait(frame: Frame, loop: Loop, body: () => void): void {
  const outer = frame.waitCounters;
  const counters = new Map(outer);
  for (const [name, direction] of countersOf(loop)) {
    const place = lookUp(frame, name);
    const key = place && keyOf(place);
    // A counter that somebody has a pointer to is not counted here alone.
    if (key !== null && !frame.addressTaken.has(name)) counters.set(key, direction);
  }
  frame.waitCounters = counters;
  body();
  frame.waitCounters = outer;
}

/** How a counter is known: by its register, or by its address where it is a static variable of the function. */
function keyOf(place: Place): Register | bigint | null {
  if (place.kind === 'reg') return place.reg;
  return place.kind === 'mem' && place.address.kind === 'const' ? place.address.value : null;
}

/**
 * Lowers a condition that asks a wait's counter: the time may be up, which the engine allows only where nobody
 * else can move. Gives false where the condition asks no counter.
 */
export function lowerTimedCondition(frame: Frame, e: Expression, then: Label, otherwise: Label): boolean {
  const { code } = frame;
  const clock = frame.breakLabel === null ? null : clockTest(e);
  if (clock !== null) {
    const expired = code.register('%time is up', 32);
    code.emit({ kind: 'expire', reg: expired }, e.span);
    code.branch({ kind: 'reg', width: 32, reg: expired }, clock ? then : otherwise, clock ? otherwise : then, e.span);
    return true;
  }
  if (frame.waitCounters.size === 0) return false;
  const test = timedTest(frame, e);
  if (!test) return false;
  const expired = code.register('%time is up', 32);
  const [up, ask] = [code.label(), code.label()];
  // There may be no time from the start.
  const now = truth(lowerExpression(frame, e));
  code.branch(now, test.upWhen ? up : ask, test.upWhen ? ask : up, e.span);
  code.place(ask);
  code.emit({ kind: 'expire', reg: expired }, e.span);
  code.branch({ kind: 'reg', width: 32, reg: expired }, up, test.upWhen ? otherwise : then, e.span);
  code.place(up);
  // Code behind the loop may look at the counter: give it the value with which the time is up.
  const bound = test.bound ? lowerExpression(frame, test.bound) : intValue(0);
  write(frame, test.place, arithmetic('+', bound, intValue(test.beyond)) ?? bound, e.span);
  code.jump(test.upWhen ? then : otherwise, e.span);
  return true;
}

/**
 * A comparison with the clock inside a loop: whether it is true (rather than false) when the time is up; null for
 * anything else.
 */
function clockTest(e: Expression): boolean | null {
  if (e.kind !== 'call' || e.callee.kind !== 'identifier') return null;
  const { name } = e.callee;
  if (/^time_is_before(_eq)?_jiffies(64)?$/.test(name)) return true;
  if (/^time_is_after(_eq)?_jiffies(64)?$/.test(name)) return false;
  const match = /^(?:time|ktime)_(before|after)(_eq)?(64)?$/.exec(name);
  if (!match) return null;
  const isClock = (a: Expression | undefined): boolean =>
    (a?.kind === 'identifier' && /^jiffies(_64)?$/.test(a.name)) ||
    (a?.kind === 'call' &&
      a.callee.kind === 'identifier' &&
      /^(ktime_get\w*|get_jiffies_64|sched_clock|local_clock)$/.test(a.callee.name));
  const first = isClock(e.arguments[0]);
  if (!first && !isClock(e.arguments[1])) return null;
  // `time_after(jiffies, end)` is true when the time is up, `time_before(jiffies, end)` while it is not.
  return (match[1] === 'after') === first;
}

interface TimedTest {
  readonly place: Place;
  /** Whether the condition is true (rather than false) when the time is up. */
  readonly upWhen: boolean;
  /** What the counter is compared with; null for 0. */
  readonly bound: Expression | null;
  /** How far beyond the bound the counter is when the time is up. */
  readonly beyond: number;
}

/** The same comparison with its sides changed over. */
const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function timedTest(frame: Frame, e: Expression): TimedTest | null {
  const alone = counterIn(frame, e);
  if (alone) return { place: alone.place, upWhen: false, bound: null, beyond: alone.after };
  if (e.kind !== 'binary') return null;
  const left = counterIn(frame, e.left);
  const counter = left ?? counterIn(frame, e.right);
  if (!counter) return null;
  const operator = left ? e.operator : (mirrored[e.operator] ?? e.operator);
  const ending = endOf(operator, counter.direction);
  if (!ending) return null;
  const bound = left ? e.right : e.left;
  return { place: counter.place, upWhen: ending.upWhen, bound, beyond: ending.beyond + counter.after };
}

/** A counter that is tested as it is or while it counts; `after`: what `t--` takes off behind the test. */
function counterIn(frame: Frame, e: Expression): { place: Place; direction: 1 | -1; after: number } | null {
  const name = e.kind === 'update' ? e.operand : e;
  const place = name.kind === 'identifier' ? lookUp(frame, name.name) : null;
  const key = place && keyOf(place);
  const direction = key === null ? undefined : frame.waitCounters.get(key);
  if (!place || direction === undefined) return null;
  return { place, direction, after: e.kind === 'update' && !e.prefix ? direction : 0 };
}

/**
 * The first result of a comparison that ends a count, and how far from the bound the counter is then: `i <= N` becomes
 * false at N + 1, `t < 0` true at -1. Null for an operator that compares nothing.
 */
function endOf(operator: string, direction: 1 | -1): { upWhen: boolean; beyond: number } | null {
  const up = direction === 1;
  switch (operator) {
    case '==':
      return { upWhen: true, beyond: 0 };
    case '!=':
      return { upWhen: false, beyond: 0 };
    case '<':
      return up ? { upWhen: false, beyond: 0 } : { upWhen: true, beyond: -1 };
    case '<=':
      return up ? { upWhen: false, beyond: 1 } : { upWhen: true, beyond: 0 };
    case '>':
      return up ? { upWhen: true, beyond: 1 } : { upWhen: false, beyond: 0 };
    case '>=':
      return up ? { upWhen: true, beyond: 0 } : { upWhen: false, beyond: -1 };
    default:
      return null;
  }
}

/** Whether the place is a counter that stands still. */
export function isWaitCounter(frame: Frame, place: Place): boolean {
  const key = frame.waitCounters.size === 0 ? null : keyOf(place);
  return key !== null && frame.waitCounters.has(key);
}
