// SPDX-License-Identifier: MIT
import type { Expr } from '../engine/program';
import { binary, type Emitter } from './x86Emit';
import { type Instruction, operandBytes } from './x86Table';

/** What the letters behind `j`, `set` and `cmov` ask; `not` for the opposite. */
const conditionFlags: Readonly<Record<string, ((flag: Emitter['flag']) => Expr) | undefined>> = {
  z: (flag) => flag('zero'),
  b: (flag) => flag('carry'),
  be: (flag) => binary('or', flag('carry'), flag('zero')),
  s: (flag) => flag('sign'),
  l: (flag) => flag('less'),
  le: (flag) => binary('or', flag('less'), flag('zero')),
  o: (flag) => binary('xor', flag('less'), flag('sign')),
};
const conditionNames: Readonly<Record<string, string | undefined>> = {
  e: 'z',
  c: 'b',
  nae: 'b',
  na: 'be',
  nge: 'l',
  ng: 'le',
  ne: '!z',
  nz: '!z',
  nc: '!b',
  nb: '!b',
  ae: '!b',
  a: '!be',
  nbe: '!be',
  ns: '!s',
  ge: '!l',
  nl: '!l',
  lt: 'l',
  g: '!le',
  nle: '!le',
  gt: '!le',
  no: '!o',
};

/** The condition that the letters of `jne`, `setae`, `cmovl`… name: 1 or 0; null where they name none. */
export function conditionOf(emitter: Emitter, letters: string): Expr | null {
  const name = conditionNames[letters] ?? letters;
  const value = Object.hasOwn(conditionFlags, name.replace('!', ''))
    ? conditionFlags[name.replace('!', '')]
    : undefined;
  if (value === undefined) return null;
  const holds = value(emitter.flag);
  return name.startsWith('!') ? { kind: 'not', width: 32, operand: holds } : holds;
}

/** `setcc` and `cmovcc`; false where the letters are no condition. */
export function emitConditional(emitter: Emitter, instruction: Instruction, verb: string, letters: string): boolean {
  const holds = conditionOf(emitter, letters) ?? conditionOf(emitter, letters.slice(0, -1));
  const [first, second] = instruction.operands;
  if (!holds || !first) return false;
  if (verb === 'set') {
    emitter.write(first, holds, 1);
    return true;
  }
  if (!second) return false;
  const bytes = operandBytes(instruction, emitter.isWide);
  // The value is loaded whether or not it is taken.
  const value = emitter.read(second, bytes);
  emitter.write(
    first,
    { kind: 'select', width: value.width, condition: holds, then: value, else: emitter.read(first, bytes) },
    bytes,
  );
  return true;
}
