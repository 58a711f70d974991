// SPDX-License-Identifier: MIT
/*
 * load_unaligned_zeropad() of arch/x86/include/asm/word-at-a-time.h, condensed: names are read in words of eight bytes, and
 * the last of them may reach into the next page, whosever it is. Where that cannot be read a fixup makes zeroes of it.
 */

/* The caller's own page is fine; what matters is the one behind it. */
static inline unsigned long load_unaligned_zeropad(const void *addr)
{
	hw_probe((unsigned long)addr + sizeof(unsigned long) - 1, true);
	return 0;
}
