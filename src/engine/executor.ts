// SPDX-License-Identifier: MIT
/**
 * Runs one transition on the scratch state. Who executes single steps, generated code or the interpreter, gives two
 * tables of functions; the order of things around them is the same for both and is here.
 */
import { Wait } from './choices';
import { analyseFlow, blockAt, type Flow } from './flow';
import { OUTCOME_WORD, PC_SHIFT, WAITED } from './layout';
import type { Pc } from './program';
import type { Runtime } from './runtime';
import { Flag, Signal } from './scratch';

/** A step's function gives the pc of the step that comes next, or -1 where the transition ended or cannot happen. */
export type StepFunction = (value: number) => Pc;

/** By agent and pc. `local` holds the pcs where the driver may come to run local steps. */
export interface StepTables {
  readonly visible: readonly (readonly (StepFunction | undefined)[])[];
  readonly local: readonly (readonly (StepFunction | undefined)[])[];
}

export interface Executor {
  readonly engine: 'codegen' | 'interpreter';
  readonly runtime: Runtime;
  /** Makes the initial state in the scratch, leading local steps included. */
  start(): void;
  /** Runs the agent's step with `value` as its choice; false where it is not enabled (the scratch is then rubbish). */
  step(agent: number, value: number): boolean;
  /** Lets entry `index` of the agent's buffer reach memory; false where it may not. */
  drain(agent: number, index: number): boolean;
  /** By agent: 1 for every step executed so far. */
  reached(): Uint8Array[];
}

/** Puts tables and runtime together. `onVisible` hears of each visible step that is tried (recording). */
export function createExecutor(
  engine: Executor['engine'],
  runtime: Runtime,
  tables: StepTables,
  flows: readonly Flow[],
  onVisible: ((pc: Pc) => void) | null = null,
): Executor {
  const { scratch, memory, bounds, program } = runtime;
  const { state: S, flags: F } = scratch;
  const places = Int32Array.from(runtime.layout.agents, (agent) => agent.place);
  const blocks = Int32Array.from(runtime.layout.agents, (agent) => agent.block);
  const { visible, local } = tables;
  const isVisible = flows.map((flow) => flow.visible);

  /** By agent and pc: what tells cheaply that a step is not enabled. Null where there is nothing of the kind. */
  const allGuards = program.agents.map((agent) =>
    agent.steps.map((step) => {
      if (step.kind !== 'machine' || step.arguments.length > 0) return undefined;
      return program.machine.operations[step.operation]?.guard;
    }),
  );
  const guards = allGuards.some((list) => list.some((guard) => guard !== undefined)) ? allGuards : null;
  const { machine } = runtime.layout;

  const runLocal = (agent: number, from: Pc): void => {
    const stops = isVisible[agent] as Uint8Array;
    const functions = local[agent] as readonly StepFunction[];
    let pc = from;
    while (pc >= 0 && stops[pc] === 0) pc = (functions[pc] as StepFunction)(0);
    if (pc >= 0) runtime.settle(agent, pc);
  };
  /** By agent and pc: 1 for an `expire` step. Null where there is none, and nothing to remember. */
  const expires = program.agents.map((agent) =>
    Uint8Array.from(agent.steps, (step) => (step.kind === 'expire' ? 1 : 0)),
  );
  const waits = expires.some((steps) => steps.includes(1)) ? expires : null;
  /** Whatever another agent does, and its stores when they arrive, may be what a waiting one looks for. */
  const forgetWaits = (but: number): void => {
    for (let agent = 0; agent < places.length; agent++) {
      const place = places[agent] as number;
      if (agent === but || ((S[place] as number) & WAITED) === 0) continue;
      scratch.touch(blocks[agent] as number);
      S[place] = (S[place] as number) & ~WAITED;
    }
  };
  const noteWait = (steps: readonly Uint8Array[], agent: number, at: Pc, value: number): void => {
    if ((steps[agent] as Uint8Array)[at] !== 1) return forgetWaits(agent);
    if (value === Wait.lookAgain) S[places[agent] as number] = (S[places[agent] as number] as number) | WAITED;
  };
  const begin = (): void => {
    F[Flag.signal] = Signal.none;
    F[Flag.raised] = 0;
    F[Flag.marked] = 0;
    F[Flag.budget] = bounds.maxLocalSteps;
  };

  return {
    engine,
    runtime,
    start() {
      runtime.reset();
      begin();
      for (let agent = 0; agent < program.agents.length && S[OUTCOME_WORD] === 0; agent++) {
        F[Flag.budget] = bounds.maxLocalSteps;
        runLocal(agent, (S[places[agent] as number] as number) >>> PC_SHIFT);
      }
    },
    step(agent, value) {
      const at = (S[places[agent] as number] as number) >>> PC_SHIFT;
      if (guards !== null) {
        const guard = guards[agent]?.[at];
        if (guard !== undefined && !guard(S, machine)) return false;
      }
      begin();
      // An agent without registers writes only its place, and the runtime touches the block for that.
      if (blocks[agent] !== 0) scratch.touch(blocks[agent] as number);
      if (onVisible !== null) onVisible(at);
      const next = ((visible[agent] as readonly StepFunction[])[at] as StepFunction)(value);
      if (F[Flag.signal] === Signal.disabled) return false;
      (scratch.reached[agent] as Uint8Array)[at] = 1;
      runLocal(agent, next);
      if (waits !== null) noteWait(waits, agent, at, value);
      return true;
    },
    drain(agent, index) {
      if (!memory.canDrain(agent, index)) return false;
      begin();
      memory.drain(agent, index);
      if (waits !== null) forgetWaits(agent);
      return true;
    },
    reached: () =>
      program.agents.map((agent, index) => {
        const flags = scratch.reached[index] as Uint8Array;
        const flow = flows[index] as Flow;
        const all = flags.slice();
        for (let pc = 0; pc < flags.length; pc++) {
          if (flags[pc] === 1 && flow.visible[pc] === 0) for (const inside of blockAt(agent, flow, pc)) all[inside] = 1;
        }
        return all;
      }),
  };
}

/** The control flow of every agent of a program. */
export function analyseFlows(runtime: Runtime): Flow[] {
  return runtime.program.agents.map(analyseFlow);
}
