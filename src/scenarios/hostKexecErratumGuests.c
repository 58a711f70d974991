// SPDX-License-Identifier: MIT
/*
 * Kexec of a TDX host with the partial-write erratum while a guest is made and runs on another CPU: its secure EPT and
 * its memory are TDX-private, too.
 */

struct scenario scenario = {
	.id = "host-kexec-erratum-guests",
	.title = "kexec of a TDX host with the partial-write erratum on which guests ran",
	.machine = "TDX host with the erratum, 2 CPUs",
	.guest = "none",
	.partial_write_erratum = true,
	.leaves = { 1, 1, 1, 1, 1 },
	.agents = { "kexec_cpu", "guest_cpu", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "second kernel" },
	.cpus = 2,
	.guards = { "machine-check", "memory-corruption", "warn" },
	.sometimes = { "a guest ran", "the second kernel used memory" },
	.kexec = true,
};

enum { NR_CPUS = 2, GUEST_CPU = 1, SECOND_KERNEL = 2, SEPT_PAGE = 3, GUEST_PAGE = 4 };

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
	tdx_enable();
	hw_start_agent(GUEST_CPU);
	story_begins();
	kernel_kexec();
}

void guest_cpu(void)
{
	if (tdx_run_guest(SEPT_PAGE * PAGE_SIZE, GUEST_PAGE * PAGE_SIZE) == 0)
		sometimes("a guest ran");
}

void second_kernel(void)
{
	use_some_memory();
}
