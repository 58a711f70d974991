// SPDX-License-Identifier: MIT
/** A CPU's access to a page through every translation that it may use. */

import type { OperationContext } from '../engine/program';
import type { Core } from './core';
import { type HostState, PageBits } from './layout';
import type { Rule } from './rule';
import { type GuestRow, privateAccess, rowFor, sharedAccess } from './tdxGuest';
import { hostRules } from './tdxHost';
import { classOf, TranslationBits } from './translation';

const notPresent: Rule = {
  text: 'has no present entry in the direct map',
  mark: 'U',
  source: 'Intel SDM vol. 3, Page-Fault Exceptions',
};
const readOnly: Rule = {
  text: 'is mapped without write permission',
  mark: 'U',
  source: 'Intel SDM vol. 3, Access Rights',
};

/** Applies the row of a guest's table for the page's state, and gives it. */
export function applyRow(core: Core, context: OperationContext, page: number, rows: readonly GuestRow[]): GuestRow {
  const before = core.word(context, page);
  const row = rowFor(rows, (before & PageBits.host) as HostState);
  core.setWord(context, page, (before & ~PageBits.host) | row.then | (row.zeroes ? PageBits.zeroed : 0));
  if (row.answer === 'td-exit' || row.answer === 'implicit-conversion' || row.answer === 've-unhandled')
    core.happen(context, row.answer, row.rule, page);
  return row;
}

/** Gives the function that touches a page: 4K units, counted from 0. */
export function createTouch(core: Core): (context: OperationContext, page: number, write: boolean) => void {
  const { config, layout } = core;
  const table = core.addresses.directMap;
  const sharedRows = sharedAccess(config.implicitConversion);

  /** Whether the access may go on. */
  const translate = (context: OperationContext, page: number, write: boolean): boolean => {
    if (config.guest !== 'tdx') return true;
    if (config.secondKernel.has(context.agent) || table === null)
      return applyRow(core, context, page, privateAccess).answer === 'ok';
    const leaf = layout.leafOfPage[page] ?? 0;
    const held = context.state[context.base + layout.tlb(core.cpuOf(context), leaf)] ?? 0;
    const current = classOf(context.load64(table + leaf * 8));
    const possible = held | (current < 0 ? 0 : 1 << current);
    if (possible === 0) {
      core.happen(context, 'page-fault', notPresent, page);
      return false;
    }
    for (let c = 0; c < 8; c++) {
      if (!(possible & (1 << c))) continue;
      if (write && !(c & TranslationBits.writable)) {
        core.happen(context, 'permission-fault', readOnly, page);
        return false;
      }
      const { answer } = applyRow(core, context, page, c & TranslationBits.shared ? sharedRows : privateAccess);
      // Where one of the translations is fatal, the access is.
      if (answer === 'td-exit' || answer === 've-unhandled') return false;
    }
    return true;
  };

  return (context, page, write) => {
    if (!translate(context, page, write)) return;
    const now = core.word(context, page);
    // A cached write reads the line first, and a full line written with KeyID 0 is ordinary memory again.
    if (now & PageBits.poisoned) return core.happen(context, 'machine-check', hostRules.poisonConsumed, page);
    if (write) core.setWord(context, page, now & ~(PageBits.zeroed | PageBits.tdxPrivate));
    if ((now >> PageBits.dirtyPrivate) & 0xff && !(now & PageBits.tdxPrivate))
      core.happen(context, 'memory-corruption', hostRules.staleWriteBack, page);
  };
}
