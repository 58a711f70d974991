// SPDX-License-Identifier: MIT
import type { Expression, Statement } from './ast';
import type { Frame } from './context';
import { type CType, pointerTo, uint64 } from './ctype';
import { lowerExpression } from './lowerExpression';
import { lowerStatement, withLoop } from './lowerStatement';
import { lowerPlace, read, snapshot, write } from './places';
import { typeOf } from './typeOf';
import { binary, constant, offsetBy, type Value } from './value';

type MacroLoop = Extract<Statement, { kind: 'macroLoop' }>;

/**
 * Lowers `list_for_each_entry()` and its kin over `struct list_head { next; prev; }`, and the loops over CPUs that
 * the models define by `for_each_online_cpu(cpu)`. A loop macro nobody knows runs its body once or not at all.
 */
export function lowerListLoop(frame: Frame, s: MacroLoop): void {
  const name = s.macro;
  if (/^list_for_each_entry(_safe)?(_reverse)?(_rcu)?$/.test(name))
    return entries(frame, s, name.includes('_safe'), name.includes('_reverse'));
  if (/^for_each_(online|possible|present)_cpu$/.test(name)) return cpus(frame, s);
  frame.program.assume({
    kind: 'assumed',
    text: `${name}() is not modelled; its body runs once or not at all`,
    span: s.span,
  });
  const { code } = frame;
  const [body, done] = [code.label(), code.label()];
  const pick = code.register('%runs', 32);
  code.emit({ kind: 'choose', reg: pick, count: 2 }, s.span);
  code.branch({ kind: 'reg', width: 32, reg: pick }, body, done, s.span);
  code.place(body);
  withLoop(frame, done, done, () => lowerStatement(frame, s.body));
  code.place(done);
}

function entries(frame: Frame, s: MacroLoop, safe: boolean, reverse: boolean): void {
  const { code } = frame;
  const [pos, ...rest] = s.arguments;
  const [head, member] = safe ? rest.slice(1) : rest;
  if (!pos || !head || member?.kind !== 'identifier')
    return frame.program.assume({
      kind: 'assumed',
      text: `${s.macro}() has other arguments than expected; skipped`,
      span: s.span,
    });
  const entry = typeOf(frame, pos);
  const type: CType = entry.kind === 'pointer' ? entry.to() : uint64;
  const link = type.kind === 'struct' ? (type.fields.find((f) => f.name === member.name)?.offset ?? 0) : 0;
  const step = reverse ? 8 : 0;
  const [top, body, next, done] = [code.label(), code.label(), code.label(), code.label()];
  const start = snapshot(frame, lowerExpression(frame, head), s.span);
  const node = code.register('%node', 64);
  const following = code.register('%next node', 64);
  const value: Value = { expr: { kind: 'reg', width: 64, reg: node }, type: pointerTo(uint64) };
  const nextOf = (from: Value): Value =>
    read(frame, { kind: 'mem', address: offsetBy(from.expr, step), type: pointerTo(uint64) }, s.span);
  code.emit({ kind: 'assign', reg: node, value: nextOf(start).expr }, s.span);
  code.place(top);
  code.branch(
    { kind: 'compare', width: 32, operandWidth: 64, operator: 'ne', left: value.expr, right: start.expr },
    body,
    done,
    s.span,
  );
  code.place(body);
  if (safe) code.emit({ kind: 'assign', reg: following, value: nextOf(value).expr }, s.span);
  write(frame, lowerPlace(frame, pos), { expr: binary('sub', value.expr, constant(link, 64)), type: entry }, s.span);
  withLoop(frame, done, next, () => lowerStatement(frame, s.body));
  code.place(next);
  code.emit(
    { kind: 'assign', reg: node, value: safe ? { kind: 'reg', width: 64, reg: following } : nextOf(value).expr },
    s.span,
  );
  code.jump(top, s.span);
  code.place(done);
}

/** Runs the body for CPUs 0 to the number that the machine has. */
function cpus(frame: Frame, s: MacroLoop): void {
  const { code } = frame;
  const cpu = s.arguments[0] as Expression;
  const [top, body, next, done] = [code.label(), code.label(), code.label(), code.label()];
  const place = lowerPlace(frame, cpu);
  const count = frame.program.symbols.constant('NR_CPUS');
  const limit = count ? Number(frame.program.symbols.evaluate(count) ?? 1n) : 1;
  write(frame, place, { expr: constant(0, 32), type: place.type }, s.span);
  code.place(top);
  const now = read(frame, place, s.span);
  code.branch(
    {
      kind: 'compare',
      width: 32,
      operandWidth: now.expr.width,
      operator: 'ltSigned',
      left: now.expr,
      right: constant(limit, now.expr.width),
    },
    body,
    done,
    s.span,
  );
  code.place(body);
  withLoop(frame, done, next, () => lowerStatement(frame, s.body));
  code.place(next);
  write(
    frame,
    place,
    { expr: binary('add', read(frame, place, s.span).expr, constant(1, now.expr.width)), type: place.type },
    s.span,
  );
  code.jump(top, s.span);
  code.place(done);
}
