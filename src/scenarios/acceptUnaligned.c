// SPDX-License-Identifier: MIT
/*
 * Something is allocated at boot that ends with a unit, but not with a page: its last bytes are used by words. What is
 * behind it nobody has accepted but with it.
 */

struct scenario scenario = {
	.id = "accept-unaligned",
	.title = "memory is accepted for what ends near the end of a unit",
	.machine = "TDX guest with unaccepted memory, 1 CPU",
	.guest = "tdx",
	.leaves = { 2, 2, 2 },
	.unaccepted = { 2, 6 },
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.cpus = 1,
	.guards = { "td-exit" },
	.sometimes = { "what was allocated was used" },
};

enum { NR_CPUS = 1, BYTES = 0x104, END = 2 };

void cpu0(void)
{
	unsigned long end = PFN_PHYS(4) - END;
	unsigned long start;

	init_direct_map();
	efi_init_unaccepted();
	story_begins();

	start = memblock_alloc_range_nid(end - BYTES, BYTES);
	hw_write(PHYS_PFN(start));
	/* A name in it is hashed by words, to its last one. */
	sometimes("what was allocated was used");
	load_unaligned_zeropad((void *)(PAGE_OFFSET + end - 4));
}
