// SPDX-License-Identifier: MIT
/** Where the machine keeps what in its words of the state. */

import type { PfnRange } from './memoryRegions';

/** What a scenario says of its hardware; numbers of pages are 4 KiB units. */
export interface Hardware {
  /** Pages that each leaf of the direct map maps: 1 for 4K, more for a large one. */
  readonly leaves: readonly number[];
  readonly cpus: number;
  readonly guest: 'none' | 'tdx' | 'snp';
  /** SNP: memory is split at the virtual top of memory, so that the bit of an entry means shared, as in a TDX guest. */
  readonly vtom: boolean;
  /** X86_BUG_TDX_PW_MCE: a partial write to TDX-private memory poisons the line. */
  readonly partialWriteErratum: boolean;
  /** Whether the VMM answers a touch through a shared mapping by converting the page. */
  readonly implicitConversion: boolean;
  /** What MapGPA may answer beside success: that the rest is to be asked for again, that it did nothing. */
  readonly mapGpaRetries: boolean;
  readonly mapGpaFails: boolean;
  /** TDX: a private access to a page that was not accepted is a #VE, which SEPT_VE_DISABLE forbids. */
  readonly pendingVe: boolean;
  /** Whether a paravisor gets the exceptions of memory: TD partitioning, or vTOM. */
  readonly paravisor: boolean;
  /** Whether lines that a guest writes while memory is private stay dirty in the caches until somebody flushes them. */
  readonly dirtyLines: boolean;
  /** Whether a large leaf can be split into 4K entries, which then stand in `split_map[]`. */
  readonly largePagesSplit: boolean;
  /** Pages of vmalloc addresses (`vmalloc_map[]`) and of the high kernel map (`kernel_map[]`); 0 where a story has none. */
  readonly vmallocPages: number;
  readonly kernelMapPages: number;
  /** Pages of a guest that the firmware left unaccepted. */
  readonly unaccepted: readonly PfnRange[];
  /** Convertible memory regions of the firmware, in page frames; absent where a story is not about them: all memory is. */
  readonly convertible?: readonly PfnRange[];
}

/** The hardware of one story, with who runs on it. */
export interface MachineConfig extends Hardware {
  /** The CPU that each agent runs on, by agent. */
  readonly cpuOfAgent: readonly number[];
  /** The agents that run a second kernel with page tables of its own, all private. */
  readonly secondKernel: ReadonlySet<number>;
}

/** The state of a guest page: of its S-EPT entry while it is private, or shared with the host. */
export const HostState = { mapped: 0, pending: 1, shared: 2, blocked: 3, free: 4 } as const;
export type HostState = (typeof HostState)[keyof typeof HostState];
export const hostStateNames = ['mapped', 'pending', 'shared', 'blocked', 'free'] as const;

/** Bits of a page's word: host state in the low three, then flags. */
export const PageBits = {
  host: 0x7,
  /** Written with a TDX-private KeyID. */
  tdxPrivate: 0x8,
  poisoned: 0x10,
  /** Contents were zeroed or lost since they were last written. */
  zeroed: 0x20,
  /** Lines dirty under a private KeyID in the cache of CPU n: bit 8 + n. */
  dirtyPrivate: 8,
  /** On a TDX host, lines dirty under KeyID 0 in the cache of CPU n: bit 16 + n. */
  dirtyKernel: 16,
} as const;

/** Offsets of the machine's words; pages and leaves count from 0. */
export interface MachineLayout {
  readonly config: MachineConfig;
  readonly pages: number;
  readonly leafOfPage: readonly number[];
  readonly firstPage: readonly number[];
  readonly words: number;
  /** Offset of a page's word, from the machine's base. */
  page(page: number): number;
  /** Offset of the word with the translations that a CPU's TLB may hold for a leaf. */
  tlb(cpu: number, leaf: number): number;
}

/** Computes the layout; page words first, then TLB words by CPU and leaf. */
export function layOutMachine(config: MachineConfig): MachineLayout {
  const leafOfPage: number[] = [];
  const firstPage: number[] = [];
  config.leaves.forEach((pages, leaf) => {
    firstPage.push(leafOfPage.length);
    for (let i = 0; i < pages; i++) leafOfPage.push(leaf);
  });
  const pages = leafOfPage.length;
  return {
    config,
    pages,
    leafOfPage,
    firstPage,
    words: pages + config.cpus * config.leaves.length,
    page: (page) => page,
    tlb: (cpu, leaf) => pages + cpu * config.leaves.length + leaf,
  };
}
