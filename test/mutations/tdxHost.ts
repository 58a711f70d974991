// SPDX-License-Identifier: MIT
/** Mutations of TDX hosts: private memory, caches, the erratum. */

import { ofVersion } from '../../src/review/generations';
import { inModel, inSeed, type Mutation } from './support';

const tdx = 'arch/x86/virt/vmx/tdx/tdx.c';
const v618 = ofVersion('6.18');
const v72 = ofVersion('7.2');

const errorFlush =
  "out_reset_pamts:\n\t/* Lines of the module's KeyID must not be written back over what the kernel stores. */\n\twbinvd_on_all_cpus();\n";
const errorReset = '\twbinvd_on_all_cpus();\n\ttdmrs_reset_pamt_all(&tdx_tdmr_list);\nout_free_pamts:\n';
const increment = '> + atomic_inc_return(&tdx_may_has_private_mem);\n';
const decrement = '> + atomic_dec_return(&tdx_may_has_private_mem);\n';
const resetAtKexec = '> + tdmrs_reset_pamt_all(&tdx_tdmr_list);\n';
const forEachPamt = (statement: string): string =>
  `> + for (int i = 0; i < tdx_tdmr_list.nr_consumed_tdmrs; i++)\n> + ${statement}\n`;

export const tdxHostMutations: readonly Mutation[] = [
  {
    number: 21,
    title: 'memory of the module is reset before the caches are written back',
    mail: inModel('tdxHost.c', tdx, [[errorFlush, 'out_reset_pamts:\n']]),
    expected: [
      'host-tdx-init-error memory-corruption new',
      'host-kexec-after-init-error machine-check new',
      'host-kexec-during-init machine-check unchanged',
    ],
  },
  {
    number: 21,
    form: 'b',
    title: 'the CPU that reboots does not write its cache back',
    mail: inModel('machineShutdown.c', 'arch/x86/kernel/reboot.c', [
      ['\tif (platform_tdx_enabled())\n\t\tnative_wbinvd();\n', ''],
    ]),
    expected: ['host-kexec-no-erratum memory-corruption new'],
  },
  {
    number: 22,
    title: 'only the CPU that reboots writes its cache back',
    mail: inModel('stopCpus.c', 'arch/x86/kernel/process.c', [['\n\t\t\t|| platform_tdx_enabled())', ')']]),
    expected: ['host-kexec-no-erratum memory-corruption new'],
  },
  {
    number: 23,
    title: 'a non-temporal store to a private page, which is read later',
    mail: inModel('kvmTdx.c', 'arch/x86/kvm/vmx/tdx.c', [
      [
        '\tif (tdh_vp_enter(private_page))\n',
        '\tmemcpy_flushcache(__va(private_page), &sept_page, 8);\n\tif (READ_ONCE(*(u64 *)__va(private_page)))\n\t\treturn -EIO;\n\tif (tdh_vp_enter(private_page))\n',
      ],
    ]),
    expected: ['host-kexec-jump machine-check new'],
  },
  {
    number: 24,
    title: 'reset by stores through the cache, which read what is poisoned',
    mail: inSeed('001', [
      [resetAtKexec, forEachPamt('memset(__va(tdmr_entry(&tdx_tdmr_list, i)->pamt_4k_base), 0, PAGE_SIZE);')],
    ]),
    expected: ['host-kexec-poisoned machine-check unchanged', 'host-kexec-erratum machine-check absent'],
  },
  {
    number: 24,
    form: 'b',
    title: 'reset by MOVNTI, which poisons',
    mail: inSeed('001', [
      [
        resetAtKexec,
        forEachPamt('memcpy_flushcache(__va(tdmr_entry(&tdx_tdmr_list, i)->pamt_4k_base), &tdx_tdmr_list, PAGE_SIZE);'),
      ],
    ]),
    expected: ['host-kexec-erratum machine-check unchanged'],
  },
  {
    number: 24,
    form: 'c',
    title: 'no mb() behind MOVDIR64B',
    notShown:
      'Whoever gets the pages next gets them through a LOCKed operation of the page allocator or by a jump to a new kernel, and both drain direct stores on x86, so that nothing else can be seen of it.',
  },
  {
    number: 25,
    title: 'memory of the module goes back to the page allocator as it is',
    mail: inModel('tdxHost.c', tdx, [[errorReset, '\twbinvd_on_all_cpus();\nout_free_pamts:\n']]),
    expected: [
      'host-tdx-init-error machine-check new',
      'host-kexec-after-init-error machine-check new',
      'host-kexec-during-init machine-check unchanged',
    ],
  },
  {
    number: 26,
    title: 'the regions are freed before the counter says so',
    mail: inSeed('001', [
      [decrement, ''],
      ['> tdmrs_free_pamt_all(&tdx_tdmr_list);\n', `> tdmrs_free_pamt_all(&tdx_tdmr_list);\n${decrement}`],
    ]),
    expected: ['host-kexec-during-init use-after-free new', 'host-kexec-after-init-error use-after-free new'].slice(
      0,
      1,
    ),
  },
  {
    number: 27,
    title: 'the counter is raised after the module may have written',
    mail: inSeed('001', [
      [increment, ''],
      ['> ret = config_global_keyid();\n', `> ret = config_global_keyid();\n${increment}`],
    ]),
    expected: ['host-kexec-during-init machine-check unchanged'],
  },
  {
    number: 28,
    title: 'atomic_inc() for atomic_inc_return()',
    mail: inSeed('001', [['atomic_inc_return(&tdx', 'atomic_inc(&tdx']]),
    expected: ['host-kexec-during-init machine-check absent', 'host-kexec-erratum machine-check absent'],
  },
  {
    number: 29,
    title: 'a plain store behind the WBINVD that is to order it; the stop drains it',
    mail: inSeed('001', [[increment, '> + tdx_may_has_private_mem.counter = 1;\n']]),
    expected: ['host-kexec-during-init machine-check absent', 'host-kexec-erratum machine-check absent'],
  },
  {
    number: 30,
    title: 'CPUs that an NMI stopped are still online',
    mail: inSeed('001', []),
    expected: ['host-crash-kexec warn new'],
  },
  {
    number: 31,
    title: 'reset although the old kernel comes back',
    mail: inSeed('001', []),
    expected: ['host-kexec-jump memory-corruption new'],
  },
  {
    number: 32,
    title: 'the TDX module is asked when VMX is off',
    mail: inSeed('001', [
      [
        resetAtKexec,
        `> + struct tdx_module_args args;\n> + args.rcx = PAGE_SIZE;\n> + if (seamcall(TDH_PHYMEM_PAGE_RDMD, &args))\n> + return;\n${resetAtKexec}`,
      ],
    ]),
    expected: ['host-kexec-erratum machine-check unchanged'],
  },
  {
    number: 33,
    title: 'the cache is marked incoherent behind the SEAMCALL',
    mail: inModel(
      'tdxSeamcall.c',
      'arch/x86/include/asm/tdx.h',
      [
        [
          '\tthis_cpu_write(cache_state_incoherent, true);\n\n\treturn func(fn, args);\n',
          '\tu64 ret = func(fn, args);\n\n\tthis_cpu_write(cache_state_incoherent, true);\n\treturn ret;\n',
        ],
      ],
      v618,
    ),
    expected: ['host-kexec-no-erratum memory-corruption new'],
  },
  {
    number: 34,
    title: 'a per-CPU variable is read after load_segments()',
    mail: inModel(
      'machineKexec.c',
      'arch/x86/kernel/machine_kexec_64.c',
      [
        ['\tload_segments();\n', ''],
        [
          '\tif (this_cpu_read(cache_state_incoherent))\n\t\trelocate',
          '\tload_segments();\n\tif (this_cpu_read(cache_state_incoherent))\n\t\trelocate',
        ],
      ],
      v618,
    ),
    expected: ['host-kexec-no-erratum page-fault new'],
  },
  {
    number: 35,
    title: 'WBINVD in the way of a CPU that is stopped takes too long',
    notShown:
      'It rests on how long things take: the CPU that reboots waits a second for the others and then goes on. Here a CPU that is stopped has stopped when the next step comes.',
  },
  {
    number: 36,
    title: 'the module is to be disabled when VMX is off already',
    mail: inModel(
      'kvmTdx.c',
      'arch/x86/kvm/vmx/tdx.c',
      [['\ttdx_shutdown();\n\n\tkvm_shutdown();\n', '\tkvm_shutdown();\n\ttdx_shutdown();\n']],
      v72,
    ),
    expected: ['host-kexec-erratum machine-check new', 'host-kexec-erratum-guests machine-check new'],
  },
  {
    number: 36,
    form: 'b',
    title: 'the module is asked once only to disable itself',
    mail: inModel(
      'tdxHost.c',
      tdx,
      [
        [
          '\tdo {\n\t\tret = seamcall(TDH_SYS_DISABLE, &args);\n\t} while (ret == TDX_INTERRUPTED_RESUMABLE || ret == TDX_SYS_BUSY);\n',
          '\tret = seamcall(TDH_SYS_DISABLE, &args);\n',
        ],
      ],
      v72,
    ),
    expected: ['host-kexec-erratum machine-check new', 'host-kexec-erratum-guests machine-check new'],
  },
  {
    number: 37,
    title: 'the mark is cleared before the cache is written back',
    mail: inModel(
      'tdxHost.c',
      tdx,
      [
        [
          '\twbinvd();\n\tthis_cpu_write(cache_state_incoherent, false);\n',
          '\tthis_cpu_write(cache_state_incoherent, false);\n\twbinvd();\n',
        ],
      ],
      v618,
    ),
    expected: ['host-kexec-no-erratum memory-corruption new'],
  },
  {
    number: 38,
    title: 'dirty lines of KeyID 0 when the module begins to write',
    mail: inModel('tdxHost.c', tdx, [
      [
        "\t/* Lines of the kernel's KeyID must not be written back over what the module stores. */\n\twbinvd_on_all_cpus();\n\n\t/* Config the key",
        '\t/* Config the key',
      ],
    ]),
    expected: ['host-kexec-no-erratum memory-corruption new'],
  },
  {
    number: 39,
    title: 'only the metadata of the module is reset',
    mail: inSeed('001', []),
    expected: ['host-kexec-erratum-guests machine-check unchanged'],
  },
  {
    number: 84,
    title: 'memory of the module goes back neither flushed nor reset',
    mail: inModel('tdxHost.c', tdx, [[`${errorFlush}\ttdmrs_reset_pamt_all(&tdx_tdmr_list);\n`, 'out_reset_pamts:\n']]),
    expected: [
      'host-tdx-init-error machine-check new',
      'host-tdx-init-error memory-corruption new',
      'host-kexec-after-init-error machine-check new',
    ],
  },
];
