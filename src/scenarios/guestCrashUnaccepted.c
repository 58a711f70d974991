// SPDX-License-Identifier: MIT
/*
 * A TDX guest crashes while another CPU accepts memory, and is stopped anywhere in that. The crash kernel lives in its
 * reserved memory, which was accepted at boot, and dumps all other memory that its bitmap calls accepted.
 */

struct scenario scenario = {
	.id = "guest-crash-unaccepted",
	.title = "crash of a TDX guest while a CPU accepts memory",
	.machine = "TDX guest with unaccepted memory, 2 CPUs",
	.guest = "tdx",
	.leaves = { 2, 2 },
	.unaccepted = { 2, 4 },
	.agents = { "cpu0", "cpu1", "second_kernel" },
	.names = { "CPU 0", "CPU 1", "crash kernel" },
	.cpus = 2,
	.guards = { "td-exit" },
	.sometimes = { "memory was accepted", "memory was dumped" },
	.buffer_depth = 1,
	.kexec = true,
};

enum { NR_CPUS = 2, CPU1 = 1, SECOND_KERNEL = 2, MAX_PAGE_ORDER = 1, CRASH_PFN = 1 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void cpu0(void)
{
	struct kexec_segment segment;

	init_direct_map();
	efi_init_unaccepted();
	memblock_free_all(hw_pages());
	crashk_res.start = PFN_PHYS(CRASH_PFN);
	crashk_res.end = PFN_PHYS(CRASH_PFN + 1) - 1;
	segment.buf = NULL;
	segment.bufsz = PAGE_SIZE;
	segment.mem = PFN_PHYS(CRASH_PFN);
	segment.memsz = PAGE_SIZE;
	do_kexec_load(0, 1, &segment, KEXEC_ON_CRASH);
	hw_start_agent(CPU1);
	story_begins();

	/* What a crash is about here: nobody can be waited for. */
	crash_smp_send_stop();
	machine_kexec(kexec_crash_image);
}

void cpu1(void)
{
	if (get_page_from_freelist(GFP_KERNEL, MAX_PAGE_ORDER))
		sometimes("memory was accepted");
}

/* Its locks are its own; the bitmap is the one that was there. */
void second_kernel(void)
{
	int page;

	unaccepted_memory_lock.locked = 0;
	hw_write(CRASH_PFN);
	unaccepted_memory_init_kdump();
	/* the first page of each unit: a unit is accepted or not */
	for (page = 0; page < hw_pages(); page += 2)
		read_from_oldmem(page);
	sometimes("memory was dumped");
}
