// SPDX-License-Identifier: MIT
/** Text for memory and the store buffers in front of it in packed code, as buffers.ts and memory.ts have it for `tso`. */
import { integer } from './codegenExpr';
import type { Flow } from './flow';
import { Entry, type Layout } from './layout';
import { bitsOf, constantText, isEqual, NotPacked, put, type Text } from './packedText';
import type { Places } from './packedValues';
import type { Packing } from './packing';
import type { Bounds, Program } from './program';
import type { RuntimeOptions } from './runtime';

export interface PackedContext {
  readonly program: Program;
  readonly bounds: Bounds;
  readonly layout: Layout;
  readonly options: RuntimeOptions;
  readonly flows: readonly Flow[];
  readonly packing: Packing;
  /** What was executed already: only the rest has to be noted. */
  readonly reached: readonly Uint8Array[];
  readonly marks: Uint8Array;
  /** The stores that may be in each agent's buffer, as heads of entries; null where anything may. */
  readonly heads: readonly (readonly number[] | null)[];
  /** A new name. */
  fresh(): string;
}

/** A store's entry head, as buffers.ts makes it. */
export function headOf(offset: number, bytes: number): number {
  return (offset << Entry.offset) | bytes;
}

export interface PackedMemory {
  /** Memory past all buffers: one text, or the halves of 8 bytes. Throws NotPacked for what crosses words. */
  readMemory(offset: number, bytes: number): readonly Text[];
  writeMemory(offset: number, bytes: number, values: readonly Text[]): string;
  /** Text that is true where the agent's buffer is empty. */
  isEmpty(): string;
  /** The oldest store reaches memory, the younger ones move up. */
  drainOldest(): string;
  /** What comes before a fence, a locked or a serialising operation. */
  settle(): string;
  /** Statements that give what a load at that offset sees, in the variables named. */
  load(offset: number, bytes: number, targets: readonly string[]): string;
  /** The bits that may be set in what `load` gives. */
  bitsLoaded(offset: number, bytes: number): readonly number[];
  push(offset: number, bytes: number, values: readonly Text[]): string;
  /** Runs the text for the place that an access has. */
  atPlace(places: Places, text: (offset: number) => string): string;
}

/** `bail` is the statement that hands the transition to the ordinary executor, `orBail` puts it where a text cannot be. */
export function createPackedMemory(
  context: PackedContext,
  agent: number,
  bail: string,
  orBail: (text: () => string) => string,
): PackedMemory {
  const { program, layout, packing, options } = context;
  const place = layout.agents[agent] as Layout['agents'][number];
  const { entryWords } = layout;
  const depth = place.bufferDepth;
  const entry = (index: number): number => place.buffer + index * entryWords;

  const readMemory = (offset: number, bytes: number): readonly Text[] => {
    const word = layout.memory + (offset >>> 2);
    const low = (offset & 3) * 8;
    if (bytes === 8) {
      if (low !== 0) throw new NotPacked();
      return [bitsOf(packing, word), bitsOf(packing, word + 1)];
    }
    if (low + bytes * 8 > 32) throw new NotPacked();
    return [bitsOf(packing, word, low, bytes * 8)];
  };
  const writeMemory = (offset: number, bytes: number, values: readonly Text[]): string => {
    const { watched } = program.machine;
    const address = layout.memoryBase + offset;
    if (watched !== null && address < watched.to && address + bytes > watched.from) throw new NotPacked();
    const word = layout.memory + (offset >>> 2);
    const low = (offset & 3) * 8;
    if (low + Math.min(bytes, 4) * 8 > 32) throw new NotPacked();
    return values.map((part, i) => put(packing, word + i, part, bail, low, Math.min(bytes, 4) * 8)).join('');
  };
  const isEmpty = (): string => (depth === 0 ? 'true' : isEqual(packing, entry(0), 0));

  const drainOldest = (): string => {
    const heads = context.heads[agent];
    if (heads === undefined || heads === null) throw new NotPacked();
    let text = '';
    for (const head of heads) {
      const condition = isEqual(packing, entry(0), head);
      if (condition === 'false') continue;
      const bytes = head & Entry.bytes;
      const parts = [bitsOf(packing, entry(0) + 1)];
      if (bytes === 8) parts.push(bitsOf(packing, entry(0) + 2));
      text += `if(${condition}){${orBail(() => writeMemory(head >>> Entry.offset, bytes, parts))}}else `;
    }
    text += bail;
    for (let i = 0; i < depth; i++) {
      for (let part = 0; part < entryWords; part++) {
        const next = i + 1 < depth ? bitsOf(packing, entry(i + 1) + part) : constantText(0);
        text += put(packing, entry(i) + part, next, bail);
      }
    }
    return text;
  };
  const settle = (): string => {
    const empty = isEmpty();
    if (empty === 'true') return '';
    return options.fencesWait ? `if(!${empty})break q;` : `while(!${empty}){${drainOldest()}}`;
  };

  const load = (offset: number, bytes: number, targets: readonly string[]): string => {
    const assign = (values: readonly Text[]): string =>
      targets.map((target, i) => `${target}=${values[i]?.text ?? '0'};`).join('');
    let text = '';
    const head = headOf(offset, bytes);
    for (let i = depth - 1; i >= 0; i--) {
      const heads = context.heads[agent];
      if (heads === undefined || heads === null) throw new NotPacked();
      for (const other of heads) {
        const from = other >>> Entry.offset;
        if (from >= offset + bytes || offset >= from + (other & Entry.bytes)) continue;
        const condition = isEqual(packing, entry(i), other);
        if (condition === 'false') continue;
        const seen = [bitsOf(packing, entry(i) + 1), ...(bytes === 8 ? [bitsOf(packing, entry(i) + 2)] : [])];
        // A store of another size may cover only a part of what is read.
        text += `if(${condition})${other === head ? `{${assign(seen)}}` : bail}else `;
      }
    }
    return `${text}{${assign(readMemory(offset, bytes))}}`;
  };
  const bitsLoaded = (offset: number, bytes: number): readonly number[] => {
    const bits = readMemory(offset, bytes).map((part) => part.bits);
    for (let i = 0; i < depth; i++) {
      bits[0] = (bits[0] as number) | bitsOf(packing, entry(i) + 1).bits;
      if (bytes === 8) bits[1] = (bits[1] as number) | bitsOf(packing, entry(i) + 2).bits;
    }
    return bits;
  };
  const atPlace = ({ index, places }: Places, text: (offset: number) => string): string => {
    const [first] = places;
    if (first === undefined) throw new NotPacked();
    if (index.constant !== null) return text(first.offset);
    // Registers may never hold what would lead to some of these places.
    const cases = places.map((one) => `case ${integer(one.index)}:{${orBail(() => text(one.offset))}}break;`);
    return `switch(${index.text}){${cases.join('')}default:${bail}}`;
  };
  const push = (offset: number, bytes: number, values: readonly Text[]): string => {
    let text = '';
    for (let i = 0; i < depth; i++) {
      const words = [constantText(headOf(offset, bytes)), ...values, constantText(0)].slice(0, entryWords);
      const write = words.map((word, part) => put(packing, entry(i) + part, word, bail)).join('');
      text += `if(${isEqual(packing, entry(i), 0)}){${write}}else `;
    }
    return `${text}break q;`;
  };

  return { readMemory, writeMemory, isEmpty, drainOldest, settle, load, bitsLoaded, push, atPlace };
}
