// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { binary32, compare32, extend32, low32 } from '../../src/engine/arithmetic';
import { createAccess, mayConflict, neededBits, unchangedBits } from '../../src/engine/packedAccess';
import type { BinaryOperator, Expr } from '../../src/engine/program';

const REGISTERS = 2;
const OPERATORS: readonly BinaryOperator[] = [
  'add',
  'sub',
  'mul',
  'and',
  'or',
  'xor',
  'shl',
  'shrSigned',
  'shrUnsigned',
];
const values = fc.oneof(fc.integer(), fc.constantFrom(0, 1, 2, 3, 7, 31, -1, -4, 0xff, 0x100));

const exprs: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4 },
    values.map((value): Expr => ({ kind: 'const', width: 32, value: BigInt(value) })),
    fc.nat(REGISTERS - 1).map((reg): Expr => ({ kind: 'reg', width: 32, reg })),
    fc
      .tuple(fc.constantFrom(...OPERATORS), tie('expr'), tie('expr'))
      .map(([operator, left, right]): Expr => ({ kind: 'binary', width: 32, operator, left, right })),
    fc
      .tuple(fc.constantFrom('negate' as const, 'complement' as const), tie('expr'))
      .map(([kind, operand]): Expr => ({ kind, width: 32, operand })),
    tie('expr').map((operand): Expr => ({ kind: 'not', width: 32, operand })),
    fc
      .tuple(tie('expr'), tie('expr'))
      .map(
        ([left, right]): Expr => ({ kind: 'compare', width: 32, operandWidth: 32, operator: 'ltSigned', left, right }),
      ),
    fc.tuple(tie('expr'), fc.constantFrom(1, 8, 16, 32 as const), fc.boolean()).map(
      ([operand, bits, signed]): Expr => ({
        kind: 'convert',
        width: 32,
        bits: bits as 1 | 8 | 16 | 32,
        signed,
        operand,
      }),
    ),
    fc
      .tuple(tie('expr'), tie('expr'), tie('expr'))
      .map(([condition, then, otherwise]): Expr => ({ kind: 'select', width: 32, condition, then, else: otherwise })),
  ),
})).expr;

function valueIn(expr: Expr, registers: readonly number[]): number {
  const of = (operand: Expr): number => valueIn(operand, registers);
  switch (expr.kind) {
    case 'const':
      return low32(expr.value);
    case 'reg':
      return registers[expr.reg] ?? 0;
    case 'binary':
      return binary32(new Int32Array(1), expr.operator, of(expr.left), of(expr.right));
    case 'compare':
      return compare32(expr.operator, of(expr.left), of(expr.right));
    case 'negate':
      return -of(expr.operand) | 0;
    case 'complement':
      return ~of(expr.operand);
    case 'not':
      return of(expr.operand) === 0 ? 1 : 0;
    case 'convert':
      return extend32(of(expr.operand), Math.min(expr.bits, 32), expr.signed);
    case 'select':
      return of(expr.condition) === 0 ? of(expr.else) : of(expr.then);
  }
}

/** A superset of the bits that may be set. */
function possible(expr: Expr): number {
  if (expr.kind === 'const') return low32(expr.value);
  if (expr.kind !== 'binary') return -1;
  if (expr.operator === 'and') return possible(expr.left) & possible(expr.right);
  if (expr.operator === 'or' || expr.operator === 'xor') return possible(expr.left) | possible(expr.right);
  return -1;
}

const registers = fc.tuple(values, values);

describe('what a transition touches', () => {
  it('are all the bits that a value depends on', () => {
    fc.assert(
      fc.property(exprs, values, registers, registers, (expr, bits, some, other) => {
        const needed = [0, 0];
        neededBits(expr, bits, (reg, more) => (needed[reg] = (needed[reg] ?? 0) | more));
        const mixed = some.map((value, i) => (value & (needed[i] ?? 0)) | ((other[i] ?? 0) & ~(needed[i] ?? 0)));
        assert.equal(valueIn(expr, mixed) & bits, valueIn(expr, some) & bits);
      }),
      { numRuns: 5000 },
    );
  });

  it('are not the bits of a word that stay as they were', () => {
    let some = 0;
    fc.assert(
      fc.property(exprs, registers, (expr, given) => {
        const same = unchangedBits(expr, (reg) => reg === 0, possible);
        if (same !== 0) some++;
        assert.equal((valueIn(expr, given) ^ given[0]) & same, 0);
      }),
      { numRuns: 5000 },
    );
    assert.ok(some > 200, `${some} expressions kept bits`);
  });

  it('is in conflict where one writes what the other one reads or writes', () => {
    const access = (reads: number, writes: number): ReturnType<typeof createAccess> => {
      const made = createAccess(2);
      made.reads[1] = reads;
      made.writes[1] = writes;
      return made;
    };
    assert.equal(mayConflict(access(1, 2), access(1, 4)), false);
    assert.equal(mayConflict(access(1, 2), access(2, 0)), true);
    assert.equal(mayConflict(access(2, 0), access(1, 2)), true);
    assert.equal(mayConflict(access(0, 2), access(0, 2)), true);
  });
});
