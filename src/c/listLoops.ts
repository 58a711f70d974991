// SPDX-License-Identifier: MIT
import type { Expr } from '../engine/program';
import type { Statement } from './ast';
import { lowerScopedGuard } from './cleanups';
import { memberOffset } from './containers';
import type { Frame } from './context';
import { type CType, pointerTo, uint64 } from './ctype';
import { lowerExpression } from './lowerExpression';
import { lowerStatement, withLoop } from './lowerStatement';
import { lowerPlace, read, snapshot, write } from './places';
import { typeOf } from './typeOf';
import { binary, constant, convert, offsetBy, type Value } from './value';

type MacroLoop = Extract<Statement, { kind: 'macroLoop' }>;

/**
 * Lowers `list_for_each_entry()` and its kin over `struct list_head { next; prev; }`. Of a function with a loop macro that nobody knows nothing is claimed.
 */
export function lowerListLoop(frame: Frame, s: MacroLoop): void {
  const name = s.macro;
  if (name === 'scoped_guard') return lowerScopedGuard(frame, s);
  if (list.test(name)) return entries(frame, s);
  frame.program.assume({
    kind: 'unanalysed',
    text: `the loop ${name}() is not modelled`,
    span: s.span,
  });
  const { code } = frame;
  const [body, done] = [code.label(), code.label()];
  const pick = code.register('%runs', 32);
  code.emit({ kind: 'choose', reg: pick, count: 2 }, s.span);
  code.branch({ kind: 'reg', width: 32, reg: pick }, body, done, s.span);
  code.place(body);
  withLoop(frame, done, done, () => lowerStatement(frame, s.body));
  code.jump(done, s.span);
  code.place(done);
}

/** Whether the lowering itself knows what a loop macro does. */
export const isKnownLoop = (name: string): boolean => list.test(name) || name === 'scoped_guard';

const list = /^list_for_each(_entry)?(_safe)?(_reverse|_prev)?(_safe)?(_rcu|_continue|_from)*$/;

/**
 * A walk over a list, as list.h does it: the position is an entry all the way (behind the last one it stands for the
 * head), and what comes next is read from it when the body is through, or before the body where the macro is safe.
 */
function entries(frame: Frame, s: MacroLoop): void {
  const { code } = frame;
  const [safe, entry] = [s.macro.includes('_safe'), s.macro.includes('_entry')];
  const [pos, ...rest] = s.arguments;
  const [spare, head, member] = safe ? rest : [undefined, ...rest];
  if (!pos || !head || (entry && !member))
    return frame.program.assume({
      kind: 'assumed',
      text: `${s.macro}() has other arguments than expected; skipped`,
      span: s.span,
    });
  const type = typeOf(frame, pos);
  const object: CType = type.kind === 'pointer' ? type.to() : uint64;
  const link = member ? memberOffset(frame, object, member) : 0;
  const step = /_reverse|_prev/.test(s.macro) ? 8 : 0;
  const [top, body, next, done] = [code.label(), code.label(), code.label(), code.label()];
  const start = snapshot(frame, convert(lowerExpression(frame, head), uint64), s.span);
  /** The link inside the entry that the position stands at. */
  const node = (): Expr => offsetBy(convert(read(frame, lowerPlace(frame, pos), s.span), uint64).expr, link);
  const following = (from: Expr): Value => {
    const found = read(frame, { kind: 'mem', address: offsetBy(from, step), type: pointerTo(uint64) }, s.span);
    return { expr: binary('sub', found.expr, constant(link, 64)), type };
  };
  const go = (to: Value): void => write(frame, lowerPlace(frame, pos), to, s.span);
  const other = safe && spare ? lowerPlace(frame, spare) : null;
  if (s.macro.includes('_continue')) go(following(node()));
  else if (!s.macro.includes('_from')) go(following(start.expr));
  code.jump(top, s.span);
  code.place(top);
  const atHead: Expr = {
    kind: 'compare',
    width: 32,
    operandWidth: 64,
    operator: 'ne',
    left: node(),
    right: start.expr,
  };
  code.branch(atHead, body, done, s.span);
  code.place(body);
  if (other) write(frame, other, following(node()), s.span);
  withLoop(frame, done, next, () => lowerStatement(frame, s.body));
  code.jump(next, s.span);
  code.place(next);
  go(other ? read(frame, other, s.span) : following(node()));
  code.jump(top, s.span);
  code.place(done);
}
