// SPDX-License-Identifier: MIT
/** An SEV-SNP guest: what the RMP, the hypervisor and PVALIDATE answer, by the state of the page. One row, one rule. */

import type { Rule } from './rule';

/**
 * The state of a page in the RMP; it stands where a TDX guest's page has its host state. `vmsa` is the save area of a
 * vCPU that may run, `idleVmsa` that of one that was destroyed.
 */
export const RmpState = { validated: 0, assigned: 1, shared: 2, vmsa: 3, idleVmsa: 4 } as const;
export type RmpState = (typeof RmpState)[keyof typeof RmpState];
export const rmpStateNames = ['validated', 'assigned', 'shared', 'vmsa', 'idleVmsa'] as const;

/** `fails` is for the guest to see: PVALIDATE's return code, RMPADJUST's. */
export type SnpAnswer =
  | 'ok'
  | 'fails'
  | 'vc-unvalidated'
  | 'rmp-violation'
  | 'implicit-conversion'
  | 'guest-terminated';

export interface SnpRow {
  readonly rmp: RmpState;
  readonly answer: SnpAnswer;
  /** The state after it. */
  readonly then: RmpState;
  /** Whether the page's contents are gone. */
  readonly zeroes: boolean;
  readonly rule: Rule;
}

const apm = 'AMD64 APM vol. 2, Secure Nested Paging';
const row = (rmp: RmpState, answer: SnpAnswer, then: RmpState, zeroes: boolean, rule: Rule): SnpRow => ({
  rmp,
  answer,
  then,
  zeroes,
  rule,
});

const inUse: Rule = {
  text: 'is the VMSA of a vCPU and marked busy; any access to it is an unrecoverable #NPF',
  mark: 'U',
  source: 'commit d2062cc1b1c3, changelog',
};

const marked: Rule = {
  text: 'still has the VMSA mark in the RMP; any access to it is an #NPF',
  mark: 'I',
  source: 'commit d2062cc1b1c3, changelog',
};
/** An access that no VMSA page allows. */
const vmsaRefuses = [
  row(RmpState.vmsa, 'rmp-violation', RmpState.vmsa, false, inUse),
  row(RmpState.idleVmsa, 'rmp-violation', RmpState.idleVmsa, false, marked),
];

/** Read, write or fetch through a private mapping. */
export const privateAccess: readonly SnpRow[] = [
  row(RmpState.validated, 'ok', RmpState.validated, false, {
    text: 'is private and validated',
    mark: 'U',
    source: apm,
  }),
  row(RmpState.assigned, 'vc-unvalidated', RmpState.assigned, false, {
    text: 'is private and was never validated; an access to it is a #VC with error code 0x404, which nobody handles',
    mark: 'U',
    source: 'commit 82b7f88f2316, changelog',
  }),
  row(RmpState.shared, 'vc-unvalidated', RmpState.assigned, true, {
    text: 'is shared; at a private access the hypervisor makes it private, and as nobody validated it the access is a #VC with error code 0x404',
    mark: 'U',
    source: 'commit 82b7f88f2316, changelog; arch/x86/kvm/mmu/mmu.c: kvm_mmu_faultin_pfn()',
  }),
  ...vmsaRefuses,
];

/**
 * Read or write through a shared mapping.
 * @param converts whether the hypervisor answers by making the page shared
 */
export function sharedAccess(converts: boolean): readonly SnpRow[] {
  const implicit: Rule = {
    text: 'is private, and a touch through a shared mapping makes the hypervisor turn it into a shared one',
    mark: 'I',
    source: 'KVM_EXIT_MEMORY_FAULT, for user space to convert',
  };
  const violation: Rule = {
    text: 'is assigned to the guest in the RMP, and a touch through a shared mapping is an #NPF',
    mark: 'U',
    source: apm,
  };
  return [
    ...[RmpState.validated, RmpState.assigned].map((rmp) =>
      converts
        ? row(rmp, 'implicit-conversion', RmpState.shared, true, implicit)
        : row(rmp, 'rmp-violation', rmp, false, violation),
    ),
    row(RmpState.shared, 'ok', RmpState.shared, false, { text: 'is shared', mark: 'U', source: apm }),
    ...vmsaRefuses,
  ];
}

const noUpdate: Rule = {
  text: 'is in that state already; PVALIDATE changes nothing and says so (CF), which Linux takes for a failure',
  mark: 'U',
  source: 'arch/x86/include/asm/sev.h: pvalidate(), PVALIDATE_FAIL_NOUPDATE',
};
const notAssigned: Rule = {
  text: 'is not assigned to the guest; PVALIDATE of it is an #NPF',
  mark: 'U',
  source: 'AMD64 APM vol. 3, PVALIDATE',
};

/** PVALIDATE that validates a page, through a present and private entry. */
export const validate: readonly SnpRow[] = [
  row(RmpState.validated, 'fails', RmpState.validated, false, noUpdate),
  row(RmpState.assigned, 'ok', RmpState.validated, false, {
    text: 'is validated by PVALIDATE',
    mark: 'U',
    source: 'AMD64 APM vol. 3, PVALIDATE',
  }),
  row(RmpState.shared, 'rmp-violation', RmpState.shared, false, notAssigned),
  ...vmsaRefuses,
];

/** PVALIDATE that takes the validation back. */
export const rescind: readonly SnpRow[] = [
  row(RmpState.validated, 'ok', RmpState.assigned, false, {
    text: 'loses its validation by PVALIDATE',
    mark: 'U',
    source: 'AMD64 APM vol. 3, PVALIDATE',
  }),
  row(RmpState.assigned, 'fails', RmpState.assigned, false, noUpdate),
  row(RmpState.shared, 'rmp-violation', RmpState.shared, false, notAssigned),
  ...vmsaRefuses,
];

/** PVALIDATE does not get as far as the RMP without a mapping that is present and private. */
export const pvalidateMapping = {
  notPresent: {
    text: 'is not mapped, and PVALIDATE checks the address as a read does',
    mark: 'U',
    source: 'AMD64 APM vol. 3, PVALIDATE; the oops in the thread on [RFC PATCH] x86/mm: Mark CoCo VM pages invalid',
  },
  /** It reads the entry as it was stored last: set_pte_enc() before it flushes nothing (commit 3074152e56c9). */
  shared: {
    text: 'is mapped shared, and PVALIDATE works on private mappings only',
    mark: 'I',
    source: 'commit 3074152e56c9: set_pte_enc() before snp_set_memory_private()',
  },
} as const satisfies Readonly<Record<string, Rule>>;

const ghcbSpec = 'GHCB specification, SNP Page State Change';

/** A page state change to private. */
export const pscPrivate: readonly SnpRow[] = [
  row(RmpState.validated, 'ok', RmpState.validated, false, { text: 'is private already', mark: 'I', source: ghcbSpec }),
  row(RmpState.assigned, 'ok', RmpState.assigned, false, { text: 'is private already', mark: 'I', source: ghcbSpec }),
  row(RmpState.shared, 'ok', RmpState.assigned, true, {
    text: 'is taken away by the hypervisor and replaced by a private one, which is to be validated',
    mark: 'U',
    source: ghcbSpec,
  }),
  row(RmpState.vmsa, 'fails', RmpState.vmsa, false, inUse),
  row(RmpState.idleVmsa, 'fails', RmpState.idleVmsa, false, marked),
];

/** A page state change to shared. */
export const pscShared: readonly SnpRow[] = [
  ...[RmpState.validated, RmpState.assigned].map((rmp) =>
    row(rmp, 'ok', RmpState.shared, true, {
      text: 'is taken away by the hypervisor and replaced by a shared one',
      mark: 'U',
      source: ghcbSpec,
    }),
  ),
  row(RmpState.shared, 'ok', RmpState.shared, false, { text: 'is shared already', mark: 'I', source: ghcbSpec }),
  row(RmpState.vmsa, 'fails', RmpState.vmsa, false, inUse),
  row(RmpState.idleVmsa, 'fails', RmpState.idleVmsa, false, marked),
];

/** VMGEXIT with a GHCB: the hypervisor reads the request from it. */
export const vmgexit: readonly SnpRow[] = [
  ...[RmpState.validated, RmpState.assigned, RmpState.vmsa, RmpState.idleVmsa].map((rmp) =>
    row(rmp, 'guest-terminated', rmp, false, {
      text: 'is the GHCB and not shared, so the hypervisor cannot read the request and ends the guest',
      mark: 'S',
      source: 'reply to [PATCHv6 10/16] x86/tdx: Convert shared memory back to private on kexec',
    }),
  ),
  row(RmpState.shared, 'ok', RmpState.shared, false, { text: 'is the GHCB, shared', mark: 'U', source: ghcbSpec }),
];

/** The guest itself asks for the end (`sev_es_terminate()`); it is about no page. */
export const terminated: Rule = {
  text: 'the guest asks the hypervisor to end it',
  mark: 'U',
  source: 'GHCB specification, Termination Request',
};

const notValidated = (rmp: RmpState): SnpRow =>
  row(rmp, 'fails', rmp, false, {
    text: 'is not validated, and RMPADJUST refuses it',
    mark: 'U',
    source: 'AMD64 APM vol. 3, RMPADJUST',
  });
const setBy = 'arch/x86/coco/sev/core.c: snp_set_vmsa()';

/** RMPADJUST that marks a page as VMSA, and AP Create with it: its vCPU may run from now on. */
export const createAp: readonly SnpRow[] = [
  row(RmpState.validated, 'ok', RmpState.vmsa, false, {
    text: 'becomes the VMSA of a vCPU',
    mark: 'U',
    source: setBy,
  }),
  notValidated(RmpState.assigned),
  notValidated(RmpState.shared),
  row(RmpState.vmsa, 'ok', RmpState.vmsa, false, { text: 'is the VMSA already', mark: 'I', source: setBy }),
  row(RmpState.idleVmsa, 'ok', RmpState.vmsa, false, { text: 'is a VMSA again', mark: 'I', source: setBy }),
];

/** AP Destroy: the vCPU is kicked out of guest mode. */
export const destroyAp: readonly SnpRow[] = [
  ...[RmpState.validated, RmpState.assigned, RmpState.shared].map((rmp) =>
    row(rmp, 'ok', rmp, false, { text: 'is no VMSA', mark: 'I', source: setBy }),
  ),
  row(RmpState.vmsa, 'ok', RmpState.idleVmsa, false, {
    text: 'is the VMSA of a vCPU that was destroyed',
    mark: 'U',
    source: 'commit d2062cc1b1c3, changelog',
  }),
  row(RmpState.idleVmsa, 'ok', RmpState.idleVmsa, false, marked),
];

/** RMPADJUST that takes the VMSA mark away. */
export const clearVmsa: readonly SnpRow[] = [
  row(RmpState.validated, 'ok', RmpState.validated, false, { text: 'is no VMSA', mark: 'I', source: setBy }),
  notValidated(RmpState.assigned),
  notValidated(RmpState.shared),
  row(RmpState.vmsa, 'fails', RmpState.vmsa, false, {
    text: 'is the VMSA of a vCPU that may run; RMPADJUST says that it is in use',
    mark: 'U',
    source: 'AMD64 APM vol. 3, RMPADJUST',
  }),
  row(RmpState.idleVmsa, 'ok', RmpState.validated, false, {
    text: 'is a VMSA no longer',
    mark: 'U',
    source: 'commit d2062cc1b1c3, changelog',
  }),
];

/** The row for a state; every table has one for each. Throws an Error where one has none: a defect of the table. */
export function snpRowFor(table: readonly SnpRow[], rmp: RmpState): SnpRow {
  const found = table.find((r) => r.rmp === rmp);
  if (!found) throw new Error(`no rule for RMP state ${rmp}`);
  return found;
}
