// SPDX-License-Identifier: MIT
/**
 * Where a program goes through a pointer that it got from a value which nobody knows. Whatever that value is taken to be,
 * it points nowhere; the real one may point to something.
 */

import { definedRegister, expressionsOf, forEachRegister } from '../engine/flow';
import type { Agent, Expr, Pc, Program, Step } from '../engine/program';

/**
 * The program that ends in an outcome in front of each access, and of each call that goes nowhere, whose address is
 * made from an unknown value. Registers and variables of fixed addresses are followed; what is stored elsewhere may be
 * read anywhere. Linear in the steps for each variable that an unknown value comes to.
 * @param isUnknown whether a step takes an unknown value
 */
export function endAtUnknownAddress(
  program: Program,
  outcome: number,
  isUnknown: (agent: Agent, step: Step) => boolean,
): Program {
  const registers = program.agents.map(() => new Set<number>());
  /** Addresses that may hold a value made from an unknown one; null is any address. */
  const memory = new Set<bigint | null>();
  const isMade = (agent: number, expr: Expr): boolean => {
    let made = false;
    forEachRegister(expr, (reg) => {
      made ||= registers[agent]?.has(reg) === true;
    });
    return made;
  };
  const isHeld = (address: Expr): boolean =>
    memory.has(null) || (address.kind === 'const' ? memory.has(address.value) : memory.size > 0);
  const known = (): number => memory.size + registers.reduce((sum, own) => sum + own.size, 0);
  for (let before = -1; before !== known(); ) {
    before = known();
    for (const [index, agent] of program.agents.entries()) {
      for (const step of agent.steps) {
        const reads = (step.kind === 'load' || step.kind === 'rmw') && isHeld(step.address);
        const made = reads || isUnknown(agent, step) || expressionsOf(step).some((expr) => isMade(index, expr));
        if (!made) continue;
        const reg = definedRegister(step);
        if (reg >= 0) registers[index]?.add(reg);
        const stored = step.kind === 'store' ? step.value : step.kind === 'rmw' ? step.operand : null;
        if ((step.kind === 'store' || step.kind === 'rmw') && stored && isMade(index, stored))
          memory.add(step.address.kind === 'const' ? step.address.value : null);
      }
    }
  }
  const addressesOf = (step: Step): readonly Expr[] => {
    if (step.kind === 'load' || step.kind === 'store' || step.kind === 'rmw') return [step.address];
    return step.kind === 'machine' ? step.arguments : [];
  };
  const fault = program.outcomes.findIndex((o) => o.id === 'page-fault');
  /** A call through a pointer to no function asks for the pointer in front of the fault (src/c/lowerCall.ts). */
  const isFault = (agent: Agent, pc: Pc): boolean => {
    const step = agent.steps[pc];
    return step?.kind === 'outcome' && step.outcome === fault;
  };
  return {
    ...program,
    agents: program.agents.map((agent, index) => ({
      ...agent,
      steps: agent.steps.map((step) => {
        if (step.kind === 'branch') {
          const fails = isFault(agent, step.then) && isMade(index, step.condition);
          return fails
            ? { kind: 'outcome', outcome, position: agent.steps[step.then]?.position ?? -1, next: step.then }
            : step;
        }
        return step.kind !== 'end' && addressesOf(step).some((address) => isMade(index, address))
          ? { kind: 'outcome', outcome, position: step.position, next: step.next }
          : step;
      }),
    })),
  };
}
