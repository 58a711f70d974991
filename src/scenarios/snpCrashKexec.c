// SPDX-License-Identifier: MIT
/*
 * An SNP guest with two CPUs crashes on the first one; the other was halted by the NMI and still has its VMSA. The
 * crash kernel lives in memory that was reserved for it and is always private; the rest it reads for the dump, through
 * private mappings.
 */

struct scenario scenario = {
	.id = "snp-crash-kexec",
	.title = "crash of an SNP guest that holds shared buffers, and the dump after it",
	.machine = "SNP guest, 2 CPUs",
	.guest = "snp",
	/* the VMSA of CPU 1, a buffer right below the GHCBs, those, the crash kernel's region */
	.leaves = { 1, 1, 1, 1, 1 },
	.agents = { "crash_cpu", "halted_cpu", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "crash kernel" },
	.cpus = 2,
	.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated" },
	.sometimes = { "the crash kernel ran" },
	.kexec = true,
};

enum { NR_CPUS = 2, SECOND_KERNEL = 2, VMSA_PAGE = 0, BUFFER_PAGE = 1, GHCB_PAGE = 2, CRASH_PAGE = 4 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void crash_cpu(void)
{
	int cpu;

	init_direct_map();
	sme_early_init();
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		sev_es_init_vc_handling(cpu, PAGE_OFFSET + (GHCB_PAGE + cpu) * PAGE_SIZE);
	sev_ghcbs_initialized();
	/* With one CPU only there is no VMSA that the guest knows of. */
	if (choose(2))
		sev_boot_ap(1, PAGE_OFFSET + VMSA_PAGE * PAGE_SIZE);
	set_memory_decrypted(PAGE_OFFSET + BUFFER_PAGE * PAGE_SIZE, 1);
	bust_spinlocks(1);
	story_begins();
	crash_kexec(NULL);
}

void halted_cpu(void)
{
}

void second_kernel(void)
{
	int page;

	hw_write(CRASH_PAGE);
	sometimes("the crash kernel ran");
	for (page = 0; page < CRASH_PAGE; page++)
		hw_read(page);
}
