// SPDX-License-Identifier: MIT
/** Emission of one agent's steps: labels that may be placed later, registers, positions. */

import type { Expr, Pc, Register, RegisterInfo, Step, Width } from '../engine/program';
import type { Span } from './ast';
import { isUnmodelled, liesInUnmodelled, unmodelledObject } from './unmodelled';

/** A place in the code that may not be known yet. */
export type Label = number;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A step without position and successor: it goes on with the step emitted next. */
export type PlainStep = Without<Extract<Step, { next: Pc }>, 'position' | 'next'>;

type Access = Extract<PlainStep, { kind: 'load' | 'store' | 'rmw' }>;

export interface Code {
  register(name: string, width: Width): Register;
  label(): Label;
  place(label: Label): void;
  /** Whether a label has its place. */
  placed(label: Label): boolean;
  /** How many steps there are. */
  size(): number;
  emit(step: PlainStep, span: Span): void;
  jump(label: Label, span: Span): void;
  branch(condition: Expr, then: Label, otherwise: Label, span: Span): void;
  /** Begins a statement that may be left out: it goes on at `gone` where it is. */
  guard(gone: Label, span: Span): void;
  end(span: Span, results?: readonly Expr[]): void;
  /** Marks that the program came here; does nothing. */
  here(span: Span): void;
  /** Whether the step emitted next can be reached by falling through. */
  open(): boolean;
  /** Steps emitted while `brought` is set run only because of the patch. */
  brought: boolean;
  finish(): {
    readonly registers: readonly RegisterInfo[];
    readonly steps: readonly Step[];
    readonly brought: Uint8Array;
    readonly guards: readonly Guard[];
  };
}

/** The branch in front of a statement that may be left out; the statement's steps end at `end`. */
export interface Guard {
  readonly pc: Pc;
  readonly end: Pc;
  readonly span: Span;
}

/** The values that are tried for what nobody knows: 0, 1 and an address, or a negative number. */
function tried(pick: Register, width: Width): Expr {
  const choice: Expr = { kind: 'reg', width: 32, reg: pick };
  const two: Expr = { kind: 'const', width: 32, value: 2n };
  const third = width === 64 ? unmodelledObject : -22n;
  return {
    kind: 'select',
    width,
    condition: { kind: 'compare', width: 32, operandWidth: 32, operator: 'eq', left: choice, right: two },
    then: { kind: 'const', width, value: third },
    else: width === 64 ? { kind: 'convert', width, bits: 32, signed: true, operand: choice } : choice,
  };
}

/**
 * @param position gives the number of a place in the program's table of positions
 * @param unmodelled the outcome of an access to what is not modelled (see unmodelled.ts); null where there is none
 * @param triesContents whether such an access gives any value instead
 */
export function createCode(position: (span: Span) => number, unmodelled: number | null, triesContents = false): Code {
  const registers: RegisterInfo[] = [];
  const steps: Step[] = [];
  const labels: Pc[] = [];
  const through = -1;
  const brought: number[] = [];
  const guards: { pc: Pc; gone: Label; span: Span }[] = [];
  let open = true;
  const add = (step: Step): void => {
    steps.push(step);
    brought.push(code.brought ? 1 : 0);
  };
  /** Ends the program in front of an access to what is not modelled; true where it always is one. */
  const refuse = (address: Expr, outcome: number, span: Span): boolean => {
    const known = address.kind === 'const' ? isUnmodelled(address.value) : null;
    if (known !== null) {
      if (known) code.emit({ kind: 'outcome', outcome }, span);
      return known;
    }
    const [lost, fine] = [code.label(), code.label()];
    code.branch(liesInUnmodelled(address), lost, fine, span);
    code.place(lost);
    code.emit({ kind: 'outcome', outcome }, span);
    code.place(fine);
    return false;
  };
  /** The access, if it is one of memory; else any value for what it loads. */
  const tryContents = (step: Access, span: Span): void => {
    const known = step.address.kind === 'const' ? isUnmodelled(step.address.value) : null;
    const done = code.label();
    if (known === null) {
      const [lost, fine] = [code.label(), code.label()];
      code.branch(liesInUnmodelled(step.address), lost, fine, span);
      code.place(fine);
      add({ ...step, position: position(span), next: through } as Step);
      code.jump(done, span);
      code.place(lost);
    }
    if (known === false) add({ ...step, position: position(span), next: through } as Step);
    else if (step.kind !== 'store' && step.reg !== null) {
      const pick = code.register('%unknown', 32);
      const hasThird = step.bytes === 8 || (step.bytes === 4 && step.signed);
      code.emit({ kind: 'choose', reg: pick, count: hasThird ? 3 : 2 }, span);
      code.emit({ kind: 'assign', reg: step.reg, value: tried(pick, registers[step.reg]?.width ?? 32) }, span);
    }
    code.place(done);
  };
  const code: Code = {
    brought: false,
    register(name, width) {
      registers.push({ name, width });
      return registers.length - 1;
    },
    label() {
      labels.push(-1);
      return labels.length - 1;
    },
    place(label) {
      labels[label] = steps.length;
      open = true;
    },
    placed: (label) => (labels[label] ?? -1) >= 0,
    size: () => steps.length,
    emit(step, span) {
      if (triesContents && 'address' in step) return tryContents(step, span);
      if (unmodelled !== null && 'address' in step && refuse(step.address, unmodelled, span)) return;
      add({ ...step, position: position(span), next: through } as Step);
    },
    jump(label, span) {
      add({ kind: 'jump', position: position(span), next: label });
      open = false;
    },
    branch(condition, then, otherwise, span) {
      add({ kind: 'branch', condition, position: position(span), then, else: otherwise });
      open = false;
    },
    guard(gone, span) {
      const kept = code.label();
      guards.push({ pc: steps.length, gone, span });
      code.branch({ kind: 'const', width: 32, value: 1n }, kept, gone, span);
      code.place(kept);
    },
    end(span, results) {
      const step = { kind: 'end', position: position(span) } as const;
      add(results === undefined ? step : { ...step, results });
      open = false;
    },
    here(span) {
      add({ kind: 'jump', position: position(span), next: through });
    },
    open: () => open,
    finish() {
      const target = (label: Label): Pc => {
        const pc = labels[label] ?? -1;
        if (pc < 0) throw new Error(`label ${label} was never placed`);
        return pc;
      };
      const resolved = steps.map((step, index): Step => {
        if (step.kind === 'branch') return { ...step, then: target(step.then), else: target(step.else) };
        if (step.kind === 'jump') return { ...step, next: step.next === through ? index + 1 : target(step.next) };
        return step.kind === 'end' ? step : { ...step, next: index + 1 };
      });
      return {
        registers,
        steps: resolved,
        brought: Uint8Array.from(brought),
        guards: guards.map(({ pc, gone, span }) => ({ pc, end: target(gone), span })),
      };
    },
  };
  return code;
}
