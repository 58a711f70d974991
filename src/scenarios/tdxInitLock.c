// SPDX-License-Identifier: MIT
/*
 * Every way through the initialisation of the TDX module: any SEAMCALL and any allocation may fail. In the end
 * mem_hotplug_lock must be as it was, or memory hotplug waits for ever.
 */

struct scenario scenario = {
	.id = "tdx-init-lock",
	.title = "the locks of every way through the initialisation of the TDX module",
	.machine = "TDX host, 1 CPU",
	.leaves = { 1, 1, 1 },
	.convertible = { 0x100, 0x800 },
	.allocations_fail = true,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.cpus = 1,
	.guards = { "lock-imbalance" },
	.sometimes = { "the TDX module was initialised", "the TDX module was not initialised" },
};

enum { NR_CPUS = 1 };

void cpu0(void)
{
	seamcalls_fail = true;
	memblock_add(0, PFN_PHYS(0x800));
	later_patches_may_be_there = true;
	tdx_init();
	story_begins();
	if (tdx_enable() == 0)
		sometimes("the TDX module was initialised");
	else
		sometimes("the TDX module was not initialised");
	if (percpu_rwsem_is_held(&mem_hotplug_lock))
		outcome("lock-imbalance", "never releases mem_hotplug_lock");
	if (mutex_is_locked(&tdx_module_lock))
		outcome("lock-imbalance", "never releases tdx_module_lock");
}
