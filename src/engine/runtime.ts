// SPDX-License-Identifier: MIT
/**
 * What both executors call: memory, the machine, agents' places, outcomes. All of a program's meaning except
 * arithmetic on registers and the order of local steps is here or below.
 */
import { low32, wrap64 } from './arithmetic';
import { type Layout, PC_SHIFT, STATUS_MASK, WAITED } from './layout';
import { createMemory, type Memory } from './memory';
import { AgentStatus, type Bounds, type OperationContext, type Pc, type Program } from './program';
import { createScratch, Flag, type Scratch, Signal } from './scratch';

export interface RuntimeOptions {
  /** See memory.ts: stores that nobody could see late are not buffered. */
  readonly reduction: boolean;
  /** See memory.ts: locked operations and fences wait for an empty buffer instead of emptying it. */
  readonly fencesWait: boolean;
  /** See liveness.ts; must be what the layout was made with. */
  readonly liveness: boolean;
}

export interface Runtime {
  readonly program: Program;
  readonly bounds: Bounds;
  readonly layout: Layout;
  readonly scratch: Scratch;
  readonly memory: Memory;
  readonly context: OperationContext & { agent: number };
  /** Before a machine operation: its agent, and the drain of a serialising one. */
  enter(agent: number, serialising: boolean): void;
  /** After a machine operation: whether it ran, did not end the story, and the agent goes on. `null` disables. */
  leave(agent: number, result: number | bigint | null): boolean;
  /** Results of operations and `access` in the register's form. */
  as32(value: number | bigint): number;
  as64(value: number | bigint): bigint;
  /** The agent's transition ends in front of the visible step `pc`. */
  settle(agent: number, pc: Pc): void;
  /** A local step fails: the story ends at it. Gives -1, which ends the transition. */
  fail(agent: number, pc: Pc, outcome: number): number;
  finish(agent: number): void;
  /** Fills the scratch state: places, image, machine. Leading local steps are the executor's. */
  reset(): void;
}

/** Builds everything that depends on the program but not on how its steps are executed. */
export function createRuntime(program: Program, bounds: Bounds, layout: Layout, options: RuntimeOptions): Runtime {
  const scratch = createScratch(program, layout);
  const { state: S, flags: F } = scratch;
  const places = Int32Array.from(layout.agents, (agent) => agent.place);
  const dead = layout.agents.map((agent) => agent.dead);

  const statusOf = (agent: number): AgentStatus =>
    ((S[places[agent] as number] as number) & STATUS_MASK) as AgentStatus;
  const blocks = Int32Array.from(layout.agents, (agent) => agent.block);
  const forget = (agent: number): void => {
    if (!options.liveness) return;
    for (const [from, to] of layout.agents[agent]?.registerWords ?? []) S.fill(0, from, to);
  };
  const move = (agent: number, pc: Pc): void => {
    const place = places[agent] as number;
    const moved = (pc << PC_SHIFT) | ((S[place] as number) & (STATUS_MASK | WAITED));
    if (S[place] === moved) return;
    scratch.touch(blocks[agent] as number);
    S[place] = moved;
  };
  const setStatus = (agent: number, status: AgentStatus): void => {
    const place = places[agent] as number;
    // Whoever is started sees all that its starter did: starting is a message, and messages are ordered.
    if (status === AgentStatus.running && statusOf(agent) !== AgentStatus.running) {
      memory.drainAll(context.agent);
      if (F[Flag.signal] === Signal.ended) return;
    }
    scratch.touch(blocks[agent] as number);
    S[place] = ((S[place] as number) & ~(STATUS_MASK | WAITED)) | status;
    if (status === AgentStatus.stopped || status === AgentStatus.done) forget(agent);
  };
  const context: OperationContext & { agent: number } = {
    state: S,
    base: layout.machine,
    agent: 0,
    load32: (address) => memory.peek32(address),
    load64: (address) => memory.peek64(address),
    store32: (address, value) => memory.poke32(context.agent, address, value),
    store64: (address, value) => memory.poke64(context.agent, address, value),
    drain: (agent) => memory.drainAll(agent),
    status: statusOf,
    setStatus,
    outcome: (index) => scratch.raise(index),
  };
  const memory = createMemory(program, bounds, layout, scratch, options, context);

  const finish = (agent: number): void => {
    const place = places[agent] as number;
    scratch.touch(blocks[agent] as number);
    // What nobody reads any more is zero since the agent came here; its results stay.
    S[place] = ((S[place] as number) & ~(STATUS_MASK | WAITED)) | AgentStatus.done;
  };
  /** By agent and pc: 1 where an agent that comes there is done. */
  const lasts = program.agents.map((agent) =>
    Uint8Array.from(agent.steps, (step) => (step.kind === 'end' && step.results !== undefined ? 1 : 0)),
  );

  return {
    program,
    bounds,
    layout,
    scratch,
    memory,
    context,
    enter(agent, serialising) {
      context.agent = agent;
      scratch.touch(layout.machineBlock);
      if (serialising) memory.settle(agent);
    },
    leave(agent, result) {
      if (result === null) F[Flag.signal] = Signal.disabled;
      if (F[Flag.signal] !== Signal.none) return false;
      const status = statusOf(agent);
      return status === AgentStatus.running || status === AgentStatus.waiting;
    },
    as32: (value) => (typeof value === 'number' ? value | 0 : low32(value)),
    as64: (value) => wrap64(typeof value === 'number' ? BigInt(Math.trunc(value)) : value),
    settle(agent, pc) {
      move(agent, pc);
      const words = (dead[agent] as readonly Int32Array[])[pc] as Int32Array;
      for (let i = 0; i < words.length; i++) S[words[i] as number] = 0;
      if ((lasts[agent] as Uint8Array)[pc] === 1) {
        (scratch.reached[agent] as Uint8Array)[pc] = 1;
        finish(agent);
      }
    },
    fail(agent, pc, outcome) {
      move(agent, pc);
      scratch.raise(outcome, true);
      return -1;
    },
    finish,
    reset() {
      S.fill(0);
      scratch.bytes.set(program.image, layout.memory * 4);
      program.machine.initialise(S, layout.machine);
      program.agents.forEach((agent, index) => {
        S[places[index] as number] =
          (agent.entry << PC_SHIFT) | (agent.running ? AgentStatus.running : AgentStatus.waiting);
      });
    },
  };
}
