// SPDX-License-Identifier: MIT
/*
 * Kexec of a TDX host with the partial-write erratum, on which something (a device, a stray MOVNTI) has written less than a
 * line of memory that belongs to the TDX module. Nobody has read it yet.
 */

struct scenario scenario = {
	.id = "host-kexec-poisoned",
	.title = "kexec of a TDX host whose private memory was written in part before",
	.machine = "TDX host with the erratum, 1 CPU",
	.guest = "none",
	.partial_write_erratum = true,
	.leaves = { 1, 1, 1 },
	.agents = { "kexec_cpu", "second_kernel" },
	.names = { "CPU 0", "second kernel" },
	.cpus = 1,
	.guards = { "machine-check", "memory-corruption", "warn" },
	.sometimes = { "the TDX module was initialised", "the second kernel used memory" },
	.kexec = true,
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
	/* The old kernel runs no more. */
	hw_stop_agent(0);
}

void kexec_cpu(void)
{
	init_direct_map();
	if (machine_kexec_prepare(kexec_image))
		return;
	if (tdx_enable() == 0)
		sometimes("the TDX module was initialised");
	hw_partial_write(PAMT_FIRST_PAGE);
	story_begins();
	kernel_kexec();
}

void second_kernel(void)
{
	use_some_memory();
}
