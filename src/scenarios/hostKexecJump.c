// SPDX-License-Identifier: MIT
/*
 * Kexec with preserve_context on a TDX host: the second kernel uses memory of its own only, then the old kernel goes on
 * and runs a guest.
 */

struct scenario scenario = {
	.id = "host-kexec-jump",
	.title = "kexec of a TDX host that comes back (preserve_context)",
	.machine = "TDX host with the erratum, 1 CPU",
	.guest = "none",
	.partial_write_erratum = true,
	.leaves = { 1, 1, 1, 1, 1, 1 },
	.agents = { "kexec_cpu" },
	.names = { "CPU 0" },
	.cpus = 1,
	.guards = { "machine-check", "memory-corruption", "warn" },
	.sometimes = { "a guest ran after the old kernel came back" },
	.kexec = true,
};

enum { NR_CPUS = 1, SEPT_PAGE = 3, GUEST_PAGE = 4, PAGE_OF_SECOND_KERNEL = 5 };

/* Runs on the same CPU and comes back. */
void start_second_kernel(void)
{
	if (choose(2))
		hw_partial_write(PAGE_OF_SECOND_KERNEL);
	else
		hw_write(PAGE_OF_SECOND_KERNEL);
	hw_read(PAGE_OF_SECOND_KERNEL);
}

void kexec_cpu(void)
{
	init_direct_map();
	if (machine_kexec_prepare(kexec_image))
		return;
	if (tdx_enable())
		return;
	kexec_image->preserve_context = 1;
	story_begins();
	kernel_kexec();
	if (tdx_run_guest(SEPT_PAGE * PAGE_SIZE, GUEST_PAGE * PAGE_SIZE) == 0)
		sometimes("a guest ran after the old kernel came back");
}
