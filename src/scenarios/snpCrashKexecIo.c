// SPDX-License-Identifier: MIT
/*
 * An SNP guest crashes. On the way into the crash kernel devices are shut down, each by a request through the GHCB,
 * which has to be shared for that. What the dump finds is another story.
 */

struct scenario scenario = {
	.id = "snp-crash-kexec-io",
	.title = "crash of an SNP guest, with devices that are shut down through the GHCB",
	.machine = "SNP guest, 1 CPU",
	.guest = "snp",
	/* a buffer, the GHCB, the crash kernel's region */
	.leaves = { 1, 1, 1 },
	.agents = { "crash_cpu", "second_kernel" },
	.names = { "CPU 0", "crash kernel" },
	.cpus = 1,
	.guards = { "guest-terminated" },
	.sometimes = { "the crash kernel ran" },
	.kexec = true,
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1, GHCB_PAGE = 1, CRASH_PAGE = 2 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void crash_cpu(void)
{
	init_direct_map();
	sme_early_init();
	sev_es_init_vc_handling(0, PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE);
	sev_ghcbs_initialized();
	if (choose(2))
		set_memory_decrypted(PAGE_OFFSET, 1);
	bust_spinlocks(1);
	story_begins();
	crash_kexec(NULL);
}

void second_kernel(void)
{
	hw_write(CRASH_PAGE);
	sometimes("the crash kernel ran");
}
