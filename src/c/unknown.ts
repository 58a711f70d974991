// SPDX-License-Identifier: MIT
import type { Expr } from '../engine/program';
import type { Span } from './ast';
import type { Frame } from './context';
import { bool, type CType, int32, uint64 } from './ctype';
import { unmodelledObject } from './unmodelled';
import { constant, convert, type Value, widthOf } from './value';

/**
 * A value of the type that may be anything its use can tell apart: zero, positive, negative. A pointer, or a number that
 * may be an address, may point to an object that is not modelled, where there is a kernel tree.
 */
export function unknown(frame: Frame, type: CType, why: string, span: Span): Value {
  frame.program.assume({ text: why, span, kind: 'assumed' });
  const pick = frame.code.register('%unknown', 32);
  const width = widthOf(type);
  const signed = type.kind === 'int' && type.signed && !type.bool;
  const mayPoint = frame.program.unmodelled !== null && width === 64 && !signed;
  frame.code.emit({ kind: 'choose', reg: pick, count: signed || mayPoint ? 3 : 2 }, span);
  const choice: Expr = { kind: 'reg', width: 32, reg: pick };
  const isTwo: Expr = {
    kind: 'compare',
    width: 32,
    operandWidth: 32,
    operator: 'eq',
    left: choice,
    right: constant(2, 32),
  };
  if (!signed) {
    const held = type.kind === 'void' || type.kind === 'struct' || type.kind === 'array' ? uint64 : type;
    const small = convert({ expr: choice, type: bool }, held);
    if (!mayPoint) return small;
    return {
      expr: {
        kind: 'select',
        width,
        condition: isTwo,
        then: constant(unmodelledObject, width),
        // No pointer is 1.
        else: type.kind === 'int' ? small.expr : constant(0, width),
      },
      type: held,
    };
  }
  const value: Expr = { kind: 'select', width: 32, condition: isTwo, then: constant(-22, 32), else: choice };
  return width === 32 ? { expr: value, type: int32 } : convert({ expr: value, type: int32 }, type);
}
