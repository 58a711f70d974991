// SPDX-License-Identifier: MIT
/** Whatever takes one way or the other: conditions, `&&`, `||`, `?:`. */
import type { Expression } from './ast';
import type { Label } from './code';
import type { Frame } from './context';
import { type CType, int32, pointerTo, voidType } from './ctype';
import { decided } from './decided';
import { lowerExpression } from './lowerExpression';
import { read, write } from './places';
import { typeOf } from './typeOf';
import { commonType, constant, convert, type Place, promote, truth, type Value, widthOf } from './value';
import { lowerTimedCondition } from './waits';

/** What only tells the compiler which way is likely. */
const hints = /^(likely|unlikely|__builtin_expect)$/;

/** Goes to `then` where the expression is true, else to `otherwise`, with C's short circuits. */
export function lowerCondition(frame: Frame, e: Expression, then: Label, otherwise: Label): void {
  const { code } = frame;
  if (e.kind === 'unary' && e.operator === '!') return lowerCondition(frame, e.operand, otherwise, then);
  if (e.kind === 'binary' && (e.operator === '&&' || e.operator === '||')) {
    const known = decided(frame, e.left);
    if (known !== null) {
      if (known === (e.operator === '&&')) return lowerCondition(frame, e.right, then, otherwise);
      return code.jump(known ? then : otherwise, e.span);
    }
    const middle = code.label();
    if (e.operator === '&&') lowerCondition(frame, e.left, middle, otherwise);
    else lowerCondition(frame, e.left, then, middle);
    code.place(middle);
    return lowerCondition(frame, e.right, then, otherwise);
  }
  if (e.kind === 'call' && e.callee.kind === 'identifier' && hints.test(e.callee.name) && e.arguments[0])
    return lowerCondition(frame, e.arguments[0], then, otherwise);
  if (lowerTimedCondition(frame, e, then, otherwise)) return;
  const value = lowerExpression(frame, e);
  code.branch(truth(value), then, otherwise, e.span);
}

/** `a && b` or `a || b` as a value. */
export function lowerLogical(frame: Frame, e: Expression): Value {
  const { code } = frame;
  const [yes, no, done] = [code.label(), code.label(), code.label()];
  const reg = code.register('%both', 32);
  lowerCondition(frame, e, yes, no);
  code.place(yes);
  code.emit({ kind: 'assign', reg, value: constant(1, 32) }, e.span);
  code.jump(done, e.span);
  code.place(no);
  code.emit({ kind: 'assign', reg, value: constant(0, 32) }, e.span);
  code.jump(done, e.span);
  code.place(done);
  return { expr: { kind: 'reg', width: 32, reg }, type: int32 };
}

/** `a ? b : c` and `a ?: c`. */
export function lowerConditional(frame: Frame, e: Extract<Expression, { kind: 'conditional' }>): Value {
  const { code } = frame;
  const known = e.then === null ? null : decided(frame, e.condition);
  if (known !== null && e.then !== null) {
    const [runs, other] = known ? [e.then, e.else] : [e.else, e.then];
    const type = choiceType(typeOf(frame, runs), typeOf(frame, other));
    const value = lowerExpression(frame, runs);
    return type.kind === 'void' ? { expr: constant(0, 32), type: voidType } : convert(value, type);
  }
  const [then, otherwise, done] = [code.label(), code.label(), code.label()];
  let first: Value;
  if (e.then === null) {
    first = lowerExpression(frame, e.condition);
    code.branch(truth(first), then, otherwise, e.span);
    code.place(then);
  } else {
    lowerCondition(frame, e.condition, then, otherwise);
    code.place(then);
    first = lowerExpression(frame, e.then);
  }
  const type = choiceType(first.type, typeOf(frame, e.else));
  const place: Place = { kind: 'reg', reg: code.register('%?:', widthOf(type)), type };
  const keep = (value: Value): void => {
    if (type.kind !== 'void') write(frame, place, value, e.span);
    code.jump(done, e.span);
  };
  keep(first);
  code.place(otherwise);
  keep(lowerExpression(frame, e.else));
  code.place(done);
  return type.kind === 'void' ? { expr: constant(0, 32), type: voidType } : read(frame, place, e.span);
}

/** The type that `?:` has with operands of these types. */
export function choiceType(then: CType, otherwise: CType): CType {
  const [a, b] = [decayed(then), decayed(otherwise)];
  if (a.kind === 'void' || b.kind === 'void') return voidType;
  if (a.kind === 'int' && b.kind === 'int') {
    const [x, y] = [
      promote({ expr: constant(0, widthOf(a)), type: a }),
      promote({ expr: constant(0, widthOf(b)), type: b }),
    ];
    return commonType(x.type, y.type);
  }
  if (a.kind === 'pointer' && b.kind === 'pointer') return a.to().kind === 'void' ? b : a;
  return a.kind === 'int' ? b : a;
}

const decayed = (type: CType): CType => (type.kind === 'array' ? pointerTo(type.of) : type);
