// SPDX-License-Identifier: MIT
/**
 * The same meaning of programs, written the slow and plain way: a state is a tree of objects, numbers are BigInts, the
 * set of states is a set of texts, stores are lists. It shares with the engine the contract, the flow of local steps
 * (for the budget that makes a hang) and nothing else.
 */
import { analyseFlow } from '../../src/engine/flow';
import {
  AgentStatus,
  type Bounds,
  type Expr,
  type OperationContext,
  type Program,
  type Step,
} from '../../src/engine/program';

interface Store {
  offset: number;
  bytes: number;
  value: bigint;
  operator: string;
  release: boolean;
}
type Buffered = Store | 'fence';
interface AgentState {
  pc: number;
  status: AgentStatus;
  /** Has gone on waiting where nothing else could happen, and nobody did anything since. */
  waited: boolean;
  registers: bigint[];
  buffer: Buffered[];
}
interface State {
  outcome: number;
  agents: AgentState[];
  machine: Int32Array;
  memory: number[];
}

export interface ReferenceResult {
  states: number;
  transitions: number;
  outcomes: number[];
  deadlocks: number;
  ends: number;
  marks: number[];
}

class Disabled extends Error {}
class Ended extends Error {}
class DividedByZero extends Error {}

function textOf(state: State): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Int32Array ? [...value] : value,
  );
}

function evaluate(expr: Expr, registers: readonly bigint[]): bigint {
  const wrap = (value: bigint): bigint => BigInt.asIntN(expr.width, value);
  const of = (operand: Expr): bigint => evaluate(operand, registers);
  switch (expr.kind) {
    case 'const':
      return wrap(expr.value);
    case 'reg':
      return registers[expr.reg]!;
    case 'negate':
      return wrap(-of(expr.operand));
    case 'complement':
      return wrap(~of(expr.operand));
    case 'not':
      return of(expr.operand) === 0n ? 1n : 0n;
    case 'convert': {
      const bits = Math.min(expr.bits, expr.operand.width);
      return wrap(expr.signed ? BigInt.asIntN(bits, of(expr.operand)) : BigInt.asUintN(bits, of(expr.operand)));
    }
    case 'select':
      return of(expr.condition) !== 0n ? of(expr.then) : of(expr.else);
    case 'compare': {
      const as = (value: bigint): bigint =>
        expr.operator.endsWith('Unsigned') ? BigInt.asUintN(expr.operandWidth, value) : value;
      const [left, right] = [as(of(expr.left)), as(of(expr.right))];
      const holds = { eq: left === right, ne: left !== right, lt: left < right, le: left <= right };
      return holds[expr.operator.slice(0, 2) as 'eq'] ? 1n : 0n;
    }
    case 'binary': {
      const as = (value: bigint): bigint =>
        expr.operator.endsWith('Unsigned') ? BigInt.asUintN(expr.width, value) : value;
      const [left, right] = [as(of(expr.left)), as(of(expr.right))];
      const count = BigInt.asUintN(expr.width === 32 ? 5 : 6, right);
      if (/^(div|rem)/.test(expr.operator) && right === 0n) throw new DividedByZero();
      switch (expr.operator.replace(/(Uns|S)igned/, '')) {
        case 'add':
          return wrap(left + right);
        case 'sub':
          return wrap(left - right);
        case 'mul':
          return wrap(left * right);
        case 'and':
          return wrap(left & right);
        case 'or':
          return wrap(left | right);
        case 'xor':
          return wrap(left ^ right);
        case 'shl':
          return wrap(left << count);
        case 'shr':
          return wrap(left >> count);
        case 'div':
          return wrap(left / right);
        default:
          return wrap(left % right);
      }
    }
  }
}

/** Explores everything; null where there are more states than the bounds allow. */
export function exploreReference(program: Program, bounds: Bounds): ReferenceResult | null {
  const depth = program.agents.length === 1 || bounds.model === 'sc' ? 0 : bounds.bufferDepth;
  const weak = bounds.model === 'weak';
  const flows = program.agents.map(analyseFlow);
  const outcomes = new Set<number>();
  const marks = new Set<number>();
  let state!: State;

  const raise = (outcome: number, ends = false): void => {
    outcomes.add(outcome);
    if (!ends && !program.outcomes[outcome]!.fatal) return;
    if (state.outcome === 0) state.outcome = outcome + 1;
    throw new Ended();
  };
  const read = (offset: number, bytes: number): bigint => {
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(state.memory[offset + i]!);
    return value;
  };
  const contextFor = (agent: number): OperationContext => ({
    state: state.machine,
    base: 0,
    agent,
    load32: (address) => Number(BigInt.asIntN(32, read(address - program.memoryBase, 4))),
    load64: (address) => BigInt.asIntN(64, read(address - program.memoryBase, 8)),
    store32: (address, value) => write(agent, address - program.memoryBase, 4, BigInt(value)),
    store64: (address, value) => write(agent, address - program.memoryBase, 8, value),
    drain: drainAll,
    status: (other) => state.agents[other]!.status,
    setStatus(other, status) {
      const { status: before } = state.agents[other]!;
      if (status === AgentStatus.running && before !== status) drainAll(agent);
      state.agents[other]!.status = status;
      state.agents[other]!.waited = false;
    },
    outcome: (index) => raise(index),
  });
  const write = (agent: number, offset: number, bytes: number, value: bigint): void => {
    for (let i = 0; i < bytes; i++) state.memory[offset + i] = Number((value >> BigInt(8 * i)) & 255n);
    const { watched } = program.machine;
    const address = program.memoryBase + offset;
    if (watched !== null && address < watched.to && address + bytes > watched.from) {
      watched.stored(contextFor(agent), address, bytes as 4);
    }
  };
  const modify = (operator: string, old: bigint, operand: bigint): bigint => {
    const results: Record<string, bigint> = {
      add: old + operand,
      and: old & operand,
      or: old | operand,
      xor: old ^ operand,
    };
    return results[operator] ?? operand;
  };
  const stores = (buffer: readonly Buffered[]): Store[] => buffer.filter((entry) => entry !== 'fence');
  const overlap = (store: Store, offset: number, bytes: number): boolean =>
    store.offset < offset + bytes && offset < store.offset + store.bytes;
  const drain = (agent: number, store: Store): void => {
    const { buffer } = state.agents[agent]!;
    buffer.splice(buffer.indexOf(store), 1);
    const kept = buffer.filter((entry, i) => entry !== 'fence' || (i > 0 && buffer[i - 1] !== 'fence'));
    buffer.splice(0, buffer.length, ...kept);
    write(agent, store.offset, store.bytes, modify(store.operator, read(store.offset, store.bytes), store.value));
  };
  const drainAll = (agent: number): void => {
    for (let [oldest] = stores(state.agents[agent]!.buffer); oldest !== undefined; ) {
      drain(agent, oldest);
      [oldest] = stores(state.agents[agent]!.buffer);
    }
  };
  const mayDrain = (agent: number, store: Store): boolean => {
    const { buffer } = state.agents[agent]!;
    const older = buffer.slice(0, buffer.indexOf(store));
    if (!weak || store.release) return older.length === 0;
    return older.every((entry) => entry !== 'fence' && !overlap(entry, store.offset, store.bytes));
  };
  const push = (agent: number, store: Store): void => {
    const { buffer } = state.agents[agent]!;
    if (stores(buffer).length === depth) throw new Disabled();
    buffer.push(store);
  };
  const refusal = (address: bigint, bytes: number): number => {
    const { guarded } = program.machine;
    if (!guarded || address + BigInt(bytes) <= guarded.from || address >= guarded.to) return -1;
    return guarded.refuses(state.machine, 0, Number(address), bytes as 4);
  };
  const access = (agent: number, address: bigint, bytes: number, isWrite: boolean): bigint => {
    const refused = refusal(address, bytes);
    if (refused >= 0) raise(refused, true);
    const value = program.machine.access(contextFor(agent), address, bytes as 4, isWrite);
    if (value === null) raise(program.faultOutcome, true);
    return value ?? 0n;
  };

  const visible = (agent: number, step: Step, choice: number): void => {
    const me = state.agents[agent]!;
    const set = (reg: number | null, value: bigint): void => {
      if (reg !== null) me.registers[reg] = BigInt.asIntN(program.agents[agent]!.registers[reg]!.width, value);
    };
    const value = (expr: Expr): bigint => evaluate(expr, me.registers);
    const extend = (raw: bigint, bytes: number, signed: boolean): bigint =>
      signed ? BigInt.asIntN(bytes * 8, raw) : BigInt.asUintN(bytes * 8, raw);
    const place = (expr: Expr, bytes: number): { address: bigint; offset: number; inside: boolean } => {
      const address = value(expr);
      const offset = Number(address) - program.memoryBase;
      const exists = offset >= 0 && offset + bytes <= program.memoryBytes;
      return { address, offset, inside: exists && refusal(address, bytes) < 0 };
    };
    switch (step.kind) {
      case 'load': {
        const { address, offset, inside } = place(step.address, step.bytes);
        if (!inside) return set(step.reg, extend(access(agent, address, step.bytes, false), step.bytes, step.signed));
        const youngest = stores(me.buffer)
          .reverse()
          .find((store) => overlap(store, offset, step.bytes));
        if (youngest === undefined) return set(step.reg, extend(read(offset, step.bytes), step.bytes, step.signed));
        const covers = youngest.offset <= offset && offset + step.bytes <= youngest.offset + youngest.bytes;
        if (!covers || youngest.operator !== 'store') throw new Disabled();
        return set(step.reg, extend(youngest.value >> BigInt(8 * (offset - youngest.offset)), step.bytes, step.signed));
      }
      case 'store': {
        const { address, offset, inside } = place(step.address, step.bytes);
        const stored = BigInt.asUintN(step.bytes * 8, value(step.value));
        if (!inside) return void access(agent, address, step.bytes, true);
        if (depth === 0 || offset + step.bytes <= program.privateBytes) {
          return write(agent, offset, step.bytes, stored);
        }
        return push(agent, {
          offset,
          bytes: step.bytes,
          value: stored,
          operator: 'store',
          release: weak && step.release,
        });
      }
      case 'rmw': {
        const { address, offset, inside } = place(step.address, step.bytes);
        const operand = BigInt.asUintN(step.bytes * 8, value(step.operand));
        const expected = step.expected === null ? null : extend(value(step.expected), step.bytes, step.signed);
        const relaxed = weak && !step.ordered && depth > 0;
        if (relaxed && step.reg === null && expected === null && inside && offset + step.bytes > program.privateBytes) {
          return push(agent, { offset, bytes: step.bytes, value: operand, operator: step.operator, release: false });
        }
        if (!relaxed) drainAll(agent);
        else if (stores(me.buffer).some((store) => overlap(store, offset, step.bytes))) throw new Disabled();
        const raw = inside ? read(offset, step.bytes) : access(agent, address, step.bytes, true);
        const old = extend(raw, step.bytes, step.signed);
        if (expected !== null && old !== expected) return set(step.reg, old);
        const result = extend(modify(step.operator, old, operand), step.bytes, step.signed);
        if (inside) write(agent, offset, step.bytes, result);
        return set(step.reg, step.result === 'new' ? result : old);
      }
      case 'fence':
        if (step.fence === 'full' || (step.fence === 'atomic' && weak)) drainAll(agent);
        else if (step.fence === 'write' && weak && me.buffer.length > 0 && me.buffer.at(-1) !== 'fence') {
          me.buffer.push('fence');
        }
        return;
      case 'choose':
      case 'expire':
        return set(step.reg, BigInt(choice));
      case 'machine': {
        const args = step.arguments.map((expr) => (expr.width === 64 ? value(expr) : Number(value(expr))));
        const operation = program.machine.operations[step.operation]!;
        if (operation.serialising) drainAll(agent);
        const result = operation.run(contextFor(agent), ...args);
        if (result === null) throw new Disabled();
        if (me.status === AgentStatus.running || me.status === AgentStatus.waiting) set(step.reg, BigInt(result));
        return;
      }
      case 'outcome':
        return raise(step.outcome);
      case 'end':
        me.status = AgentStatus.done;
        me.waited = false;
        return;
      default:
        throw new Error(step.kind);
    }
  };
  const runLocal = (agent: number): void => {
    const me = state.agents[agent]!;
    let budget = bounds.maxLocalSteps;
    for (;;) {
      const step = program.agents[agent]!.steps[me.pc]!;
      if (flows[agent]!.visible[me.pc] === 1) return;
      budget -= flows[agent]!.charge[me.pc]!;
      if (budget < 0) raise(program.hangOutcome, true);
      if (step.kind === 'assign') me.registers[step.reg] = evaluate(step.value, me.registers);
      if (step.kind === 'mark') marks.add(step.mark);
      if (step.kind === 'branch') me.pc = evaluate(step.condition, me.registers) !== 0n ? step.then : step.else;
      else if ('next' in step) me.pc = step.next;
    }
  };
  /** Whether it is enabled; `state` is afterwards the one it leads to. */
  const attempt = (from: State, body: () => void): boolean => {
    state = structuredClone(from);
    try {
      body();
    } catch (error) {
      if (error instanceof Disabled) return false;
      if (error instanceof DividedByZero) state.outcome = program.divideOutcome + 1;
      else if (!(error instanceof Ended)) throw error;
      outcomes.add(state.outcome - 1);
    }
    return true;
  };
  const stepOf = (agent: number, choice: number): void => {
    const me = state.agents[agent]!;
    const step = program.agents[agent]!.steps[me.pc]!;
    visible(agent, step, choice);
    if (me.status === AgentStatus.stopped || me.status === AgentStatus.done || !('next' in step)) return;
    me.pc = step.next;
    runLocal(agent);
  };

  const initial: State = {
    outcome: 0,
    agents: program.agents.map((agent) => ({
      pc: agent.entry,
      status: agent.running ? AgentStatus.running : AgentStatus.waiting,
      waited: false,
      registers: agent.registers.map(() => 0n),
      buffer: [],
    })),
    machine: new Int32Array(program.machine.words),
    memory: [...program.image],
  };
  program.machine.initialise(initial.machine, 0);
  attempt(initial, () => {
    for (let agent = 0; agent < program.agents.length; agent++) runLocal(agent);
  });
  const seen = new Map<string, State>([[textOf(state), state]]);
  let transitions = 0;
  let deadlocks = 0;
  let ends = 0;
  for (const from of seen.values()) {
    if (seen.size > bounds.maxStates) return null;
    if (from.outcome !== 0) continue;
    let enabled = 0;
    const go = (body: () => void, agent: number | null): void => {
      if (!attempt(from, body)) return;
      if (agent !== null) for (const [other, me] of state.agents.entries()) if (other !== agent) me.waited = false;
      enabled++;
      const text = textOf(state);
      if (!seen.has(text)) seen.set(text, state);
    };
    const waits: number[] = [];
    from.agents.forEach((me, agent) => {
      const step = program.agents[agent]!.steps[me.pc]!;
      if (me.status === AgentStatus.running && step.kind === 'expire') waits.push(agent);
      else if (me.status === AgentStatus.running) {
        const count = step.kind === 'choose' ? step.count : 1;
        for (let choice = 0; choice < count; choice++) go(() => stepOf(agent, choice), agent);
      }
      stores(me.buffer).forEach((store, index) => {
        if (mayDrainIn(from, agent, store)) go(() => drain(agent, stores(state.agents[agent]!.buffer)[index]!), agent);
      });
    });
    const timeIsUp = enabled === 0;
    for (const agent of waits) {
      const { waited } = from.agents[agent]!;
      go(() => {
        if (timeIsUp) state.agents[agent]!.waited = true;
        stepOf(agent, 0);
      }, null);
      if (timeIsUp && waited) go(() => stepOf(agent, 1), null);
    }
    transitions += enabled;
    if (enabled === 0 && from.agents.some((me) => me.status === AgentStatus.running)) deadlocks++;
    else if (enabled === 0) ends++;
  }
  function mayDrainIn(from: State, agent: number, store: Store): boolean {
    state = from;
    return mayDrain(agent, store);
  }
  const sorted = (set: Set<number>): number[] => [...set].sort((a, b) => a - b);
  return { states: seen.size, transitions, outcomes: sorted(outcomes), deadlocks, ends, marks: sorted(marks) };
}
