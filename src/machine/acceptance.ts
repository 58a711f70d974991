// SPDX-License-Identifier: MIT
/**
 * Memory that a guest must accept before it uses it: how the firmware leaves it. What an access to such a page or its
 * acceptance comes to is in `tdxGuest.ts` and `snpGuest.ts`; which pages the kernel takes for accepted is its bitmap, in C.
 * Pages and bitmap are as they were when another kernel is started: neither host nor firmware has a part in kexec.
 */

import { HostState } from './layout';
import type { Rule } from './rule';
import { RmpState } from './snpGuest';

const mail = '[PATCH v2 0/1] Accept unaccepted kexec segments’ destination addresses';

/** The state in which the firmware hands over a page that its memory map calls EFI_UNACCEPTED_MEMORY. */
export const handedOver = {
  tdx: {
    state: HostState.pending,
    rule: { text: 'was added by the host after the TD was built, and is pending', mark: 'S', source: mail },
  },
  snp: {
    state: RmpState.assigned,
    rule: {
      text: 'is assigned to the guest and was not validated by the firmware',
      mark: 'U',
      source: 'UEFI 2.9, EfiUnacceptedMemoryType; commit 6c3211796326',
    },
  },
} as const satisfies Readonly<Record<string, { readonly state: number; readonly rule: Rule }>>;
