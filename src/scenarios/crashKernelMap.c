// SPDX-License-Identifier: MIT
/*
 * A crash kernel makes its direct map. The table of unaccepted memory, which the kernel before left in memory of type ACPI,
 * was mapped when it was found, and is needed whenever memory is allocated.
 */

struct scenario scenario = {
	.id = "crash-kernel-map",
	.title = "a crash kernel makes its direct map and asks which memory is accepted",
	.machine = "guest with unaccepted memory, 1 CPU",
	.guest = "tdx",
	.leaves = { 1, 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "page-fault" },
	.sometimes = { "the table was read" },
	.kexec = true,
};

enum { NR_CPUS = 1, TABLE_PAGE = 1 };

void cpu0(void)
{
	init_direct_map();
	e820_type[0] = E820_TYPE_RAM;
	e820_type[TABLE_PAGE] = E820_TYPE_ACPI;
	story_begins();

	phys_pte_init(direct_map, 0, PAGE_SIZE, __pgprot(__PAGE_KERNEL), true);
	flush_tlb_all();
	hw_read(TABLE_PAGE);
	sometimes("the table was read");
}
