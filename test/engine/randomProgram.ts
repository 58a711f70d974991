// SPDX-License-Identifier: MIT
/** Small random programs that use everything a program can use, for tests that compare two ways of running them. */
import * as fc from 'fast-check';
import { BUILDER_BASE } from '../../src/engine/builder';
import { commandOperation } from '../../src/engine/command';
import {
  type Agent,
  AgentStatus,
  type BinaryOperator,
  type Bounds,
  type Bytes,
  type Command,
  type CompareOperator,
  type Expr,
  type Machine,
  type MachineOperation,
  type Pc,
  type Program,
  type RegisterInfo,
  type RmwOperator,
  type Step,
  type Width,
} from '../../src/engine/program';

const MEMORY = 32;
const PRIVATE = 8;
const SHARED = BUILDER_BASE + PRIVATE;
const MARKS = 3;
const OUTCOMES = ['fault', 'divide', 'hang', 'bad', 'note', 'other'];
/** The outcome of an access that the machine refuses. */
const GUARDED = 3;
const BINARY: BinaryOperator[] = [
  'add',
  'sub',
  'mul',
  'and',
  'or',
  'xor',
  'shl',
  'shrSigned',
  'shrUnsigned',
  'divSigned',
  'divUnsigned',
  'remSigned',
  'remUnsigned',
];
const COMPARE: CompareOperator[] = ['eq', 'ne', 'ltSigned', 'leSigned', 'ltUnsigned', 'leUnsigned'];
const RMW: RmwOperator[] = ['add', 'and', 'or', 'xor', 'exchange', 'compareExchange'];
const CONSTANTS = [
  0n,
  1n,
  2n,
  3n,
  -1n,
  7n,
  31n,
  33n,
  255n,
  -128n,
  65535n,
  0x7fffffffn,
  -0x80000000n,
  0x100000000n,
  -0x100000001n,
  0x7fffffffffffffffn,
  -0x8000000000000000n,
];

/** Takes decisions from a list of bytes, and 0 when it runs out: shorter lists make simpler programs. */
class Dice {
  private at = 0;
  constructor(private readonly bytes: readonly number[]) {}
  roll(sides: number): number {
    return (this.bytes[this.at++] ?? 0) % sides;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.roll(items.length)] as T;
  }
}

function constant(width: Width, value: bigint): Expr {
  return { kind: 'const', width, value };
}

function randomExpr(dice: Dice, registers: readonly RegisterInfo[], width: Width, depth: number): Expr {
  const mine = registers.map((register, reg) => ({ register, reg })).filter(({ register }) => register.width === width);
  const leaf = (): Expr => {
    const { reg } = dice.pick(mine);
    return dice.roll(3) === 0 ? constant(width, dice.pick(CONSTANTS)) : { kind: 'reg', width, reg };
  };
  if (depth === 0) return leaf();
  const inner = (of: Width): Expr => randomExpr(dice, registers, of, depth - 1);
  const any = (): Width => (dice.roll(2) === 0 ? 32 : 64);
  switch (dice.roll(width === 32 ? 10 : 8)) {
    case 0:
    case 1:
    case 2:
      return leaf();
    case 3:
    case 4:
      return { kind: 'binary', width, operator: dice.pick(BINARY), left: inner(width), right: inner(width) };
    case 5:
      return { kind: dice.pick(['negate', 'complement'] as const), width, operand: inner(width) };
    case 6:
      return {
        kind: 'convert',
        width,
        bits: dice.pick([1, 8, 16, 32, 64] as const),
        signed: dice.roll(2) === 0,
        operand: inner(any()),
      };
    case 7:
      return { kind: 'select', width, condition: inner(any()), then: inner(width), else: inner(width) };
    case 8:
      return { kind: 'not', width: 32, operand: inner(any()) };
    default: {
      const operandWidth = any();
      return {
        kind: 'compare',
        width: 32,
        operandWidth,
        operator: dice.pick(COMPARE),
        left: inner(operandWidth),
        right: inner(operandWidth),
      };
    }
  }
}

/** Mostly a few shared words, so that agents meet; now and then something else. */
function randomAddress(dice: Dice, registers: readonly RegisterInfo[], agent: number, bytes: Bytes): Expr {
  const width: Width = dice.roll(2) === 0 ? 32 : 64;
  const at = (offset: number): Expr => constant(width, BigInt(BUILDER_BASE + offset));
  switch (dice.roll(12)) {
    case 0:
      // Private: the agent's own four bytes.
      return at(agent < 2 && bytes <= 4 ? agent * 4 : PRIVATE);
    case 1:
      return at(PRIVATE + dice.roll(8));
    case 2:
      return constant(width, dice.pick([0n, -8n, BigInt(BUILDER_BASE + MEMORY), 0x5000n, -0x7fff000000000000n]));
    case 3: {
      const reg = registers.findIndex((register) => register.width === width);
      const index: Expr = {
        kind: 'binary',
        width,
        operator: 'and',
        left: { kind: 'reg', width, reg },
        right: constant(width, 8n),
      };
      return { kind: 'binary', width, operator: 'add', left: at(PRIVATE), right: index };
    }
    default:
      return at(PRIVATE + 8 * dice.roll(2) + (bytes <= 4 ? 4 * dice.roll(2) * dice.roll(2) : 0));
  }
}

function randomStep(dice: Dice, agent: number, registers: readonly RegisterInfo[], next: Pc, anywhere: () => Pc): Step {
  const position = 0;
  const reg = (width: Width): number => {
    const fitting = registers
      .map((register, index) => ({ register, index }))
      .filter(({ register }) => register.width === width);
    return dice.pick(fitting).index;
  };
  const bytes = dice.pick([4, 4, 4, 8, 8, 1, 2] as const);
  const width: Width = bytes === 8 ? 64 : 32;
  const signed = dice.roll(2) === 0;
  const small = (): Expr =>
    dice.roll(2) === 0 ? constant(width, BigInt(1 + dice.roll(2))) : randomExpr(dice, registers, width, 1);
  const address = (): Expr => randomAddress(dice, registers, agent, bytes);
  switch (dice.roll(22)) {
    case 0:
    case 1: {
      const to: Width = dice.roll(2) === 0 ? 32 : 64;
      return { kind: 'assign', position, reg: reg(to), value: randomExpr(dice, registers, to, 2), next };
    }
    case 2:
    case 3:
      return {
        kind: 'branch',
        position,
        condition: randomExpr(dice, registers, dice.roll(4) === 0 ? 64 : 32, 2),
        then: next,
        else: anywhere(),
      };
    case 4:
      return { kind: 'jump', position, next: anywhere() };
    case 5:
      return { kind: 'mark', position, mark: dice.roll(MARKS), next };
    case 6:
    case 7:
    case 8:
    case 9:
      return {
        kind: 'load',
        position,
        reg: reg(width),
        address: address(),
        bytes,
        signed,
        acquire: dice.roll(2) === 0,
        next,
      };
    case 10:
    case 11:
    case 12:
    case 13:
      return { kind: 'store', position, address: address(), value: small(), bytes, release: dice.roll(3) === 0, next };
    case 14:
    case 15: {
      const operator = dice.pick(RMW);
      const expected = operator === 'compareExchange' ? small() : null;
      const result = dice.roll(2) === 0 ? 'old' : 'new';
      return {
        kind: 'rmw',
        position,
        reg: dice.roll(2) === 0 ? null : reg(width),
        result,
        operator,
        address: address(),
        operand: small(),
        expected,
        bytes,
        signed,
        ordered: dice.roll(2) === 0,
        next,
      };
    }
    case 16:
      return {
        kind: 'fence',
        position,
        fence: dice.pick(['compiler', 'full', 'read', 'write', 'atomic'] as const),
        next,
      };
    case 17:
      return { kind: 'choose', position, reg: reg(32), count: 1 + dice.roll(3), next };
    case 18:
      return { kind: 'expire', position, reg: reg(32), next };
    case 19:
      return { kind: 'outcome', position, outcome: 3 + dice.roll(3), next };
    case 20: {
      const arity = dice.roll(2);
      return {
        kind: 'machine',
        position,
        operation: dice.roll(8),
        arguments: arity === 0 ? [] : [randomExpr(dice, registers, dice.roll(2) === 0 ? 32 : 64, 1)],
        reg: dice.roll(2) === 0 ? null : reg(dice.roll(2) === 0 ? 32 : 64),
        next,
      };
    }
    default:
      return { kind: 'end', position };
  }
}

function operation(name: string, serialising: boolean, run: MachineOperation['run']): MachineOperation {
  return { name, serialising, run };
}

const reg = (index: number): Expr => ({ kind: 'reg', width: 32, reg: index });
/** Registers: argument, two words, what was loaded. */
const EXCHANGE: Command = {
  parameters: 1,
  words: 2,
  registers: 4,
  effects: [
    { kind: 'load', reg: 3, address: constant(32, BigInt(SHARED + 8)), bytes: 2, signed: true },
    { kind: 'set', word: 1, value: { kind: 'binary', width: 32, operator: 'xor', left: reg(2), right: reg(3) } },
    {
      kind: 'when',
      condition: { kind: 'compare', width: 32, operandWidth: 32, operator: 'eq', left: reg(0), right: reg(2) },
      then: [{ kind: 'outcome', outcome: 4 }],
      else: [
        {
          kind: 'set',
          word: 0,
          value: { kind: 'binary', width: 32, operator: 'and', left: reg(0), right: constant(32, 3n) },
        },
      ],
    },
  ],
};
const WAIT: Command = {
  parameters: 0,
  words: 2,
  registers: 3,
  effects: [
    { kind: 'load', reg: 2, address: constant(32, BigInt(SHARED)), bytes: 4, signed: false },
    { kind: 'require', condition: { kind: 'not', width: 32, operand: reg(2) } },
    { kind: 'set', word: 0, value: constant(32, 0n) },
  ],
};

/** Two words: a lock's owner + 1, and what was written to the watched bytes. */
function randomMachine(agents: number, isGuarded: boolean): Machine {
  const other = (agent: number): number => (agent + 1) % agents;
  const low = (value: number | bigint | undefined): number =>
    value === undefined ? 0 : Number(BigInt.asIntN(32, BigInt(value)));
  return {
    words: 2,
    initialise: (state, base) => {
      state[base + 1] = 5;
    },
    operations: [
      operation('lock', true, ({ state, base, agent }) => {
        if (state[base] !== 0) return null;
        state[base] = agent + 1;
        return agent;
      }),
      operation('unlock', false, ({ state, base }, value) => {
        state[base] = 0;
        return low(value);
      }),
      operation('start', false, (context) => {
        const peer = other(context.agent);
        if (context.status(peer) === AgentStatus.waiting) context.setStatus(peer, AgentStatus.running);
        return 0;
      }),
      operation('stop', true, (context) => {
        const peer = other(context.agent);
        if (context.status(peer) === AgentStatus.done) return null;
        context.setStatus(peer, AgentStatus.stopped);
        context.drain(peer);
        return 1n;
      }),
      operation('own', true, (context, value) => {
        context.setStatus(context.agent, low(value) % 2 === 0 ? AgentStatus.stopped : AgentStatus.running);
        return 0;
      }),
      // The same as data: what packed searches generate code for.
      commandOperation('exchange', false, EXCHANGE),
      commandOperation('wait', true, WAIT),
      operation('memory', true, (context) => {
        context.store32(SHARED, context.load32(SHARED + 8) + 1);
        return context.load64(SHARED);
      }),
    ],
    ...(isGuarded && {
      guarded: {
        from: SHARED + 6,
        to: SHARED + 12,
        refuses: (state: Int32Array, base: number, address: number) =>
          state[base] === 2 && address < SHARED + 10 ? GUARDED : -1,
      },
    }),
    watched: {
      from: SHARED + 12,
      to: SHARED + 14,
      stored: (context, address, bytes) => {
        context.state[context.base + 1] = (address & 15) * 16 + bytes + context.agent;
        if (context.load32(SHARED + 12) === 2) context.outcome(4);
        if (context.load32(SHARED + 12) === 3) context.outcome(5);
      },
    },
    access: (_context, address, bytes, write) =>
      address === 0x5000n ? BigInt(bytes) : address < 0n && !write ? address : null,
  };
}

/** The program that a list of bytes stands for. `watchEnds`: one outcome of a watched store is fatal. */
export function programOf(bytes: readonly number[], watchEnds = false): Program {
  const dice = new Dice(bytes);
  const count = 2 + (dice.roll(4) === 0 ? 1 : 0);
  const isGuarded = dice.roll(4) === 0;
  const agents = Array.from({ length: count }, (_, index): Agent => {
    const registers = Array.from(
      { length: 4 + dice.roll(5) },
      (_unused, reg): RegisterInfo => ({ name: `r${reg}`, width: reg % 3 === 1 ? 64 : 32 }),
    );
    const length = 3 + dice.roll(count === 2 ? 9 : 5);
    const steps = Array.from({ length }, (_unused, pc): Step => {
      // Backward now and then: loops, of local steps only too.
      const anywhere = (): Pc => (dice.roll(4) === 0 ? dice.roll(length) : Math.min(length - 1, pc + 1 + dice.roll(3)));
      return pc === length - 1 ? { kind: 'end', position: 0 } : randomStep(dice, index, registers, pc + 1, anywhere);
    });
    return { name: `agent${index}`, registers, steps, entry: 0, running: index < 2 || dice.roll(2) === 0 };
  });
  return {
    agents,
    memoryBytes: MEMORY,
    memoryBase: BUILDER_BASE,
    image: Uint8Array.from({ length: MEMORY }, (_, i) => (i === 16 ? 1 : 0)),
    privateBytes: PRIVATE,
    machine: randomMachine(count, isGuarded),
    outcomes: OUTCOMES.map((id) => ({ id, fatal: id !== 'note' && (watchEnds || id !== 'other') })),
    faultOutcome: 0,
    divideOutcome: 1,
    hangOutcome: 2,
    marks: Array.from({ length: MARKS }, (_, mark) => `mark${mark}`),
  };
}

/** Arbitrary programs with bounds; most have some hundreds of states. */
export function randomPrograms(
  maxStates: number,
  watchEnds = false,
): fc.Arbitrary<{ program: Program; bounds: Bounds }> {
  return fc
    .record({
      bytes: fc.array(fc.nat(255), { minLength: 30, maxLength: 260, size: 'max' }),
      model: fc.constantFrom('tso', 'weak', 'sc', 'tso', 'weak'),
      bufferDepth: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ bytes, model, bufferDepth }) => ({
      program: programOf(bytes, watchEnds),
      bounds: { model: model as Bounds['model'], bufferDepth, maxStates, maxLocalSteps: 20 },
    }));
}
