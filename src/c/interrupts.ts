// SPDX-License-Identifier: MIT
/**
 * Whether interrupts are off. Only the CPU itself can tell, so it is a register of the agent and no memory; what runs in
 * an interrupt is not modelled.
 */
import type { Expr, Register } from '../engine/program';
import type { Code } from './code';
import type { Builtin, BuiltinCall, Frame } from './context';
import { int32 } from './ctype';
import { write } from './places';
import { binary, constant, convert, truth } from './value';

const registers = new WeakMap<Code, Register>();

function flagOf({ code }: Frame): Register {
  let register = registers.get(code);
  if (register === undefined) {
    register = code.register('%interrupts off', 32);
    registers.set(code, register);
  }
  return register;
}

const flag = (frame: Frame): Expr => ({ kind: 'reg', width: 32, reg: flagOf(frame) });
const set = ({ frame, expression }: BuiltinCall, value: Expr): null => {
  frame.code.emit({ kind: 'assign', reg: flagOf(frame), value }, expression.span);
  return null;
};
const off = constant(1, 32);
const on = constant(0, 32);

/** The primitives of this file by name. Locks that save the flag count instead: they are left in the order of their taking. */
export const interruptBuiltins: Readonly<Record<string, Builtin>> = {
  local_irq_disable: (call) => set(call, off),
  local_irq_enable: (call) => set(call, on),
  irqs_disabled: ({ frame }) => ({ expr: truth({ expr: flag(frame), type: int32 }), type: int32 }),
  local_irq_save: (call) => {
    write(call.frame, call.place(0), { expr: flag(call.frame), type: int32 }, call.expression.span);
    return set(call, off);
  },
  local_irq_restore: (call) => set(call, convert(call.value(0), int32).expr),
  irqs_off_once_more: (call) => set(call, binary('add', flag(call.frame), off)),
  irqs_off_once_less: (call) => set(call, binary('sub', flag(call.frame), off)),
};
