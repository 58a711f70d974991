// SPDX-License-Identifier: MIT
/*
 * Kexec of a TDX host with the partial-write erratum while another CPU initialises the TDX module, which works or fails;
 * that CPU is stopped wherever it is.
 */

struct scenario scenario = {
	.id = "host-kexec-during-init",
	.title = "kexec of a TDX host while another CPU initialises the TDX module",
	.machine = "TDX host with the erratum, 2 CPUs",
	.guest = "none",
	.partial_write_erratum = true,
	.leaves = { 1, 1, 1 },
	.agents = { "kexec_cpu", "init_cpu", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "second kernel" },
	.cpus = 2,
	.guards = { "machine-check", "memory-corruption", "warn" },
	.sometimes = { "the TDX module was initialised", "initialisation failed", "the second kernel used memory" },
	.kexec = true,
};

enum { NR_CPUS = 2, INIT_CPU = 1, SECOND_KERNEL = 2 };

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
	seamcalls_fail = true;
	hw_start_agent(INIT_CPU);
	story_begins();
	kernel_kexec();
}

void init_cpu(void)
{
	if (tdx_enable())
		sometimes("initialisation failed");
	else
		sometimes("the TDX module was initialised");
}

void second_kernel(void)
{
	use_some_memory();
}
