// SPDX-License-Identifier: MIT
/*
 * CXL memory, which no TDX module of today can use, went online by the kmem driver before the TDX module is initialised.
 * That the module is then not initialised is meant: all memory of the page allocator must be memory for TDs.
 */

struct scenario scenario = {
	.id = "tdx-init-cxl",
	.title = "memory that is not convertible was online before the TDX module was initialised",
	.machine = "TDX host with CXL memory, 1 CPU",
	.leaves = { 1, 1, 1 },
	.convertible = { 0x100, 0x800 },
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.cpus = 1,
	.guards = { "module-init-failure" },
	.by_design = { "module-init-failure" },
	.sometimes = { "the CXL memory went online" },
};

enum { NR_CPUS = 1, CXL_PFN = 0x1000, CXL_PAGES = 0x800 };

void cpu0(void)
{
	memblock_add(0, PFN_PHYS(0x800));
	later_patches_may_be_there = true;
	tdx_init();
	story_begins();
	if (add_memory(0, PFN_PHYS(CXL_PFN), PFN_PHYS(CXL_PAGES), 0) == 0 &&
	    memory_block_online(CXL_PFN, CXL_PAGES) == 0)
		sometimes("the CXL memory went online");
	tdx_enable();
}
