// SPDX-License-Identifier: MIT
/** What an SEV-SNP guest asks of the hypervisor and the RMP, in 4K units; they give 0, or the error that the guest sees. */

import type { MachineOperation, OperationContext } from '../engine/program';
import { aboutNoMemory, type Core } from './core';
import { PageBits } from './layout';
import { validateLines } from './paravisorOperations';
import {
  clearVmsa,
  createAp,
  destroyAp,
  pscPrivate,
  pscShared,
  pvalidateMapping,
  type RmpState,
  rescind,
  type SnpRow,
  snpRowFor,
  terminated,
  validate,
  vmgexit,
} from './snpGuest';
import { isShared, type Tables } from './translation';
import { byAddress } from './translationOperations';

/** What PVALIDATE gives where it changes nothing (CF), and where it does not take the mapping. */
const noUpdate = 255;
const failInput = 1;

/** Applies the row of a table for the page's state, and gives it. */
export function applySnpRow(core: Core, context: OperationContext, page: number, rows: readonly SnpRow[]): SnpRow {
  const before = core.word(context, page);
  const found = snpRowFor(rows, (before & PageBits.host) as RmpState);
  core.setWord(context, page, (before & ~PageBits.host) | found.then | (found.zeroes ? PageBits.zeroed : 0));
  if (found.answer !== 'ok' && found.answer !== 'fails') core.happen(context, found.answer, found.rule, page);
  return found;
}

/** The operations of `snpGuest.ts`'s tables. */
export function snpGuestOperations(core: Core, tables: Tables): readonly MachineOperation[] {
  /** Frames may be any number: one that is no page is refused. */
  const ask = (name: string, rows: readonly SnpRow[]): MachineOperation => ({
    ...core.operation(
      name,
      (context, page) => (core.isPage(page) && applySnpRow(core, context, page, rows).answer === 'ok' ? 0 : 1),
      true,
    ),
    wide: true,
  });
  return [
    ask('hw_snp_psc_private', pscPrivate),
    ask('hw_snp_psc_shared', pscShared),
    ask('hw_snp_vmgexit', vmgexit),
    ask('hw_snp_create_ap', createAp),
    ask('hw_snp_destroy_ap', destroyAp),
    ask('hw_snp_clear_vmsa', clearVmsa),
    byAddress(
      core.operation(
        'hw_snp_pvalidate',
        (context, address, on) => {
          const entry = tables.entry(context, BigInt(address));
          if (entry === null) {
            core.happen(context, 'page-fault', pvalidateMapping.notPresent, -1);
            return failInput;
          }
          if (isShared(core.config, entry.translation)) return failInput;
          if (applySnpRow(core, context, entry.page, on ? validate : rescind).answer !== 'ok') return noUpdate;
          if (on) validateLines(core, context, entry.page);
          return 0;
        },
        true,
      ),
    ),
    core.operation('hw_snp_terminate', (context) => {
      core.happen(context, 'guest-terminated', terminated, aboutNoMemory);
      return 0;
    }),
  ];
}
