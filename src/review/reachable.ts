// SPDX-License-Identifier: MIT
import type { Agent, Expr, Step } from '../engine/program';

/** By register: the one value it ever has, or null where it may have several. Absent: not assigned yet. */
type Known = Map<number, bigint | null>;

/**
 * By step: 1 where it can be reached when constants are followed through registers and branches. A register that is
 * assigned in several places counts as one with several values, unless they are the same.
 */
export function reachableSteps(agent: Agent): Uint8Array {
  const reached = new Uint8Array(agent.steps.length);
  const known: Known = new Map();
  const readers = readersOf(agent);
  const work: number[] = [agent.entry];
  const go = (pc: number): void => {
    if (!reached[pc]) work.push(pc);
  };
  const assign = (reg: number, value: bigint | null): void => {
    const before = known.get(reg);
    if (before === null || (before !== undefined && before === value)) return;
    known.set(reg, before === undefined ? value : null);
    // What was concluded from the old value has to be looked at again.
    for (const pc of readers.get(reg) ?? []) if (reached[pc]) work.push(pc);
  };
  for (let pc = work.pop(); pc !== undefined; pc = work.pop()) {
    const step = agent.steps[pc] as Step;
    reached[pc] = 1;
    if (step.kind === 'end') continue;
    if (step.kind === 'branch') {
      const value = evaluate(step.condition, known);
      if (value !== 0n) go(step.then);
      if (value === 0n || value === null) go(step.else);
      continue;
    }
    if (step.kind === 'assign') assign(step.reg, evaluate(step.value, known));
    else if ('reg' in step && step.reg !== null) assign(step.reg, null);
    go(step.next);
  }
  return reached;
}

/** By register: the steps whose conclusion rests on it. */
function readersOf(agent: Agent): ReadonlyMap<number, readonly number[]> {
  const readers = new Map<number, number[]>();
  const visit = (e: Expr, pc: number): void => {
    switch (e.kind) {
      case 'const':
        return;
      case 'reg': {
        const list = readers.get(e.reg);
        if (list) list.push(pc);
        else readers.set(e.reg, [pc]);
        return;
      }
      case 'binary':
      case 'compare':
        visit(e.left, pc);
        return visit(e.right, pc);
      case 'select':
        visit(e.condition, pc);
        visit(e.then, pc);
        return visit(e.else, pc);
      default:
        return visit(e.operand, pc);
    }
  };
  for (const [pc, step] of agent.steps.entries()) {
    if (step.kind === 'branch') visit(step.condition, pc);
    else if (step.kind === 'assign') visit(step.value, pc);
  }
  return readers;
}

/** The value of an expression over known registers, or null. */
function evaluate(e: Expr, known: Known): bigint | null {
  switch (e.kind) {
    case 'const':
      return e.value;
    case 'reg':
      return known.get(e.reg) ?? null;
    case 'not': {
      const value = evaluate(e.operand, known);
      return value === null ? null : value === 0n ? 1n : 0n;
    }
    case 'convert': {
      const value = evaluate(e.operand, known);
      if (value === null) return null;
      return e.signed ? BigInt.asIntN(e.bits, value) : BigInt.asUintN(e.bits, value);
    }
    case 'compare': {
      const [left, right] = [evaluate(e.left, known), evaluate(e.right, known)];
      if (left === null || right === null) return null;
      const unsigned = e.operator.endsWith('Unsigned');
      const read = (v: bigint): bigint =>
        unsigned ? BigInt.asUintN(e.operandWidth, v) : BigInt.asIntN(e.operandWidth, v);
      const [l, r] = [read(left), read(right)];
      const holds =
        e.operator === 'eq' ? l === r : e.operator === 'ne' ? l !== r : e.operator.startsWith('lt') ? l < r : l <= r;
      return holds ? 1n : 0n;
    }
    case 'select': {
      const condition = evaluate(e.condition, known);
      return condition === null ? null : evaluate(condition !== 0n ? e.then : e.else, known);
    }
    default:
      return null;
  }
}
