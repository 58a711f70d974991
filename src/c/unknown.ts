// SPDX-License-Identifier: MIT
import type { Expr } from '../engine/program';
import type { Span } from './ast';
import type { Frame } from './context';
import { bool, type CType, int32, uint64 } from './ctype';
import { constant, convert, type Value, widthOf } from './value';

/** A value of the type that may be anything its use can tell apart: zero, positive, negative. */
export function unknown(frame: Frame, type: CType, why: string, span: Span): Value {
  frame.program.assume({ text: why, span, kind: 'assumed' });
  const pick = frame.code.register('%unknown', 32);
  const width = widthOf(type);
  const signed = type.kind === 'int' && type.signed && !type.bool;
  frame.code.emit({ kind: 'choose', reg: pick, count: signed ? 3 : 2 }, span);
  const choice: Expr = { kind: 'reg', width: 32, reg: pick };
  if (!signed)
    return convert(
      { expr: choice, type: bool },
      type.kind === 'void' || type.kind === 'struct' || type.kind === 'array' ? uint64 : type,
    );
  const isTwo: Expr = {
    kind: 'compare',
    width: 32,
    operandWidth: 32,
    operator: 'eq',
    left: choice,
    right: constant(2, 32),
  };
  const value: Expr = { kind: 'select', width: 32, condition: isTwo, then: constant(-22, 32), else: choice };
  return width === 32 ? { expr: value, type: int32 } : convert({ expr: value, type: int32 }, type);
}
