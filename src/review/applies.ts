// SPDX-License-Identifier: MIT
/** Whether a patch matters to a scenario: does anything happen in it because of what the patch changes? Lines are 1-based. */

import type { Span } from '../c/ast';
import { originAt } from '../c/mappedText';
import type { Step } from '../engine/program';
import { findReachable } from '../engine/reachable';
import type { SideRun } from './simulateSide';

/** Whether the text between two offsets of a unit touches a line that the patch adds or removes. */
export function touchesChange(span: Span, changed: ReadonlyMap<number, number>): boolean {
  for (let at = span.start; at < Math.max(span.end, span.start + 1); ) {
    const origin = originAt(span.unit.source, at);
    if (origin.file === 'document' && changed.has(origin.line)) return true;
    const next = span.unit.source.text.indexOf('\n', at);
    if (next < 0 || next + 1 >= span.end) return false;
    at = next + 1;
  }
  return false;
}

function isEffect(run: SideRun, step: Step, privateEnd: bigint): boolean {
  switch (step.kind) {
    case 'store':
      return !(step.address.kind === 'const' && step.address.value < privateEnd);
    case 'rmw':
    case 'outcome':
      return true;
    case 'fence':
      return step.fence !== 'compiler';
    case 'machine':
      return !run.machine.queries.has(step.operation);
    default:
      return false;
  }
}

/** Whether a step with an effect that stands on a changed line runs: a store, an RMW, an operation of the machine. */
export function hasEffect(run: SideRun, changed: ReadonlyMap<number, number>): boolean {
  const { lowered, search, result } = run;
  const { program } = search;
  const privateEnd = BigInt(program.memoryBase + program.privateBytes);
  const direct = lowered.positions.map((span) => touchesChange({ ...span, end: span.start + 1 }, changed));
  return program.agents.some((agent, a) =>
    agent.steps.some(
      (step, pc) =>
        result.reached[a]?.[pc] === 1 &&
        lowered.brought[a]?.[pc] !== 1 &&
        direct[step.position] === true &&
        isEffect(run, step, privateEnd),
    ),
  );
}

/**
 * Whether what the patch brings could have an effect on this machine, even if it has none in this run: a step with
 * an effect that no constant of the story cuts off. (A function for TDX hosts returns at once in a guest.)
 */
export function mayHaveEffect(run: SideRun): boolean {
  const { program } = run.search;
  const privateEnd = BigInt(program.memoryBase + program.privateBytes);
  return program.agents.some((agent, a) => {
    const brought = run.lowered.brought[a];
    if (!brought?.includes(1)) return false;
    const reachable = findReachable(agent).steps;
    return agent.steps.some((step, pc) => brought[pc] === 1 && reachable[pc] === 1 && isEffect(run, step, privateEnd));
  });
}

/** Document lines on which steps ran, each with when it ran last in the given order of steps. */
export function linesOf(positions: readonly Span[], visited: readonly number[]): Map<number, number> {
  const last = new Map<number, number>();
  visited.forEach((position, when) => {
    const span = positions[position];
    if (!span) return;
    const origin = originAt(span.unit.source, span.start);
    if (origin.file === 'document') last.set(origin.line, when);
  });
  return last;
}
