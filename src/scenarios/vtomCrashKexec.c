// SPDX-License-Identifier: MIT
/*
 * A guest of Hyper-V under a paravisor that shares a buffer crashes. The crash kernel lives in memory that was reserved for
 * it; the rest it reads for the dump, through private mappings.
 */

struct scenario scenario = {
	.id = "vtom-crash-kexec",
	.title = "crash of a guest of Hyper-V that holds a shared buffer, and the dump after it",
	.machine = "SNP guest of Hyper-V, vTOM under a paravisor, 1 CPU",
	.guest = "snp",
	.vtom = true,
	.paravisor = true,
	/* three pages of a buffer, the crash kernel's region */
	.leaves = { 1, 1, 1, 1 },
	.agents = { "crash_cpu", "second_kernel" },
	.names = { "CPU 0", "crash kernel" },
	.cpus = 1,
	.guards = { "paravisor-kill" },
	.sometimes = { "a buffer was shared", "the crash kernel ran" },
	.kexec = true,
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1, BUFFER_PAGES = 3, CRASH_PAGE = 3 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void crash_cpu(void)
{
	init_direct_map();
	hv_vtom_init();
	if (set_memory_decrypted(PAGE_OFFSET, BUFFER_PAGES) == 0)
		sometimes("a buffer was shared");
	/* A part of it may have been given back. */
	if (choose(2))
		set_memory_encrypted(PAGE_OFFSET + choose(BUFFER_PAGES) * PAGE_SIZE, 1);
	bust_spinlocks(1);
	story_begins();
	crash_kexec(NULL);
}

void second_kernel(void)
{
	int page;

	hw_write(CRASH_PAGE);
	sometimes("the crash kernel ran");
	for (page = 0; page < BUFFER_PAGES; page++)
		hw_read(page);
}
