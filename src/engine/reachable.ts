// SPDX-License-Identifier: MIT
import { definedRegister, expressionsOf, forEachRegister, predecessorsOf } from './flow';
import type { Agent, Expr, Pc, Register, Step } from './program';

/** By register: the one value it ever has, or null where it may have several. Absent: not assigned yet. */
type Known = Map<Register, bigint | null>;

/** What of an agent can run, and where a branch can only go one way. */
export interface Reachable {
  /** By step: 1 where it can be reached. */
  readonly steps: Uint8Array;
  /** Where a reached branch always goes, or null where it may go both ways. */
  always(branch: Extract<Step, { kind: 'branch' }>): Pc | null;
}

/**
 * Follows constants through registers and branches. A register that is assigned in several places counts as one with
 * several values, unless they are the same, and so does one that may be read before it is assigned.
 */
export function findReachable(agent: Pick<Agent, 'steps' | 'entry'>): Reachable {
  const readers = readersOf(agent.steps);
  const several = new Set<Register>();
  for (;;) {
    const { reached, known } = follow(agent, readers, several);
    const unset = maybeUnset(agent, deciding(agent.steps, reached, known));
    if (unset.length === 0) {
      const always = ({ condition, then, else: otherwise }: Extract<Step, { kind: 'branch' }>): Pc | null => {
        const value = evaluate(condition, known);
        return value === null ? null : value !== 0n ? then : otherwise;
      };
      return { steps: reached, always };
    }
    for (const reg of unset) several.add(reg);
  }
}

/** The registers whose constants decide a branch, and those that these constants were made of. */
function deciding(steps: readonly Step[], reached: Uint8Array, known: Known): ReadonlySet<Register> {
  const found = new Set<Register>();
  // Only known ones: of a choice between two values one may be known and count alone.
  const add = (reg: Register): void => {
    if (typeof known.get(reg) === 'bigint') found.add(reg);
  };
  for (let pc = 0; pc < steps.length; pc++) {
    const step = steps[pc] as Step;
    if (reached[pc] === 1 && step.kind === 'branch' && evaluate(step.condition, known) !== null)
      forEachRegister(step.condition, add);
  }
  if (found.size === 0) return found;
  const values = new Map<Register, Expr[]>();
  for (const step of steps) {
    if (step.kind !== 'assign' || step.value.kind === 'const' || typeof known.get(step.reg) !== 'bigint') continue;
    const list = values.get(step.reg);
    if (list) list.push(step.value);
    else values.set(step.reg, [step.value]);
  }
  for (const reg of found) for (const value of values.get(reg) ?? []) forEachRegister(value, add);
  return found;
}

/** Those of some registers that a step may read before any assigns them: from each read back to where they are defined. */
function maybeUnset({ steps, entry }: Pick<Agent, 'steps' | 'entry'>, registers: ReadonlySet<Register>): Register[] {
  if (registers.size === 0) return [];
  const before = predecessorsOf({ steps });
  const reads = new Map<Register, Pc[]>([...registers].map((reg) => [reg, []]));
  steps.forEach((step, pc) => {
    for (const e of expressionsOf(step)) forEachRegister(e, (reg) => void reads.get(reg)?.push(pc));
  });
  const seen = new Int32Array(steps.length).fill(-1);
  return [...reads].flatMap(([reg, work]) => {
    for (let pc = work.pop(); pc !== undefined; pc = work.pop()) {
      if (seen[pc] === reg) continue;
      seen[pc] = reg;
      if (pc === entry) return [reg];
      for (let i = before.starts[pc] as number; i < (before.starts[pc + 1] as number); i++) {
        const from = before.pcs[i] as Pc;
        if (definedRegister(steps[from] as Step) !== reg) work.push(from);
      }
    }
    return [];
  });
}

/** Goes through the program from its entry; `several` are registers that count as having several values. */
function follow(
  agent: Pick<Agent, 'steps' | 'entry'>,
  readers: ReadonlyMap<Register, readonly Pc[]>,
  several: ReadonlySet<Register>,
): { readonly reached: Uint8Array; readonly known: Known } {
  const reached = new Uint8Array(agent.steps.length);
  const known: Known = new Map([...several].map((reg) => [reg, null]));
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
  return { reached, known };
}

/** By register: the steps whose conclusion rests on it. */
function readersOf(steps: readonly Step[]): ReadonlyMap<Register, readonly Pc[]> {
  const readers = new Map<Register, Pc[]>();
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
  for (const [pc, step] of steps.entries()) {
    if (step.kind === 'branch') visit(step.condition, pc);
    else if (step.kind === 'assign') visit(step.value, pc);
  }
  return readers;
}

/** The value of an expression over known registers, or null. */
function evaluate(e: Expr, known: Known): bigint | null {
  switch (e.kind) {
    case 'const':
      return BigInt.asIntN(e.width, e.value);
    case 'reg':
      return known.get(e.reg) ?? null;
    case 'not': {
      const value = evaluate(e.operand, known);
      return value === null ? null : value === 0n ? 1n : 0n;
    }
    case 'convert': {
      const value = evaluate(e.operand, known);
      if (value === null) return null;
      return BigInt.asIntN(e.width, e.signed ? BigInt.asIntN(e.bits, value) : BigInt.asUintN(e.bits, value));
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
