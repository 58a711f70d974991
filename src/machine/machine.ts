// SPDX-License-Identifier: MIT
/** The machine of a story, put together from its parts: each part has a table of rules and the operations behind them. */

import type { Machine } from '../engine/program';
import { acceptanceOperations, initialiseAcceptance } from './acceptanceOperations';
import { createCore, type MachineAddresses, type RuleHit } from './core';
import { cpuOperations } from './cpuOperations';
import type { MachineConfig, MachineLayout } from './layout';
import { memoryRegionsOperations } from './memoryRegionsOperations';
import { paravisorOperations } from './paravisorOperations';
import { snpGuestOperations } from './snpGuestOperations';
import { tdxGuestOperations } from './tdxGuestOperations';
import { initialiseTdxHost, tdxHostOperations } from './tdxHostOperations';
import { createTouch } from './touch';
import { createTables } from './translation';
import { translationOperations } from './translationOperations';

/** A machine whose answers can be explained. */
export interface SimulatedMachine extends Machine {
  readonly layout: MachineLayout;
  /** The rule behind the last outcome that an operation or access gave; valid until the next one. */
  lastRule(): RuleHit | null;
  /** Forgets the last rule. */
  forgetRule(): void;
  /** Operations that only ask and change nothing. */
  readonly queries: ReadonlySet<number>;
  /** What an operation without arguments always answers in this story, or null. */
  constant(name: string): number | null;
}

const asks = new Set(
  'hw_leaf_of_page hw_leaf_first_page hw_leaf_pages hw_cpu hw_agent_done hw_is_shared hw_content_lost hw_is_tdx_private hw_is_convertible hw_efi_unaccepted'.split(
    ' ',
  ),
);

/**
 * Builds the machine of a story.
 * @param outcome index of an outcome by its id (those of the program that will run)
 */
export function createMachine(
  config: MachineConfig,
  addresses: MachineAddresses,
  outcome: (id: string) => number,
): SimulatedMachine {
  const core = createCore(config, addresses, outcome);
  const { layout } = core;
  const tables = createTables(core);
  const touch = createTouch(core, tables);
  const operations = [
    ...cpuOperations(core),
    ...translationOperations(core, tables, touch),
    ...tdxGuestOperations(core),
    ...snpGuestOperations(core, tables),
    ...paravisorOperations(core, tables),
    ...tdxHostOperations(core),
    ...memoryRegionsOperations(core),
    ...acceptanceOperations(core),
  ];

  /** What never changes in a story is no step of it. */
  const constants: Readonly<Record<string, number>> = {
    hw_pages: layout.pages,
    hw_leaves: config.leaves.length,
    hw_vmalloc_pages: config.vmallocPages,
    hw_kernel_map_pages: config.kernelMapPages,
    hw_large_pages_split: config.largePagesSplit ? 1 : 0,
    hw_snp_guest: config.guest === 'snp' ? 1 : 0,
    hw_vtom: config.vtom ? 1 : 0,
    hw_paravisor: config.paravisor ? 1 : 0,
    hw_dirty_lines: config.dirtyLines ? 1 : 0,
    hw_map_gpa_retries: config.mapGpaRetries ? 1 : 0,
    hw_map_gpa_fails: config.mapGpaFails ? 1 : 0,
    hw_pending_ve: config.pendingVe ? 1 : 0,
    hw_tdx_host: config.guest === 'none' ? 1 : 0,
    hw_partial_write_erratum: config.partialWriteErratum ? 1 : 0,
  };

  return {
    layout,
    words: core.words(),
    operations,
    initialise: (state, base) => {
      initialiseTdxHost(core, state, base);
      initialiseAcceptance(core, state, base);
    },
    watched: tables.range && { ...tables.range, stored: (context, address) => tables.stored(context, address) },
    access: (context, address, _bytes, write) =>
      touch.address(context, address, write ? 'write' : 'read') ? 0n : null,
    lastRule: core.lastRule,
    forgetRule: core.forgetRule,
    constant: (name) => (Object.hasOwn(constants, name) ? (constants[name] ?? null) : null),
    queries: new Set(operations.map((_, index) => index).filter((index) => asks.has(operations[index]?.name ?? ''))),
  };
}
