// SPDX-License-Identifier: MIT
/**
 * Programs by hand: for tests, benchmarks, and readers of litmus tests. An agent is a list of statements in the order
 * they run; every statement becomes one step (program.ts), and `explore` gives all that may happen:
 *
 *   const b = createBuilder();
 *   const x = b.variable('x', 4);
 *   b.agent('writer', (a) => { a.store(x, 1); a.fence('full'); });
 *   b.agent('reader', (a) => { const r = a.register('r'); a.load(r, x); a.when(r.eq(1), () => a.outcome('seen')); });
 *   explore(b.build(), { model: 'tso', bufferDepth: 2, maxStates: 100_000, maxLocalSteps: 1000 });
 *
 * Values are expressions (`Value`, made of registers by their methods), numbers (32 bits) or BigInts (64 bits).
 *
 * | local, run with the step before | a transition each |
 * |---|---|
 * | `assign`, `when`, `loop`, `forever` | `load`, `store` (past the store buffer: see memory.ts), `rmw`, `fence` |
 * | `assert`: an outcome unless it holds | `await`: goes on when memory holds it; `choose`: every value; `expire`: time may be up |
 * | `mark`: that the program came here; what must *sometimes* happen | `machine`: an operation; `outcome`; `end` |
 *
 * A new hardware operation is written where it is used, and touches nothing else: `b.command` says as data what happens
 * to the machine's words, in one piece, and large searches run it as fast as a load; `b.operation` takes any function of
 * an `OperationContext`. An operation that cannot run now (`require` of 0, a result of null) keeps its agent waiting;
 * an agent that waits for ever while nobody else can go on is a deadlock. A taken lock, whole:
 *
 *   b.machine({ words: 1 });
 *   b.command('lock', (c) => { c.require(c.word(0).eq(0)); c.set(0, 1); }, { serialising: true });
 *   b.command('unlock', (c) => c.set(0, 0), { serialising: true });
 *   b.agent('user', (a) => { a.machine('lock'); a.store(x, 1); a.machine('unlock'); });
 *
 * `serialising` drains the agent's store buffer first. A new kind of step is another matter: program.ts says what it
 * is, and the compiler then names the places that must know it.
 */
import { commandOperation } from './command';
import { buildCommand, type CommandBuilder } from './commandBuilder';
import type {
  Bytes,
  FenceKind,
  Machine,
  MachineOperation,
  Program,
  RegisterInfo,
  RmwOperator,
  Step,
  Width,
} from './program';
import { exprOf, type Operand, type RegisterValue, toValue, type Value } from './values';

export { type CommandBuilder, exprOf, type Operand, type RegisterValue, toValue, type Value };

/** A place in memory: its address and how many bytes live there. */
export interface Variable {
  readonly address: number;
  readonly bytes: Bytes;
  /** The element `index` of an array declared with a count. */
  at(index: Operand): Place;
}
export interface Place {
  readonly address: Operand;
  readonly bytes: Bytes;
}
export interface RmwOptions {
  readonly result?: 'old' | 'new';
  readonly ordered?: boolean;
  readonly expected?: Operand;
}

export interface AgentBuilder {
  register(name: string, width?: Width): RegisterValue;
  assign(reg: RegisterValue, value: Operand): void;
  load(reg: RegisterValue, from: Place, options?: { readonly acquire?: boolean; readonly signed?: boolean }): void;
  store(to: Place, value: Operand, options?: { readonly release?: boolean }): void;
  rmw(reg: RegisterValue | null, operator: RmwOperator, at: Place, operand: Operand, options?: RmwOptions): void;
  fence(kind: FenceKind): void;
  choose(reg: RegisterValue, count: number): void;
  expire(reg: RegisterValue): void;
  machine(operation: string, args?: readonly Operand[], reg?: RegisterValue | null): void;
  outcome(id: string): void;
  /** The outcome happens where the condition is 0. */
  assert(condition: Operand, id: string): void;
  /** Waits until the condition holds of what memory has at that place, past every store buffer. */
  await(from: Place, holds: (value: Value) => Operand): void;
  mark(name: string): void;
  when(condition: Operand, then: () => void, otherwise?: () => void): void;
  /** Runs the body while the condition, evaluated before each round, is not 0. */
  loop(condition: Operand, body: () => void): void;
  /** Runs the body again and again; `again` given to it jumps to its beginning, `leave` behind it. */
  forever(body: (leave: () => void, again: () => void) => void): void;
  end(): void;
}

export interface ProgramBuilder {
  /** Reserves memory, aligned to its size, with `initial` in every element. */
  variable(name: string, bytes: Bytes, initial?: number | bigint, count?: number): Variable;
  /** Whatever is reserved afterwards is shared, whatever before is private to one agent. */
  endOfPrivate(): void;
  outcome(id: string, fatal?: boolean): number;
  operation(operation: MachineOperation): void;
  /** An operation as data, which large searches run much faster. `serialising`: see `MachineOperation`. */
  command(name: string, body: (command: CommandBuilder) => void, options?: { readonly serialising?: boolean }): void;
  /** Words of machine state and what to do with memory it watches. */
  machine(parts: Partial<Omit<Machine, 'operations'>>): void;
  agent(name: string, body: (agent: AgentBuilder) => void, running?: boolean): void;
  build(): Program;
}

/** Where memory of built programs begins. */
export const BUILDER_BASE = 0x1000;

type Unlinked = { step: Step; line: number };

/** A new empty program. The outcomes `fault`, `divide` and `hang` are there from the beginning. */
export function createBuilder(): ProgramBuilder {
  const outcomes: { id: string; fatal: boolean }[] = [
    { id: 'fault', fatal: true },
    { id: 'divide', fatal: true },
    { id: 'hang', fatal: true },
  ];
  const marks: string[] = [];
  const operations: MachineOperation[] = [];
  const image: number[] = [];
  const agents: Program['agents'][number][] = [];
  let privateBytes = 0;
  let parts: Partial<Omit<Machine, 'operations'>> = {};
  const outcomeIndex = (id: string, fatal = true): number => {
    const known = outcomes.findIndex((outcome) => outcome.id === id);
    return known >= 0 ? known : outcomes.push({ id, fatal }) - 1;
  };

  /** Commands are built when it is known how many words the machine has. */
  const pending: (() => void)[] = [];
  const addCommand = (name: string, body: (command: CommandBuilder) => void, serialising: boolean): void => {
    const index = operations.push({ name, serialising, run: () => null }) - 1;
    pending.push(() => {
      operations[index] = commandOperation(name, serialising, buildCommand(parts.words ?? 0, outcomeIndex, body));
    });
  };

  const buildAgent = (name: string, body: (agent: AgentBuilder) => void, running: boolean): void => {
    const registers: RegisterInfo[] = [];
    const steps: Unlinked[] = [];
    const emit = (make: (next: number) => Step): void => {
      steps.push({ step: make(steps.length + 1), line: steps.length });
    };
    const patch = (pc: number, step: Step): void => {
      (steps[pc] as Unlinked).step = step;
    };
    const jump = (): ((to: number) => void) => {
      const pc = steps.length;
      emit((next) => ({ kind: 'jump', position: pc, next }));
      return (to) => patch(pc, { kind: 'jump', position: pc, next: to });
    };
    const branch = (condition: Operand): ((otherwise: number) => void) => {
      const pc = steps.length;
      const step = (otherwise: number): Step => ({
        kind: 'branch',
        position: pc,
        condition: exprOf(condition),
        then: pc + 1,
        else: otherwise,
      });
      emit(() => step(0));
      return (otherwise) => patch(pc, step(otherwise));
    };
    const api: AgentBuilder = {
      register(registerName, width = 32) {
        const reg = registers.push({ name: registerName, width }) - 1;
        return { ...toValue({ kind: 'reg', width, reg }), reg };
      },
      assign: (reg, value) =>
        emit((next) => ({
          kind: 'assign',
          position: steps.length,
          reg: reg.reg,
          value: exprOf(value, reg.expr.width),
          next,
        })),
      load: (reg, from, { acquire = false, signed = true } = {}) =>
        emit((next) => ({
          kind: 'load',
          position: steps.length,
          reg: reg.reg,
          address: exprOf(from.address),
          bytes: from.bytes,
          signed,
          acquire,
          next,
        })),
      store: (to, value, { release = false } = {}) =>
        emit((next) => ({
          kind: 'store',
          position: steps.length,
          address: exprOf(to.address),
          value: exprOf(value, to.bytes === 8 ? 64 : 32),
          bytes: to.bytes,
          release,
          next,
        })),
      rmw: (reg, operator, at, operand, { result = 'old', ordered = true, expected } = {}) =>
        emit((next) => ({
          kind: 'rmw',
          position: steps.length,
          reg: reg?.reg ?? null,
          result,
          operator,
          address: exprOf(at.address),
          operand: exprOf(operand, at.bytes === 8 ? 64 : 32),
          expected: expected === undefined ? null : exprOf(expected, at.bytes === 8 ? 64 : 32),
          bytes: at.bytes,
          signed: true,
          ordered,
          next,
        })),
      fence: (fence) => emit((next) => ({ kind: 'fence', position: steps.length, fence, next })),
      choose: (reg, count) => emit((next) => ({ kind: 'choose', position: steps.length, reg: reg.reg, count, next })),
      expire: (reg) => emit((next) => ({ kind: 'expire', position: steps.length, reg: reg.reg, next })),
      machine: (operation, args = [], reg = null) =>
        emit((next) => ({
          kind: 'machine',
          position: steps.length,
          operation: operations.findIndex((o) => o.name === operation),
          arguments: args.map((arg) => exprOf(arg)),
          reg: reg?.reg ?? null,
          next,
        })),
      outcome: (id) => emit((next) => ({ kind: 'outcome', position: steps.length, outcome: outcomeIndex(id), next })),
      assert: (condition, id) =>
        api.when(
          condition,
          () => undefined,
          () => api.outcome(id),
        ),
      await(from, holds) {
        const waits = `await ${operations.length}`;
        addCommand(waits, (command) => command.require(holds(command.load(from))), false);
        api.machine(waits);
      },
      mark(markName) {
        const known = marks.indexOf(markName);
        const mark = known >= 0 ? known : marks.push(markName) - 1;
        emit((next) => ({ kind: 'mark', position: steps.length, mark, next }));
      },
      when(condition, then, otherwise) {
        const toElse = branch(condition);
        then();
        if (otherwise === undefined) return toElse(steps.length);
        const toEnd = jump();
        toElse(steps.length);
        otherwise();
        toEnd(steps.length);
      },
      loop(condition, inside) {
        const begin = steps.length;
        const toEnd = branch(condition);
        inside();
        jump()(begin);
        toEnd(steps.length);
      },
      forever(inside) {
        const begin = steps.length;
        const exits: ((to: number) => void)[] = [];
        inside(
          () => exits.push(jump()),
          () => jump()(begin),
        );
        jump()(begin);
        for (const exit of exits) exit(steps.length);
      },
      end: () => emit(() => ({ kind: 'end', position: steps.length })),
    };
    body(api);
    api.end();
    agents.push({ name, registers, steps: steps.map(({ step }) => step), entry: 0, running });
  };

  return {
    variable(_name, bytes, initial = 0, count = 1) {
      while (image.length % bytes !== 0) image.push(0);
      const address = BUILDER_BASE + image.length;
      for (let i = 0; i < count; i++) {
        for (let byte = 0; byte < bytes; byte++) image.push(Number((BigInt(initial) >> BigInt(8 * byte)) & 255n));
      }
      const at = (index: Operand): Place => ({
        bytes,
        address: typeof index === 'object' ? index.binary('mul', bytes).add(address) : address + Number(index) * bytes,
      });
      return { address, bytes, at };
    },
    endOfPrivate() {
      while (image.length % 8 !== 0) image.push(0);
      privateBytes = image.length;
    },
    outcome: outcomeIndex,
    operation: (operation) => operations.push(operation),
    command: (name, body, { serialising = false } = {}) => addCommand(name, body, serialising),
    machine(given) {
      parts = { ...parts, ...given };
    },
    agent: (name, body, running = true) => buildAgent(name, body, running),
    build() {
      for (const build of pending.splice(0)) build();
      while (image.length % 8 !== 0 || image.length === 0) image.push(0);
      const machine: Machine = {
        words: 0,
        initialise: () => undefined,
        watched: null,
        access: () => null,
        ...parts,
        operations,
      };
      return {
        agents,
        memoryBytes: image.length,
        memoryBase: BUILDER_BASE,
        image: Uint8Array.from(image),
        privateBytes,
        machine,
        outcomes,
        faultOutcome: 0,
        divideOutcome: 1,
        hangOutcome: 2,
        marks,
      };
    },
  };
}
