// SPDX-License-Identifier: MIT
/** What a TDX guest asks of the VMM and the TDX module; all take 4K units and give 0, or 1 where they fail. */

import type { MachineOperation } from '../engine/program';
import { aboutNoMemory, type Core } from './core';
import { HostState, PageBits } from './layout';
import { accept, clearsMce, type GuestRow, mapPrivate, mapShared } from './tdxGuest';
import { applyRow } from './touch';

/** CR4.MCE. */
const machineCheckEnable = 1 << 6;

/** The operations of `tdxGuest.ts`'s tables. */
export function tdxGuestOperations(core: Core): readonly MachineOperation[] {
  /** A hypercall or TDCALL for a page that is not there fails and changes nothing (KVM gives an invalid operand for MapGPA; the rest is inferred). */
  const ask = (name: string, rows: readonly GuestRow[]): MachineOperation =>
    core.operation(
      name,
      (context, page) =>
        core.isPage(page) && applyRow(core, context, page, rows).answer !== 'already-accepted' ? 0 : 1,
      true,
    );
  return [
    ask('hw_tdx_map_private', mapPrivate),
    ask('hw_tdx_map_shared', mapShared),
    ask('hw_tdx_accept', accept),
    core.operation('hw_write_cr4', (context, value) => {
      if (core.config.guest === 'tdx' && !(value & machineCheckEnable))
        core.happen(context, 've-unhandled', clearsMce, aboutNoMemory);
      return 0;
    }),
    core.onPage('hw_is_shared', (context, page) =>
      (core.word(context, page) & PageBits.host) === HostState.shared ? 1 : 0,
    ),
  ];
}
