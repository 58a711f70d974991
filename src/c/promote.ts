// SPDX-License-Identifier: MIT
/**
 * Puts variables whose address is taken into registers again, once everything is in line: a structure that is only
 * handed down as `&x` is no memory that anybody else could see, and each access to it would be a transition of its own.
 * Until then such variables have addresses that no two share; what stays in memory gets its real place here.
 */
import type { Bytes, Expr, Pc, Register, RegisterInfo, Step } from '../engine/program';
import type { Guard } from './code';
import { type PrivateVariable, privateBase, realAddress, variableAt } from './privateVariables';
import { constant, simplify } from './value';

/** What is left for memory ends at `bytes` from the start of private memory, which begins at `memory`. */
export interface Promoted {
  readonly registers: readonly RegisterInfo[];
  readonly steps: readonly Step[];
  readonly brought: Uint8Array;
  readonly kept: readonly PrivateVariable[];
}

/** Most rounds: each finds what the one before made constant. */
const mostRounds = 8;
/** Steps that are looked at for what makes an assignment needless. */
const farthest = 64;

/** @param fixed variables that stay in memory */
export function promote(
  code: {
    readonly registers: readonly RegisterInfo[];
    readonly steps: readonly Step[];
    readonly brought: Uint8Array;
    readonly guards: readonly Guard[];
  },
  variables: readonly PrivateVariable[],
  fixed: ReadonlySet<PrivateVariable>,
): Promoted {
  if (variables.length === 0) return { ...code, kept: [] };
  const registers = [...code.registers];
  const steps = [...code.steps];
  const brought = [...code.brought];
  let kept = variables;
  for (let round = 0; round < mostRounds; round++) {
    substitute(steps, constants(steps, code.guards));
    const plans = planCells(steps, kept, fixed);
    if (plans.size === 0) break;
    kept = kept.filter((variable) => !plans.has(variable));
    const added = new Set<Register>();
    for (const [variable, cells] of plans)
      for (const cell of cells) {
        const name = `%${Number(variable.start - privateBase) + cell.offset}`;
        cell.reg = registers.push({ name, width: cell.bytes === 8 ? 64 : 32 }) - 1;
        added.add(cell.reg);
      }
    rewrite(steps, brought, variables, plans);
    dropOverwritten(steps, added);
  }
  const final = steps.map((step) =>
    mapExpressions(step, (leaf) => {
      if (leaf.kind !== 'const' || leaf.value < privateBase) return leaf;
      const real = realAddress(leaf.value, kept);
      return real === leaf.value ? leaf : constant(real, 64);
    }),
  );
  return { registers, steps: final, brought: Uint8Array.from(brought), kept };
}

/** Registers that a statement sets which may be left out, and that are read behind it. */
function setInside(steps: readonly Step[], guards: readonly Guard[]): ReadonlySet<Register> {
  const found = new Set<Register>();
  for (const { pc: start, end } of guards) {
    const set = new Set<Register>();
    for (let pc = start; pc < end; pc++) {
      const step = steps[pc] as Step;
      if (step.kind === 'assign' && (step.value.kind !== 'const' || step.value.value >= privateBase)) set.add(step.reg);
    }
    if (set.size === 0) continue;
    const note = (leaf: Expr): void => {
      if (leaf.kind === 'reg' && set.has(leaf.reg)) found.add(leaf.reg);
    };
    steps.forEach((step, pc) => {
      if (pc < start || pc >= end) forEachExpression(step, (e) => forEachLeaf(e, note));
    });
  }
  return found;
}

/** Registers that never hold anything but one address of a private variable, also by way of each other. */
function constants(steps: readonly Step[], guards: readonly Guard[]): Map<Register, Expr> {
  const unsure = setInside(steps, guards);
  /** What each register is assigned, where that is all that it ever gets. */
  const only = new Map<Register, Expr | null>();
  for (const step of steps) {
    const reg = definedBy(step);
    if (reg < 0) continue;
    const value = step.kind === 'assign' && !unsure.has(reg) ? step.value : null;
    const known = only.get(reg);
    const isSame = known === undefined || (known !== null && value !== null && isEqual(known, value));
    only.set(reg, isSame ? value : null);
  }
  const found = new Map<Register, Expr | null>();
  const resolve = (reg: Register): Expr | null => {
    const known = found.get(reg);
    if (known !== undefined) return known;
    found.set(reg, null);
    const value = only.get(reg);
    const folded = value ? mapExpr(value, (e) => (e.kind === 'reg' ? (resolve(e.reg) ?? e) : e)) : null;
    const result = folded?.kind === 'const' && folded.value >= privateBase ? folded : null;
    found.set(reg, result);
    return result;
  };
  const result = new Map<Register, Expr>();
  for (const reg of only.keys()) {
    const value = resolve(reg);
    if (value) result.set(reg, value);
  }
  return result;
}

const isEqual = (a: Expr, b: Expr): boolean =>
  a === b ||
  (a.kind === 'const' && b.kind === 'const' && a.value === b.value && a.width === b.width) ||
  (a.kind === 'reg' && b.kind === 'reg' && a.reg === b.reg);

function substitute(steps: Step[], known: ReadonlyMap<Register, Expr>): void {
  if (known.size === 0) return;
  steps.forEach((step, pc) => {
    if (step.kind === 'assign' && known.has(step.reg)) {
      steps[pc] = { kind: 'jump', position: step.position, next: step.next };
      return;
    }
    steps[pc] = mapExpressions(step, (e) => (e.kind === 'reg' ? (known.get(e.reg) ?? e) : e));
  });
}

/** A part of a variable that is always read and written as a whole. */
interface Cell {
  readonly offset: number;
  readonly bytes: Bytes;
  reg: Register;
}

/** The variables that nothing is done with but to load and store their parts. */
function planCells(
  steps: readonly Step[],
  variables: readonly PrivateVariable[],
  fixed: ReadonlySet<PrivateVariable>,
): Map<PrivateVariable, Cell[]> {
  const cells = new Map<PrivateVariable, Map<number, Bytes>>();
  const zeroes: { variable: PrivateVariable; offset: number; bytes: number }[] = [];
  const out = new Set<PrivateVariable>(fixed);
  const takeOut = (e: Expr): void =>
    forEachLeaf(e, (leaf) => {
      const variable = leaf.kind === 'const' ? variableAt(leaf.value, variables) : null;
      if (variable) out.add(variable);
    });
  for (const step of steps) {
    if (step.kind !== 'load' && step.kind !== 'store') {
      forEachExpression(step, takeOut);
      continue;
    }
    if (step.kind === 'store') takeOut(step.value);
    const variable = step.address.kind === 'const' ? variableAt(step.address.value, variables) : null;
    if (step.address.kind !== 'const' || !variable) {
      takeOut(step.address);
      continue;
    }
    const offset = Number(step.address.value - variable.start);
    if (offset + step.bytes > variable.size) out.add(variable);
    else if (step.kind === 'store' && step.value.kind === 'const' && step.value.value === 0n)
      zeroes.push({ variable, offset, bytes: step.bytes });
    else {
      const own = cells.get(variable) ?? new Map<number, Bytes>();
      cells.set(variable, own);
      if ((own.get(offset) ?? step.bytes) !== step.bytes) out.add(variable);
      own.set(offset, step.bytes);
    }
  }
  const result = new Map<PrivateVariable, Cell[]>();
  const touched = new Set([...cells.keys(), ...zeroes.map((z) => z.variable)]);
  for (const variable of touched) {
    if (out.has(variable)) continue;
    const list = [...(cells.get(variable) ?? [])].map(([offset, bytes]): Cell => ({ offset, bytes, reg: -1 }));
    list.sort((a, b) => a.offset - b.offset);
    const overlaps = list.some(
      (cell, i) => i > 0 && cell.offset < (list[i - 1] as Cell).offset + (list[i - 1] as Cell).bytes,
    );
    const cut = zeroes.some(
      (z) =>
        z.variable === variable &&
        list.some(
          (c) =>
            c.offset < z.offset + z.bytes &&
            z.offset < c.offset + c.bytes &&
            (c.offset < z.offset || c.offset + c.bytes > z.offset + z.bytes),
        ),
    );
    if (!overlaps && !cut) result.set(variable, list);
  }
  return result;
}

/** Loads and stores of cells become assignments. */
function rewrite(
  steps: Step[],
  brought: number[],
  variables: readonly PrivateVariable[],
  plans: ReadonlyMap<PrivateVariable, readonly Cell[]>,
): void {
  const count = steps.length;
  for (let pc = 0; pc < count; pc++) {
    const step = steps[pc] as Step;
    if ((step.kind !== 'load' && step.kind !== 'store') || step.address.kind !== 'const') continue;
    const variable = variableAt(step.address.value, variables);
    const cells = variable && plans.get(variable);
    if (!variable || !cells) continue;
    const { position } = step;
    const offset = Number(step.address.value - variable.start);
    const within = cells.filter((c) => c.offset >= offset && c.offset < offset + step.bytes);
    const [cell] = within;
    if (step.kind === 'load') {
      const wide = step.bytes === 8 ? 64 : 32;
      const whole: Expr = { kind: 'reg', width: wide, reg: cell?.reg ?? 0 };
      const bits = (8 * step.bytes) as 8 | 16 | 32 | 64;
      const value: Expr =
        step.bytes >= 4 ? whole : { kind: 'convert', width: 32, bits, signed: step.signed, operand: whole };
      steps[pc] = { kind: 'assign', position, reg: step.reg, value, next: step.next };
    } else if (within.length === 1 && cell && step.value.width === (cell.bytes === 8 ? 64 : 32)) {
      steps[pc] = { kind: 'assign', position, reg: cell.reg, value: step.value, next: step.next };
    } else {
      // Zeroes over several parts, or over one that nobody reads.
      let next: Pc = step.next;
      for (const { reg, bytes } of within) {
        next = steps.push({ kind: 'assign', position, reg, value: constant(0, bytes === 8 ? 64 : 32), next }) - 1;
        brought.push(brought[pc] ?? 0);
      }
      steps[pc] = { kind: 'jump', position, next };
    }
  }
}

/** Takes away assignments to these registers that are overwritten before anybody could read them. */
function dropOverwritten(steps: Step[], cells: ReadonlySet<Register>): void {
  steps.forEach((step, pc) => {
    if (step.kind !== 'assign' || !cells.has(step.reg)) return;
    let at = step.next;
    for (let n = 0; n < farthest; n++) {
      const later = steps[at];
      if (!later || !('next' in later)) return;
      let isRead = false;
      forEachExpression(later, (e) =>
        forEachLeaf(e, (leaf) => {
          if (leaf.kind === 'reg' && leaf.reg === step.reg) isRead = true;
        }),
      );
      if (isRead) return;
      if (definedBy(later) === step.reg) {
        // What is assigned has no effect but a division by zero, and then it stays.
        if (step.value.kind === 'const' || step.value.kind === 'reg')
          steps[pc] = { kind: 'jump', position: step.position, next: step.next };
        return;
      }
      at = later.next;
    }
  });
}

function definedBy(step: Step): Register {
  return 'reg' in step ? (step.reg ?? -1) : -1;
}

/** Calls `visit` for each outermost expression of a step. */
function forEachExpression(step: Step, visit: (e: Expr) => void): void {
  switch (step.kind) {
    case 'assign':
      return visit(step.value);
    case 'branch':
      return visit(step.condition);
    case 'load':
      return visit(step.address);
    case 'store':
      visit(step.address);
      return visit(step.value);
    case 'rmw':
      visit(step.address);
      visit(step.operand);
      if (step.expected) visit(step.expected);
      return;
    case 'machine':
      for (const e of step.arguments) visit(e);
      return;
    case 'end':
      for (const e of step.results ?? []) visit(e);
      return;
    default:
      return;
  }
}

/** The step with every leaf of its expressions replaced; the same object where nothing changes. */
function mapExpressions(step: Step, replace: (leaf: Expr) => Expr): Step {
  const map = (e: Expr): Expr => mapExpr(e, replace);
  let changes = false;
  forEachExpression(step, (e) => {
    changes ||= map(e) !== e;
  });
  if (!changes) return step;
  switch (step.kind) {
    case 'assign':
      return { ...step, value: map(step.value) };
    case 'branch':
      return { ...step, condition: map(step.condition) };
    case 'load':
      return { ...step, address: map(step.address) };
    case 'store':
      return { ...step, address: map(step.address), value: map(step.value) };
    case 'rmw':
      return {
        ...step,
        address: map(step.address),
        operand: map(step.operand),
        expected: step.expected && map(step.expected),
      };
    case 'machine':
      return { ...step, arguments: step.arguments.map(map) };
    case 'end':
      return step.results ? { ...step, results: step.results.map(map) } : step;
    default:
      return step;
  }
}

function mapExpr(e: Expr, replace: (leaf: Expr) => Expr): Expr {
  switch (e.kind) {
    case 'const':
    case 'reg':
      return replace(e);
    case 'binary':
    case 'compare': {
      const left = mapExpr(e.left, replace);
      const right = mapExpr(e.right, replace);
      return left === e.left && right === e.right ? e : simplify({ ...e, left, right });
    }
    case 'select': {
      const condition = mapExpr(e.condition, replace);
      const then = mapExpr(e.then, replace);
      const otherwise = mapExpr(e.else, replace);
      const isSame = condition === e.condition && then === e.then && otherwise === e.else;
      return isSame ? e : { ...e, condition, then, else: otherwise };
    }
    default: {
      const operand = mapExpr(e.operand, replace);
      return operand === e.operand ? e : simplify({ ...e, operand });
    }
  }
}

function forEachLeaf(e: Expr, visit: (leaf: Extract<Expr, { kind: 'const' | 'reg' }>) => void): void {
  switch (e.kind) {
    case 'const':
    case 'reg':
      return visit(e);
    case 'binary':
    case 'compare':
      forEachLeaf(e.left, visit);
      return forEachLeaf(e.right, visit);
    case 'select':
      forEachLeaf(e.condition, visit);
      forEachLeaf(e.then, visit);
      return forEachLeaf(e.else, visit);
    default:
      return forEachLeaf(e.operand, visit);
  }
}
