// SPDX-License-Identifier: MIT
/** Mutations 40 to 54 and 57: conversions, and `load_unaligned_zeropad()` in the middle of them. */

import { ofVersion } from '../../src/review/generations';
import { type Edit, inModel, type Mutation } from './support';

const v69 = ofVersion('6.9');
const setMemory = 'arch/x86/mm/pat/set_memory.c';
const inTdx = (...edits: Edit[]): (() => string) => inModel('tdxGuest.c', 'arch/x86/coco/tdx/tdx.c', edits);
const inSnp = (...edits: Edit[]): (() => string) => inModel('snpGuest.c', 'arch/x86/kernel/sev.c', edits);
const inCallbacks = (...edits: Edit[]): (() => string) =>
  inModel('memEncryptAmd.c', 'arch/x86/mm/mem_encrypt_amd.c', edits);
const inEnc = (...edits: Edit[]): (() => string) => inModel('memEncrypt.c', setMemory, edits);
const inHyperv = (...edits: Edit[]): (() => string) => inModel('hyperv.c', 'arch/x86/hyperv/ivm.c', edits, v69);

/** Two patches in one mail. */
const together = (first: () => string, second: () => string) => (): string => {
  const diff = second();
  return first().replace(/-- \n2[\d.]+\n/, () => diff.slice(diff.indexOf('diff --git')));
};

const body = '\t\treturn tdx_enc_status_changed(vaddr, numpages, enc);\n\treturn true;\n';
const changed = '\treturn tdx_enc_status_changed(vaddr, numpages, enc);\n';

const aligned = '\t\taddr &= PAGE_MASK;\n\n\tmemset(&cpa, 0, sizeof(cpa));\n';
const notPresent = '\tret = set_memory_np(addr, numpages);\n\tif (ret)\n\t\treturn ret;\n\n';
const flushed = 'cpa_flush(&cpa, x86_platform.guest.enc_cache_flush_required());\n\n';
const end = '\t\t\tret = -EIO;\n\t}\n\n\treturn ret;\n';
const present: Edit = [
  end,
  '\t\t\tret = -EIO;\n\t}\n\n\tif (set_memory_p(addr, numpages))\n\t\tret = -EIO;\n\treturn ret;\n',
];
/** Pages are not present while they are converted; caches are flushed before that. */
const notPresentAround = inEnc([flushed, `${flushed}${notPresent}`], present);

const rescind =
  '\t/* Page validation must be rescinded before changing to shared */\n\tif (op == SNP_PAGE_STATE_SHARED)\n\t\tpvalidate_pages(first, (vaddr - first) >> PAGE_SHIFT, false);\n';
const validate =
  '\t/* Page validation must be performed after changing to private */\n\tif (op == SNP_PAGE_STATE_PRIVATE)\n\t\tpvalidate_pages(first, (vaddr - first) >> PAGE_SHIFT, true);\n';
const request = '\tlocal_irq_save(flags);\n\n\tif (sev_cfg.ghcbs_initialized)\n';
const answered = '\tlocal_irq_restore(flags);\n\n';

const setPresent = '\tif (set_memory_p(kbuffer, pagecount))\n\t\tresult = false;\n';

export const zeropadMutations: readonly Mutation[] = [
  {
    number: 40,
    title: 'TDX, shared to private: the entry changes first',
    mail: inTdx([`\tif (enc)\n${body}`, '\treturn true;\n'], [`\tif (!enc)\n${body}`, changed]),
    expected: ['convert-zeropad-tdx-ve td-exit new'],
  },
  {
    number: 41,
    title: 'TDX, private to shared: MapGPA comes before the entry changes',
    mail: inTdx([`\tif (enc)\n${body}`, changed], [`\tif (!enc)\n${body}`, '\treturn true;\n']),
    expected: ['convert-zeropad-tdx-ve td-exit new'],
  },
  {
    number: 42,
    title:
      'TDX: pages that stay present meanwhile, of which only a VMM that converts implicitly makes something (by its fix)',
    mail: notPresentAround,
    expected: ['convert-zeropad-tdx implicit-conversion absent', 'convert-zeropad-tdx td-exit absent'],
  },
  {
    number: 43,
    title: 'pages are made not present first, and then the caches flushed',
    mail: inEnc([aligned, `\t\taddr &= PAGE_MASK;\n\n${notPresent}\tmemset(&cpa, 0, sizeof(cpa));\n`], present),
    expected: ['convert-zeropad-tdx memory-corruption new', 'convert-zeropad-tdx-ve memory-corruption new'],
  },
  {
    number: 44,
    title: 'PVALIDATE of pages that are not present',
    mail: notPresentAround,
    expected: ['convert-zeropad-snp page-fault new'],
  },
  {
    number: 45,
    form: 'a',
    title: 'Hyper-V: vmalloc_to_page() of pages that are not present',
    mail: inHyperv([
      '\t\tpaddr = slow_virt_to_phys(vaddr);\n\t\tpfn_array[pfn] = paddr >> HV_HYP_PAGE_SHIFT;\n',
      '\t\tpfn_array[pfn] = virt_to_hvpfn(vaddr);\n',
    ]),
    expected: ['convert-vmalloc host-exposed new', 'convert-vmalloc paravisor-kill new', 'convert-vmalloc warn new'],
  },
  {
    number: 45,
    form: 'b',
    title: 'SNP: vmalloc_to_pfn() of pages that are not present',
    mail: notPresentAround,
    expected: ['convert-vmalloc-snp page-fault new', 'convert-vmalloc-snp guest-terminated new'],
  },
  {
    number: 46,
    form: 'a',
    title: 'pages are not made present again',
    mail: inHyperv([setPresent, '']),
    expected: [
      'convert-zeropad-vtom page-fault new',
      'convert-zeropad-tdp page-fault new',
      'convert-vmalloc page-fault new',
    ],
  },
  {
    number: 46,
    form: 'b',
    title: 'pages are not made present again where the conversion failed',
    notShown:
      'the caller may only keep them then; who reads all memory (load_unaligned_zeropad(), /proc/kcore) does it with a fixup, and a conversion back makes them present again',
  },
  {
    number: 47,
    title: 'no TLB flush after the entries were made not present, nor after they changed: one of them would do',
    mail: together(
      inModel('setMemory.c', setMemory, [['\tcpa_flush(&cpa, 0);\nout:\n', 'out:\n']], v69),
      inModel(
        'memEncrypt.c',
        setMemory,
        [[' may have been cached. */\n\tcpa_flush(&cpa, 0);\n', ' may have been cached. */\n']],
        v69,
      ),
    ),
    expected: ['convert-zeropad-tdp paravisor-kill new', 'convert-zeropad-vtom paravisor-kill new'],
  },
  {
    number: 48,
    title: 'pages are made present again before the hypercall',
    mail: inHyperv(
      ['\tpfn_array = kmalloc(HV_HYP_PAGE_SIZE', `${setPresent}\n\tpfn_array = kmalloc(HV_HYP_PAGE_SIZE`],
      [`\t/* Whatever went wrong: present again. */\n${setPresent}`, ''],
    ),
    expected: [
      'convert-zeropad-tdp paravisor-kill new',
      'convert-zeropad-vtom paravisor-kill new',
      'convert-vmalloc paravisor-kill new',
    ],
  },
  {
    number: 49,
    title: 'the direct map of a vmalloc() buffer stays present',
    mail: inHyperv(['!set_memory_np(kbuffer', '!set_memory_np_noalias(kbuffer']),
    expected: ['convert-vmalloc paravisor-kill new'],
  },
  {
    number: 50,
    title: 'pages that were made not present before the rest could not be stay so',
    notShown:
      'the caller is told of the failure and may only keep the memory: a leak, which is the safe choice; a read of it astray has its fixup, as with 46b',
  },
  {
    number: 51,
    form: 'a',
    title: 'SNP, to shared: the page state change comes before PVALIDATE takes the validation back',
    mail: inSnp([rescind, ''], [answered, `${answered}${rescind}\n`]),
    expected: [
      'convert-zeropad-snp rmp-violation new',
      'convert-zeropad-snp vc-unvalidated unchanged',
      'convert-vmalloc-snp rmp-violation new',
    ],
  },
  {
    number: 52,
    form: 'a',
    title: 'SNP, to private: PVALIDATE comes before the page state change',
    mail: inSnp([validate, ''], [request, `${validate}\n${request}`]),
    expected: ['convert-zeropad-snp rmp-violation new', 'convert-zeropad-snp vc-unvalidated unchanged'],
  },
  {
    number: 52,
    form: 'b',
    title: 'SNP, to private: PVALIDATE while the entry is still a shared one',
    mail: inCallbacks(
      [
        '\tif (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && !enc)\n\t\tsnp_set_memory_shared(vaddr, npages);\n',
        '\tif (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && !enc)\n\t\tsnp_set_memory_shared(vaddr, npages);\n\tif (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && enc)\n\t\tsnp_set_memory_private(vaddr, npages);\n',
      ],
      [
        '\t/* The mapping is private by now, as PVALIDATE wants it. */\n\tif (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && enc)\n\t\tsnp_set_memory_private(vaddr, npages);\n\n',
        '',
      ],
    ),
    expected: ['convert-vmalloc-snp guest-terminated new'],
  },
  {
    number: 53,
    title: 'SNP: lines are not evicted after PVALIDATE',
    mail: inModel(
      'snpGuest.c',
      'arch/x86/coco/sev/core.c',
      [
        [
          '\n\t/* CPUs that keep such lines. */\n\tif (validate && !cpu_feature_enabled(X86_FEATURE_COHERENCY_SFW_NO))\n\t\tsev_evict_cache((void *)vaddr, 1);\n',
          '',
        ],
      ],
      ofVersion('6.18'),
    ),
    expected: ['convert-stale-snp memory-corruption new'],
  },
  {
    number: 54,
    title: 'TDX: a #VE across two pages is emulated as MMIO',
    notShown:
      'emulation of instructions (handle_mmio()) is no part of the machine, and what a read gives has no value in stories: that it is another one cannot be told',
  },
  {
    number: 57,
    form: 'a',
    title: 'MapGPA is given the end where it wants the size',
    mail: inTdx(['\t\t\t.r13 = end - start };', '\t\t\t.r13 = cc_mkenc(end) };']),
    expected: ['convert-map-gpa host-exposed new', 'convert-map-gpa memory-corruption new'],
  },
  {
    number: 57,
    form: 'b',
    title: 'that the VMM wants another call counts as success',
    mail: inTdx(['\t\tmap_fail_paddr = args.r11;\n', '\t\tmap_fail_paddr = args.r11;\n\t\treturn true;\n']),
    expected: ['convert-map-gpa td-exit new'],
  },
  {
    number: 57,
    form: 'c',
    title: 'where the VMM wants the next call to start is believed',
    mail: inTdx(['\t\tif (map_fail_paddr < start || map_fail_paddr >= end)\n\t\t\treturn false;\n', '']),
    expected: ['convert-map-gpa host-exposed new', 'convert-map-gpa memory-corruption new'],
  },
];
