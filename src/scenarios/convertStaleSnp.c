// SPDX-License-Identifier: MIT
/*
 * An SNP guest makes a shared buffer private again, to which the hypervisor has written until now: its caches may still
 * have that, on CPUs without COHERENCY_SFW_NO. Kernels before v6.17 knew nothing of it, and are let off.
 */

struct scenario scenario = {
	.id = "convert-stale-snp",
	.title = "an SNP guest takes a buffer back that the hypervisor has written to",
	.machine = "SNP guest on a CPU that keeps lines of the hypervisor, 1 CPU",
	.guest = "snp",
	.dirty_lines = true,
	/* the buffer, the GHCB */
	.leaves = { 1, 1 },
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "memory-corruption" },
	.sometimes = { "the driver came to it" },
};

enum { NR_CPUS = 1, BUFFER_PAGE = 0, GHCB_PAGE = 1 };

void driver(void)
{
	init_direct_map();
	sev_booted_with_ghcb(GHCB_PAGE);
	sme_early_init();
	story_begins();

	sometimes("the driver came to it");
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (set_memory_decrypted(PAGE_OFFSET, 1) == 0 && set_memory_encrypted(PAGE_OFFSET, 1) == 0)
		hw_write(BUFFER_PAGE);
#endif
}
