// SPDX-License-Identifier: MIT
/** A TDX host: memory under private KeyIDs, the partial-write erratum, caches that do not know of each other's KeyIDs. */

import type { Rule } from './rule';

const mail = 'x86/kexec(): Reset TDX private memory on platforms with TDX erratum, changelog';

export const hostRules = {
  partialWritePoisons: {
    text: 'with the erratum, a write of less than a cacheline to TDX-private memory silently poisons the line', mark: 'S', source: mail,
  },
  poisonConsumed: { text: 'the read consumes the poison and raises a machine check', mark: 'S', source: mail },
  fullLineStore: { text: 'MOVDIR64B writes a whole line at once: it takes the line out of private use and clears poison', mark: 'U', source: 'commit 01fb93a363e0; arch/x86/virt/vmx/tdx/tdx.c: tdx_quirk_reset_paddr()' },
  staleWriteBack: {
    text: 'a line that is still dirty under another KeyID is written back over what was stored since', mark: 'S', source: 'x86/virt/tdx: Flush cache before the TDX module uses memory; caches are not coherent across KeyIDs',
  },
  wbinvd: { text: 'WBINVD writes back and drops all lines of the executing CPU, and of no other', mark: 'U', source: 'Intel SDM vol. 2, WBINVD' },
} as const satisfies Readonly<Record<string, Rule>>;
