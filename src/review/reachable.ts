// SPDX-License-Identifier: MIT
import type { Agent, Expr, Step } from '../engine/program';

/** What is known of a register before a step: its value, or null where it may have several. Absent: not assigned yet. */
type Known = Map<number, bigint | null>;

/** By step: 1 where it can be reached when constants are followed through registers and branches. */
export function reachableSteps(agent: Agent): Uint8Array {
  const reached = new Uint8Array(agent.steps.length);
  const known: (Known | undefined)[] = new Array(agent.steps.length);
  const work: number[] = [agent.entry];
  known[agent.entry] = new Map();
  const flow = (to: number, state: Known): void => {
    const old = known[to];
    if (!old) {
      known[to] = new Map(state);
      work.push(to);
      return;
    }
    let changed = false;
    for (const [reg, value] of state) {
      const before = old.get(reg);
      if (before === undefined || (before !== null && before !== value)) {
        old.set(reg, before === undefined ? value : null);
        changed = true;
      }
    }
    if (changed) work.push(to);
  };
  for (let pc = work.pop(); pc !== undefined; pc = work.pop()) {
    const step = agent.steps[pc] as Step;
    const state = new Map(known[pc]);
    reached[pc] = 1;
    if (step.kind === 'end') continue;
    if (step.kind === 'branch') {
      const value = evaluate(step.condition, state);
      if (value !== 0n) flow(step.then, state);
      if (value === 0n || value === null) flow(step.else, state);
      continue;
    }
    if (step.kind === 'assign') state.set(step.reg, evaluate(step.value, state));
    else if ('reg' in step && step.reg !== null) state.set(step.reg, null);
    flow(step.next, state);
  }
  return reached;
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
