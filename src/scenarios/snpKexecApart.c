// SPDX-License-Identifier: MIT
/* Normal kexec of an SNP guest that holds a shared buffer. As snp-kexec, but nothing of it lies beside the GHCB. */

struct scenario scenario = {
	.id = "snp-kexec-apart",
	.title = "kexec of an SNP guest that holds a shared buffer far from its GHCB",
	.machine = "SNP guest, 1 CPU",
	.guest = "snp",
	/* a buffer, memory of the kernel, the GHCB */
	.leaves = { 1, 1, 1 },
	.agents = { "kexec_cpu", "second_kernel" },
	.names = { "CPU 0", "second kernel" },
	.cpus = 1,
	.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated" },
	.sometimes = { "a buffer was shared", "the second kernel used all memory" },
	.kexec = true,
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1, BUFFER_PAGE = 0, GHCB_PAGE = 2 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void kexec_cpu(void)
{
	init_direct_map();
	sme_early_init();
	sev_es_init_vc_handling(0, PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE);
	sev_ghcbs_initialized();

	if (set_memory_decrypted(PAGE_OFFSET + BUFFER_PAGE * PAGE_SIZE, 1) == 0)
		sometimes("a buffer was shared");
	story_begins();
	kernel_kexec();
}

/* It sees RAM, nothing else: maps it private and uses all of it. */
void second_kernel(void)
{
	int page;

	for (page = 0; page < hw_pages(); page++)
		hw_write(page);
	sometimes("the second kernel used all memory");
}
