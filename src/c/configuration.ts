// SPDX-License-Identifier: MIT

/** Debugging aids and other architectures: configured out, so that what runs is the plain code. */
const off =
  /^CONFIG_(?:.*DEBUG.*|.*LOCKDEP.*|PROVE_LOCKING|.*KASAN.*|.*KMSAN.*|KCSAN|UBSAN|X86_32|XEN.*|PREEMPT_RT|HIGHMEM.*|UML|ARM.*|PPC.*|S390|RISCV|MIPS|PARAVIRT_XXL)$/;

/** Options that are numbers, as kernels for x86-64 set them. */
const numbers: Readonly<Record<string, bigint>> = {
  CONFIG_HZ: 250n,
  CONFIG_NR_CPUS: 64n,
  CONFIG_NODES_SHIFT: 10n,
  CONFIG_BASE_SMALL: 0n,
  CONFIG_PGTABLE_LEVELS: 5n,
  CONFIG_ARCH_FORCE_MAX_ORDER: 11n,
  CONFIG_LOG_BUF_SHIFT: 17n,
  CONFIG_PHYSICAL_START: 0x1000000n,
  CONFIG_PHYSICAL_ALIGN: 0x200000n,
  CONFIG_X86_L1_CACHE_SHIFT: 6n,
  CONFIG_X86_INTERNODE_CACHE_SHIFT: 6n,
  CONFIG_ILLEGAL_POINTER_VALUE: 0xdead000000000000n,
  CONFIG_SECTION_SIZE_BITS: 27n,
};

/**
 * The value of a preprocessor symbol under the configuration that is simulated: a 64-bit x86 kernel with every
 * feature in, without debugging aids. Null where the symbol is not defined.
 */
export function configuration(name: string): bigint | null {
  if (name.startsWith('CONFIG_')) return off.test(name) ? null : (numbers[name] ?? 1n);
  switch (name) {
    case '__KERNEL__':
    case '__GNUC__':
    case '__x86_64__':
      return 1n;
    case 'LINUX_VERSION_CODE':
      return (6n << 16n) + (8n << 8n);
    default:
      return null;
  }
}
