// SPDX-License-Identifier: MIT
/*
 * A TDX host with the partial-write erratum crashes while a guest is made and runs on another CPU, which an NMI stops in
 * the middle of anything. The crash kernel lives in memory that was reserved for it.
 */

struct scenario scenario = {
	.id = "host-crash-kexec",
	.title = "crash kexec of a TDX host",
	.machine = "TDX host with the erratum, 2 CPUs",
	.guest = "none",
	.partial_write_erratum = true,
	.leaves = { 1, 1, 1, 1, 1, 1 },
	.agents = { "crashing_cpu", "guest_cpu", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "crash kernel" },
	.cpus = 2,
	.guards = { "machine-check", "memory-corruption", "warn" },
	.sometimes = { "a guest ran", "the crash kernel used its memory" },
	.kexec = true,
};

enum { NR_CPUS = 2, GUEST_CPU = 1, SECOND_KERNEL = 2, SEPT_PAGE = 3, GUEST_PAGE = 4, RESERVED_PAGE = 5 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
	/* The old kernel runs no more. */
	hw_stop_agent(0);
}

void crashing_cpu(void)
{
	init_direct_map();
	if (machine_kexec_prepare(kexec_crash_image))
		return;
	tdx_enable();
	hw_start_agent(GUEST_CPU);
	story_begins();
	die("Oops", NULL, 0);
}

void guest_cpu(void)
{
	if (tdx_run_guest(SEPT_PAGE * PAGE_SIZE, GUEST_PAGE * PAGE_SIZE) == 0)
		sometimes("a guest ran");
}

void second_kernel(void)
{
	if (choose(2))
		hw_partial_write(RESERVED_PAGE);
	else
		hw_write(RESERVED_PAGE);
	hw_read(RESERVED_PAGE);
	sometimes("the crash kernel used its memory");
}
