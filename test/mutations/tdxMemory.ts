// SPDX-License-Identifier: MIT
/** Mutations 77 to 83, 85 and 86: the TDX module's memory regions and memory hotplug. */

import { type Edit, inModel, inSeed, type Mutation, reversed } from './support';

const tdx = 'arch/x86/virt/vmx/tdx/tdx.c';
const inInit = (...edits: Edit[]): (() => string) => inModel('tdxHost.c', tdx, edits);
const inList = (...edits: Edit[]): (() => string) => inModel('tdxMemory.c', tdx, edits);

/** How `init_tdx_module()` begins, in the model of it. */
const begin =
  '\tget_online_mems();\n\n\tret = build_tdx_memlist(&tdx_memlist);\n\tif (ret)\n\t\tgoto out_put_tdxmem;\n';

export const tdxMemoryMutations: readonly Mutation[] = [
  {
    number: 77,
    form: 'a',
    title: 'a goto out before the lock is taken (the seed as it is)',
    mail: inSeed('004', []),
    expected: ['tdx-init-lock lock-imbalance new'],
  },
  {
    number: 77,
    form: 'b',
    title: 'the lock is taken behind what may fail and releases it',
    mail: inInit([
      begin,
      '\tret = build_tdx_memlist(&tdx_memlist);\n\tif (ret)\n\t\tgoto out_put_tdxmem;\n\n\tget_online_mems();\n',
    ]),
    expected: [
      'tdx-init-lock lock-imbalance new',
      'tdx-init-leftover lock-imbalance new',
      'tdx-init-hotplug hotplug-blocked new',
    ],
  },
  {
    number: 78,
    form: 'a',
    title: 'the lock is not released on success',
    mail: inInit(['\tput_online_mems();\n\treturn 0;\n', '\treturn 0;\n']),
    expected: ['tdx-init-lock lock-imbalance new', 'tdx-init-hotplug hang new'],
  },
  {
    number: 78,
    form: 'b',
    title: 'the lock is not released on failure',
    mail: inInit(['out_put_tdxmem:\n\tput_online_mems();\n', 'out_put_tdxmem:\n']),
    expected: ['tdx-init-lock lock-imbalance new', 'tdx-init-leftover hang new', 'tdx-init-hotplug hang new'],
  },
  {
    number: 79,
    form: 'a',
    title: 'the list is built without the lock',
    mail: inInit([
      begin,
      '\tret = build_tdx_memlist(&tdx_memlist);\n\tif (ret)\n\t\treturn ret;\n\n\tget_online_mems();\n',
    ]),
    expected: ['tdx-init-hotplug hotplug-blocked new'],
  },
  {
    number: 79,
    form: 'b',
    title: 'the list is built without the lock (in the seed)',
    mail: inSeed('004', [
      ['> + get_online_mems();\n', ''],
      ['> + put_online_mems();\n', ''],
    ]),
    expected: ['tdx-init-hotplug not-tdx-memory absent', 'tdx-init-hotplug hotplug-blocked new'],
  },
  {
    number: 80,
    title: 'initialisation fails and the list stays',
    mail: inInit(['\tfree_tdx_memlist(&tdx_memlist);\nout_put_tdxmem:', 'out_put_tdxmem:']),
    expected: ['tdx-init-leftover hotplug-blocked new'],
  },
  {
    number: 81,
    title: 'CXL memory that was online before ends the initialisation: by design',
    mail: () => reversed(inInit(['\tret = build_tdx_memlist(&tdx_memlist);\n', '\tret = 0;\n'])()),
    expected: ['tdx-init-memory not-tdx-memory absent', 'tdx-init-hotplug not-tdx-memory absent'],
  },
  {
    number: 82,
    title: 'the notifier waits until the memory is online',
    mail: inList(['action != MEM_GOING_ONLINE', 'action != MEM_ONLINE']),
    expected: ['tdx-init-hotplug not-tdx-memory new'],
  },
  {
    number: 83,
    form: 'a',
    title: 'the first megabyte is not skipped',
    mail: inList([
      '\t\tstart_pfn = max(start_pfn, PHYS_PFN(SZ_1M));\n\t\tif (start_pfn >= end_pfn)\n\t\t\tcontinue;\n\n',
      '',
    ]),
    expected: ['tdx-init-memory module-init-failure new'],
  },
  {
    number: 83,
    form: 'b',
    title: 'a region of the first megabyte alone is not left out',
    mail: inList(['\t\tif (start_pfn >= end_pfn)\n\t\t\tcontinue;\n\n\t\tret', '\t\tret']),
    expected: ['tdx-init-memory module-init-failure new'],
  },
  {
    number: 83,
    form: 'c',
    title: 'two megabytes are skipped, of which the page allocator has one',
    mail: inList([
      'PHYS_PFN(SZ_1M));\n\t\tif (start_pfn >= end_pfn)',
      'PHYS_PFN(SZ_2M));\n\t\tif (start_pfn >= end_pfn)',
    ]),
    expected: ['tdx-init-memory not-tdx-memory new'],
  },
  {
    number: 85,
    title: 'TDH.SYS.TDMR.INIT is called once',
    mail: inInit(['} while (next < tdmr->base + tdmr->size);', '} while (0);']),
    expected: ['tdx-init-memory module-init-failure new'],
  },
  {
    number: 86,
    form: 'a',
    title: 'the last page of a region counts as outside',
    mail: inList(['end_pfn <= tmb->end_pfn', 'end_pfn < tmb->end_pfn']),
    expected: ['tdx-init-hotplug hotplug-blocked new'],
  },
  {
    number: 86,
    form: 'b',
    title: 'the first page of a region counts as outside',
    mail: inList(['start_pfn >= tmb->start_pfn', 'start_pfn > tmb->start_pfn']),
    expected: ['tdx-init-hotplug hotplug-blocked new'],
  },
  {
    number: 86,
    form: 'c',
    title: 'a range that begins right behind a region counts as inside',
    mail: inList(['end_pfn <= tmb->end_pfn', 'start_pfn <= tmb->end_pfn']),
    expected: ['tdx-init-hotplug not-tdx-memory new'],
  },
  {
    number: 86,
    form: 'd',
    title: 'a range that is above some region counts as inside',
    mail: inList(['start_pfn >= tmb->start_pfn && end_pfn', 'start_pfn >= tmb->start_pfn || end_pfn']),
    expected: ['tdx-init-hotplug not-tdx-memory new'],
  },
  {
    number: 86,
    form: 'e',
    title: 'one event for memory in two regions',
    notShown:
      'memory goes online by blocks, and no block of memory_hotplug.c crosses from one memblock region into another',
  },
];
