// SPDX-License-Identifier: MIT
/**
 * The transitions of a state, each named by one number, its choice:
 * value of the step's choice, or index of the draining entry << 8 | drain << 7 | agent.
 */
import type { Executor } from './executor';
import { OUTCOME_WORD, PC_SHIFT, STATUS_MASK, WAITED } from './layout';
import { AgentStatus } from './program';

/** Choices have room for so many agents. */
export const MAX_AGENTS = 128;
/** Values of an `expire` step: its register gets 0, 1, and 0. */
export const Wait = { goOn: 0, timeIsUp: 1, lookAgain: 2 } as const;

const DRAIN = 1 << 7;
const VALUE = 8;

/** The choice of an agent's step, or of the drain of one of its stores. */
export function choiceOf(agent: number, drain: boolean, value: number): number {
  return (value << VALUE) | (drain ? DRAIN : 0) | agent;
}

/** The agent that a choice is of. */
export function agentOf(choice: number): number {
  return choice & (MAX_AGENTS - 1);
}

/** Whether a choice drains a store. */
export function isDrain(choice: number): boolean {
  return (choice & DRAIN) !== 0;
}

/** The chosen value of a step, or the index of the entry that drains. */
export function choiceValue(choice: number): number {
  return choice >>> VALUE;
}

/** Runs one transition on the scratch state, which must hold the state it starts from; false where it is not enabled. */
export function perform(executor: Executor, choice: number): boolean {
  const agent = agentOf(choice);
  return isDrain(choice) ? executor.drain(agent, choiceValue(choice)) : executor.step(agent, choiceValue(choice));
}

/**
 * Gives a function that runs every enabled transition of `source`, in a fixed order, each on a fresh copy in the
 * executor's scratch, and calls `found` after each. The function returns how many there were.
 */
export function createExpander(executor: Executor, source: Int32Array, found: (choice: number) => void): () => number {
  const { program, layout, scratch } = executor.runtime;
  const places = Int32Array.from(layout.agents, (agent) => agent.place);
  const starts = Int32Array.from(layout.agents, (agent) => agent.buffer);
  const depth = layout.bufferDepth;
  const depths = Int32Array.from(layout.agents, (agent) => agent.bufferDepth);
  const weak = executor.runtime.bounds.model === 'weak';
  const agents = program.agents.length;
  const EXPIRE = 0;
  /** By agent and pc: how many values the step may choose from; `EXPIRE` for a wait that may time out. */
  const ways = program.agents.map((agent) =>
    Int32Array.from(agent.steps, (step) => (step.kind === 'choose' ? step.count : step.kind === 'expire' ? EXPIRE : 1)),
  );

  return () => {
    if (source[OUTCOME_WORD] !== 0) return 0;
    scratch.load(source);
    let count = 0;
    let waits = 0;
    for (let agent = 0; agent < agents; agent++) {
      const place = source[places[agent] as number] as number;
      if ((place & STATUS_MASK) !== AgentStatus.running) continue;
      const values = (ways[agent] as Int32Array)[place >>> PC_SHIFT] as number;
      if (values === EXPIRE) waits++;
      for (let value = 0; value < values; value++) {
        scratch.restore(source);
        if (!executor.step(agent, value)) continue;
        count++;
        found(choiceOf(agent, false, value));
      }
    }
    for (let agent = 0; depth !== 0 && agent < agents; agent++) {
      if (depths[agent] === 0 || source[starts[agent] as number] === 0) continue;
      for (let index = 0; index < (weak ? depth : 1); index++) {
        scratch.restore(source);
        if (!executor.drain(agent, index)) continue;
        count++;
        found(choiceOf(agent, true, index));
      }
    }
    if (waits === 0) return count;
    // Time is up only where nothing else could still happen; another agent's wait is not something that happens.
    const timeIsUp = count === 0;
    for (let agent = 0; agent < agents; agent++) {
      const place = source[places[agent] as number] as number;
      if ((place & STATUS_MASK) !== AgentStatus.running || (ways[agent] as Int32Array)[place >>> PC_SHIFT] !== EXPIRE)
        continue;
      // An agent looks once more at what it waits for after the last thing that could change it has happened.
      const waited = (place & WAITED) !== 0;
      const first = timeIsUp && !waited ? Wait.lookAgain : Wait.goOn;
      const last = timeIsUp && waited ? Wait.timeIsUp : first;
      for (let value: number = first; value <= last; value++) {
        scratch.restore(source);
        if (!executor.step(agent, value)) continue;
        count++;
        found(choiceOf(agent, false, value));
      }
    }
    return count;
  };
}
