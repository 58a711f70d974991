// SPDX-License-Identifier: MIT
/*
 * A TDX guest loads a kernel and starts it by kexec. Its segments go anywhere in System RAM: to memory that the page
 * allocator has, or to memory that nobody has needed so far. Memory is accepted at boot, or when it is needed. What
 * was accepted is accepted in the second kernel, which has the same bitmap.
 */

struct scenario scenario = {
	.id = "guest-kexec-unaccepted",
	.title = "kexec of a TDX guest that accepts memory when it needs it",
	.machine = "TDX guest with unaccepted memory, 1 CPU",
	.guest = "tdx",
	/* three units of the bitmap; a block of the page allocator is as large */
	.leaves = { 2, 2, 2 },
	.unaccepted = { 2, 6 },
	.agents = { "cpu0", "second_kernel" },
	.names = { "CPU 0", "second kernel" },
	.cpus = 1,
	.guards = { "td-exit", "panic" },
	.sometimes = { "a kernel was loaded", "the second kernel used all memory" },
	.kexec = true,
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1, MAX_PAGE_ORDER = 1 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void cpu0(void)
{
	struct kimage *image;
	struct kexec_segment segment;
	struct kexec_buf kbuf;

	init_direct_map();
	efi_init_unaccepted();
	/* accept_memory=eager, or lazy, and then somebody may have needed memory before. */
	lazy_accept = choose(2);
	memblock_free_all(hw_pages());
	if (lazy_accept && choose(2))
		get_page_from_freelist(GFP_KERNEL, MAX_PAGE_ORDER);
	story_begins();

	if (choose(2)) {
		/* kexec_file_load() looks for a place from either end of memory, */
		image = do_kimage_alloc_init();
		if (!image)
			return;
		image->file_mode = 1;
		kbuf.image = image;
		kbuf.buffer = NULL;
		kbuf.bufsz = PAGE_SIZE;
		kbuf.mem = KEXEC_BUF_MEM_UNKNOWN;
		kbuf.memsz = PAGE_SIZE;
		kbuf.buf_align = PAGE_SIZE;
		kbuf.buf_min = PAGE_SIZE;
		kbuf.buf_max = get_max_mapped() - 1;
		kbuf.top_down = choose(2);
		if (kexec_add_buffer(&kbuf) || sanity_check_segment_list(image) || machine_kexec_prepare(image))
			return;
		kexec_image = image;
	} else {
		/* kexec_load() takes what user space says. */
		segment.buf = NULL;
		segment.bufsz = PAGE_SIZE;
		segment.mem = choose(2) ? PFN_PHYS(2) : PFN_PHYS(3);
		segment.memsz = 3 * PAGE_SIZE;
		if (do_kexec_load(0, 1, &segment, 0))
			return;
	}
	sometimes("a kernel was loaded");
	/* How devices and other CPUs are stopped, and shared memory given back, is not what this is about. */
	machine_kexec(kexec_image);
}

/* It takes the bitmap's word for what is accepted, accepts the rest, and uses all of it. */
void second_kernel(void)
{
	int page;

	for (page = 0; page < hw_pages(); page++) {
		if (test_bit(PFN_PHYS(page) / unaccepted_table.unit_size, unaccepted_table.bitmap) && hw_tdx_accept(page))
			panic("TDX: Failed to accept memory\n");
		hw_write(page);
	}
	sometimes("the second kernel used all memory");
}
