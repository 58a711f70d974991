// SPDX-License-Identifier: MIT
/** A TDX host: memory under private KeyIDs, the partial-write erratum, caches that are not coherent across KeyIDs. */

import type { Rule } from './rule';

const mail = '[PATCH v12 19/22] x86/kexec(): Reset TDX private memory on platforms with TDX erratum, changelog';

/** Rules of `machine.ts`. Those that end nothing are never shown: they say why an operation does what it does. */
export const hostRules = {
  partialWritePoisons: {
    text: 'is TDX-private; with the erratum a write of less than a cacheline silently poisons the line',
    mark: 'S',
    source: mail,
  },
  poisonConsumed: {
    text: 'is poisoned by a partial write to TDX-private memory; the read consumes the poison and raises a machine check',
    mark: 'S',
    source: mail,
  },
  fullLineStore: {
    text: 'is written in whole lines by MOVDIR64B, which takes it out of private use and clears poison',
    mark: 'U',
    source: 'commit 01fb93a363e0; arch/x86/virt/vmx/tdx/tdx.c: tdx_quirk_reset_paddr()',
  },
  staleWriteBack: {
    text: 'still has lines that are dirty under another KeyID; they are written back over what was stored since',
    mark: 'U',
    source: 'commit 10df8607bf1a; arch/x86/virt/vmx/tdx/tdx.c: config_global_keyid()',
  },
  wbinvd: {
    text: 'has its lines of the executing CPU written back by WBINVD, and of no other CPU',
    mark: 'U',
    source: 'Intel SDM vol. 2, WBINVD',
  },
} as const satisfies Readonly<Record<string, Rule>>;
