// SPDX-License-Identifier: MIT
/**
 * Per-CPU variables: an array with an element for each CPU, of which code names one by per_cpu_ptr(). Everything else
 * (this_cpu_read(), per_cpu(), …) is a macro of the models.
 */

import type { Expr } from '../engine/program';
import type { Expression, TypeName } from './ast';
import type { Builtin, Frame } from './context';
import { lookUp } from './context';
import { type CType, int32, pointerTo, sizeOf, uint64, voidType } from './ctype';
import { lowerCall } from './lowerCall';
import { lowerExpression } from './lowerExpression';
import { isPointer, movePointer } from './pointers';
import { typeIn } from './typeOf';
import { constant, convert } from './value';

/** `&x.y` of a per-CPU variable x, with the element of a CPU in place of x; null for anything else. */
export function elementOf(frame: Frame, e: Expression, cpu: Expression): Expression | null {
  if (e.kind === 'identifier' && lookUp(frame, e.name) === null) {
    // A macro for the address.
    const { symbols } = frame.program;
    const macro = symbols.constant(e.name, e.span.unit);
    return macro?.kind === 'unary' ? elementOf(frame, macro, cpu) : null;
  }
  if (e.kind !== 'unary' || e.operator !== '&') return null;
  const within = (object: Expression): Expression | null => {
    if (object.kind === 'identifier') {
      const known =
        lookUp(frame, object.name) === null && frame.program.symbols.global(object.name, object.span.unit)?.isPerCpu;
      return known ? { kind: 'index', object, index: cpu, span: object.span } : null;
    }
    if ((object.kind !== 'member' || object.arrow) && object.kind !== 'index') return null;
    const inner = within(object.object);
    return inner && { ...object, object: inner };
  };
  const operand = within(e.operand);
  return operand && { ...e, operand };
}

const perCpuPointer: Builtin = (call) => {
  const { frame, expression } = call;
  const [pointer, cpu] = expression.arguments;
  const element = pointer && cpu && elementOf(frame, pointer, cpu);
  if (element) return lowerExpression(frame, element);
  const value = call.value(0);
  // A name that nobody defines is any number.
  const known = isPointer(value.type) ? value : { expr: convert(value, uint64).expr, type: pointerTo(voidType) };
  return movePointer(known, call.value(1), 1);
};

/** Memory for an object of each CPU. */
const allocate: Builtin = ({ frame, expression }) => {
  const name: TypeName | null | undefined = expression.types[0];
  const type: CType = name ? typeIn(frame, name) : uint64;
  const count = frame.program.symbols.constant('NR_CPUS');
  const cpus = Number((count && frame.program.symbols.evaluate(count)) ?? 1n);
  return { expr: constant(frame.program.allocate(sizeOf(type) * cpus), 64), type: pointerTo(type) };
};

/** `run_as_cpu(cpu, f, x)`: calls `f(x)` as an interrupt of that CPU, whose number the CPU has in it. */
const runAsCpu: Builtin = (call) => {
  const { frame, expression } = call;
  const [, callee, ...values] = expression.arguments;
  if (!callee) return null;
  const cpu = convert(call.value(0), int32);
  const runAs = frame.program.operation('hw_run_as');
  const as = (number: Expr): void => {
    if (runAs !== null)
      frame.code.emit({ kind: 'machine', operation: runAs, arguments: [number], reg: null }, expression.span);
  };
  as(cpu.expr);
  const result = lowerCall(
    { ...frame, cpu },
    { ...expression, callee, arguments: values, types: values.map(() => null) },
    true,
  );
  as(constant(-1, 32));
  return result;
};

/** The primitives of this file by name. */
export const perCpuBuiltins: Readonly<Record<string, Builtin>> = {
  per_cpu_ptr: perCpuPointer,
  run_as_cpu: runAsCpu,
  alloc_percpu: allocate,
  alloc_percpu_gfp: allocate,
  // Who uses the memory after that is not found out.
  free_percpu: () => null,
};
