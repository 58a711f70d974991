// SPDX-License-Identifier: MIT
/** What runs when a scope is left, however it is left: `guard()`, `scoped_guard()` and `__free()` of cleanup.h. */

import type { Declarator, Expression, Span, Statement } from './ast';
import type { Frame } from './context';
import { lowerCall } from './lowerCall';
import { lowerCondition } from './lowerCondition';
import { lowerStatement, withLoop } from './lowerStatement';
import { removable } from './removable';
import { walkStatements } from './walk';

/** By the class of a guard: what takes it and what releases it. */
const classes: Readonly<Record<string, readonly [take: string, release: string]>> = {
  mutex: ['mutex_lock', 'mutex_unlock'],
  spinlock: ['spin_lock', 'spin_unlock'],
  spinlock_irq: ['spin_lock_irq', 'spin_unlock_irq'],
  spinlock_irqsave: ['spin_lock_irqsave', 'spin_unlock_irqrestore'],
  spinlock_bh: ['spin_lock_bh', 'spin_unlock_bh'],
  raw_spinlock: ['raw_spin_lock', 'raw_spin_unlock'],
  raw_spinlock_irq: ['raw_spin_lock_irq', 'raw_spin_unlock_irq'],
  raw_spinlock_irqsave: ['raw_spin_lock_irqsave', 'raw_spin_unlock_irqrestore'],
  rwsem_read: ['down_read', 'up_read'],
  rwsem_write: ['down_write', 'up_write'],
  read_lock: ['read_lock', 'read_unlock'],
  write_lock: ['write_lock', 'write_unlock'],
  rcu: ['rcu_read_lock', 'rcu_read_unlock'],
  srcu: ['srcu_read_lock', 'srcu_read_unlock'],
  preempt: ['preempt_disable', 'preempt_enable'],
  migrate: ['migrate_disable', 'migrate_enable'],
  irq: ['local_irq_disable', 'local_irq_enable'],
  irqsave: ['local_irq_save', 'local_irq_restore'],
  cpus_read_lock: ['cpus_read_lock', 'cpus_read_unlock'],
};

/** The class and the arguments of `guard(class)(argument)`; null for another expression. */
export function readGuard(e: Expression): { readonly name: string; readonly values: readonly Expression[] } | null {
  if (e.kind !== 'call' || e.callee.kind !== 'call' || e.callee.callee.kind !== 'identifier') return null;
  const [name] = e.callee.arguments;
  if (e.callee.callee.name !== 'guard' || name?.kind !== 'identifier') return null;
  return { name: name.name, values: e.arguments };
}

/** Takes a guard; it is released when the scope around it is left. */
export function lowerGuard(frame: Frame, name: string, values: readonly Expression[], span: Span): void {
  const pair = Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (!pair) return frame.program.assume({ kind: 'assumed', text: `guard(${name}) is not modelled`, span });
  const call = (callee: string): void => {
    lowerCall(frame, callOf(callee, values, span), false);
  };
  call(pair[0]);
  atEnd(frame, () => removable(frame, span, () => call(pair[1])));
}

/** `scoped_guard(class, argument) statement`: a break leaves the scope. */
export function lowerScopedGuard(frame: Frame, s: Extract<Statement, { kind: 'macroLoop' }>): void {
  const [name, ...values] = s.arguments;
  const done = frame.code.label();
  frame.scopes.push(new Map());
  const kept = frame.cleanups.length;
  withLoop(frame, done, frame.continueLabel, () => {
    if (name?.kind === 'identifier') lowerGuard(frame, name.name, values, s.span);
    lowerStatement(frame, s.body);
    leave(frame, kept);
  });
  frame.cleanups.length = kept;
  frame.scopes.pop();
  frame.code.jump(done, s.span);
  frame.code.place(done);
}

/** A variable that is given to a function when its scope is left, unless it is null. */
export function cleanUpVariable(frame: Frame, { name, cleanup, span }: Declarator): void {
  if (cleanup === undefined) return;
  const variable: Expression = { kind: 'identifier', name, span };
  atEnd(frame, () => {
    const { code } = frame;
    const [yes, done] = [code.label(), code.label()];
    lowerCondition(frame, variable, yes, done);
    code.place(yes);
    lowerCall(frame, callOf(cleanup, [variable], span), false);
    code.jump(done, span);
    code.place(done);
  });
}

const callOf = (name: string, values: readonly Expression[], span: Span): Extract<Expression, { kind: 'call' }> => ({
  kind: 'call',
  callee: { kind: 'identifier', name, span },
  arguments: values,
  types: values.map(() => null),
  span,
});

function atEnd(frame: Frame, run: () => void): void {
  frame.cleanups.push({ block: frame.block, scopes: [...frame.scopes], run });
}

/** Emits what has to be cleaned up on the way out of all scopes but those of the first `kept` cleanups. */
export function leave(frame: Frame, kept: number): void {
  const all = [...frame.cleanups];
  for (let i = all.length - 1; i >= kept; i--) cleanUp(frame, all, i);
}

/** The same for a jump to a label: scopes that the label is in too are not left. */
export function leaveFor(frame: Frame, label: string): void {
  const all = [...frame.cleanups];
  for (let i = all.length - 1; i >= 0; i--) {
    const block = all[i]?.block;
    if (!block || !contains(block, label)) cleanUp(frame, all, i);
  }
}

/** Runs one cleanup among the names of its own scope, with those before it still to come. */
function cleanUp(frame: Frame, all: Frame['cleanups'], index: number): void {
  const cleanup = all[index];
  if (!cleanup) return;
  const scopes = [...frame.scopes];
  frame.scopes.splice(0, frame.scopes.length, ...cleanup.scopes);
  cleanup.run();
  frame.scopes.splice(0, frame.scopes.length, ...scopes);
}

function contains(block: Statement, label: string): boolean {
  let found = false;
  walkStatements(block, (s) => {
    found ||= s.kind === 'label' && s.name === label;
    return !found;
  });
  return found;
}
