// SPDX-License-Identifier: MIT
/** Mutations 61 to 76: memory that a guest accepts when it needs it. */

import { ofVersion } from '../../src/review/generations';
import { type Edit, inModel, type Mutation, reversed } from './support';

const unaccepted = 'drivers/firmware/efi/unaccepted_memory.c';
const kexecCore = 'kernel/kexec_core.c';
const sizes = ofVersion('6.11');
const inAccept = (...edits: Edit[]): (() => string) => inModel('acceptMemory.c', unaccepted, edits);
const inAllocator = (...edits: Edit[]): (() => string) => inModel('unacceptedPages.c', 'mm/page_alloc.c', edits);
const inLoading = (...edits: Edit[]): (() => string) => inModel('kexecLoad.c', kexecCore, edits, sizes);

const lastCheck =
  '\t\t\tif ((mstart < phys_to_boot_phys(crashk_res.start)) ||\n\t\t\t    (mend > phys_to_boot_phys(crashk_res.end)))\n\t\t\t\treturn -EADDRNOTAVAIL;\n\t\t}\n\t}\n#endif\n';
const acceptEach =
  '\tfor (i = 0; i < nr_segments; i++)\n\t\taccept_memory(image->segment[i].mem, image->segment[i].memsz);\n\n';
const guard = '\tif (!(end % unit_size))\n\t\tend += unit_size;\n';

export const acceptMemoryMutations: readonly Mutation[] = [
  {
    number: 61,
    form: 'a',
    title: 'segments of a kexec image are accepted when it is loaded: the fix',
    mail: inLoading([lastCheck, `${lastCheck}\n${acceptEach}`]),
    expected: ['guest-kexec-unaccepted td-exit absent'],
  },
  {
    number: 61,
    form: 'b',
    title: 'segments of a kexec image are no longer accepted',
    mail: inModel(
      'kexecLoad.c',
      kexecCore,
      [
        [
          '\tfor (i = 0; i < nr_segments; i++)\n\t\taccept_memory(image->segment[i].mem, image->segment[i].memsz);\n',
          '',
        ],
      ],
      ofVersion('6.18'),
    ),
    expected: ['guest-kexec-unaccepted td-exit new'],
  },
  {
    number: 61,
    form: 'c',
    title: 'only the first page of each segment is accepted',
    mail: inLoading([lastCheck, `${lastCheck}\n${acceptEach.replace('image->segment[i].memsz', 'PAGE_SIZE')}`]),
    expected: ['guest-kexec-unaccepted td-exit unchanged'],
  },
  {
    number: 61,
    form: 'd',
    title: 'what is to be copied is accepted, not where it goes',
    mail: inLoading([
      lastCheck,
      `${lastCheck}\n${acceptEach.replace('image->segment[i].mem,', '__pa((unsigned long)image->segment[i].buf),')}`,
    ]),
    // What it accepts was accepted: it does not do what it is for.
    expected: ['guest-kexec-unaccepted td-exit unchanged'],
  },
  {
    number: 62,
    title: 'segments are accepted before they are checked: more is accepted than is needed, nothing else',
    mail: inLoading([
      '\t/* Destinations are whole pages; whether',
      `${acceptEach}\t/* Destinations are whole pages; whether`,
    ]),
    expected: ['guest-kexec-unaccepted td-exit absent'],
  },
  {
    number: 63,
    title: 'segments are accepted when the image is started, while a CPU that was stopped accepts for ever',
    mail: inModel(
      'machineKexec.c',
      'arch/x86/kernel/machine_kexec_64.c',
      [
        [
          '\tlocal_irq_disable();\n',
          '\tlocal_irq_disable();\n\n\tfor (unsigned long i = 0; i < image->nr_segments; i++)\n\t\taccept_memory(image->segment[i].mem, image->segment[i].memsz);\n',
        ],
      ],
      sizes,
    ),
    expected: ['guest-kexec-unaccepted td-exit absent', 'guest-crash-unaccepted hang new'],
  },
  {
    number: 64,
    form: 'a',
    title: 'no unit is accepted behind the range',
    mail: inAccept([guard, '']),
    expected: ['accept-race td-exit new'],
  },
  {
    number: 64,
    form: 'b',
    title: 'the unit behind a range does not count in the check',
    mail: inAccept([`\t/* The unit behind the range counts, too: see accept_memory(). */\n${guard}\n`, '']),
    expected: ['accept-interrupt td-exit new', 'accept-interrupt-snp vc-unvalidated new'],
  },
  {
    number: 65,
    form: 'a',
    title: 'the end of a range is rounded up to a page first: the fix',
    mail: () =>
      reversed(
        inModel(
          'acceptMemory.c',
          unaccepted,
          [['\tend = PAGE_ALIGN(start + size);\n\tstart = PAGE_ALIGN_DOWN(start);\n', '\tend = start + size;\n']],
          ofVersion('7.2'),
        )(),
      ),
    expected: ['accept-unaligned td-exit absent'],
  },
  {
    number: 65,
    form: 'b',
    title: 'the end of a range is no longer rounded up to a page',
    mail: inModel(
      'acceptMemory.c',
      unaccepted,
      [['\tend = PAGE_ALIGN(start + size);\n', '\tend = start + size;\n']],
      ofVersion('7.2'),
    ),
    expected: ['accept-unaligned td-exit new'],
  },
  {
    number: 66,
    title: 'memory is shared with the host that was never accepted, and the bitmap does not know',
    mail: inModel('unacceptedPages.c', 'mm/memblock.c', [['\taccept_memory(found, found + size);\n', '']]),
    expected: ['accept-race td-exit new'],
  },
  {
    number: 67,
    form: 'a',
    title: 'a range counts as accepted before it is',
    mail: inAccept(
      ['\t\tarch_accept_memory(phys_start, phys_end);\n\n', ''],
      [
        '\t\tspin_lock(&unaccepted_memory_lock);\n\t\tbitmap_clear(unaccepted->bitmap, range_start, len);\n',
        '\t\tspin_lock(&unaccepted_memory_lock);\n',
      ],
      [
        '\t\tspin_unlock(&unaccepted_memory_lock);\n\n\t\tspin_lock',
        '\t\tbitmap_clear(unaccepted->bitmap, range_start, len);\n\t\tspin_unlock(&unaccepted_memory_lock);\n\n\t\tarch_accept_memory(phys_start, phys_end);\n\n\t\tspin_lock',
      ],
    ),
    expected: ['guest-crash-unaccepted td-exit new'],
  },
  {
    number: 67,
    form: 'b',
    title: 'what was accepted stays in the bitmap',
    mail: inAccept(['\t\tbitmap_clear(unaccepted->bitmap, range_start, len);\n', '']),
    expected: [
      'accept-race panic new',
      'accept-interrupt panic new',
      'accept-interrupt-snp guest-terminated new',
      'guest-kexec-unaccepted panic new',
      'guest-kexec-unaccepted td-exit unchanged',
    ],
  },
  {
    number: 68,
    form: 'a',
    title: 'interrupts are on while a range is being accepted',
    mail: inAccept(
      [
        '\t\tspin_unlock(&unaccepted_memory_lock);\n\n\t\tarch',
        '\t\tspin_unlock_irqrestore(&unaccepted_memory_lock, flags);\n\n\t\tarch',
      ],
      [
        '\t\tspin_lock(&unaccepted_memory_lock);\n\t\tbitmap_clear',
        '\t\tspin_lock_irqsave(&unaccepted_memory_lock, flags);\n\t\tbitmap_clear',
      ],
    ),
    expected: ['accept-interrupt hang new', 'accept-interrupt-snp hang new'],
  },
  {
    number: 68,
    form: 'b',
    title: 'the lock is held while memory is accepted',
    notShown:
      'nothing goes wrong but that others wait for as long as the acceptance of a large range takes; how long something takes has no place in the model',
  },
  {
    number: 69,
    title: 'memory is allocated in order to accept memory',
    notShown:
      'kmalloc() takes its objects from pools of its own here, and not from the page allocator that accepts memory; and functions are inlined: recursion is named as not analysed, not run',
  },
  {
    number: 70,
    form: 'a',
    title: 'ranges that only touch each other wait for each other',
    mail: inAccept(['entry->end <= range.start', 'entry->end < range.start']),
    expected: [],
  },
  {
    number: 70,
    form: 'b',
    title: 'ranges that share their first unit do not wait for each other',
    mail: inAccept(['entry->end <= range.start', 'entry->end <= range.start + 1']),
    expected: ['accept-race panic new'],
  },
  {
    number: 70,
    form: 'c',
    title: 'nobody waits',
    mail: inAccept(['\t\tif (entry->start >= range.end)\n', '\t\tif (entry->start < range.end)\n']),
    expected: ['accept-race panic new'],
  },
  {
    number: 71,
    title: 'the reservation for the table is too short',
    mail: inModel('efiTables.c', 'drivers/firmware/efi/efi.c', [
      [
        'PAGE_ALIGN(efi.unaccepted + sizeof(*unaccepted) + unaccepted->size)',
        'PAGE_ALIGN(efi.unaccepted + unaccepted->size)',
      ],
    ]),
    expected: ['unaccepted-table memory-corruption new'],
  },
  {
    number: 72,
    title: 'parts of units are accepted in the EFI stub, before it can',
    notShown: 'the EFI stub and the decompressor are not modelled: stories begin in the kernel, when SNP is set up',
  },
  {
    number: 73,
    form: 'a',
    title: 'a bit that is set counts as accepted',
    mail: inAccept(['if (test_bit(start / unit_size', 'if (!test_bit(start / unit_size']),
    expected: ['guest-kexec-unaccepted td-exit unchanged', 'guest-crash-unaccepted td-exit new'],
  },
  {
    number: 73,
    form: 'b',
    title: 'the bitmap is read with another size of its units',
    mail: inAccept(['\tunit_size = unaccepted->unit_size;\n', '\tunit_size = 2 * PMD_SIZE;\n']),
    expected: ['accept-race panic new'],
  },
  {
    number: 73,
    form: 'c',
    title: 'the unit in which a range ends is left out',
    mail: inAccept(['range.end = DIV_ROUND_UP(end, unit_size);', 'range.end = end / unit_size;']),
    expected: ['accept-interrupt td-exit new'],
  },
  {
    number: 73,
    form: 'd',
    title: 'the unit in which a range begins is left out',
    mail: inAccept(['range.start = start / unit_size;', 'range.start = DIV_ROUND_UP(start, unit_size);']),
    expected: ['accept-race td-exit new'],
  },
  {
    number: 74,
    title: 'a block is taken from the list without the lock',
    mail: inAllocator(
      [
        '\tspin_lock_irqsave(&zone->lock, flags);\n\tif (!zone->unaccepted_pages) {\n\t\tspin_unlock_irqrestore(&zone->lock, flags);\n\t\treturn false;\n',
        '\tif (!zone->unaccepted_pages) {\n\t\treturn false;\n',
      ],
      [
        '\tzone->unaccepted_pages &= ~(1UL << block);\n\tspin_unlock_irqrestore(&zone->lock, flags);\n',
        '\tzone->unaccepted_pages &= ~(1UL << block);\n',
      ],
    ),
    expected: ['accept-race memory-corruption new'],
  },
  {
    number: 75,
    title: 'memory that was added later is not in the bitmap',
    notShown:
      'no kernel so far accepts memory that is added later, and the bitmap ends before it (RFC of November 2025): a story of it would end in td-exit with and without any patch',
  },
  {
    number: 76,
    form: 'a',
    title: 'a dump reads memory that was never accepted',
    mail: inAccept(['\treturn !pfn_is_unaccepted_memory(pfn);', '\treturn true;']),
    expected: ['guest-crash-unaccepted td-exit new'],
  },
  {
    number: 76,
    form: 'b',
    title: 'nobody asks the bitmap for a dump',
    mail: inAccept(['\tregister_vmcore_cb(&vmcore_cb);\n', '']),
    expected: ['guest-crash-unaccepted td-exit new'],
  },
];
