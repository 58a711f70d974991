// SPDX-License-Identifier: MIT
/*
 * Memory goes online around the initialisation of the TDX module. A block of memory that was there at boot, and was
 * taken offline, comes back at any time, also while initialisation fails, and that must always work. CXL memory comes
 * after the module was initialised, when it takes no new memory: what of it the page allocator has may be given to a TD.
 */

struct scenario scenario = {
	.id = "tdx-init-hotplug",
	.title = "memory goes online around the initialisation of the TDX module",
	.machine = "TDX host with memory hotplug, 2 CPUs",
	.leaves = { 1, 1, 1 },
	.convertible = { 0x100, 0x800, 0x1000, 0x1800 },
	.agents = { "cpu0", "hotplug_cpu" },
	.names = { "CPU 0", "CPU 1" },
	.cpus = 2,
	.guards = { "not-tdx-memory", "hotplug-blocked" },
	.sometimes = { "the TDX module was initialised", "boot memory went online again" },
};

enum {
	NR_CPUS = 2,
	HOTPLUG_CPU = 1,
	/* one block of memory at each end of the regions of boot memory */
	BLOCK_PAGES = 0x400,
	FIRST_BLOCK = 0x400,
	SECOND_BLOCK = 0x1000,
	CXL_PFN = 0x1800,
};

void cpu0(void)
{
	memblock_add(0, PFN_PHYS(0x800));
	memblock_add(PFN_PHYS(0x1000), PFN_PHYS(0x800));
	tdx_config_fails = choose(2);
	later_patches_may_be_there = true;
	tdx_init();
	hw_start_agent(HOTPLUG_CPU);
	story_begins();
	if (tdx_enable())
		return;
	sometimes("the TDX module was initialised");

	if (add_memory(0, PFN_PHYS(CXL_PFN), PFN_PHYS(BLOCK_PAGES), 0) || memory_block_online(CXL_PFN, BLOCK_PAGES))
		return;
	tdx_add_page_to_guest(CXL_PFN);
}

void hotplug_cpu(void)
{
	unsigned long pfn = choose(2) ? FIRST_BLOCK : SECOND_BLOCK;

	if (memory_block_online(pfn, BLOCK_PAGES))
		outcome("hotplug-blocked", "cannot put memory online again that was there at boot");
	else
		sometimes("boot memory went online again");
}
