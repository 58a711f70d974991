// SPDX-License-Identifier: MIT
/** JavaScript text that reads and writes bits of a packed state, whose words are the variables x0, x1, … */
import { integer } from './codegenExpr';
import { noteBits } from './packedAccess';
import { ones, type Packing } from './packing';

/** An int32 in generated code: its text, which bits may be set in it, and its value where that is known. */
export interface Text {
  readonly text: string;
  readonly bits: number;
  readonly constant: number | null;
}

/** Thrown where generated code cannot do something in packed words; the ordinary executor does it then. */
export class NotPacked extends Error {}

/** An integer as text. */
export function constantText(value: number): Text {
  return { text: integer(value | 0), bits: value | 0, constant: value | 0 };
}

/** `count` bits of a word of the state from bit `low` on, shifted down to bit 0. */
export function bitsOf({ runs, base, access }: Packing, word: number, low = 0, count = 32): Text {
  const fixed = ((base[word] as number) >>> low) & ones(count);
  noteBits(runs, access.reads, word, ones(count) << low);
  const parts: string[] = [];
  let bits = fixed;
  for (const run of runs[word] ?? []) {
    const from = Math.max(run.shift, low);
    const length = Math.min(run.shift + run.bits, low + count) - from;
    if (length <= 0) continue;
    const at = run.at + from - run.shift;
    const shifted = at === 0 ? `x${integer(run.packed)}` : `x${integer(run.packed)}>>>${integer(at)}`;
    const masked = at + length === 32 ? shifted : `${shifted}&${integer(ones(length))}`;
    parts.push(from === low ? `(${masked})` : `((${masked})<<${integer(from - low)})`);
    bits |= ones(length) << (from - low);
  }
  if (parts.length === 0) return constantText(fixed);
  if (fixed !== 0) parts.push(integer(fixed));
  return { text: parts.length === 1 ? `${parts[0]}` : `(${parts.join('|')})`, bits, constant: null };
}

/** Text that is true where the word has that value. */
export function isEqual({ runs, base, masks, access }: Packing, word: number, value: number): string {
  if (((value ^ (base[word] as number)) & ~(masks[word] as number)) !== 0) return 'false';
  noteBits(runs, access.reads, word, -1);
  const wanted = new Map<number, { mask: number; value: number }>();
  for (const { shift, bits, packed, at } of runs[word] ?? []) {
    const known = wanted.get(packed) ?? { mask: 0, value: 0 };
    known.mask |= ones(bits) << at;
    known.value |= ((value >>> shift) & ones(bits)) << at;
    wanted.set(packed, known);
  }
  if (wanted.size === 0) return 'true';
  return `(${[...wanted].map(([packed, at]) => `(x${integer(packed)}&${integer(at.mask)})===${integer(at.value)}`).join('&&')})`;
}

/**
 * Statements that write the `count` low bits of a value to a word of the state from bit `low` on. `bail` is what to do
 * where they do not fit. The value's text is repeated: it should be short.
 */
export function put(packing: Packing, word: number, value: Text, bail: string, low = 0, count = 32): string {
  const field = ones(count);
  noteBits(packing.runs, packing.access.writes, word, field << low);
  const kept = ((packing.masks[word] as number) >>> low) & field;
  const fixed = ((packing.base[word] as number) >>> low) & field;
  let text = '';
  // What is bounded at all is likely to happen.
  if (value.bits >= 0) {
    const other = value.constant === null ? value.bits | fixed : value.constant ^ fixed;
    packing.wanted[word] = (packing.wanted[word] as number) | ((other & field & ~kept) << low);
  }
  if (value.constant !== null) {
    if (((value.constant ^ fixed) & ~kept & field) !== 0) throw new NotPacked();
  } else if ((value.bits & field & ~kept) !== 0 || fixed !== 0) {
    text += `if(((${value.text}^${integer(fixed)})&${integer(~kept & field)})!==0)${bail}`;
  }
  for (const run of packing.runs[word] ?? []) {
    const from = Math.max(run.shift, low);
    const length = Math.min(run.shift + run.bits, low + count) - from;
    if (length <= 0) continue;
    const at = run.at + from - run.shift;
    const x = `x${integer(run.packed)}`;
    const cleared = length === 32 ? '0' : `${x}&${integer(~(ones(length) << at))}`;
    if (value.constant !== null) {
      const set = ((value.constant >>> (from - low)) & ones(length)) << at;
      text += set === 0 ? `${x}=${cleared};` : `${x}=${cleared}|${integer(set)};`;
      continue;
    }
    const shifted = from === low ? value.text : `${value.text}>>>${integer(from - low)}`;
    const masked =
      ((value.bits >>> (from - low)) & ~ones(length)) === 0 ? `(${shifted})` : `(${shifted}&${integer(ones(length))})`;
    text += `${x}=${cleared}|${at === 0 ? masked : `${masked}<<${integer(at)}`};`;
  }
  return text;
}
