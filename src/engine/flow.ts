// SPDX-License-Identifier: MIT
/**
 * What the parts of the engine need to know of an agent's control flow: which steps end a transition, what a step
 * reads and defines, and where its straight-line blocks of local steps begin.
 */
import type { Agent, Expr, Pc, Register, Step } from './program';

/** Whether other agents may run before this step, so that a transition ends in front of it. */
export function isVisible(step: Step): boolean {
  switch (step.kind) {
    case 'assign':
    case 'branch':
    case 'jump':
    case 'mark':
      return false;
    default:
      return true;
  }
}

/** The steps that may run next, in order; none after `end`. */
export function successors(step: Step): readonly Pc[] {
  if (step.kind === 'end') return [];
  if (step.kind === 'branch') return [step.then, step.else];
  return [step.next];
}

/** The register that a step writes, or -1. */
export function definedRegister(step: Step): Register {
  switch (step.kind) {
    case 'assign':
    case 'load':
    case 'choose':
    case 'expire':
      return step.reg;
    case 'rmw':
    case 'machine':
      return step.reg ?? -1;
    default:
      return -1;
  }
}

/** The expressions that a step evaluates, in the order of their evaluation. */
export function expressionsOf(step: Step): readonly Expr[] {
  switch (step.kind) {
    case 'assign':
      return [step.value];
    case 'branch':
      return [step.condition];
    case 'load':
      return [step.address];
    case 'store':
      return [step.address, step.value];
    case 'rmw':
      return step.expected === null ? [step.address, step.operand] : [step.address, step.operand, step.expected];
    case 'machine':
      return step.arguments;
    case 'end':
      return step.results ?? [];
    default:
      return [];
  }
}

/** The expressions directly inside an expression. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'const':
    case 'reg':
      return [];
    case 'binary':
    case 'compare':
      return [expr.left, expr.right];
    case 'select':
      return [expr.condition, expr.then, expr.else];
    default:
      return [expr.operand];
  }
}

/** Calls `visit` for every register that the expression reads. */
export function forEachRegister(expr: Expr, visit: (reg: Register) => void): void {
  if (expr.kind === 'reg') visit(expr.reg);
  else for (const operand of operandsOf(expr)) forEachRegister(operand, visit);
}

/** Whether evaluating the expression can divide by zero. */
export function mayDivide(expr: Expr): boolean {
  if (expr.kind === 'binary') {
    const divides = /^(div|rem)/.test(expr.operator);
    const nonZero = expr.right.kind === 'const' && BigInt.asIntN(expr.width, expr.right.value) !== 0n;
    if (divides && !nonZero) return true;
  }
  return operandsOf(expr).some(mayDivide);
}

/** The steps before each step: those of `pc` are `pcs[starts[pc]]` up to `pcs[starts[pc + 1]]`. */
export function predecessorsOf({ steps }: Pick<Agent, 'steps'>): {
  readonly starts: Int32Array;
  readonly pcs: Int32Array;
} {
  const to: Pc[] = [];
  const from: Pc[] = [];
  const counts = new Int32Array(steps.length + 1);
  for (const [pc, step] of steps.entries()) {
    for (const next of successors(step)) {
      to.push(next);
      from.push(pc);
      counts[next + 1] = (counts[next + 1] as number) + 1;
    }
  }
  const [starts, pcs] = group(counts, to, from);
  return { starts, pcs };
}

/** Values in the order of their keys; `counts[key + 1]` is how many there are of a key, and becomes where it ends. */
export function group(
  counts: Int32Array,
  keys: readonly number[],
  values: readonly number[],
): [Int32Array, Int32Array] {
  for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] as number) + (counts[i - 1] as number);
  const next = counts.slice();
  const sorted = new Int32Array(values.length);
  for (const [i, key] of keys.entries()) {
    const at = next[key] as number;
    sorted[at] = values[i] as number;
    next[key] = at + 1;
  }
  return [counts, sorted];
}

/** An agent's control flow, by pc. */
export interface Flow {
  /** 1 where the step is visible. */
  readonly visible: Uint8Array;
  /**
   * At the first step of a block of local steps: how many steps the block has, which is what entering it takes from
   * the budget of local steps. 0 elsewhere. Both executors charge here, so that they agree on what is a hang.
   */
  readonly charge: Int32Array;
  /** How many steps lead here, the entry counted as one more. */
  readonly predecessors: Int32Array;
}

/** Finds an agent's blocks. A block begins at a transition's first local step, at a join, after a branch and after a division. */
export function analyseFlow(agent: Agent): Flow {
  const { steps } = agent;
  const visible = new Uint8Array(steps.length);
  const predecessors = new Int32Array(steps.length);
  const leader = new Uint8Array(steps.length);
  steps.forEach((step, pc) => {
    visible[pc] = isVisible(step) ? 1 : 0;
    const ends = visible[pc] === 1 || step.kind === 'branch' || expressionsOf(step).some(mayDivide);
    for (const next of successors(step)) {
      predecessors[next] = (predecessors[next] ?? 0) + 1;
      if (ends) leader[next] = 1;
    }
  });
  leader[agent.entry] = 1;
  predecessors[agent.entry] = (predecessors[agent.entry] ?? 0) + 1;
  const charge = new Int32Array(steps.length);
  for (let pc = 0; pc < steps.length; pc++) {
    if ((predecessors[pc] ?? 0) > 1) leader[pc] = 1;
  }
  const flow: Flow = { visible, charge, predecessors };
  for (let pc = 0; pc < steps.length; pc++) {
    if (leader[pc] === 1 && visible[pc] === 0) charge[pc] = blockFrom(agent, visible, leader, pc).length;
  }
  return flow;
}

/** The local steps of the block that begins at `pc`, in order. */
export function blockAt(agent: Agent, flow: Flow, pc: Pc): readonly Pc[] {
  return blockFrom(agent, flow.visible, flow.charge, pc);
}

function blockFrom(agent: Agent, visible: Uint8Array, leader: ArrayLike<number>, first: Pc): Pc[] {
  const block = [first];
  for (let pc = first; ; ) {
    const step = agent.steps[pc];
    if (step === undefined || step.kind === 'branch' || step.kind === 'end') return block;
    pc = step.next;
    if (visible[pc] === 1 || leader[pc] !== 0) return block;
    block.push(pc);
  }
}
