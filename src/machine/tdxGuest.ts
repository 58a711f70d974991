// SPDX-License-Identifier: MIT
/** A TDX guest: what the TDX module and the VMM answer, by the state of the page. One row, one rule. */

import { HostState } from './layout';
import type { Rule } from './rule';

type Answer = 'ok' | 'td-exit' | 'already-accepted' | 'implicit-conversion' | 've-unhandled' | 'panic';

interface Row {
  readonly host: HostState;
  readonly answer: Answer;
  /** The state after it. */
  readonly then: HostState;
  /** Whether the page's contents are gone. */
  readonly zeroes: boolean;
  readonly rule: Rule;
}

const module15 = 'Intel TDX module 1.5, ';
/** Its changelog has a table of the four combinations of mapping and page. */
const conversionOrder = 'commit 195edce08b63, table in the changelog';
const kvmViolation = 'arch/x86/kvm/vmx/tdx.c: tdx_handle_ept_violation()';

const veOnPending: Rule = {
  text: 'was never accepted, and this machine makes that a #VE; the kernel panics at one on private memory',
  mark: 'U',
  source: 'arch/x86/coco/tdx/tdx.c: virt_exception_kernel()',
};

/**
 * Read, write or fetch through a private mapping.
 * @param pendingVe whether a page that was not accepted gives a #VE rather than a TD exit
 */
export const privateAccess = (pendingVe: boolean): readonly Row[] =>
  pendingVe
    ? withoutVe.map((row) =>
        row.host === HostState.pending ? { ...row, answer: 'panic' as const, rule: veOnPending } : row,
      )
    : withoutVe;

const withoutVe: readonly Row[] = [
  {
    host: HostState.mapped,
    answer: 'ok',
    then: HostState.mapped,
    zeroes: false,
    rule: { text: 'is private and accepted', mark: 'U', source: conversionOrder },
  },
  {
    host: HostState.pending,
    answer: 'td-exit',
    then: HostState.pending,
    zeroes: false,
    rule: {
      text: 'was never accepted; with SEPT_VE_DISABLE a private access to it is an unrecoverable TD exit',
      mark: 'U',
      source: `${module15}td_ept_violation.c; arch/x86/coco/tdx/tdx.c: disable_sept_ve(); ${kvmViolation}`,
    },
  },
  {
    host: HostState.shared,
    answer: 'td-exit',
    then: HostState.shared,
    zeroes: false,
    rule: {
      text: 'is shared with the host; a private access to it is an unrecoverable TD exit',
      mark: 'S',
      source: '[PATCHv6 10/16] x86/tdx: Convert shared memory back to private on kexec, changelog',
    },
  },
  {
    host: HostState.blocked,
    answer: 'td-exit',
    then: HostState.blocked,
    zeroes: false,
    rule: {
      text: 'is blocked in the secure EPT; a private access to it is an unrecoverable TD exit',
      mark: 'U',
      source: `${module15}td_ept_violation.c`,
    },
  },
  {
    host: HostState.free,
    answer: 'td-exit',
    then: HostState.free,
    zeroes: false,
    rule: {
      text: 'is not backed and was never accepted; a private access to it is an unrecoverable TD exit',
      mark: 'I',
      source: `${module15}td_ept_violation.c; ${kvmViolation}`,
    },
  },
];

/** TDG.MEM.PAGE.ACCEPT of one 4K unit. */
export const accept: readonly Row[] = [
  {
    host: HostState.mapped,
    answer: 'already-accepted',
    then: HostState.mapped,
    zeroes: false,
    rule: {
      text: 'is accepted already; accepting it again fails with TDX_PAGE_ALREADY_ACCEPTED',
      mark: 'U',
      source: `${module15}tdg_mem_page_accept.c`,
    },
  },
  {
    host: HostState.pending,
    answer: 'ok',
    then: HostState.mapped,
    zeroes: true,
    rule: {
      text: 'is pending; accepting it maps it and fills it with zeroes',
      mark: 'U',
      source: `${module15}tdg_mem_page_accept.c`,
    },
  },
  {
    host: HostState.free,
    answer: 'ok',
    then: HostState.mapped,
    zeroes: true,
    rule: {
      text: 'is not backed; the accept exits to the VMM, which adds a page, and runs again',
      mark: 'U',
      source: `${module15}tdg_mem_page_accept.c`,
    },
  },
  {
    host: HostState.shared,
    answer: 'td-exit',
    then: HostState.shared,
    zeroes: false,
    rule: {
      text: 'is shared for the VMM; an accept without MapGPA is a private access to it',
      mark: 'I',
      source: kvmViolation,
    },
  },
  {
    host: HostState.blocked,
    answer: 'td-exit',
    then: HostState.blocked,
    zeroes: false,
    rule: {
      text: 'is blocked in the secure EPT; the accept ends in a TD exit',
      mark: 'I',
      source: `${module15}tdg_mem_page_accept.c`,
    },
  },
];

/** MapGPA of one 4K unit to private. */
export const mapPrivate: readonly Row[] = [
  {
    host: HostState.mapped,
    answer: 'ok',
    then: HostState.mapped,
    zeroes: false,
    rule: { text: 'is private already', mark: 'I', source: 'GHCI, TDG.VP.VMCALL<MapGPA>' },
  },
  {
    host: HostState.pending,
    answer: 'ok',
    then: HostState.pending,
    zeroes: false,
    rule: { text: 'is private already, and pending', mark: 'I', source: 'GHCI, TDG.VP.VMCALL<MapGPA>' },
  },
  {
    host: HostState.shared,
    answer: 'ok',
    then: HostState.pending,
    zeroes: true,
    rule: {
      text: 'is taken away by the VMM and replaced by a private one, pending until it is accepted',
      mark: 'U',
      source: 'GHCI, TDG.VP.VMCALL<MapGPA>; TDH.MEM.PAGE.AUG',
    },
  },
  {
    host: HostState.blocked,
    answer: 'ok',
    then: HostState.blocked,
    zeroes: false,
    rule: { text: 'stays blocked', mark: 'I', source: 'TDH.MEM.RANGE.BLOCK' },
  },
  {
    host: HostState.free,
    answer: 'ok',
    then: HostState.pending,
    zeroes: true,
    rule: { text: 'is added by the VMM, pending until it is accepted', mark: 'I', source: 'TDH.MEM.PAGE.AUG' },
  },
];

const sharedAlready: Rule = { text: 'is shared already', mark: 'I', source: 'GHCI, TDG.VP.VMCALL<MapGPA>' };
const toShared: Rule = {
  text: 'is replaced by the VMM with a shared one; its contents are lost',
  mark: 'U',
  source: 'GHCI, TDG.VP.VMCALL<MapGPA>; TDH.MEM.PAGE.REMOVE',
};

/** MapGPA of one 4K unit to shared. */
export const mapShared: readonly Row[] = [
  HostState.mapped,
  HostState.pending,
  HostState.shared,
  HostState.blocked,
  HostState.free,
].map((host) => ({
  host,
  answer: 'ok' as const,
  then: HostState.shared,
  zeroes: host !== HostState.shared,
  rule: host === HostState.shared ? sharedAlready : toShared,
}));

const implicit: Rule = {
  text: 'is private, and a touch through a shared mapping makes the VMM turn it into a shared one',
  mark: 'U',
  source: 'commit 95093e066cfd, changelog',
};
/** The #VE can be recovered from where a fixup is at hand, as in load_unaligned_zeropad(); what stories touch has none. */
const violation: Rule = {
  text: 'is private, and a touch through a shared mapping is an EPT violation that the guest gets as #VE',
  mark: 'I',
  source: conversionOrder,
};

/**
 * Read or write through a shared mapping.
 * @param converts whether the VMM answers by converting the page (implicit conversion) rather than with a #VE
 */
export function sharedAccess(converts: boolean): readonly Row[] {
  return [HostState.mapped, HostState.pending, HostState.shared, HostState.blocked, HostState.free].map((host): Row => {
    if (host === HostState.shared)
      return {
        host,
        answer: 'ok',
        then: host,
        zeroes: false,
        rule: { text: 'is shared', mark: 'U', source: conversionOrder },
      };
    return converts
      ? { host, answer: 'implicit-conversion', then: HostState.shared, zeroes: true, rule: implicit }
      : { host, answer: 've-unhandled', then: host, zeroes: false, rule: violation };
  });
}

/** A write to CR4 without CR4.MCE, which must stay set in a TD. It is about no page. */
export const clearsMce: Rule = {
  text: 'CR4.MCE is cleared, which raises a #VE while there is no IDT to handle it',
  mark: 'U',
  source: 'commit de60613173df, changelog',
};

export type { Answer as GuestAnswer, Row as GuestRow };

/** The row for a state; every table has one for each. Throws an Error where one has none: a defect of the table. */
export function rowFor(table: readonly Row[], host: HostState): Row {
  const row = table.find((r) => r.host === host);
  if (!row) throw new Error(`no rule for host state ${host}`);
  return row;
}
