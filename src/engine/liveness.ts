// SPDX-License-Identifier: MIT
/**
 * Which registers matter where, and which may share a place in the state. Inlined C gives an agent some hundreds of
 * registers, few of them alive at a time: a register that nobody reads again is zeroed, so that states that differ
 * only in it are one, and registers that are never alive together share a slot, so that states are small.
 */
import { definedRegister, expressionsOf, forEachRegister, group, predecessorsOf, successors } from './flow';
import type { Agent, Pc, Register } from './program';

export interface Allocation {
  /** The registers whose values may still be read by the step at `pc` or after it. */
  liveAt(pc: Pc): Int32Array;
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
  const live = solve(agent);
  const slots = new Int32Array(agent.registers.length).fill(-1);
  const counts = { 32: 0, 64: 0 };
  const neighbours = interference(agent, live);
  const taken: number[] = [];
  agent.registers.forEach((register, reg) => {
    if (used[reg] === 0) return;
    for (const other of neighbours[reg] ?? []) {
      if (other < reg && agent.registers[other]?.width === register.width) taken[slots[other] as number] = reg;
    }
    let slot = 0;
    while (taken[slot] === reg) slot++;
    slots[reg] = slot;
    counts[register.width] = Math.max(counts[register.width], slot + 1);
  });
  return { liveAt: (pc) => live.at(pc), slots, slots32: counts[32], slots64: counts[64] };
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
  const all = Int32Array.from(used.keys()).filter((reg) => used[reg] === 1);
  return { liveAt: () => all, slots, slots32: counts[32], slots64: counts[64] };
}

/** The registers alive before each step, in ascending order. */
interface Live {
  at(pc: Pc): Int32Array;
}

/**
 * From every use of a register back to its definitions. Inlined functions have registers of their own that live for a
 * few steps, so this is linear in the steps; rows of bits for all registers at each step would be quadratic (a search of
 * 60,000 steps took 13 s to prepare, and takes 1 s).
 */
function solve(agent: Agent): Live {
  const { steps } = agent;
  const before = predecessorsOf(agent);
  const defines = Int32Array.from(steps, definedRegister);
  const uses: Pc[][] = agent.registers.map(() => []);
  for (const [pc, step] of steps.entries()) {
    for (const expr of expressionsOf(step)) forEachRegister(expr, (reg) => uses[reg]?.push(pc));
  }
  const pcs: Pc[] = [];
  const registers: Register[] = [];
  const counts = new Int32Array(steps.length + 1);
  const seen = new Int32Array(steps.length).fill(-1);
  for (const [reg, pending] of uses.entries()) {
    for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
      if (seen[pc] === reg) continue;
      seen[pc] = reg;
      pcs.push(pc);
      registers.push(reg);
      counts[pc + 1] = (counts[pc + 1] as number) + 1;
      for (let i = before.starts[pc] as number; i < (before.starts[pc + 1] as number); i++) {
        const from = before.pcs[i] as Pc;
        if (defines[from] !== reg && seen[from] !== reg) pending.push(from);
      }
    }
  }
  const [starts, sorted] = group(counts, pcs, registers);
  return { at: (pc) => sorted.subarray(starts[pc], starts[pc + 1]) };
}

/** A definition conflicts with whatever is alive after it, even where nobody reads what it defines. */
function interference(agent: Agent, live: Live): Register[][] {
  const neighbours: Register[][] = agent.registers.map(() => []);
  for (const step of agent.steps) {
    const defined = definedRegister(step);
    if (defined < 0) continue;
    for (const next of successors(step)) {
      for (const reg of live.at(next)) {
        if (reg === defined) continue;
        neighbours[defined]?.push(reg);
        neighbours[reg]?.push(defined);
      }
    }
  }
  return neighbours;
}
