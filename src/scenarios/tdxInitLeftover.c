// SPDX-License-Identifier: MIT
/*
 * The TDX module could not be initialised, so that TDX is off. Memory that goes online later is none of its business.
 */

struct scenario scenario = {
	.id = "tdx-init-leftover",
	.title = "memory goes online after the TDX module could not be initialised",
	.machine = "TDX host with memory hotplug, 1 CPU",
	.leaves = { 1, 1, 1 },
	.convertible = { 0x100, 0x800, 0x1000, 0x1800 },
	.allocations_fail = true,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.cpus = 1,
	.guards = { "hotplug-blocked" },
	.sometimes = { "the TDX module was not initialised" },
};

enum { NR_CPUS = 1, CXL_PFN = 0x1800, CXL_PAGES = 0x400 };

void cpu0(void)
{
	tdx_config_fails = true;
	memblock_add(0, PFN_PHYS(0x800));
	memblock_add(PFN_PHYS(0x1000), PFN_PHYS(0x800));
	later_patches_may_be_there = true;
	tdx_init();
	story_begins();
	if (tdx_enable() == 0)
		return;
	sometimes("the TDX module was not initialised");
	if (add_memory(0, PFN_PHYS(CXL_PFN), PFN_PHYS(CXL_PAGES), 0))
		return;
	if (memory_block_online(CXL_PFN, CXL_PAGES))
		outcome("hotplug-blocked", "cannot put memory online, although TDX is off");
}
