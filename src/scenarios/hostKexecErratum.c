// SPDX-License-Identifier: MIT
/*
 * Kexec of a TDX host whose CPUs have the partial-write erratum, after the TDX module was initialised. The new
 * kernel writes less than a line somewhere and reads it later.
 */

struct scenario scenario = {
	.id = "host-kexec-erratum",
	.title = "kexec of a TDX host with the partial-write erratum",
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
	story_begins();
	kernel_kexec();
}

void second_kernel(void)
{
	use_some_memory();
}
