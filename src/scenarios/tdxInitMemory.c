// SPDX-License-Identifier: MIT
/*
 * The TDX module is initialised with the memory that the machine has from the start. The first megabyte is in memblock, and
 * no firmware calls it convertible; all else is.
 */

struct scenario scenario = {
	.id = "tdx-init-memory",
	.title = "the TDX module is initialised with all system memory",
	.machine = "TDX host, 1 CPU",
	.leaves = { 1, 1, 1 },
	/* page frames: above the first megabyte, with a hole */
	.convertible = { 0x100, 0x800, 0x1000, 0x1800 },
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.cpus = 1,
	.guards = { "module-init-failure", "not-tdx-memory" },
	.sometimes = { "the TDX module was initialised" },
};

enum { NR_CPUS = 1 };

void cpu0(void)
{
	/* Firmware may keep the end of the first megabyte for itself. */
	if (choose(2)) {
		memblock_add(0, PFN_PHYS(0x9f));
		memblock_add(PFN_PHYS(0x100), PFN_PHYS(0x700));
	} else {
		memblock_add(0, PFN_PHYS(0x800));
	}
	memblock_add(PFN_PHYS(0x1000), PFN_PHYS(0x800));
	later_patches_may_be_there = true;
	tdx_init();
	story_begins();
	if (tdx_enable())
		return;
	sometimes("the TDX module was initialised");

	/* Any page of the page allocator may become a TD's. */
	tdx_add_page_to_guest(0x100);
	tdx_add_page_to_guest(0x17ff);
}
