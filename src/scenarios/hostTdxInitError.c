// SPDX-License-Identifier: MIT
/*
 * The initialisation of the TDX module fails at some step, on a host with the partial-write erratum. Memory that was meant
 * for the module's metadata goes back to the page allocator, and somebody on another CPU gets it.
 */

struct scenario scenario = {
	.id = "host-tdx-init-error",
	.title = "the TDX module cannot be initialised, and its memory goes back",
	.machine = "TDX host with the erratum, 2 CPUs",
	.guest = "none",
	.partial_write_erratum = true,
	.leaves = { 1, 1, 1 },
	.agents = { "init_cpu", "other_cpu" },
	.names = { "CPU 0", "CPU 1" },
	.cpus = 2,
	.guards = { "machine-check", "memory-corruption", "warn" },
	.sometimes = { "the TDX module was initialised", "initialisation failed", "somebody else used its memory" },
};

enum { NR_CPUS = 2, OTHER_CPU = 1 };

void init_cpu(void)
{
	init_direct_map();
	seamcalls_fail = true;
	hw_start_agent(OTHER_CPU);
	story_begins();
	if (tdx_enable())
		sometimes("initialisation failed");
	else
		sometimes("the TDX module was initialised");
}

void other_cpu(void)
{
	int page = PAMT_FIRST_PAGE + choose(PAMT_PAGES);

	if (!take_free_page(page))
		return;
	if (choose(2))
		hw_partial_write(page);
	else
		hw_write(page);
	hw_read(page);
	sometimes("somebody else used its memory");
}
