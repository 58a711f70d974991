// SPDX-License-Identifier: MIT
/** The shape of memory, TLB flushes, plain accesses, and what can be asked of all translations together. */

import type { MachineOperation, OperationContext } from '../engine/program';
import type { Core } from './core';
import { PageBits } from './layout';
import type { Touch } from './touch';
import { type Tables, TranslationBits, translationRules } from './translation';

const everywhere = [0n, 1n << 64n] as const;
export const byAddress = (operation: MachineOperation): MachineOperation => ({ ...operation, wide: true });

/** @param touch a CPU's access to memory */
export function translationOperations(core: Core, tables: Tables, touch: Touch): readonly MachineOperation[] {
  const { config, layout } = core;
  /** An IPI to every CPU; each drains its store buffer on the way in. */
  const everyCpu = (context: OperationContext, from: bigint, to: bigint): number => {
    for (const agent of config.cpuOfAgent.keys()) context.drain(agent);
    for (let cpu = 0; cpu < config.cpus; cpu++) tables.flush(context, cpu, from, to);
    return 0;
  };
  /** Arguments are signed numbers, and kernel addresses few enough bits below zero that these are exact. */
  const address = (value: number): bigint => BigInt.asUintN(64, BigInt(value));
  return [
    core.operation('hw_leaf_of_page', (_, page) => layout.leafOfPage[page] ?? -1),
    core.operation('hw_leaf_first_page', (_, leaf) => layout.firstPage[leaf] ?? -1),
    core.operation('hw_leaf_pages', (_, leaf) => config.leaves[leaf] ?? 0),
    core.operation(
      'hw_flush_tlb_local',
      (context) => {
        tables.flush(context, core.cpuOf(context), ...everywhere);
        return 0;
      },
      true,
    ),
    core.operation('hw_flush_tlb_all', (context) => everyCpu(context, ...everywhere), true),
    byAddress(
      core.operation('hw_flush_tlb_range', (context, from, to) => everyCpu(context, address(from), address(to)), true),
    ),
    core.onPage('hw_read', (context, page) => {
      touch.page(context, page, 'read');
      return 0;
    }),
    core.onPage('hw_write', (context, page) => {
      touch.page(context, page, 'write');
      return 0;
    }),
    byAddress(
      core.operation('hw_probe', (context, at, cached) => {
        touch.probe(context, address(at), cached !== 0);
        return 0;
      }),
    ),
    byAddress(
      core.operation('hw_fetch', (context, at) => {
        if (!touch.address(context, address(at), 'fetch'))
          core.happen(context, 'page-fault', translationRules.notPresent, -1);
        return 0;
      }),
    ),
    core.onPage('hw_content_lost', (context, page) => (core.word(context, page) & PageBits.zeroed ? 1 : 0)),
    core.operation('hw_check_wx', (context) => {
      const found: number[] = [];
      tables.everything(context, (page, translation) => {
        found[page] =
          (found[page] ?? 0) |
          (translation & TranslationBits.writable ? 1 : 0) |
          (translation & TranslationBits.noExecute ? 0 : 2);
        return true;
      });
      const page = found.indexOf(3);
      if (page >= 0) core.happen(context, 'writable-executable', translationRules.writableElsewhere, page);
      return page >= 0 ? 1 : 0;
    }),
  ];
}
