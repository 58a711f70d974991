// SPDX-License-Identifier: MIT
/**
 * A TDX host: memory under private KeyIDs, the partial-write erratum, caches that are not coherent across KeyIDs, and
 * when the TDX module answers.
 */

import type { Rule } from './rule';

const mail = '[PATCH v12 19/22] x86/kexec(): Reset TDX private memory on platforms with TDX erratum, changelog';
const keyConfig = 'arch/x86/virt/vmx/tdx/tdx.c: config_global_keyid()';

/** Rules of the host. Those that end nothing are never shown: they say why an operation does what it does. */
export const hostRules = {
  moduleWrite: {
    text: 'is written by the TDX module or a TD: it is TDX-private now, and lines of it are dirty under a private KeyID in the cache of that CPU',
    mark: 'U',
    source: 'commit 10df8607bf1a, changelog',
  },
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
  readIsHarmless: {
    text: 'is TDX-private; KeyID 0 has no integrity, so that reading it gives anything and harms nothing',
    mark: 'S',
    source: mail,
  },
  cachedWrite: {
    text: 'is written through the cache, which reads the line first and writes back all of it: it is ordinary memory again',
    mark: 'S',
    source: `${mail}; commit 01fb93a363e0`,
  },
  fullLineStore: {
    text: 'is written in whole lines by MOVDIR64B, which reads nothing, takes it out of private use and clears poison',
    mark: 'U',
    source: 'commit 01fb93a363e0; arch/x86/virt/vmx/tdx/tdx.c: tdx_quirk_reset_paddr()',
  },
  staleWriteBack: {
    text: 'still has lines that are dirty under another KeyID; they are written back over what was stored since',
    mark: 'U',
    source: `commit 10df8607bf1a; ${keyConfig}`,
  },
  staleKernelWriteBack: {
    text: 'still has dirty lines of KeyID 0; they are written back over what the TDX module stored',
    mark: 'U',
    source: keyConfig,
  },
  takenFromModule: {
    text: 'was written with KeyID 0 although the TDX module still uses it; its contents are lost to the module',
    mark: 'I',
    source: `Intel TDX module 1.5, integrity of private memory; ${mail}`,
  },
  wbinvd: {
    text: 'has its lines of the executing CPU written back by WBINVD, and of no other CPU; over what was stored under another KeyID since',
    mark: 'U',
    source: 'Intel SDM vol. 2, WBINVD',
  },
  pageWbinvd: {
    text: 'has its lines of one private KeyID written back on all CPUs by TDH.PHYMEM.PAGE.WBINVD',
    mark: 'U',
    source: 'arch/x86/kvm/vmx/tdx.c: tdx_reclaim_page(), tdx_sept_drop_private_spte()',
  },
  seamcallNeedsVmx: {
    text: 'cannot be asked about: a SEAMCALL outside of VMX operation is #UD, which the kernel turns into an error',
    mark: 'S',
    source: `${mail}; arch/x86/virt/vmx/tdx/tdxcall.S`,
  },
  sysDisable: {
    text: 'is ordinary memory again after TDH.SYS.DISABLE, poison included; the TDX module answers no more',
    mark: 'U',
    source: 'commit b7d2173946ef; arch/x86/virt/vmx/tdx/tdx.c: tdx_sys_disable()',
  },
  afterDisable: {
    text: 'is not made private again by lines that are written back after TDH.SYS.DISABLE',
    mark: 'I',
    source: 'arch/x86/virt/vmx/tdx/tdx.c: tdx_shutdown(), which disables first and flushes then',
  },
} as const satisfies Readonly<Record<string, Rule>>;
