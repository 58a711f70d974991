// SPDX-License-Identifier: MIT
/*
 * A loader of code: it has a page by a vmalloc address, writes code there, makes it read-only and executable, runs it,
 * and makes it data again before it gives it back. Large leaves of the direct map may have to be split for that, which
 * may fail.
 */

struct scenario scenario = {
	.id = "page-attributes",
	.title = "a loader of code writes a page, makes it read-only and executable, runs it, and gives it back",
	.machine = "any, 2 CPUs, direct map with a large page, vmalloc",
	.guest = "none",
	.leaves = { 2, 1 },
	.large_pages_split = true,
	.vmalloc_pages = 1,
	.cpus = 2,
	.agents = { "loader", "other_cpu" },
	.names = { "CPU 0", "CPU 1" },
	.guards = { "writable-executable", "permission-fault", "bug-on", "page-fault" },
	.sometimes = { "the code ran", "a large page could not be split" },
	.kexec = false,
};

enum { NR_CPUS = 2, FREE_PAGE = 0, FREE_PAGES = 1 };

void start_second_kernel(void)
{
}

/* The second CPU only has a TLB. */
void other_cpu(void)
{
}

static int split_failed;

static inline bool split_fails(void)
{
	split_failed = choose(2);
	return split_failed;
}

void loader(void)
{
	unsigned long text;

	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	text = (unsigned long)vmalloc(PAGE_SIZE);
	story_begins();

	*(unsigned char *)text = 0xc3;
	if (set_memory_rox(text, 1)) {
		if (split_failed)
			sometimes("a large page could not be split");
	} else {
		hw_check_wx();
		hw_fetch(text);
		sometimes("the code ran");
	}
	/* Data again, whatever became of it: vfree() of what may be executed would be worse. */
	if (set_memory_nx(text, 1) || set_memory_rw(text, 1))
		return;
	hw_check_wx();
	*(unsigned char *)text = 0;
	vfree((void *)text);
	hw_write(FREE_PAGE);
}
