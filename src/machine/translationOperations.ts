// SPDX-License-Identifier: MIT
/** The shape of memory, TLB flushes and plain accesses. */

import type { MachineOperation, OperationContext } from '../engine/program';
import type { Core } from './core';
import { flush } from './translation';

/** @param touch a CPU's access to a page */
export function translationOperations(
  core: Core,
  touch: (context: OperationContext, page: number, write: boolean) => void,
): readonly MachineOperation[] {
  const { config, layout } = core;
  const table = core.addresses.directMap;
  return [
    core.operation('hw_leaf_of_page', (_, page) => layout.leafOfPage[page] ?? -1),
    core.operation('hw_leaf_first_page', (_, leaf) => layout.firstPage[leaf] ?? -1),
    core.operation('hw_leaf_pages', (_, leaf) => config.leaves[leaf] ?? 0),
    core.operation(
      'hw_flush_tlb_local',
      (context) => {
        if (table !== null) flush(layout, table, context, core.cpuOf(context), -1);
        return 0;
      },
      true,
    ),
    core.operation(
      'hw_flush_tlb_all',
      (context) => {
        // An IPI to every CPU; each drains its store buffer on the way in.
        for (const agent of config.cpuOfAgent.keys()) context.drain(agent);
        if (table !== null) for (let cpu = 0; cpu < config.cpus; cpu++) flush(layout, table, context, cpu, -1);
        return 0;
      },
      true,
    ),
    core.onPage('hw_read', (context, page) => {
      touch(context, page, false);
      return 0;
    }),
    core.onPage('hw_write', (context, page) => {
      touch(context, page, true);
      return 0;
    }),
  ];
}
