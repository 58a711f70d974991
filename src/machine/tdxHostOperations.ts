// SPDX-License-Identifier: MIT
/** What happens to the memory and caches of a TDX host. */

import type { MachineOperation } from '../engine/program';
import type { Core } from './core';
import { PageBits } from './layout';

/** The operations behind `tdxHost.ts`'s rules. */
export const tdxHostOperations = (core: Core): readonly MachineOperation[] => [
  core.onPage(
    'hw_tdx_module_write',
    (context, page) => {
      const dirty = 1 << (PageBits.dirtyPrivate + core.cpuOf(context));
      core.setWord(context, page, (core.word(context, page) | PageBits.tdxPrivate | dirty) & ~PageBits.poisoned);
      return 0;
    },
    true,
  ),
  core.operation(
    'hw_wbinvd',
    (context, cpu) => {
      const keep = ~(1 << (PageBits.dirtyPrivate + cpu));
      for (let page = 0; page < core.layout.pages; page++) core.setWord(context, page, core.word(context, page) & keep);
      return 0;
    },
    true,
  ),
  core.onPage('hw_movdir64b', (context, page) => {
    core.setWord(context, page, core.word(context, page) & ~(PageBits.tdxPrivate | PageBits.poisoned));
    return 0;
  }),
  core.onPage('hw_partial_write', (context, page) => {
    const before = core.word(context, page);
    if (before & PageBits.tdxPrivate && core.config.partialWriteErratum)
      core.setWord(context, page, before | PageBits.poisoned);
    return 0;
  }),
  core.onPage('hw_is_tdx_private', (context, page) => (core.word(context, page) & PageBits.tdxPrivate ? 1 : 0)),
];
