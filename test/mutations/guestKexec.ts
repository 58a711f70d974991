// SPDX-License-Identifier: MIT
/** Kexec and crash of guests: numbers 1 to 20 of the catalogue. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ofVersion } from '../../src/review/generations';
import { root } from '../support/shared';
import { type Edit, edited, inModel, inSeed, type Mutation } from './support';

/** The protocol as merged for TDX, and the one for SNP with its fixes. */
const merged = ofVersion('6.12');
const fixed = ofVersion('6.18');
const tdx = 'arch/x86/coco/tdx/tdx.c';
const sev = 'arch/x86/coco/sev/core.c';
const crash = 'arch/x86/kernel/crash.c';
const reboot = 'arch/x86/kernel/reboot.c';

const inSample = (edits: readonly Edit[]) => (): string =>
  edited(readFileSync(path.join(root, 'media/samples/guest-kexec.eml'), 'utf8'), edits);

const finishOnKexec = `
	/* Alone, interrupts off. */
	if (kexec_in_progress)
		x86_platform.guest.enc_kexec_finish();
`;
const unshareOnCrash = `	/* The others stand somewhere: what was under way there stays half done. */
	x86_platform.guest.enc_kexec_begin();
	x86_platform.guest.enc_kexec_finish();

`;

export const guestKexecMutations: readonly Mutation[] = [
  {
    number: 1,
    title: 'barrier() for smp_mb() in the stop of conversions',
    mail: inSeed('000', []),
    expected: ['guest-kexec-converting td-exit unchanged', 'guest-kexec-converting-4k accounting-mismatch new'],
  },
  {
    number: 1,
    form: 'b',
    title: 'smp_mb() there',
    mail: inSeed('000', [['+ barrier();', '+ smp_mb();']]),
    expected: ['guest-kexec-converting td-exit absent'],
  },
  {
    number: 2,
    title: 'a converter asks before it counts itself in',
    mail: inSample([
      ['+\tbarrier();', '+\tsmp_mb();'],
      [
        '+\tatomic_inc(&conversions_running);\n+\tif (!may_convert) {\n+\t\tatomic_dec(&conversions_running);\n+\t\treturn false;\n+\t}\n',
        '+\tif (!may_convert)\n+\t\treturn false;\n+\tatomic_inc(&conversions_running);\n',
      ],
    ]),
    expected: ['guest-kexec-converting td-exit unchanged'],
  },
  {
    number: 3,
    title: 'the entry cannot be changed after prepare, so that finish does not count down',
    notShown:
      'the stop gives up after its 30 seconds and prints a line (no WARN); shared to private the page is private by then and its entry still shared, which the walk finds; private to shared nothing has changed yet: a delay is all that comes of it',
  },
  {
    number: 3,
    form: 'b',
    title: 'the same with the lock that came instead: it is not released where the conversion failed',
    mail: inModel(
      'memEncrypt.c',
      'arch/x86/mm/pat/set_memory.c',
      [
        [
          '\t\tret = __set_memory_enc_pgtable(addr, numpages, enc);\n\n\t\tup_read',
          '\t\tret = __set_memory_enc_pgtable(addr, numpages, enc);\n\t\tif (ret)\n\t\t\treturn ret;\n\n\t\tup_read',
        ],
      ],
      merged,
    ),
    expected: ['convert-map-gpa lock-imbalance new'],
  },
  {
    number: 4,
    title: 'a plain bool without READ_ONCE() and WRITE_ONCE()',
    notShown:
      'code runs as it stands; a compiler cannot tear a bool, and has no loop that it could hoist this one out of, so that nothing follows from it that data-race could name (“with a consequence shown”)',
  },
  {
    number: 5,
    title: 'a CPU is stopped by the NMI in the middle of a conversion',
    mail: inSeed('000', []),
    expected: ['guest-crash-kexec td-exit unchanged', 'guest-crash-kexec accounting-mismatch new'],
  },
  {
    number: 5,
    form: 'b',
    title: 'the same with 4K leaves: the unshare that fails harms nothing',
    mail: inSeed('000', []),
    expected: ['guest-crash-kexec-4k td-exit absent'],
  },
  {
    number: 6,
    title: 'SNP: memory is unshared before devices are shut down',
    mail: inModel(
      'machineShutdown.c',
      crash,
      [
        [unshareOnCrash, ''],
        ['	cpu_emergency_stop_pt();\n', `	cpu_emergency_stop_pt();\n\n${unshareOnCrash.trimEnd()}\n`],
      ],
      fixed,
    ),
    expected: ['snp-crash-kexec-io guest-terminated new'],
  },
  {
    number: 7,
    title: 'memory is unshared before the other CPUs are stopped',
    mail: inModel(
      'machineShutdown.c',
      reboot,
      [
        [finishOnKexec, ''],
        [
          '		x86_platform.guest.enc_kexec_begin();\n',
          '		x86_platform.guest.enc_kexec_begin();\n	if (kexec_in_progress)\n		x86_platform.guest.enc_kexec_finish();\n',
        ],
      ],
      merged,
    ),
    expected: ['guest-kexec-converting ve-unhandled new'],
  },
  {
    number: 8,
    title: 'the walk converts first and clears the entry then',
    mail: inModel(
      'tdxGuest.c',
      tdx,
      [
        ['			set_pte(pte, __pte(0));\n\n', ''],
        ['			found += pages;\n', '			set_pte(pte, __pte(0));\n\n			found += pages;\n'],
      ],
      merged,
    ),
    expected: ['guest-kexec-touched td-exit new'],
  },
  {
    number: 9,
    title: 'the walk does not clear the entry',
    mail: inModel('tdxGuest.c', tdx, [['			set_pte(pte, __pte(0));\n\n', '']], merged),
    expected: ['guest-kexec-touched td-exit new'],
  },
  {
    number: 10,
    title: 'the walk does not flush in the end',
    mail: inModel('tdxGuest.c', tdx, [['	__flush_tlb_all();\n\n', '']], merged),
    expected: ['guest-kexec-touched td-exit new'],
  },
  {
    number: 11,
    title: 'lookup_address() gives a level that is garbage where there is no entry',
    mail: inModel(
      'mm.c',
      'arch/x86/mm/pat/set_memory.c',
      [['*level = PG_LEVEL_2M;\n', '*level = PG_LEVEL_1G;\n']],
      merged,
    ),
    expected: ['guest-kexec td-exit new'],
  },
  {
    number: 12,
    title: 'SNP: a page that only a vmalloc alias maps shared',
    mail: inModel(
      'memEncrypt.c',
      'arch/x86/mm/pat/set_memory.c',
      [['ret = __change_page_attr_set_clr(&cpa, 1);', 'ret = __change_page_attr_set_clr(&cpa, 0);']],
      merged,
    ),
    expected: ['snp-kexec-vmalloc vc-unvalidated new'],
  },
  {
    number: 13,
    title: 'SNP: PVALIDATE before the entry is private',
    mail: inModel(
      'snpKexec.c',
      sev,
      [
        [
          '			set_pte_enc(pte, level, (void *)addr);\n			snp_set_memory_private(addr, npages);\n',
          '			snp_set_memory_private(addr, npages);\n			set_pte_enc(pte, level, (void *)addr);\n',
        ],
      ],
      merged,
    ),
    expected: ['snp-kexec guest-terminated new'],
  },
  {
    number: 14,
    title: 'SNP: the page below the GHCB counts as the GHCB',
    mail: inModel('snpKexec.c', sev, [['ghcb < addr + size', 'ghcb <= addr + size']], merged),
    expected: ['snp-kexec vc-unvalidated new'],
  },
  {
    number: 15,
    title: 'SNP: the VMSA of another CPU stays in use',
    mail: inModel('snpKexec.c', sev, [['	shutdown_all_aps();\n\n', '']], fixed),
    expected: ['snp-crash-kexec rmp-violation new'],
  },
  {
    number: 16,
    title: 'CR4.MCE is cleared on the way to the second kernel',
    mail: inModel(
      'machineKexec.c',
      'arch/x86/kernel/machine_kexec_64.c',
      [['X86_CR4_PAE | (native_read_cr4() & X86_CR4_MCE)', 'X86_CR4_PAE']],
      merged,
    ),
    expected: ['guest-kexec ve-unhandled new'],
  },
  {
    number: 17,
    title: 'the table of unaccepted memory is not mapped in the crash kernel',
    mail: inModel('init64.c', 'arch/x86/mm/init_64.c', [
      [
        'E820_TYPE_RESERVED_KERN) &&\n\t\t\t    !e820__mapped_any(paddr & PAGE_MASK, paddr_next,\n\t\t\t\t\t     E820_TYPE_ACPI))',
        'E820_TYPE_RESERVED_KERN))',
      ],
    ]),
    expected: ['crash-kernel-map page-fault new'],
  },
  {
    number: 18,
    title: 'conversions are stopped, and memory stays shared',
    mail: inModel('machineShutdown.c', reboot, [[finishOnKexec, '']], merged),
    expected: ['guest-kexec td-exit new'],
  },
  {
    number: 18,
    form: 'b',
    title: 'the same on a reboot that is no kexec',
    notShown:
      'nothing runs after a reboot that is no kexec: conversions that fail meanwhile, or that are needless, harm nobody',
  },
  {
    number: 19,
    title: 'waits for a lock after a crash, which a stopped CPU holds',
    mail: inModel(
      'memEncrypt.c',
      'arch/x86/mm/pat/set_memory.c',
      [['	if (oops_in_progress)\n		return down_write_trylock(&mem_enc_lock);\n\n', '']],
      merged,
    ),
    expected: ['guest-crash-kexec-4k hang new'],
  },
  {
    number: 20,
    title: 'kexec with preserve_context does not unshare',
    notShown:
      'such a second kernel uses the segments that were loaded for it, which were never shared, and comes back: nothing else of memory is its business',
  },
];
