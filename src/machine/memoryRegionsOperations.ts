// SPDX-License-Identifier: MIT
/** What a kernel asks of the TDX module about memory. Ranges are page frames, the last one exclusive. */

import type { MachineOperation, OperationContext } from '../engine/program';
import type { Core } from './core';
import {
  addPage,
  configureRegion,
  initialiseCalls,
  isCovered,
  mostRegions,
  type PfnRange,
  regionAnswer,
} from './memoryRegions';

/** The operations of `memoryRegions.ts`'s tables. In a story that says nothing of convertible memory all of them succeed. */
export function memoryRegionsOperations(core: Core): readonly MachineOperation[] {
  const { convertible } = core.config;
  // The number of regions, the calls of TDH.SYS.TDMR.INIT so far, start and end of each region.
  const used = 2 + 2 * mostRegions;
  const first = convertible ? core.claim(used) : 0;
  const get = (context: OperationContext, at: number): number => context.state[context.base + first + at] ?? 0;
  const set = (context: OperationContext, at: number, value: number): void => {
    context.state[context.base + first + at] = value;
  };
  const regions = (context: OperationContext): PfnRange[] =>
    Array.from({ length: get(context, 0) }, (_, i) => ({
      start: get(context, 2 + 2 * i),
      end: get(context, 3 + 2 * i),
    }));

  return [
    core.operation('hw_is_convertible', (_, start, end) =>
      !convertible || isCovered({ start, end }, convertible) ? 1 : 0,
    ),
    core.operation(
      'hw_tdx_sys_config_region',
      (context, start, end) => {
        if (!convertible) return 0;
        const before = regions(context);
        const isConfigured = get(context, 1) > 0;
        const { answer, rule } = configureRegion[regionAnswer({ start, end }, before, isConfigured, convertible)];
        if (answer === 'ok') {
          set(context, 0, before.length + 1);
          set(context, 2 + 2 * before.length, start);
          set(context, 3 + 2 * before.length, end);
          return 0;
        }
        // A TDH.SYS.CONFIG that fails leaves nothing behind; one that comes too late changes nothing.
        if (!isConfigured) for (let at = 0; at < used; at++) set(context, at, 0);
        const act = `gives page frames ${hex(start)} to ${hex(end)} to the TDX module`;
        core.happen(context, 'module-init-failure', rule, start, act);
        return 1;
      },
      true,
    ),
    core.operation(
      'hw_tdx_tdmr_init',
      (context) => {
        if (!convertible) return initialiseCalls;
        const calls = Math.min(get(context, 1) + 1, initialiseCalls);
        set(context, 1, calls);
        return calls;
      },
      true,
    ),
    core.operation(
      'hw_tdx_mem_page_add',
      (context, pfn) => {
        if (!convertible) return 0;
        const inside = regions(context).some(({ start, end }) => start <= pfn && pfn < end);
        const state = !inside ? 'outside' : get(context, 1) < initialiseCalls ? 'uninitialised' : 'initialised';
        const { answer, rule } = addPage[state];
        if (answer === 'ok') return 0;
        core.happen(context, answer, rule, pfn, `gives page frame ${hex(pfn)} to a TD`);
        return 1;
      },
      true,
    ),
  ];
}

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;
