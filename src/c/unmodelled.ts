// SPDX-License-Identifier: MIT
/**
 * Objects of a kernel tree of which the type is known and the contents are not: what code that does not run has put
 * there. They have addresses in a range of their own and no memory. A value that is read from one by its name may be
 * anything; a program that comes to one through a pointer ends there, in an outcome that says that nothing is claimed.
 */

import type { Expr } from '../engine/program';

/** The outcome of a program that comes to such an object; one without this outcome has none of them. */
export const notModelled = 'not-modelled';

const first = 0x60000000n;
const size = 0x08000000n;

/** Where objects with names of their own begin. */
export const unmodelledStart = first;
/** The object that a pointer of unknown value points to: in the middle, so that what is beside it is in the range too. */
export const unmodelledObject = first + size / 2n;

/** The address of the nth (from 0) of some objects that are not the same. */
export const unmodelledNumber = (n: number): bigint => unmodelledObject + 0x10000n * BigInt(1 + (n % 1000));

/** Whether an address lies in the range. */
export const isUnmodelled = (address: bigint): boolean => address >= first && address < first + size;

/** The same, of an address that the program computes: a condition of 32 bits. */
export const liesInUnmodelled = (address: Expr): Expr => ({
  kind: 'compare',
  width: 32,
  operandWidth: 64,
  operator: 'ltUnsigned',
  left: {
    kind: 'binary',
    width: 64,
    operator: 'sub',
    left: address,
    right: { kind: 'const', width: 64, value: first },
  },
  right: { kind: 'const', width: 64, value: size },
});
