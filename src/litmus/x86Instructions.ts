// SPDX-License-Identifier: MIT
/** What x86 instructions do, as steps of the engine. Adding an instruction is one entry of `table`. */
import type { Bytes, Expr, RmwOperator } from '../engine/program';
import { Problem } from './problem';
import { conditionOf, emitConditional } from './x86Conditions';
import { binary, compare, constant, type Emitter, fit, widthOf } from './x86Emit';
import { setCompareFlags, setLogicFlags, setSumFlags } from './x86Flags';
import type { MemoryOperand, Operand } from './x86Operands';
import { accumulator } from './x86Registers';
import { type Instruction, operandBytes } from './x86Table';

/** An instruction with its operands counted and their size known. */
interface Call {
  readonly emitter: Emitter;
  readonly instruction: Instruction;
  readonly bytes: Bytes;
  /** The first operand (the destination) and the second; a Problem where there is none. */
  readonly first: Operand;
  readonly second: Operand;
}

interface Entry {
  readonly operands: number;
  /** Whether it may carry a LOCK prefix. */
  readonly mayLock: boolean;
  run(call: Call): void;
}

const suffixes: Readonly<Record<string, Bytes | undefined>> = { b: 1, w: 2, l: 4, q: 8 };
const entry = (operands: number, run: (call: Call) => void, mayLock = false): Entry => ({ operands, mayLock, run });
const nothing: Entry = entry(-1, () => {});
const fence = (kind: 'full' | 'read' | 'write'): Entry =>
  entry(0, ({ emitter }) => emitter.emit({ kind: 'fence', fence: kind }));

/** Keeps a value while registers that it rests on change. */
function kept(emitter: Emitter, value: Expr, bytes: Bytes): Expr {
  if (value.kind === 'const') return value;
  const reg = emitter.temporary(bytes);
  emitter.emit({ kind: 'assign', reg, value });
  return { kind: 'reg', width: value.width, reg };
}

/**
 * An operation that changes its destination: one LOCKed step, or a load, the operation and a store.
 * @param locked what the engine's step does with `operand`; null where there is no such step
 */
function modify(
  { emitter, instruction, bytes, first }: Call,
  locked: RmwOperator | null,
  operand: Expr,
  compute: (old: Expr) => Expr,
  setFlags: (old: Expr, value: Expr) => void,
): void {
  if (instruction.isLocked && first.kind === 'memory') {
    if (locked === null) throw new Problem(`LOCK ${instruction.mnemonic} is not supported`, instruction.offset);
    const old = readModifyWrite(emitter, first, locked, operand, null, bytes);
    setFlags(old, fit(compute(old), bytes));
    return;
  }
  const old = kept(emitter, emitter.read(first, bytes), bytes);
  const value = kept(emitter, fit(compute(old), bytes), bytes);
  emitter.write(first, value, bytes);
  setFlags(old, value);
}

/** A LOCKed step; gives the old value. */
function readModifyWrite(
  emitter: Emitter,
  at: MemoryOperand,
  operator: RmwOperator,
  operand: Expr,
  expected: Expr | null,
  bytes: Bytes,
): Expr {
  const reg = emitter.temporary(bytes);
  emitter.emit({
    kind: 'rmw',
    reg,
    result: 'old',
    operator,
    address: emitter.address(at),
    operand,
    expected,
    bytes,
    signed: true,
    ordered: true,
  });
  return { kind: 'reg', width: widthOf(bytes), reg };
}

const arithmetic = (operator: 'add' | 'sub'): Entry =>
  entry(
    2,
    (call) => {
      const { emitter, bytes } = call;
      const operand = kept(emitter, emitter.read(call.second, bytes), bytes);
      const negative: Expr = { kind: 'negate', width: operand.width, operand };
      modify(
        call,
        'add',
        operator === 'add' ? operand : negative,
        (old) => binary(operator, old, operand),
        (old) =>
          operator === 'add'
            ? setSumFlags(emitter, old, operand, bytes)
            : setCompareFlags(emitter, old, operand, bytes),
      );
    },
    true,
  );

const logic = (operator: 'and' | 'or' | 'xor'): Entry =>
  entry(
    2,
    (call) => {
      const { emitter, bytes } = call;
      const operand = kept(emitter, emitter.read(call.second, bytes), bytes);
      modify(
        call,
        operator,
        operand,
        (old) => binary(operator, old, operand),
        (_, value) => setLogicFlags(emitter, value),
      );
    },
    true,
  );

const count = (by: 1 | -1): Entry =>
  entry(
    1,
    (call) => {
      const { emitter, bytes } = call;
      const one = constant(1, widthOf(bytes));
      modify(
        call,
        'add',
        constant(by, widthOf(bytes)),
        (old) => binary(by === 1 ? 'add' : 'sub', old, one),
        (old) => (by === 1 ? setSumFlags : setCompareFlags)(emitter, old, one, bytes, true),
      );
    },
    true,
  );

const shift = (operator: 'shl' | 'shrUnsigned' | 'shrSigned'): Entry =>
  entry(2, (call) => {
    const { emitter, bytes } = call;
    const mask = constant(bytes === 8 ? 63 : 31, widthOf(bytes));
    const amount = kept(
      emitter,
      binary('and', fit(emitter.read(call.second, 1), 1, false, widthOf(bytes)), mask),
      bytes,
    );
    const isSigned = operator === 'shrSigned';
    modify(
      call,
      null,
      amount,
      (old) => binary(operator, fit(old, bytes, isSigned), amount),
      (_, value) => setLogicFlags(emitter, value),
    );
  });

/** @param isOneStep whether an exchange with memory is LOCKed, as it is whether it says so or not */
const exchange = (isOneStep: boolean): Entry =>
  entry(
    2,
    ({ emitter, bytes, first, second }) => {
      const [place, other] = first.kind === 'memory' ? [first, second] : [second, first];
      if (place.kind === 'memory' && isOneStep) {
        const old = readModifyWrite(emitter, place, 'exchange', emitter.read(other, bytes), null, bytes);
        emitter.write(other, old, bytes);
        return;
      }
      const old = kept(emitter, emitter.read(place, bytes), bytes);
      emitter.write(place, emitter.read(other, bytes), bytes);
      emitter.write(other, old, bytes);
    },
    isOneStep,
  );

const compareExchange = entry(
  2,
  ({ emitter, instruction, bytes, first, second }) => {
    const wanted: Operand = {
      kind: 'register',
      part: { index: accumulator, bits: (bytes * 8) as 8 | 16 | 32 | 64, isHigh: false },
    };
    const expected = kept(emitter, emitter.read(wanted, bytes), bytes);
    const value = kept(emitter, emitter.read(second, bytes), bytes);
    const isOneStep = instruction.isLocked && first.kind === 'memory';
    const old = isOneStep
      ? readModifyWrite(emitter, first, 'compareExchange', value, expected, bytes)
      : kept(emitter, emitter.read(first, bytes), bytes);
    setCompareFlags(emitter, expected, old, bytes);
    const [equal, done] = [emitter.freshLabel(), emitter.freshLabel()];
    emitter.branch(emitter.flag('zero'), equal);
    // Memory is written in any case, the accumulator only where the values differ.
    if (first.kind === 'memory' && !isOneStep) emitter.write(first, old, bytes);
    emitter.write(wanted, old, bytes);
    emitter.jump(done);
    emitter.label(equal);
    if (!isOneStep) emitter.write(first, value, bytes);
    emitter.label(done);
  },
  true,
);

const exchangeAdd = entry(
  2,
  ({ emitter, instruction, bytes, first, second }) => {
    const operand = kept(emitter, emitter.read(second, bytes), bytes);
    if (instruction.isLocked && first.kind === 'memory') {
      const old = readModifyWrite(emitter, first, 'add', operand, null, bytes);
      emitter.write(second, old, bytes);
      return setSumFlags(emitter, old, operand, bytes);
    }
    const old = kept(emitter, emitter.read(first, bytes), bytes);
    // The sum comes last: both operands may be one register.
    emitter.write(second, old, bytes);
    emitter.write(first, fit(binary('add', old, operand), bytes), bytes);
    setSumFlags(emitter, old, operand, bytes);
  },
  true,
);

/** Bit operations on the bit that the second operand numbers within the first. */
const bitOperation = (operator: 'or' | 'and' | 'xor' | null): Entry =>
  entry(
    2,
    (call) => {
      const { emitter, bytes, first, second } = call;
      const width = widthOf(bytes);
      const number = binary('and', emitter.read(second, bytes), constant(bytes * 8 - 1, width));
      const bit = kept(emitter, binary('shl', constant(1, width), number), bytes);
      const mask: Expr = operator === 'and' ? { kind: 'complement', width, operand: bit } : bit;
      const setCarry = (old: Expr): void =>
        emitter.setFlag('carry', compare('ne', binary('and', old, bit), constant(0, width)));
      if (operator === null) return setCarry(emitter.read(first, bytes));
      modify(call, operator, mask, (old) => binary(operator, old, mask), setCarry);
    },
    operator !== null,
  );

const table: Readonly<Record<string, Entry | undefined>> = {
  nop: nothing,
  endbr64: nothing,
  endbr32: nothing,
  pause: nothing,
  prefetcht0: nothing,
  mfence: fence('full'),
  lfence: fence('read'),
  sfence: fence('write'),
  mov: entry(2, ({ emitter, bytes, first, second }) => emitter.write(first, emitter.read(second, bytes), bytes)),
  lea: entry(2, ({ emitter, instruction, bytes, first, second }) => {
    if (second.kind !== 'memory') throw new Problem('lea needs a memory operand', instruction.offset);
    emitter.write(first, fit(emitter.address(second), bytes), bytes);
  }),
  xchg: exchange(true),
  // An exchange that is none, which only models of the processor have.
  uxch: exchange(false),
  cmpxchg: compareExchange,
  xadd: exchangeAdd,
  add: arithmetic('add'),
  sub: arithmetic('sub'),
  and: logic('and'),
  or: logic('or'),
  xor: logic('xor'),
  inc: count(1),
  dec: count(-1),
  shl: shift('shl'),
  sal: shift('shl'),
  shr: shift('shrUnsigned'),
  sar: shift('shrSigned'),
  not: entry(
    1,
    (call) => {
      const ones = constant(-1, widthOf(call.bytes));
      modify(
        call,
        'xor',
        ones,
        (old) => binary('xor', old, ones),
        () => {},
      );
    },
    true,
  ),
  neg: entry(1, (call) => {
    const { emitter, bytes } = call;
    const zero = constant(0, widthOf(bytes));
    modify(
      call,
      null,
      zero,
      (old) => binary('sub', zero, old),
      (old) => setCompareFlags(emitter, zero, old, bytes),
    );
  }),
  cmp: entry(2, ({ emitter, bytes, first, second }) => {
    const left = kept(emitter, emitter.read(first, bytes), bytes);
    setCompareFlags(emitter, left, emitter.read(second, bytes), bytes);
  }),
  test: entry(2, ({ emitter, bytes, first, second }) => {
    const left = kept(emitter, emitter.read(first, bytes), bytes);
    setLogicFlags(emitter, kept(emitter, binary('and', left, emitter.read(second, bytes)), bytes));
  }),
  bt: bitOperation(null),
  bts: bitOperation('or'),
  btr: bitOperation('and'),
  btc: bitOperation('xor'),
};

/** Emits one instruction. Throws a Problem for one that is not known. */
export function emitInstruction(emitter: Emitter, instruction: Instruction): void {
  const { mnemonic, offset, target } = instruction;
  emitter.offset = offset;
  for (const label of instruction.labels) emitter.label(label);
  if (mnemonic === '') return;
  if (target !== null) return emitJump(emitter, instruction, target);
  if (/^(ret|retq|retl|hlt)$/.test(mnemonic)) return emitter.end();
  const known = lookUp(mnemonic);
  if (known) return run(emitter, instruction, known.entry, known.bytes);
  const extended = /^mov([sz])([bwl])([wlq])$|^mov([sz])x(d?)$|^(movslq)$/.exec(mnemonic);
  if (extended) return extend(emitter, instruction, extended);
  const conditional = /^(set|cmov)([a-z]{1,3})$/.exec(mnemonic);
  if (conditional && emitConditional(emitter, instruction, conditional[1] as string, conditional[2] as string)) return;
  throw new Problem(`instruction “${mnemonic.slice(0, 40)}” is not supported`, offset);
}

/** An entry by its name, with or without a suffix for the size. */
function lookUp(mnemonic: string): { readonly entry: Entry; readonly bytes: Bytes | null } | null {
  const whole = Object.hasOwn(table, mnemonic) ? table[mnemonic] : undefined;
  if (whole) return { entry: whole, bytes: null };
  const stem = mnemonic.slice(0, -1);
  const bytes = suffixes[mnemonic.at(-1) ?? ''];
  const found = Object.hasOwn(table, stem) ? table[stem] : undefined;
  return found && bytes !== undefined && found.operands !== 0 ? { entry: found, bytes } : null;
}

function run(emitter: Emitter, instruction: Instruction, entry: Entry, suffix: Bytes | null): void {
  const { operands, offset, mnemonic, isLocked } = instruction;
  if (entry.operands >= 0 && operands.length !== entry.operands) {
    // A shift by one may leave the number out.
    if (!/^(sh[lr]|sa[lr])[bwlq]?$/.test(mnemonic) || operands.length !== 1)
      throw new Problem(`${mnemonic} takes ${entry.operands} operands, not ${operands.length}`, offset);
  }
  const one: Operand = { kind: 'immediate', value: 1n };
  // Some write the memory operand of these first in any style: no other order is an instruction.
  const isTurned = /^(cmpxchg|xadd)/.test(mnemonic) && operands[1]?.kind === 'memory';
  const [first = one, second = one] = isTurned ? operands.toReversed() : operands;
  if (isLocked && (!entry.mayLock || (first.kind !== 'memory' && mnemonic.startsWith('xchg') === false)))
    throw new Problem(`${mnemonic} may not have a LOCK prefix here`, offset);
  if (operands.filter(({ kind }) => kind === 'memory').length > 1 && entry !== nothing)
    throw new Problem('two operands in memory', offset);
  const bytes = suffix ?? operandBytes(instruction, emitter.isWide);
  if (bytes === 8 && !emitter.isWide) throw new Problem('this machine has no operands of 8 bytes', offset);
  entry.run({ emitter, instruction, bytes, first, second });
}

/** How many bytes an instruction accesses in memory. */
export function accessedBytes(instruction: Instruction, isWide: boolean): Bytes {
  const { mnemonic } = instruction;
  const extended = /^mov[sz]([bwl])[wlq]$/.exec(mnemonic);
  if (extended) return suffixes[extended[1] as string] ?? 4;
  return lookUp(mnemonic)?.bytes ?? operandBytes(instruction, isWide);
}

function emitJump(emitter: Emitter, { mnemonic, offset }: Instruction, target: string): void {
  if (mnemonic === 'jmp') return emitter.jump(target);
  const condition = conditionOf(emitter, mnemonic.slice(1));
  if (!condition) throw new Problem(`instruction “${mnemonic}” is not supported`, offset);
  emitter.branch(condition, target);
}

/** `movzbl`, `movswl`, `movzx`, `movsxd`: a smaller value, extended. */
function extend(emitter: Emitter, instruction: Instruction, match: RegExpExecArray): void {
  const [to, from] = instruction.operands;
  if (to?.kind !== 'register' || from === undefined || instruction.operands.length !== 2)
    throw new Problem(`${instruction.mnemonic} takes a register and a smaller value`, instruction.offset);
  const isSigned = match[1] === 's' || match[4] === 's' || match[6] !== undefined;
  const given = match[2] === undefined ? null : (suffixes[match[2]] ?? null);
  const said = from.kind === 'register' ? ((from.part.bits / 8) as Bytes) : from.kind === 'memory' ? from.bytes : null;
  const fromBytes: Bytes = given ?? (match[6] !== undefined || match[5] === 'd' ? 4 : (said ?? 1));
  const toBytes = Math.min(to.part.bits / 8, emitter.isWide ? 8 : 4) as Bytes;
  emitter.write(to, fit(emitter.read(from, fromBytes), fromBytes, isSigned, widthOf(toBytes)), toBytes);
}
