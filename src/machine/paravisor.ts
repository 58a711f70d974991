// SPDX-License-Identifier: MIT
/**
 * A guest under a paravisor: L2 of a partitioned TD, or an SNP guest in vTOM mode at VMPL2. What goes wrong with memory
 * goes to the paravisor, which cannot tell a stray read from a bug and can only end the guest. It accepts and validates
 * memory on the guest's behalf, so a page is either private and usable, or visible to the host.
 */

import { HostState } from './layout';
import type { Rule } from './rule';
import type { RmpState } from './snpGuest';

export interface ParavisorRow {
  /** What the page is, whichever guest: `HostState` and `RmpState` have the same numbers for it. */
  readonly page: 'private' | 'unusable' | 'visible';
  readonly answer: 'ok' | 'paravisor-kill';
  readonly rule: Rule;
}

const thread =
  '[RFC PATCH 1/1] x86/mm: Mark CoCo VM pages invalid while moving between private and shared, and its thread';

/** Any access through a private mapping. */
export const privateUnderParavisor: readonly ParavisorRow[] = [
  { page: 'private', answer: 'ok', rule: { text: 'is private', mark: 'U', source: thread } },
  {
    page: 'unusable',
    answer: 'paravisor-kill',
    rule: {
      text: 'is not accepted or validated; the exception of a private access goes to the paravisor, which can only end the guest',
      mark: 'U',
      source: 'Intel TDX module 1.5, td_l2_ept_violation.c; Documentation/virt/hyperv/coco.rst',
    },
  },
  {
    page: 'visible',
    answer: 'paravisor-kill',
    rule: {
      text: 'is visible to the host; the exception of a private access goes to the paravisor, which can only end the guest',
      mark: 'I',
      source: thread,
    },
  },
];

/** Any access through a shared mapping. */
export const sharedUnderParavisor: readonly ParavisorRow[] = [
  ...(['private', 'unusable'] as const).map(
    (page): ParavisorRow => ({
      page,
      answer: 'paravisor-kill',
      rule: {
        text: 'is private; the EPT violation or #VC of a shared access goes to the paravisor, which can only end the guest',
        mark: 'S',
        source: thread,
      },
    }),
  ),
  { page: 'visible', answer: 'ok', rule: { text: 'is visible to the host', mark: 'U', source: thread } },
];

/** The row for the state (`HostState` or `RmpState`) of a page. Throws an Error where the table has none: a defect of it. */
export function paravisorRow(rows: readonly ParavisorRow[], state: HostState | RmpState): ParavisorRow {
  const page = state === HostState.mapped ? 'private' : state === HostState.shared ? 'visible' : 'unusable';
  const row = rows.find((r) => r.page === page);
  if (!row) throw new Error(`no rule for a page that is ${page}`);
  return row;
}
