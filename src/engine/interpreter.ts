// SPDX-License-Identifier: MIT
/**
 * Executes a program by closures, one for each step and expression: where code generation is forbidden, for traces
 * (it can say which steps it ran), and as the other opinion in differential tests.
 */
import { binary64, bound32, compare32, compare64, extend32, extend64, low32, RMW_CODES } from './arithmetic';
import { analyseFlows, createExecutor, type Executor, type StepFunction } from './executor';
import type { Flow } from './flow';
import type { Expr, Pc, Register, Step } from './program';
import type { Runtime } from './runtime';
import { Flag, Signal } from './scratch';

/** `record`, when given, gets the pc of every step that is executed, in order; the caller empties it. */
export function createInterpreter(runtime: Runtime, record: Pc[] | null = null): Executor {
  const flows = analyseFlows(runtime);
  const compile = (agent: number, wanted: 0 | 1): (StepFunction | undefined)[] => {
    const flow = flows[agent] as Flow;
    return (runtime.program.agents[agent]?.steps ?? []).map((step, pc) => {
      if (flow.visible[pc] !== wanted) return undefined;
      return wanted === 1 ? visibleStep(runtime, agent, step) : localStep(runtime, agent, pc, step, flow, record);
    });
  };
  const agents = runtime.program.agents.map((_, agent) => agent);
  const tables = { visible: agents.map((agent) => compile(agent, 1)), local: agents.map((agent) => compile(agent, 0)) };
  return createExecutor('interpreter', runtime, tables, flows, record === null ? null : (pc) => record.push(pc));
}

const NONE: readonly (number | bigint)[] = [];

type Eval32 = () => number;
type Eval64 = () => bigint;

function eval32(runtime: Runtime, agent: number, expr: Expr): Eval32 {
  const S = runtime.scratch.state;
  const divided = runtime.scratch.divided;
  switch (expr.kind) {
    case 'const': {
      const value = low32(expr.value);
      return () => value;
    }
    case 'reg': {
      const word = registerWord(runtime, agent, expr.reg);
      return () => S[word] as number;
    }
    case 'binary': {
      const { operator } = expr;
      const left = eval32(runtime, agent, expr.left);
      const right = eval32(runtime, agent, expr.right);
      const constant = expr.right.kind === 'const' ? low32(expr.right.value) : null;
      return bound32(divided, operator, left, right, constant);
    }
    case 'compare': {
      const { operator } = expr;
      if (expr.operandWidth === 64) {
        const left = eval64(runtime, agent, expr.left);
        const right = eval64(runtime, agent, expr.right);
        return () => compare64(operator, left(), right());
      }
      const left = eval32(runtime, agent, expr.left);
      const right = eval32(runtime, agent, expr.right);
      return () => compare32(operator, left(), right());
    }
    case 'negate': {
      const operand = eval32(runtime, agent, expr.operand);
      return () => -operand() | 0;
    }
    case 'complement': {
      const operand = eval32(runtime, agent, expr.operand);
      return () => ~operand();
    }
    case 'not': {
      const operand = truth(runtime, agent, expr.operand);
      return () => (operand() ? 0 : 1);
    }
    case 'convert': {
      const { signed } = expr;
      const bits = Math.min(expr.bits, 32);
      if (expr.operand.width === 64) {
        const operand = eval64(runtime, agent, expr.operand);
        return () => extend32(low32(operand()), bits, signed);
      }
      const operand = eval32(runtime, agent, expr.operand);
      return () => extend32(operand(), bits, signed);
    }
    case 'select': {
      const condition = truth(runtime, agent, expr.condition);
      const then = eval32(runtime, agent, expr.then);
      const otherwise = eval32(runtime, agent, expr.else);
      return () => (condition() ? then() : otherwise());
    }
  }
}

function eval64(runtime: Runtime, agent: number, expr: Expr): Eval64 {
  const Q = runtime.scratch.wide;
  const divided = runtime.scratch.divided;
  switch (expr.kind) {
    case 'const': {
      const value = BigInt.asIntN(64, expr.value);
      return () => value;
    }
    case 'reg': {
      const slot = registerWord(runtime, agent, expr.reg) >> 1;
      return () => Q[slot] as bigint;
    }
    case 'binary': {
      const { operator } = expr;
      const left = eval64(runtime, agent, expr.left);
      const right = eval64(runtime, agent, expr.right);
      return () => binary64(divided, operator, left(), right());
    }
    case 'negate': {
      const operand = eval64(runtime, agent, expr.operand);
      return () => BigInt.asIntN(64, -operand());
    }
    case 'complement': {
      const operand = eval64(runtime, agent, expr.operand);
      return () => ~operand();
    }
    case 'convert': {
      const { bits, signed } = expr;
      if (expr.operand.width === 64) {
        const operand = eval64(runtime, agent, expr.operand);
        return () => extend64(operand(), bits, signed);
      }
      const operand = eval32(runtime, agent, expr.operand);
      if (bits < 32) return () => BigInt(extend32(operand(), bits, signed));
      return signed ? () => BigInt(operand()) : () => BigInt(operand() >>> 0);
    }
    case 'select': {
      const condition = truth(runtime, agent, expr.condition);
      const then = eval64(runtime, agent, expr.then);
      const otherwise = eval64(runtime, agent, expr.else);
      return () => (condition() ? then() : otherwise());
    }
    default:
      throw new TypeError(`a ${expr.kind} expression is 32 bits wide`);
  }
}

function truth(runtime: Runtime, agent: number, expr: Expr): () => boolean {
  if (expr.width === 64) {
    const value = eval64(runtime, agent, expr);
    return () => value() !== 0n;
  }
  const value = eval32(runtime, agent, expr);
  return () => value() !== 0;
}

function registerWord(runtime: Runtime, agent: number, reg: Register): number {
  return runtime.layout.agents[agent]?.registers[reg] as number;
}

function address(runtime: Runtime, agent: number, expr: Expr): Eval32 {
  if (expr.width === 32) return eval32(runtime, agent, expr);
  const value = eval64(runtime, agent, expr);
  return () => runtime.memory.address64(value());
}

function localStep(
  runtime: Runtime,
  agent: number,
  pc: Pc,
  step: Step,
  flow: Flow,
  record: Pc[] | null,
): StepFunction | undefined {
  const { scratch, program } = runtime;
  const { flags: F, divided } = scratch;
  const body = localBody(runtime, agent, step);
  const charge = flow.charge[pc] as number;
  const reached = scratch.reached[agent] as Uint8Array;
  return () => {
    if (charge !== 0) {
      F[Flag.budget] = (F[Flag.budget] as number) - charge;
      if ((F[Flag.budget] as number) < 0) return runtime.fail(agent, pc, program.hangOutcome);
      reached[pc] = 1;
    }
    if (record !== null) record.push(pc);
    const next = body();
    if (divided[0] === 0) return next;
    divided[0] = 0;
    return runtime.fail(agent, pc, program.divideOutcome);
  };
}

function localBody(runtime: Runtime, agent: number, step: Step): () => Pc {
  const { state: S, wide: Q, marks, mark, divided } = runtime.scratch;
  switch (step.kind) {
    case 'assign': {
      const word = registerWord(runtime, agent, step.reg);
      const { next } = step;
      if (step.value.width === 64) {
        const value = eval64(runtime, agent, step.value);
        return () => {
          const result = value();
          if (divided[0] === 0) Q[word >> 1] = result;
          return next;
        };
      }
      const value = eval32(runtime, agent, step.value);
      return () => {
        const result = value();
        if (divided[0] === 0) S[word] = result;
        return next;
      };
    }
    case 'branch': {
      const condition = truth(runtime, agent, step.condition);
      return () => (condition() ? step.then : step.else);
    }
    case 'mark':
      return () => {
        if (marks[step.mark] === 0) mark(step.mark);
        return step.next;
      };
    case 'jump':
      return () => step.next;
    default:
      throw new TypeError(`a ${step.kind} step is not local`);
  }
}

function visibleStep(runtime: Runtime, agent: number, step: Step): StepFunction {
  const { state: S, wide: Q, flags: F, divided } = runtime.scratch;
  const { memory, program } = runtime;
  const ended = (): boolean => F[Flag.signal] !== Signal.none;
  const write32 = (reg: Register | null): ((value: number) => void) => {
    if (reg === null) return () => undefined;
    const word = registerWord(runtime, agent, reg);
    return (value) => (S[word] = value);
  };
  const write64 = (reg: Register | null): ((value: bigint) => void) => {
    if (reg === null) return () => undefined;
    const word = registerWord(runtime, agent, reg) >> 1;
    return (value) => (Q[word] = value);
  };
  /** A division by zero in an operand fails the step before anything happens. */
  const dividedByZero = (): boolean => {
    if (divided[0] === 0) return false;
    divided[0] = 0;
    runtime.scratch.raise(program.divideOutcome, true);
    return true;
  };
  switch (step.kind) {
    case 'load': {
      const at = address(runtime, agent, step.address);
      const { bytes, signed, next } = step;
      if (bytes === 8) {
        const write = write64(step.reg);
        return () => {
          const where = at();
          if (dividedByZero()) return -1;
          const value = memory.load64(agent, where);
          if (ended()) return -1;
          write(value);
          return next;
        };
      }
      const write = write32(step.reg);
      return () => {
        const where = at();
        if (dividedByZero()) return -1;
        const value = memory.load32(agent, where, bytes, signed);
        if (ended()) return -1;
        write(value);
        return next;
      };
    }
    case 'store': {
      const at = address(runtime, agent, step.address);
      const { bytes, release, next } = step;
      if (bytes === 8) {
        const value = eval64(runtime, agent, step.value);
        return () => {
          const where = at();
          const what = value();
          if (dividedByZero()) return -1;
          memory.store64(agent, where, what, release);
          return ended() ? -1 : next;
        };
      }
      const value = eval32(runtime, agent, step.value);
      return () => {
        const where = at();
        const what = value();
        if (dividedByZero()) return -1;
        memory.store32(agent, where, bytes, what, release);
        return ended() ? -1 : next;
      };
    }
    case 'rmw': {
      const at = address(runtime, agent, step.address);
      const { bytes, signed, ordered, next } = step;
      const code = RMW_CODES[step.operator];
      const wantsResult = step.reg !== null;
      const wantsNew = step.result === 'new';
      if (bytes === 8) {
        const write = write64(step.reg);
        const operand = eval64(runtime, agent, step.operand);
        const expected = step.expected === null ? () => 0n : eval64(runtime, agent, step.expected);
        return () => {
          const where = at();
          const what = operand();
          const old = expected();
          if (dividedByZero()) return -1;
          const value = memory.rmw64(agent, code, where, what, old, ordered, wantsResult, wantsNew);
          if (ended()) return -1;
          write(value);
          return next;
        };
      }
      const write = write32(step.reg);
      const operand = eval32(runtime, agent, step.operand);
      const expected = step.expected === null ? () => 0 : eval32(runtime, agent, step.expected);
      return () => {
        const where = at();
        const what = operand();
        const old = expected();
        if (dividedByZero()) return -1;
        const value = memory.rmw32(agent, code, where, bytes, signed, what, old, ordered, wantsResult, wantsNew);
        if (ended()) return -1;
        write(value);
        return next;
      };
    }
    case 'fence':
      return () => {
        memory.fence(agent, step.fence);
        return ended() ? -1 : step.next;
      };
    case 'choose':
    case 'expire': {
      const write = write32(step.reg);
      const mask = step.kind === 'expire' ? 1 : -1;
      return (value) => {
        write(value & mask);
        return step.next;
      };
    }
    case 'machine': {
      const operation = program.machine.operations[step.operation];
      if (operation === undefined) throw new RangeError(`the machine has no operation ${step.operation}`);
      const args = step.arguments.map((expr) =>
        expr.width === 64 ? eval64(runtime, agent, expr) : eval32(runtime, agent, expr),
      );
      const wide = step.reg !== null && program.agents[agent]?.registers[step.reg]?.width === 64;
      const set32 = write32(step.reg);
      const set64 = write64(step.reg);
      // Many operations only look at the machine, and are tried in every state: they go without lists of arguments.
      const call =
        args.length === 0
          ? () => operation.run(runtime.context)
          : (values: readonly (number | bigint)[]) => operation.run(runtime.context, ...values);
      return () => {
        const values = args.length === 0 ? NONE : args.map((arg) => arg());
        if (dividedByZero()) return -1;
        runtime.enter(agent, operation.serialising);
        if (ended()) return -1;
        const result = call(values);
        if (!runtime.leave(agent, result) || result === null) return -1;
        if (wide) set64(runtime.as64(result));
        else set32(runtime.as32(result));
        return step.next;
      };
    }
    case 'outcome':
      return () => {
        runtime.scratch.raise(step.outcome);
        return ended() ? -1 : step.next;
      };
    case 'end':
      return () => {
        runtime.finish(agent);
        return -1;
      };
    default:
      throw new TypeError(`a ${step.kind} step is not visible`);
  }
}
