// SPDX-License-Identifier: MIT
/** What a guest under a paravisor asks of it, and the lines of a TDX guest's memory in the caches. */

import type { MachineOperation, OperationContext } from '../engine/program';
import type { Core } from './core';
import { HostState, PageBits } from './layout';
import type { Rule } from './rule';
import type { Tables } from './translation';

/** Lines of a page that were written through a private mapping and not flushed since; caches are coherent, so one bit for all. */
const dirty = 1 << PageBits.dirtyPrivate;

/** A write to a page that is shared by now, above lines that are dirty from the time when it was private. */
export const staleLines: Rule = {
  text: 'has lines in the caches from when it was private; they are written back over what is written now',
  mark: 'U',
  source: 'arch/x86/coco/tdx/tdx.c: tdx_cache_flush_required()',
};

/** A write to a page that an SNP guest validated, of which the hypervisor still has dirty lines. */
export const hostLines: Rule = {
  text: 'has lines of the hypervisor in the caches from before it was validated; they are written back over what is written now',
  mark: 'U',
  source: 'CVE-2024-36331; commit 7b306dfa326f: sev_evict_cache()',
};

/** The hypervisor may have written to a page until an SNP guest validates it: where `.dirty_lines` asks for it. */
export function validateLines(core: Core, context: OperationContext, page: number): void {
  if (core.config.dirtyLines) core.setWord(context, page, core.word(context, page) | dirty);
}

/** What a guest's write does to the caches: where `.dirty_lines` asks for it. */
export function writeLines(core: Core, context: OperationContext, page: number, shared: boolean): void {
  const word = core.word(context, page);
  if (core.config.guest === 'snp') {
    if (!shared && word & dirty) core.happen(context, 'memory-corruption', hostLines, page);
  } else if (!shared) core.setWord(context, page, word | dirty);
  else if (word & dirty) core.happen(context, 'memory-corruption', staleLines, page);
}

/** The hypercall for visibility, and CLFLUSH of a page. */
export function paravisorOperations(core: Core, tables: Tables): readonly MachineOperation[] {
  return [
    // The hypervisor refuses frames that are no memory of the guest's, and changes nothing then.
    {
      ...core.operation(
        'hw_hv_set_visibility',
        (context, page, visible) => {
          if (!core.isPage(page)) return 1;
          const before = core.word(context, page);
          const then = visible ? HostState.shared : HostState.mapped;
          if ((before & PageBits.host) !== then)
            core.setWord(context, page, (before & ~PageBits.host) | then | PageBits.zeroed);
          return 0;
        },
        true,
      ),
      wide: true,
    },
    {
      ...core.operation('hw_clflush', (context, address) => {
        const entry = tables.entry(context, BigInt.asUintN(64, BigInt(address)));
        if (entry && core.isPage(entry.page))
          core.setWord(context, entry.page, core.word(context, entry.page) & ~dirty);
        return 0;
      }),
      wide: true,
    },
  ];
}
