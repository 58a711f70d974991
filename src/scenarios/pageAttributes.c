// SPDX-License-Identifier: MIT
/*
 * A module is loaded into a page by a vmalloc address, made read-only and executable, run, made data again and given
 * back. A large leaf of the direct map must be split for that, which may fail; another CPU has a TLB.
 */

struct scenario scenario = {
	.id = "page-attributes",
	.title = "a module is loaded, made read-only and executable, run, and removed",
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
};

enum { NR_CPUS = 2, FREE_PAGE = 0, FREE_PAGES = 1 };

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

static struct module loaded;

void loader(void)
{
	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	loaded.mem[MOD_TEXT].size = PAGE_SIZE;
	story_begins();

	if (load_module(&loaded)) {
		if (split_failed)
			sometimes("a large page could not be split");
	} else {
		hw_check_wx();
		hw_fetch((unsigned long)loaded.mem[MOD_TEXT].base);
		sometimes("the code ran");
	}
	if (!loaded.mem[MOD_TEXT].base)
		return;
	free_module(&loaded);
	/* Whoever gets the page writes there. */
	if (page_owner[FREE_PAGE] == PAGE_FREE)
		hw_write(FREE_PAGE);
}
