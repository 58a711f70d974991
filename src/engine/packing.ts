// SPDX-License-Identifier: MIT
/**
 * How a state goes into few 32-bit words: only bits that were ever seen to differ from the initial state are kept, side
 * by side. A state with another bit does not fit; the caller then packs anew, with that bit.
 */
import type { Layout } from './layout';
import { type Access, createAccess } from './packedAccess';

/** Bits [shift, shift + bits) of a state's word are bits [at, at + bits) of the packed word. */
export interface Run {
  readonly shift: number;
  readonly bits: number;
  readonly packed: number;
  readonly at: number;
}

export interface Packing {
  /** How many packed words make a state. */
  readonly words: number;
  /** By word of the state: the bits that are kept. */
  readonly masks: Int32Array;
  /** By word of the state: its value where no kept bit is set. */
  readonly base: Int32Array;
  /** By word of the state: bits that are not kept, and that generated code has seen might be set. */
  readonly wanted: Int32Array;
  /** By word of the state, lowest first. */
  readonly runs: readonly (readonly Run[])[];
  /** Where text that reads or writes bits notes which (packedText.ts). */
  readonly access: Access;
}

/** The value with its `count` lowest bits set. */
export function ones(count: number): number {
  return count >= 32 ? -1 : (1 << count) - 1;
}

/** Plans the packing of states whose words differ from `initial` in the bits of `masks` only. */
export function createPacking(layout: Layout, initial: Int32Array, given: Int32Array): Packing {
  const masks = given.slice();
  alignBuffers(layout, masks);
  const base = initial.map((word, i) => word & ~(masks[i] as number));
  const runs: Run[][] = Array.from(masks, () => []);
  const fill: number[] = [];
  const pieces = Array.from(masks, (mask, word) => piecesOf(layout, word, mask)).flat();
  // First fit, the largest first; what belongs together stays in one word, so that it moves in one operation.
  pieces.sort((a, b) => b.total - a.total || a.word - b.word);
  for (const { word, parts, total } of pieces) {
    let packed = fill.findIndex((used) => used + total <= 32);
    if (packed < 0) packed = fill.push(0) - 1;
    let at = fill[packed] as number;
    for (const { shift, bits } of parts) {
      runs[word]?.push({ shift, bits, packed, at });
      at += bits;
    }
    fill[packed] = at;
  }
  for (const list of runs) list.sort((a, b) => a.shift - b.shift);
  const words = Math.max(1, fill.length);
  return { words, masks, base, wanted: new Int32Array(masks.length), runs, access: createAccess(words) };
}

/** Entries of one buffer move from place to place, so all of them keep the same bits. */
function alignBuffers(layout: Layout, masks: Int32Array): void {
  const { entryWords } = layout;
  for (const { buffer, bufferDepth } of layout.agents) {
    for (let part = 0; part < entryWords; part++) {
      let all = 0;
      for (let i = 0; i < bufferDepth; i++) all |= masks[buffer + i * entryWords + part] as number;
      for (let i = 0; i < bufferDepth; i++) masks[buffer + i * entryWords + part] = all;
    }
  }
}

interface Piece {
  readonly word: number;
  readonly parts: readonly { readonly shift: number; readonly bits: number }[];
  readonly total: number;
}

/** What must be kept together of a word: all of it, or each byte of memory by itself. */
function piecesOf(layout: Layout, word: number, mask: number): Piece[] {
  const ranges = word >= layout.memory ? [0, 8, 16, 24].map((from) => [from, from + 8]) : [[0, 32]];
  return ranges.flatMap(([from = 0, to = 32]) => {
    const parts: { shift: number; bits: number }[] = [];
    for (let bit = from; bit < to; bit++) {
      if (((mask >>> bit) & 1) === 0) continue;
      const last = parts[parts.length - 1];
      if (last !== undefined && last.shift + last.bits === bit) last.bits++;
      else parts.push({ shift: bit, bits: 1 });
    }
    return parts.length === 0 ? [] : [{ word, parts, total: parts.reduce((sum, part) => sum + part.bits, 0) }];
  });
}
