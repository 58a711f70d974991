// SPDX-License-Identifier: MIT

/** Debugging aids and other architectures: configured out, so that what runs is the plain code. */
const off =
  /^CONFIG_(?:.*DEBUG.*|.*LOCKDEP.*|PROVE_LOCKING|.*KASAN.*|.*KMSAN.*|KCSAN|UBSAN|X86_32|XEN.*|PREEMPT_RT|HIGHMEM.*|UML|ARM.*|PPC.*|S390|RISCV|MIPS|PARAVIRT_XXL)$/;

/**
 * The value of a preprocessor symbol under the configuration that is simulated: a 64-bit x86 kernel with every
 * feature in, without debugging aids. Null where the symbol is not defined.
 */
export function configuration(name: string): bigint | null {
  if (name.startsWith('CONFIG_')) return off.test(name) ? null : 1n;
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
