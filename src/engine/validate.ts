// SPDX-License-Identifier: MIT
/** Checks a program against the rules of program.ts, so that a mistake in lowering is a message and not a wrong verdict. */
import { MAX_AGENTS } from './choices';
import { definedRegister, expressionsOf, mayDivide, operandsOf, successors } from './flow';
import { MAX_MEMORY_BYTES } from './layout';
import type { Agent, Bounds, Command, Effect, Expr, Program, Step, Width } from './program';

/** Throws a RangeError or TypeError that names the agent and step at fault. */
export function validateProgram(program: Program, bounds: Bounds): void {
  ensure(
    program.agents.length > 0 && program.agents.length < MAX_AGENTS,
    `a program has 1 to ${MAX_AGENTS - 1} agents`,
  );
  ensure(
    program.memoryBytes % 8 === 0 && program.memoryBytes <= MAX_MEMORY_BYTES,
    `memory is a multiple of 8 bytes and at most ${MAX_MEMORY_BYTES}`,
  );
  ensure(program.image.length === program.memoryBytes, 'the image is as long as memory');
  ensure(
    integer(program.memoryBase) &&
      program.memoryBase >= 0 &&
      program.memoryBase <= Number.MAX_SAFE_INTEGER - MAX_MEMORY_BYTES,
    'memoryBase is an address',
  );
  ensure(
    integer(program.privateBytes) && program.privateBytes >= 0 && program.privateBytes <= program.memoryBytes,
    'privateBytes is inside memory',
  );
  ensure(integer(program.machine.words) && program.machine.words >= 0, 'machine.words is a count');
  for (const outcome of [program.faultOutcome, program.divideOutcome, program.hangOutcome])
    indexed(outcome, program.outcomes.length, 'outcome');
  ensure(integer(bounds.bufferDepth) && bounds.bufferDepth >= 0, 'bufferDepth is a count');
  ensure(integer(bounds.maxLocalSteps) && bounds.maxLocalSteps > 0, 'maxLocalSteps is a positive count');
  program.machine.operations.forEach(({ command }, index) => {
    try {
      if (command !== undefined) checkCommand(program, command);
    } catch (error) {
      throw new RangeError(`operation ${index}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  program.agents.forEach((agent, index) => {
    indexed(agent.entry, agent.steps.length, `entry of agent ${index}`);
    agent.steps.forEach((step, pc) => {
      try {
        checkStep(program, agent, step);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new RangeError(`agent ${index} step ${pc} (${step.kind}): ${reason}`);
      }
    });
  });
}

function checkStep(program: Program, agent: Agent, step: Step): void {
  for (const next of successors(step)) indexed(next, agent.steps.length, 'next step');
  const defined = definedRegister(step);
  if (defined !== -1) indexed(defined, agent.registers.length, 'register');
  for (const expr of expressionsOf(step)) checkExpr(agent, expr);
  const width = defined === -1 ? null : agent.registers[defined]?.width;
  switch (step.kind) {
    case 'assign':
      return ensure(width === step.value.width, 'value and register differ in width');
    case 'mark':
      return indexed(step.mark, program.marks.length, 'mark');
    case 'load':
      checkBytes(step.bytes);
      return ensure(width === widthOfBytes(step.bytes), 'loaded bytes and register differ in width');
    case 'store':
      checkBytes(step.bytes);
      return ensure(step.value.width === widthOfBytes(step.bytes), 'stored bytes and value differ in width');
    case 'rmw': {
      checkBytes(step.bytes);
      const wanted = widthOfBytes(step.bytes);
      ensure(
        step.operand.width === wanted && (step.expected?.width ?? wanted) === wanted && (width ?? wanted) === wanted,
        'bytes, operands and register differ in width',
      );
      return ensure(
        (step.operator === 'compareExchange') === (step.expected !== null),
        'expected is for compareExchange only',
      );
    }
    case 'choose':
      ensure(integer(step.count) && step.count > 0 && step.count < 1 << 22, 'count is 1 or more');
      return ensure(width === 32, 'the register is 32 bits wide');
    case 'expire':
      return ensure(width === 32, 'the register is 32 bits wide');
    case 'machine':
      return indexed(step.operation, program.machine.operations.length, 'machine operation');
    case 'outcome':
      return indexed(step.outcome, program.outcomes.length, 'outcome');
    default:
      return;
  }
}

function checkCommand(program: Program, command: Command): void {
  ensure(command.words === program.machine.words, "a command knows the machine's words");
  ensure(
    integer(command.parameters) &&
      integer(command.registers) &&
      command.parameters >= 0 &&
      command.registers >= command.parameters + command.words,
    'registers of a command are its parameters, the words, and more',
  );
  const registers = Array.from({ length: command.registers }, () => ({ name: '', width: 32 as const }));
  const check = (expr: Expr): void => {
    checkExpr({ registers }, expr);
    ensure(isNarrow(expr) && !mayDivide(expr), 'expressions of a command are 32 bits wide and do not divide');
  };
  const checkAll = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'require':
          check(effect.condition);
          break;
        case 'set':
          indexed(effect.word, command.words, 'word of the machine');
          check(effect.value);
          break;
        case 'load':
          ensure([1, 2, 4].includes(effect.bytes), 'a command loads 1, 2 or 4 bytes');
          indexed(effect.reg, command.registers, 'register');
          ensure(effect.reg >= command.parameters + command.words, 'a load does not replace arguments or words');
          check(effect.address);
          break;
        case 'outcome':
          indexed(effect.outcome, program.outcomes.length, 'outcome');
          break;
        case 'when':
          check(effect.condition);
          checkAll(effect.then);
          checkAll(effect.else);
          break;
      }
    }
  };
  checkAll(command.effects);
}

function isNarrow(expr: Expr): boolean {
  return expr.width === 32 && operandsOf(expr).every(isNarrow);
}

function checkExpr(agent: Pick<Agent, 'registers'>, expr: Expr): void {
  const width = (wanted: Width, ...operands: readonly Expr[]): void => {
    for (const operand of operands)
      ensure(operand.width === wanted, `an operand of ${expr.kind} is ${operand.width} bits wide, not ${wanted}`);
  };
  switch (expr.kind) {
    case 'const':
      ensure(typeof expr.value === 'bigint', 'a constant is a BigInt');
      break;
    case 'reg':
      indexed(expr.reg, agent.registers.length, 'register');
      ensure(agent.registers[expr.reg]?.width === expr.width, `register ${expr.reg} is not ${expr.width} bits wide`);
      break;
    case 'binary':
      width(expr.width, expr.left, expr.right);
      break;
    case 'compare':
      ensure(expr.width === 32, 'a comparison is 32 bits wide');
      width(expr.operandWidth, expr.left, expr.right);
      break;
    case 'negate':
    case 'complement':
      width(expr.width, expr.operand);
      break;
    case 'not':
      ensure(expr.width === 32, 'not is 32 bits wide');
      break;
    case 'convert':
      ensure([1, 8, 16, 32, 64].includes(expr.bits), 'convert keeps 1, 8, 16, 32 or 64 bits');
      break;
    case 'select':
      width(expr.width, expr.then, expr.else);
      break;
  }
  ensure(expr.width === 32 || expr.width === 64, 'an expression is 32 or 64 bits wide');
  for (const operand of operandsOf(expr)) checkExpr(agent, operand);
}

function checkBytes(bytes: number): void {
  ensure([1, 2, 4, 8].includes(bytes), 'an access has 1, 2, 4 or 8 bytes');
}

function widthOfBytes(bytes: number): Width {
  return bytes === 8 ? 64 : 32;
}

function integer(value: number): boolean {
  return Number.isSafeInteger(value);
}

function indexed(index: number, length: number, what: string): void {
  ensure(integer(index) && index >= 0 && index < length, `there is no ${what} ${index}`);
}

function ensure(condition: boolean, message: string): void {
  if (!condition) throw new RangeError(message);
}
