// SPDX-License-Identifier: MIT
/**
 * Machine operations as data. A command is a list of effects over the machine's words, its arguments and memory as it
 * is; `commandOperation` makes an operation of it that every executor can run, and packed searches generate code for it.
 */
import { bound32, compare32, extend32, low32 } from './arithmetic';
import { forEachRegister } from './flow';
import type { Command, Effect, Expr, MachineOperation, OperationContext } from './program';

/** An operation that does what the command says. Arguments of 64 bits are cut to 32; its result is 0. */
export function commandOperation(name: string, serialising: boolean, command: Command): MachineOperation {
  const frame: Frame = { registers: new Int32Array(command.registers), state: new Int32Array(0), base: 0 };
  const effects = command.effects.map((effect) => compileEffect(command, frame, effect));
  const conditions = serialising ? [] : leadingConditions(command).map((one) => compile(command, frame, one));
  const guard = (state: Int32Array, base: number): boolean => {
    frame.state = state;
    frame.base = base;
    for (let i = 0; i < conditions.length; i++) if ((conditions[i] as () => number)() === 0) return false;
    return true;
  };
  return {
    name,
    serialising,
    command,
    ...(conditions.length > 0 && { guard }),
    run(context, ...args) {
      for (let i = 0; i < command.parameters; i++) {
        const value = args[i] ?? 0;
        frame.registers[i] = typeof value === 'bigint' ? low32(value) : value;
      }
      frame.state = context.state;
      frame.base = context.base;
      return runAll(effects, context) ? 0 : null;
    },
  };
}

interface Frame {
  readonly registers: Int32Array;
  state: Int32Array;
  base: number;
}
/** False where the operation cannot run now. */
type RunEffect = (context: OperationContext) => boolean;

/** The machine's word that a register of a command stands for, or -1. */
export function machineWordOf({ parameters, words }: Command, reg: number): number {
  return reg >= parameters && reg < parameters + words ? reg - parameters : -1;
}

/** What the command requires first, as far as it is of the machine's words only. */
function leadingConditions(command: Command): Expr[] {
  const conditions: Expr[] = [];
  for (const effect of command.effects) {
    if (effect.kind !== 'require') break;
    let words = true;
    forEachRegister(effect.condition, (reg) => {
      if (machineWordOf(command, reg) < 0) words = false;
    });
    if (!words) break;
    conditions.push(effect.condition);
  }
  return conditions;
}

function runAll(effects: readonly RunEffect[], context: OperationContext): boolean {
  for (let i = 0; i < effects.length; i++) if (!(effects[i] as RunEffect)(context)) return false;
  return true;
}

function compileEffect(command: Command, frame: Frame, effect: Effect): RunEffect {
  const { registers } = frame;
  switch (effect.kind) {
    case 'require': {
      const condition = compile(command, frame, effect.condition);
      return () => condition() !== 0;
    }
    case 'set': {
      const value = compile(command, frame, effect.value);
      return () => {
        frame.state[frame.base + effect.word] = value();
        return true;
      };
    }
    case 'load': {
      const address = compile(command, frame, effect.address);
      return (context) => {
        const at = address();
        const word = context.load32(at & ~3) >> ((at & 3) * 8);
        registers[effect.reg] = extend32(word, effect.bytes * 8, effect.signed);
        return true;
      };
    }
    case 'outcome':
      return (context) => {
        context.outcome(effect.outcome);
        return true;
      };
    case 'when': {
      const condition = compile(command, frame, effect.condition);
      const then = effect.then.map((inner) => compileEffect(command, frame, inner));
      const otherwise = effect.else.map((inner) => compileEffect(command, frame, inner));
      return (context) => runAll(condition() !== 0 ? then : otherwise, context);
    }
  }
}

/** What a division flags; commands may not divide (validate.ts). */
const flag = new Int32Array(1);

function compile(command: Command, frame: Frame, expr: Expr): () => number {
  const of = (operand: Expr): (() => number) => compile(command, frame, operand);
  switch (expr.kind) {
    case 'const': {
      const value = low32(expr.value);
      return () => value;
    }
    case 'reg': {
      const { reg } = expr;
      const word = machineWordOf(command, reg);
      return word < 0 ? () => frame.registers[reg] ?? 0 : () => frame.state[frame.base + word] ?? 0;
    }
    case 'binary': {
      const [left, right] = [of(expr.left), of(expr.right)];
      const constant = expr.right.kind === 'const' ? low32(expr.right.value) : null;
      return bound32(flag, expr.operator, left, right, constant);
    }
    case 'compare': {
      const [left, right] = [of(expr.left), of(expr.right)];
      return () => compare32(expr.operator, left(), right());
    }
    case 'negate': {
      const operand = of(expr.operand);
      return () => -operand() | 0;
    }
    case 'complement': {
      const operand = of(expr.operand);
      return () => ~operand();
    }
    case 'not': {
      const operand = of(expr.operand);
      return () => (operand() === 0 ? 1 : 0);
    }
    case 'convert': {
      const operand = of(expr.operand);
      return () => extend32(operand(), Math.min(expr.bits, 32), expr.signed);
    }
    case 'select': {
      const [condition, then, otherwise] = [of(expr.condition), of(expr.then), of(expr.else)];
      return () => (condition() !== 0 ? then() : otherwise());
    }
  }
}
