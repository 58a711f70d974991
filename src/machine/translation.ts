// SPDX-License-Identifier: MIT
/**
 * Page-table entries of the kernel's address space and what TLBs may still hold of them. A TLB is the set of values
 * that it may hold: every value that reaches memory joins it, a flush leaves the present one. That is exact as long as
 * fills and evictions may happen at any time (Intel SDM vol. 3, Caching Translation Information).
 */

import type { OperationContext } from '../engine/program';
import type { Core } from './core';
import type { Hardware } from './layout';
import type { Rule } from './rule';

/** Bits of an entry, as x86 has them; the shared bit is the top of a 52-bit guest physical address. */
export const pteBits = {
  present: 1n,
  writable: 2n,
  /** A leaf, where an entry could also point to a table. */
  large: 1n << 7n,
  shared: 1n << 51n,
  noExecute: 1n << 63n,
} as const;

/** A translation as the machine distinguishes them: bit 0 writable, bit 1 shared, bit 2 no-execute. */
export type TranslationClass = number;
export const TranslationBits = { writable: 1, shared: 2, noExecute: 4 } as const;
const classes = 8;
const framesInWord = 32 / classes;

/** The class of an entry, or -1 where it is not present (such entries are never cached). */
export function classOf(pte: bigint): TranslationClass {
  if ((pte & pteBits.present) === 0n) return -1;
  return (
    ((pte & pteBits.writable) !== 0n ? 1 : 0) |
    ((pte & pteBits.shared) !== 0n ? 2 : 0) |
    ((BigInt.asUintN(64, pte) & pteBits.noExecute) !== 0n ? 4 : 0)
  );
}

/** Whether a translation is a shared one: on SNP without vTOM the bit of the entry says private. */
export const isShared = ({ guest, vtom }: Hardware, translation: TranslationClass): boolean =>
  ((translation & TranslationBits.shared) !== 0) !== (guest === 'snp' && !vtom);

/** Where areas of kernel addresses begin; C has the same in `PAGE_OFFSET`, `VMALLOC_START` and `__START_KERNEL_map`. */
export const areaBase = {
  direct: 0xffff888000000000n,
  vmalloc: 0xffffc90000000000n,
  kernel: 0xffffffff80000000n,
} as const;
const pageShift = 12n;
const frameMask = (1n << 39n) - 1n;

export const translationRules = {
  notPresent: {
    text: 'has no present entry',
    mark: 'U',
    source: 'Intel SDM vol. 3, Page-Fault Exceptions',
  },
  readOnly: { text: 'is mapped without write permission', mark: 'U', source: 'Intel SDM vol. 3, Access Rights' },
  noExecute: { text: 'is mapped no-execute', mark: 'U', source: 'Intel SDM vol. 3, Access Rights' },
  writableExecutable: {
    text: 'is mapped writable and executable at the same time',
    mark: 'U',
    source: 'commits b38994948567 and 127960a05548, changelogs',
  },
  writableElsewhere: {
    text: 'can be written through one translation and executed through another',
    mark: 'U',
    source: 'commits ab5130186d74 and 127960a05548, changelogs',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Told of each translation that may be used, in order: the page it leads to and its class. Gives whether to go on. */
type Visit = (page: number, translation: TranslationClass) => boolean;

/** The page tables of a story, and the TLBs that cache them. Addresses are virtual, CPUs count from 0. */
export interface Tables {
  /** Every translation that a CPU may use for an address now; false where no area has the address. */
  translations(context: OperationContext, cpu: number, address: bigint, visit: Visit): boolean;
  /** Where the entry of an address leads to now, whatever a TLB holds; null where it is not present or nothing has the address. */
  entry(context: OperationContext, address: bigint): { readonly page: number; readonly translation: number } | null;
  /** What the direct map and the other areas say of every address, for all CPUs. */
  everything(context: OperationContext, visit: Visit): void;
  /** Where the entries stand in memory: the smallest range that has all of them; null where a story has none. */
  readonly range: { readonly from: number; readonly to: number } | null;
  /** To be called when a store reached `address`: what is there now may be cached from now on. */
  stored(context: OperationContext, address: number): void;
  /** Drops what a CPU holds for addresses in [from, to), but for what the entries say now. */
  flush(context: OperationContext, cpu: number, from: bigint, to: bigint): void;
}

/** Entries that lie side by side in memory; a slot is the number of one. */
interface Area {
  readonly table: number;
  readonly slots: number;
  readonly base: bigint;
  /** The first page that a slot translates, counted from the area's base, and how many it does. */
  first(slot: number): number;
  pages(slot: number): number;
  slotOf(page: number): number;
  /** The frame that a slot always leads to; null where its entry says which. */
  fixed(slot: number): number | null;
  /** Whether the walk comes to this slot, and ends there. */
  isLeaf(context: OperationContext, slot: number): boolean;
  /** The first of the words that hold what a CPU may have cached of a slot: eight bits for each frame that it may lead to. */
  word(cpu: number, slot: number): number;
  readonly words: number;
}

/** Builds the tables that a story's hardware has. */
export function createTables(core: Core): Tables {
  const { config, layout, addresses } = core;
  const { directMap } = addresses;
  const splitMap = config.largePagesSplit ? (addresses.splitMap ?? null) : null;
  /** A large leaf that was split has an entry that points to a table. */
  const isSplit = (context: OperationContext, leaf: number): boolean =>
    splitMap !== null &&
    directMap !== null &&
    (config.leaves[leaf] ?? 1) > 1 &&
    (context.load64(directMap + leaf * 8) & (pteBits.present | pteBits.large)) === pteBits.present;
  const areas: Area[] = [];
  if (directMap !== null)
    areas.push({
      table: directMap,
      slots: config.leaves.length,
      base: areaBase.direct,
      first: (slot) => layout.firstPage[slot] ?? 0,
      pages: (slot) => config.leaves[slot] ?? 1,
      slotOf: (page) => layout.leafOfPage[page] ?? -1,
      fixed: (slot) => layout.firstPage[slot] ?? 0,
      isLeaf: (context, slot) => !isSplit(context, slot),
      word: (cpu, slot) => layout.tlb(cpu, slot),
      words: 1,
    });
  /** An area of 4K entries: those below the split leaves of the direct map, or such that may lead anywhere. */
  const small = (table: number | null | undefined, slots: number, base: bigint, direct: boolean): void => {
    if (table === null || table === undefined || slots === 0) return;
    const words = direct ? 1 : Math.ceil(layout.pages / framesInWord);
    const first = core.claim(config.cpus * slots * words);
    areas.push({
      table,
      slots,
      base,
      first: (slot) => slot,
      pages: () => 1,
      slotOf: (page) => (page >= 0 && page < slots ? page : -1),
      fixed: (slot) => (direct ? slot : null),
      isLeaf: (context, slot) => !direct || isSplit(context, layout.leafOfPage[slot] ?? -1),
      word: (cpu, slot) => first + (cpu * slots + slot) * words,
      words,
    });
  };
  small(splitMap, layout.pages, areaBase.direct, true);
  small(addresses.vmallocMap, config.vmallocPages, areaBase.vmalloc, false);
  small(addresses.kernelMap, config.kernelMapPages, areaBase.kernel, false);

  /** What the entry of a slot says now; null where the walk does not come to it, it is not present, or leads out of memory. */
  const entryOf = (context: OperationContext, area: Area, slot: number) => {
    if (!area.isLeaf(context, slot)) return null;
    const pte = context.load64(area.table + slot * 8);
    const translation = classOf(pte);
    const frame = area.fixed(slot) ?? Number((pte >> pageShift) & frameMask);
    return translation < 0 || frame >= layout.pages ? null : { frame, translation };
  };
  const wordOf = (area: Area, cpu: number, slot: number, frame: number): number =>
    area.word(cpu, slot) + (area.fixed(slot) === null ? Math.floor(frame / framesInWord) : 0);
  const bitOf = (area: Area, slot: number, frame: number, translation: TranslationClass): number =>
    1 << ((area.fixed(slot) === null ? (frame % framesInWord) * classes : 0) + translation);

  /** Visits what the entry of a slot says and what may be cached of it, `at` pages behind its start. */
  const visitSlot = (context: OperationContext, area: Area, cpu: number, slot: number, at: number, visit: Visit) => {
    const entry = entryOf(context, area, slot);
    const present = entry && wordOf(area, cpu, slot, entry.frame);
    for (let word = 0; word < area.words; word++) {
      let held = context.state[context.base + area.word(cpu, slot) + word] ?? 0;
      if (entry && present === area.word(cpu, slot) + word) held |= bitOf(area, slot, entry.frame, entry.translation);
      for (let bit = 0; held !== 0; bit++, held >>>= 1)
        if (held & 1) {
          const frame = area.fixed(slot) ?? framesInWord * word + Math.floor(bit / classes);
          if (!visit(frame + at, bit % classes)) return false;
        }
    }
    return true;
  };

  /** What an entry says may be cached from now on. */
  const cache = (context: OperationContext, area: Area, slot: number): void => {
    const entry = entryOf(context, area, slot);
    if (entry === null) return;
    const bit = bitOf(area, slot, entry.frame, entry.translation);
    let isNew = false;
    for (let cpu = 0; cpu < config.cpus; cpu++) {
      const at = context.base + wordOf(area, cpu, slot, entry.frame);
      const held = context.state[at] ?? 0;
      isNew ||= (held & bit) === 0;
      context.state[at] = held | bit;
    }
    const { writable, noExecute } = TranslationBits;
    if (isNew && (entry.translation & (writable | noExecute)) === writable)
      core.happen(context, 'writable-executable', translationRules.writableExecutable, entry.frame);
  };

  const below = areas.find((area) => area.table === splitMap);
  return {
    range:
      areas.length === 0
        ? null
        : {
            from: Math.min(...areas.map((area) => area.table)),
            to: Math.max(...areas.map((area) => area.table + 8 * area.slots)),
          },
    translations: (context, cpu, address, visit) => {
      let found = false;
      for (const area of areas) {
        const offset = BigInt.asUintN(64, address) - area.base;
        const page = offset < 0n ? -1 : Number(offset >> pageShift);
        const slot = area.slotOf(page);
        if (slot < 0) continue;
        found = true;
        if (!visitSlot(context, area, cpu, slot, page - area.first(slot), visit)) break;
      }
      return found;
    },
    entry: (context, address) => {
      for (const area of areas) {
        const offset = BigInt.asUintN(64, address) - area.base;
        const page = offset < 0n ? -1 : Number(offset >> pageShift);
        const slot = area.slotOf(page);
        const entry = slot < 0 ? null : entryOf(context, area, slot);
        if (entry) return { page: entry.frame + page - area.first(slot), translation: entry.translation };
      }
      return null;
    },
    everything: (context, visit) => {
      for (const area of areas)
        for (let cpu = 0; cpu < config.cpus; cpu++)
          for (let slot = 0; slot < area.slots; slot++)
            for (let at = 0; at < area.pages(slot); at++) visitSlot(context, area, cpu, slot, at, visit);
    },
    stored: (context, address) => {
      for (const area of areas) {
        if (address < area.table || address >= area.table + 8 * area.slots) continue;
        const slot = (address - area.table) >> 3;
        cache(context, area, slot);
        // A table that is linked brings all of its entries.
        if (below && area.table === directMap && !area.isLeaf(context, slot))
          for (let i = 0; i < area.pages(slot); i++) cache(context, below, area.first(slot) + i);
      }
    },
    flush: (context, cpu, start, end) => {
      for (const area of areas) {
        for (let slot = 0; slot < area.slots; slot++) {
          const low = area.base + (BigInt(area.first(slot)) << pageShift);
          if (low + (BigInt(area.pages(slot)) << pageShift) <= start || low >= end) continue;
          for (let word = 0; word < area.words; word++) context.state[context.base + area.word(cpu, slot) + word] = 0;
          const entry = entryOf(context, area, slot);
          if (entry !== null)
            context.state[context.base + wordOf(area, cpu, slot, entry.frame)] = bitOf(
              area,
              slot,
              entry.frame,
              entry.translation,
            );
        }
      }
    },
  };
}
