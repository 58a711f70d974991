// SPDX-License-Identifier: MIT
/** Waiting primitives that are macros in the kernel: they take their condition as an expression. */

import type { Expression } from './ast';
import type { Label } from './code';
import type { Builtin, BuiltinCall } from './context';
import { int32 } from './ctype';
import { lowerCondition } from './lowerCondition';
import { lowerExpression } from './lowerExpression';
import { lowerPlace, write } from './places';
import { intValue, type Place } from './value';

const etimedout = 110;

/** Goes to `up` where the time is up, which is only where nobody else can move. */
function expire(call: BuiltinCall, up: Label, going: Label): void {
  const { code } = call.frame;
  const expired = code.register('%time is up', 32);
  code.emit({ kind: 'expire', reg: expired }, call.expression.span);
  code.branch({ kind: 'reg', width: 32, reg: expired }, up, going, call.expression.span);
}

/** `wait_event(wq, condition)` and its kin: comes back when the condition holds; with a time, 0 when that is up. */
const waitEvent =
  (timed: boolean): Builtin =>
  (call) => {
    const { frame, expression } = call;
    const condition = expression.arguments[1];
    if (!condition) return intValue(0);
    const { code } = frame;
    const result: Place = { kind: 'reg', reg: code.register('%wait_event', 32), type: int32 };
    const [top, going, holds, up, done] = [code.label(), code.label(), code.label(), code.label(), code.label()];
    code.place(top);
    lowerCondition(frame, condition, holds, going);
    code.place(going);
    if (timed) expire(call, up, top);
    else code.jump(top, expression.span);
    code.place(holds);
    write(frame, result, intValue(timed ? 1 : 0), expression.span);
    code.jump(done, expression.span);
    code.place(up);
    write(frame, result, intValue(0), expression.span);
    code.jump(done, expression.span);
    code.place(done);
    return { expr: { kind: 'reg', width: 32, reg: result.reg }, type: int32 };
  };

/**
 * `read_poll_timeout(op, val, cond, sleep, timeout, before, args…)` and `readx_poll_timeout(op, addr, val, cond, …)`:
 * reads until the condition holds (0) or the time is up (-ETIMEDOUT).
 */
const poll =
  (
    split: (args: readonly Expression[]) => {
      readonly value: Expression | undefined;
      readonly condition: Expression | undefined;
      readonly operands: readonly Expression[];
    },
  ): Builtin =>
  (call) => {
    const { frame, expression } = call;
    const [callee] = expression.arguments;
    const { value, condition, operands } = split(expression.arguments);
    if (!callee || !value || !condition) return intValue(0);
    const { code } = frame;
    const result: Place = { kind: 'reg', reg: code.register('%poll', 32), type: int32 };
    const [top, going, holds, up, done] = [code.label(), code.label(), code.label(), code.label(), code.label()];
    code.place(top);
    const read = lowerExpression(frame, {
      kind: 'call',
      callee,
      arguments: operands,
      types: operands.map(() => null),
      span: expression.span,
    });
    write(frame, lowerPlace(frame, value), read, expression.span);
    lowerCondition(frame, condition, holds, going);
    code.place(going);
    expire(call, up, top);
    code.place(holds);
    write(frame, result, intValue(0), expression.span);
    code.jump(done, expression.span);
    code.place(up);
    write(frame, result, intValue(-etimedout), expression.span);
    code.jump(done, expression.span);
    code.place(done);
    return { expr: { kind: 'reg', width: 32, reg: result.reg }, type: int32 };
  };

const readPoll = poll((a) => ({ value: a[1], condition: a[2], operands: a.slice(6) }));
const readxPoll = poll((a) => ({ value: a[2], condition: a[3], operands: a[1] ? [a[1]] : [] }));

/** Waits, by name. */
export const waitBuiltins: Readonly<Record<string, Builtin>> = {
  wait_event: waitEvent(false),
  wait_event_killable: waitEvent(false),
  wait_event_interruptible: waitEvent(false),
  wait_var_event: waitEvent(false),
  wait_event_timeout: waitEvent(true),
  wait_event_interruptible_timeout: waitEvent(true),
  wait_event_killable_timeout: waitEvent(true),
  read_poll_timeout: readPoll,
  read_poll_timeout_atomic: readPoll,
  readx_poll_timeout: readxPoll,
  readx_poll_timeout_atomic: readxPoll,
};
