// SPDX-License-Identifier: MIT
/** Mutations of set_memory_*(), of those who call it, and of generic page attributes: 55, 56, 58 to 60, 87 to 93. */

import { inModel, type Mutation } from './support';

const direct = (...edits: readonly (readonly [string, string])[]) =>
  inModel('sharedBuffers.c', 'kernel/dma/direct.c', edits);
const quote = (...edits: readonly (readonly [string, string])[]) =>
  inModel('sharedBuffers.c', 'drivers/virt/coco/tdx-guest/tdx-guest.c', edits);
const attributes = (...edits: readonly (readonly [string, string])[]) =>
  inModel('setMemory.c', 'arch/x86/mm/pat/set_memory.c', edits);
const loader = (...edits: readonly (readonly [string, string])[]) =>
  inModel('codeLoader.c', 'kernel/module/strict_rwx.c', edits);

export const setMemoryMutations: readonly Mutation[] = [
  {
    number: 55,
    title: 'the change of a page protection loses the shared bit',
    mail: inModel('mm.c', 'arch/x86/include/asm/pgtable_types.h', [
      ['pgprot_val(oldprot) & _PAGE_CHG_MASK;', 'pgprot_val(oldprot) & PTE_PFN_MASK;'],
    ]),
    expected: ['shared-protection td-exit new'],
  },
  {
    number: 56,
    title: 'the number of pages is shifted in 32 bits',
    notShown:
      'it takes a conversion of 2^20 pages or more to overflow, and a story has 64 at most; what was not told then is only which pages a KVM host may migrate as they are',
  },
  {
    number: 58,
    form: 'a',
    title: 'the quote buffer is freed after a conversion that failed',
    mail: quote([
      'if (set_memory_decrypted((unsigned long)addr, count))\n\t\treturn NULL;',
      'if (set_memory_decrypted((unsigned long)addr, count)) {\n\t\tfree_pages_exact(addr, len);\n\t\treturn NULL;\n\t}',
    ]),
    expected: ['conversion-failure host-exposed new', 'shared-buffers host-exposed new'],
  },
  {
    number: 58,
    form: 'b',
    title: 'DMA memory is freed after a conversion that failed',
    mail: direct([
      '\tif (dma_set_decrypted(dev, ret, size))\n\t\tgoto out_leak_pages;\n\n\t*dma_handle',
      '\tif (dma_set_decrypted(dev, ret, size))\n\t\tgoto out_free_pages;\n\n\t*dma_handle',
    ]),
    expected: ['shared-buffers host-exposed new'],
  },
  {
    number: 59,
    form: 'a',
    title: 'nobody looks whether DMA memory could be made private again',
    mail: direct([
      '\t\tif (dma_set_encrypted(dev, cpu_addr, size))\n\t\t\treturn;\n',
      '\t\tdma_set_encrypted(dev, cpu_addr, size);\n',
    ]),
    expected: ['shared-buffers host-exposed new'],
  },
  {
    number: 59,
    form: 'b',
    title: 'nobody looks whether the monitor pages could be shared',
    mail: inModel('sharedBuffers.c', 'drivers/hv/connection.c', [
      [
        '\tif (ret) {\n\t\t/* Nobody knows the state of either: neither may be freed. */\n\t\tvmbus_connection.monitor_pages[0] = NULL;\n\t\tvmbus_connection.monitor_pages[1] = NULL;\n\t\tgoto cleanup;\n\t}',
        '\tif (ret)\n\t\tgoto cleanup;',
      ],
      [
        '\t\tif (!set_memory_encrypted(\n\t\t\t(unsigned long)vmbus_connection.monitor_pages[0], 1))\n\t\t\thv_free_hyperv_page(vmbus_connection.monitor_pages[0]);',
        '\t\tset_memory_encrypted(\n\t\t\t(unsigned long)vmbus_connection.monitor_pages[0], 1);\n\t\thv_free_hyperv_page(vmbus_connection.monitor_pages[0]);',
      ],
    ]),
    expected: ['shared-buffers host-exposed new'],
  },
  {
    number: 60,
    form: 'a',
    title: 'the number of pages where bytes belong: the tail stays shared',
    mail: direct([
      '\t\tif (dma_set_encrypted(dev, cpu_addr, size))',
      '\t\tif (dma_set_encrypted(dev, cpu_addr, 1 << page_order))',
    ]),
    expected: ['shared-buffers host-exposed new'],
  },
  {
    number: 60,
    form: 'b',
    title: 'the order where pages belong',
    mail: direct([
      'return set_memory_decrypted((unsigned long)vaddr, PFN_UP(size));',
      'return set_memory_decrypted((unsigned long)vaddr, 1 << (get_order(size) + 1));',
    ]),
    expected: ['shared-buffers host-exposed new'],
  },
  {
    number: 87,
    title: 'nobody looks whether text could be made read-only and executable',
    mail: loader([
      '\tif (ret)\n\t\treturn ret;\n\treturn 0;\n}\n\n/* Where the text',
      '\treturn 0;\n}\n\n/* Where the text',
    ]),
    expected: ['page-attributes writable-executable new'],
  },
  {
    number: 88,
    title: 'executable before read-only',
    mail: attributes([
      '\tpgprot_t clr = __pgprot(_PAGE_RW | _PAGE_NX);\n\n\treturn change_page_attr_clear(&addr, numpages, clr, 0);',
      '\tint ret = set_memory_x(addr, numpages);\n\n\tif (ret)\n\t\treturn ret;\n\treturn set_memory_ro(addr, numpages);',
    ]),
    expected: ['page-attributes writable-executable new', 'page-attributes warn new'],
  },
  {
    number: 89,
    title: 'other addresses of the page stay writable',
    mail: attributes(['ret = __change_page_attr_set_clr(&cpa, 1);', 'ret = __change_page_attr_set_clr(&cpa, 0);']),
    expected: ['page-attributes writable-executable new'],
  },
  {
    number: 90,
    title: 'only the address that was asked for is flushed',
    mail: inModel('changePageAttr.c', 'arch/x86/mm/pat/set_memory.c', [
      [
        '\t\tcpa->force_flush_all = 1;\n\n\t\tret = __change_page_attr_alias(&alias_cpa);',
        '\t\tret = __change_page_attr_alias(&alias_cpa);',
      ],
    ]),
    expected: ['page-attributes writable-executable new'],
  },
  {
    number: 91,
    title: 'with interrupts off',
    mail: loader([
      '\tset_vm_flush_reset_perms(mod_mem->base);\n\treturn set_memory((unsigned long)mod_mem->base, mod_mem->size >> PAGE_SHIFT);',
      '\tset_vm_flush_reset_perms(mod_mem->base);\n\tlocal_irq_disable();\n\tset_memory((unsigned long)mod_mem->base, mod_mem->size >> PAGE_SHIFT);\n\tlocal_irq_enable();\n\treturn 0;',
    ]),
    expected: ['page-attributes bug-on new'],
  },
  {
    number: 92,
    title: 'a page table is freed while somebody walks it',
    notShown:
      'cpa_collapse_large_pages() (v6.15) is not modelled: entries of 4K are never collapsed into a large one, so that no page table is ever freed while ptdump walks it',
  },
  {
    number: 93,
    title: 'a global TLB entry survives the switch of CR3',
    notShown:
      'the switch is in relocate_kernel_64.S, and assembly of .S files is not read; the second kernel of a story has page tables and TLBs of its own',
  },
];
