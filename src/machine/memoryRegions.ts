// SPDX-License-Identifier: MIT
/**
 * What the TDX module makes of the memory that the kernel gives to it: convertible memory regions (CMRs) of the firmware,
 * the regions it is configured with, and a TD's pages. All ranges are page frame numbers, the last one exclusive.
 */

import type { Rule } from './rule';

const module15 = 'Intel TDX module 1.5, ';
const mail = '[PATCH v8 07/16] x86/virt/tdx: Use all system memory when initializing TDX module as TDX memory';

/** Page frames from `start` to `end`, exclusive. */
export interface PfnRange {
  readonly start: number;
  readonly end: number;
}

/** What TDH.SYS.CONFIG makes of one region: by where it lies, and by what was configured before. */
export const configureRegion = {
  convertible: {
    answer: 'ok',
    rule: {
      text: 'is all in convertible memory',
      mark: 'S',
      source: `${mail}, changelog`,
    },
  },
  outside: {
    answer: 'refused',
    rule: {
      text: 'is not all in convertible memory: TDH.SYS.CONFIG fails, and the TDX module cannot be initialised',
      mark: 'S',
      source: `${mail}, changelog; commit abe8dbab8f9f, changelog`,
    },
  },
  empty: {
    answer: 'refused',
    rule: { text: 'has no page: TDH.SYS.CONFIG fails', mark: 'I', source: `${module15}tdh_sys_config.c` },
  },
  overlapping: {
    answer: 'refused',
    rule: {
      text: 'overlaps the region before it, or comes before it: TDH.SYS.CONFIG fails',
      mark: 'U',
      source: `${module15}tdh_sys_config.c; arch/x86/virt/vmx/tdx/tdx.c: add_tdx_memblock()`,
    },
  },
  configured: {
    answer: 'refused',
    rule: {
      text: 'comes after the module was configured: its memory is fixed for its lifetime',
      mark: 'S',
      source: `${mail}, changelog`,
    },
  },
  tooMany: {
    answer: 'refused',
    rule: {
      text: 'is one more than the module takes: TDH.SYS.CONFIG fails',
      mark: 'U',
      source: 'arch/x86/virt/vmx/tdx/tdx.c: fill_out_tdmrs(), max_tdmrs',
    },
  },
} as const satisfies Readonly<Record<string, { readonly answer: 'ok' | 'refused'; readonly rule: Rule }>>;

/** What TDH.MEM.PAGE.ADD and TDH.MEM.PAGE.AUG make of a page: by the state of the region it is in. */
export const addPage = {
  initialised: {
    answer: 'ok',
    rule: { text: 'is in a region of the TDX module', mark: 'S', source: `${mail}, changelog` },
  },
  outside: {
    answer: 'not-tdx-memory',
    rule: {
      text: 'came from the page allocator and is in no region of the TDX module: a TD cannot have it',
      mark: 'U',
      source: `${mail}, changelog; ${module15}tdh_mem_page_add.c`,
    },
  },
  uninitialised: {
    answer: 'module-init-failure',
    rule: {
      text: 'is in a region whose metadata is not initialised to its end: the TDX module refuses it',
      mark: 'U',
      source: `${module15}tdh_sys_tdmr_init.c; arch/x86/virt/vmx/tdx/tdx.c: init_tdmr()`,
    },
  },
} as const satisfies Readonly<
  Record<string, { readonly answer: 'ok' | 'not-tdx-memory' | 'module-init-failure'; readonly rule: Rule }>
>;

/**
 * Calls of TDH.SYS.TDMR.INIT that all memory takes here: each does a part of the work and says how far it came; really it is
 * one for each gigabyte or less (arch/x86/virt/vmx/tdx/tdx.c: init_tdmr()).
 */
export const initialiseCalls = 2;
/** Regions that the module takes here; really 64. */
export const mostRegions = 4;

/** Whether all pages of a range are in some of the others, which may lie side by side. */
export function isCovered(range: PfnRange, others: readonly PfnRange[]): boolean {
  let from = range.start;
  for (;;) {
    if (from >= range.end) return true;
    const around = others.find((o) => o.start <= from && from < o.end);
    if (!around) return false;
    from = around.end;
  }
}

/**
 * How TDH.SYS.CONFIG answers for a region.
 * @param before those given to it before, in order
 * @param isConfigured whether the module has begun to work with them
 */
export function regionAnswer(
  region: PfnRange,
  before: readonly PfnRange[],
  isConfigured: boolean,
  convertible: readonly PfnRange[],
): keyof typeof configureRegion {
  if (isConfigured) return 'configured';
  if (before.length === mostRegions) return 'tooMany';
  if (region.start >= region.end) return 'empty';
  const last = before.at(-1);
  if (last && region.start < last.end) return 'overlapping';
  return isCovered(region, convertible) ? 'convertible' : 'outside';
}
