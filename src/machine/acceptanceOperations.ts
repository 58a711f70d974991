// SPDX-License-Identifier: MIT
/** Memory that the firmware left unaccepted: its state at the beginning, and what the firmware's memory map says of it. */

import type { MachineOperation } from '../engine/program';
import { handedOver } from './acceptance';
import type { Core } from './core';

const isUnaccepted = ({ config }: Core, page: number): boolean =>
  config.guest !== 'none' && config.unaccepted.some(({ start, end }) => start <= page && page < end);

/** Puts the pages that the firmware did not accept into the state that they have then. */
export function initialiseAcceptance(core: Core, state: Int32Array, base: number): void {
  const { config, layout } = core;
  if (config.guest === 'none') return;
  for (let page = 0; page < layout.pages; page++)
    if (isUnaccepted(core, page)) state[base + layout.page(page)] = handedOver[config.guest].state;
}

/** What the memory map of the firmware says; it never changes, also not when memory was accepted. */
export function acceptanceOperations(core: Core): readonly MachineOperation[] {
  return [core.operation('hw_efi_unaccepted', (_, page) => (isUnaccepted(core, page) ? 1 : 0))];
}
