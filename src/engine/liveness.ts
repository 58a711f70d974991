// SPDX-License-Identifier: MIT
/**
 * Which registers matter where, and which may share a place in the state. Inlined C gives an agent some hundreds of
 * registers, few of them alive at a time: a register that nobody reads again is zeroed, so that states that differ
 * only in it are one, and registers that are never alive together share a slot, so that states are small.
 */
import { definedRegister, expressionsOf, forEachRegister, successors } from './flow';
import type { Agent, Pc, Register } from './program';

export interface Allocation {
  /** Whether the register's value may still be read by the step at `pc` or after it. */
  isLive(pc: Pc, reg: Register): boolean;
  /** Slot of each register among those of its width; -1 for a register that no step mentions. */
  readonly slots: Int32Array;
  readonly slots32: number;
  readonly slots64: number;
}

/**
 * Gives every register of the agent a slot. Without `enabled` each has its own and counts as alive everywhere, which
 * is what the differential tests compare with.
 */
export function allocateRegisters(agent: Agent, enabled: boolean): Allocation {
  if (!enabled) return ownSlots(agent, mentioned(agent));
  // The same agents run in many variations of a program, and this is what preparing a search costs most.
  let allocation = allocations.get(agent);
  if (allocation === undefined) {
    allocation = shareSlots(agent);
    allocations.set(agent, allocation);
  }
  return allocation;
}

const allocations = new WeakMap<Agent, Allocation>();

function shareSlots(agent: Agent): Allocation {
  const used = mentioned(agent);
  const row = (agent.registers.length + 31) >>> 5;
  const liveIn = solve(agent, row);
  const conflicts = interference(agent, liveIn, row);
  const slots = new Int32Array(agent.registers.length).fill(-1);
  const counts = { 32: 0, 64: 0 };
  agent.registers.forEach((register, reg) => {
    if (used[reg] === 0) return;
    const taken = new Set<number>();
    for (let other = 0; other < reg; other++) {
      if (agent.registers[other]?.width === register.width && hasBit(conflicts, reg * row, other))
        taken.add(slots[other] ?? -1);
    }
    let slot = 0;
    while (taken.has(slot)) slot++;
    slots[reg] = slot;
    counts[register.width] = Math.max(counts[register.width], slot + 1);
  });
  return { isLive: (pc, reg) => hasBit(liveIn, pc * row, reg), slots, slots32: counts[32], slots64: counts[64] };
}

function mentioned(agent: Agent): Uint8Array {
  const used = new Uint8Array(agent.registers.length);
  for (const step of agent.steps) {
    for (const expr of expressionsOf(step)) forEachRegister(expr, (reg) => (used[reg] = 1));
    const defined = definedRegister(step);
    if (defined >= 0) used[defined] = 1;
  }
  return used;
}

function ownSlots(agent: Agent, used: Uint8Array): Allocation {
  const slots = new Int32Array(agent.registers.length).fill(-1);
  const counts = { 32: 0, 64: 0 };
  agent.registers.forEach((register, reg) => {
    if (used[reg] === 1) slots[reg] = counts[register.width]++;
  });
  return { isLive: (_pc, reg) => used[reg] === 1, slots, slots32: counts[32], slots64: counts[64] };
}

/** Backward data flow to the least fixed point: one row of register bits for each step, alive before it. */
function solve(agent: Agent, row: number): Int32Array {
  const { steps } = agent;
  const liveIn = new Int32Array(steps.length * row);
  const callers: number[][] = steps.map(() => []);
  steps.forEach((step, pc) => {
    for (const next of successors(step)) callers[next]?.push(pc);
  });
  const pending: number[] = steps.map((_, pc) => pc);
  const queued = new Uint8Array(steps.length).fill(1);
  const line = new Int32Array(row);
  while (pending.length > 0) {
    const pc = pending.pop() ?? 0;
    queued[pc] = 0;
    liveOut(agent, liveIn, row, pc, line);
    const step = steps[pc];
    if (step === undefined) continue;
    const defined = definedRegister(step);
    if (defined >= 0) line[defined >>> 5] = (line[defined >>> 5] ?? 0) & ~(1 << (defined & 31));
    for (const expr of expressionsOf(step)) {
      forEachRegister(expr, (reg) => (line[reg >>> 5] = (line[reg >>> 5] ?? 0) | (1 << (reg & 31))));
    }
    let changed = false;
    for (let i = 0; i < row; i++) {
      if (liveIn[pc * row + i] !== line[i]) {
        liveIn[pc * row + i] = line[i] ?? 0;
        changed = true;
      }
    }
    if (!changed) continue;
    for (const caller of callers[pc] ?? []) {
      if (queued[caller] === 0) {
        queued[caller] = 1;
        pending.push(caller);
      }
    }
  }
  return liveIn;
}

function liveOut(agent: Agent, liveIn: Int32Array, row: number, pc: Pc, into: Int32Array): void {
  into.fill(0);
  const step = agent.steps[pc];
  if (step === undefined) return;
  for (const next of successors(step)) {
    for (let i = 0; i < row; i++) into[i] = (into[i] ?? 0) | (liveIn[next * row + i] ?? 0);
  }
}

/** A definition conflicts with whatever is alive after it, even where nobody reads what it defines. */
function interference(agent: Agent, liveIn: Int32Array, row: number): Int32Array {
  const conflicts = new Int32Array(agent.registers.length * row);
  const line = new Int32Array(row);
  agent.steps.forEach((step, pc) => {
    const defined = definedRegister(step);
    if (defined < 0) return;
    liveOut(agent, liveIn, row, pc, line);
    for (let i = 0; i < row; i++) {
      for (let bits = line[i] ?? 0; bits !== 0; bits &= bits - 1) {
        const reg = (i << 5) + 31 - Math.clz32(bits & -bits);
        if (reg === defined) continue;
        setBit(conflicts, defined * row, reg);
        setBit(conflicts, reg * row, defined);
      }
    }
  });
  return conflicts;
}

function hasBit(bits: Int32Array, base: number, index: number): boolean {
  return (((bits[base + (index >>> 5)] ?? 0) >>> (index & 31)) & 1) === 1;
}

function setBit(bits: Int32Array, base: number, index: number): void {
  const word = base + (index >>> 5);
  bits[word] = (bits[word] ?? 0) | (1 << (index & 31));
}
