// SPDX-License-Identifier: MIT
/** A CPU's access to a page through every translation that it may use. */

import type { OperationContext } from '../engine/program';
import { forReader } from './asyncReader';
import type { Core } from './core';
import { type HostState, PageBits } from './layout';
import { paravisorRow, privateUnderParavisor, sharedUnderParavisor } from './paravisor';
import { writeLines } from './paravisorOperations';
import type { Rule } from './rule';
import { privateAccess as snpPrivateAccess, sharedAccess as snpSharedAccess } from './snpGuest';
import { applySnpRow } from './snpGuestOperations';
import { type GuestRow, privateAccess, rowFor, sharedAccess } from './tdxGuest';
import { reachHostPage } from './tdxHostOperations';
import { areaBase, isShared, type Tables, TranslationBits, translationRules } from './translation';

export type Access = 'read' | 'write' | 'fetch';

/** What CPUs may do with memory; nothing is given back, what goes wrong is an outcome. */
export interface Touch {
  /** Accesses a page of the story (0-based) through the direct map. */
  page(context: OperationContext, page: number, access: Access): void;
  /** Accesses a kernel address; false where no area of the story has it. */
  address(context: OperationContext, address: bigint, access: Access): boolean;
  /**
   * Reads an address with a fixup at hand: where it is not mapped, nothing happens.
   * @param cached whether by what a TLB may hold, too, or by the entry alone
   */
  probe(context: OperationContext, address: bigint, cached: boolean): void;
}

const beyond: Rule = { text: 'does not exist in this story', mark: 'I', source: 'the scenario' };

/** Applies the row of a guest's table for the page's state, and gives it. */
export function applyRow(core: Core, context: OperationContext, page: number, rows: readonly GuestRow[]): GuestRow {
  const before = core.word(context, page);
  const row = rowFor(rows, (before & PageBits.host) as HostState);
  core.setWord(context, page, (before & ~PageBits.host) | row.then | (row.zeroes ? PageBits.zeroed : 0));
  if (row.answer !== 'ok' && row.answer !== 'already-accepted') core.happen(context, row.answer, row.rule, page);
  return row;
}

/** Where an entry denies an access: with which outcome and rule; null where it does not. */
function denied(translation: number, access: Access): { outcome: string; rule: Rule } | null {
  if (access === 'write' && !(translation & TranslationBits.writable))
    return { outcome: 'permission-fault', rule: translationRules.readOnly };
  if (access === 'fetch' && translation & TranslationBits.noExecute)
    return { outcome: 'permission-fault', rule: translationRules.noExecute };
  return null;
}

export function createTouch(core: Core, tables: Tables): Touch {
  const { config } = core;
  const privateRows = privateAccess(config.pendingVe);
  const sharedRows = sharedAccess(config.implicitConversion);
  const readerRows = forReader(sharedRows);
  const snpSharedRows = snpSharedAccess(config.implicitConversion);

  /**
   * What guest and host make of an access to a page through a private or shared mapping: whether it may go on.
   * @param fixup whether the reader has one
   */
  const mapped = (context: OperationContext, page: number, shared: boolean, fixup = false): boolean => {
    if (config.guest === 'none') return true;
    if (config.paravisor) {
      const state = (core.word(context, page) & PageBits.host) as HostState;
      const row = paravisorRow(shared ? sharedUnderParavisor : privateUnderParavisor, state);
      if (row.answer !== 'ok') core.happen(context, row.answer, row.rule, page);
      return row.answer === 'ok';
    }
    const { answer } =
      config.guest === 'snp'
        ? applySnpRow(core, context, page, shared ? snpSharedRows : snpPrivateAccess)
        : applyRow(core, context, page, shared ? (fixup ? readerRows : sharedRows) : privateRows);
    return answer === 'ok' || answer === 'implicit-conversion';
  };

  /** What happens to the content. */
  const reach = (context: OperationContext, page: number, access: Access): void => {
    if (config.guest === 'none') reachHostPage(core, context, page, access === 'write');
    else if (access === 'write') core.setWord(context, page, core.word(context, page) & ~PageBits.zeroed);
  };

  const pageOf = (at: bigint): number => Number((BigInt.asUintN(64, at) - areaBase.direct) >> 12n);
  /** A second kernel has page tables of its own, all private; a story without page tables needs none. */
  const hasOwnTables = (context: OperationContext): boolean =>
    config.secondKernel.has(context.agent) || core.addresses.directMap === null;
  const physical = (context: OperationContext, page: number, access: Access): void => {
    if (mapped(context, page, false)) reach(context, page, access);
  };

  const address: Touch['address'] = (context, at, access) => {
    if (hasOwnTables(context)) {
      if (!core.isPage(pageOf(at))) return false;
      physical(context, pageOf(at), access);
      return true;
    }
    // Where one of the translations is fatal, the access is; else it reaches the page of the last one.
    let reached = -1;
    let fine = true;
    const visit = (page: number, translation: number): boolean => {
      const refusal = denied(translation, access);
      // A fault that the entry does not call for any more is retried (arch/x86/mm/fault.c: spurious_kernel_fault()).
      if (refusal) {
        const entry = tables.entry(context, at);
        if (entry && !denied(entry.translation, access)) return true;
      }
      reached = page;
      fine = refusal === null && core.isPage(page);
      if (refusal) core.happen(context, refusal.outcome, refusal.rule, page);
      else if (!fine) core.happen(context, 'page-fault', beyond, page);
      else fine = mapped(context, page, isShared(config, translation));
      if (fine && access === 'write' && config.dirtyLines)
        writeLines(core, context, page, isShared(config, translation));
      return fine;
    };
    const cpu = core.cpuOf(context);
    if (!tables.translations(context, cpu, at, visit)) return false;
    // A walk sees what its own CPU has stored: an entry that was made present a moment ago is no page fault.
    if (reached < 0) {
      context.drain(context.agent);
      tables.translations(context, cpu, at, visit);
    }
    if (reached >= 0) {
      if (fine) reach(context, reached, access);
    } else core.happen(context, 'page-fault', translationRules.notPresent, core.isPage(pageOf(at)) ? pageOf(at) : -1);
    return true;
  };

  const probe: Touch['probe'] = (context, at, cached) => {
    const visit = (page: number, translation: number): boolean => {
      if (!core.isPage(page) || !mapped(context, page, isShared(config, translation), true)) return false;
      reach(context, page, 'read');
      return true;
    };
    if (cached) {
      tables.translations(context, core.cpuOf(context), at, visit);
      return;
    }
    const entry = tables.entry(context, at);
    if (entry) visit(entry.page, entry.translation);
  };

  return {
    address,
    probe,
    page: (context, page, access) => {
      if (hasOwnTables(context)) physical(context, page, access);
      else address(context, areaBase.direct + (BigInt(page) << 12n), access);
    },
  };
}
