// SPDX-License-Identifier: MIT
/*
 * A TDX guest maps a table that the firmware left in private memory, reads it, and has the page back later. The VMM
 * converts implicitly: a touch through a shared mapping makes the page shared, and what it held is gone.
 */

struct scenario scenario = {
	.id = "memremap-private",
	.title = "a TDX guest maps private memory by its physical address and reads it",
	.machine = "TDX guest, 1 CPU; the VMM converts implicitly",
	.guest = "tdx",
	.implicit_conversion = true,
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "implicit-conversion", "td-exit", "ve-unhandled" },
	.sometimes = { "the table was read" },
	.kexec = false,
};

enum { NR_CPUS = 1, TABLE_PAGE = 1 };

void start_second_kernel(void)
{
}

void cpu0(void)
{
	unsigned char *table;

	init_direct_map();
	story_begins();

	table = memremap(TABLE_PAGE * PAGE_SIZE, PAGE_SIZE, MEMREMAP_WB);
	if (table && *table >= 0)
		sometimes("the table was read");
	hw_read(TABLE_PAGE);
}
