// SPDX-License-Identifier: MIT
/** What a kernel asks of the TDX module about memory. Regions are numbered from 0, ranges are page frames. */

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

/** Words of the state for each region: start, end, and the calls of TDH.SYS.TDMR.INIT so far. */
const wordsOfRegion = 3;

/** The operations of `memoryRegions.ts`'s tables. In a story without convertible regions all of them succeed. */
export function memoryRegionsOperations(core: Core): readonly MachineOperation[] {
  const { convertible } = core.config;
  const first = convertible ? core.claim(1 + mostRegions * wordsOfRegion) : 0;
  const get = (context: OperationContext, at: number): number => context.state[context.base + first + at] ?? 0;
  const set = (context: OperationContext, at: number, value: number): void => {
    context.state[context.base + first + at] = value;
  };
  const count = (context: OperationContext): number => (convertible ? get(context, 0) : 0);
  const region = (context: OperationContext, index: number): PfnRange => ({
    start: get(context, 1 + index * wordsOfRegion),
    end: get(context, 2 + index * wordsOfRegion),
  });
  const calls = (context: OperationContext, index: number): number => get(context, 3 + index * wordsOfRegion);
  const all = (context: OperationContext): PfnRange[] =>
    Array.from({ length: count(context) }, (_, index) => region(context, index));

  return [
    core.operation('hw_is_convertible', (_, start, end) =>
      !convertible || isCovered({ start, end }, convertible) ? 1 : 0,
    ),
    core.operation(
      'hw_tdx_sys_config_region',
      (context, start, end) => {
        if (!convertible) return 0;
        const regions = all(context);
        const isConfigured = regions.some((_, index) => calls(context, index) > 0);
        const { answer, rule } = configureRegion[regionAnswer({ start, end }, regions, isConfigured, convertible)];
        if (answer === 'ok') {
          set(context, 0, regions.length + 1);
          set(context, 1 + regions.length * wordsOfRegion, start);
          set(context, 2 + regions.length * wordsOfRegion, end);
          return 0;
        }
        // A TDH.SYS.CONFIG that fails leaves nothing behind; one that comes too late changes nothing.
        if (!isConfigured) for (let at = 0; at < 1 + mostRegions * wordsOfRegion; at++) set(context, at, 0);
        core.happen(
          context,
          'module-init-failure',
          rule,
          start,
          `gives page frames ${hex(start)} to ${hex(end)} to the TDX module`,
        );
        return 1;
      },
      true,
    ),
    core.operation('hw_tdx_regions', (context) => count(context)),
    core.operation(
      'hw_tdx_tdmr_init',
      (context, index) => {
        if (index < 0 || index >= count(context)) return 0;
        const done = calls(context, index);
        if (done < initialiseCalls) set(context, 3 + index * wordsOfRegion, done + 1);
        return done + 1 < initialiseCalls ? 1 : 0;
      },
      true,
    ),
    core.operation(
      'hw_tdx_mem_page_add',
      (context, pfn) => {
        if (!convertible) return 0;
        const index = all(context).findIndex(({ start, end }) => start <= pfn && pfn < end);
        const state = index < 0 ? 'outside' : calls(context, index) < initialiseCalls ? 'uninitialised' : 'initialised';
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
