// SPDX-License-Identifier: MIT
/* Memory for code is put aside, and somebody reads all memory through the direct map, as /proc/kcore does. */

struct scenario scenario = {
	.id = "execmem-cache",
	.title = "memory for code is put aside, and /proc/kcore is read",
	.machine = "any, 1 CPU, vmalloc",
	.guest = "none",
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "page-fault", "writable-executable", "permission-fault" },
	.sometimes = { "memory was put aside" },
};

enum { NR_CPUS = 1, FREE_PAGE = 1, FREE_PAGES = 1 };

void cpu0(void)
{
	struct execmem_range range = { .pgprot = __pgprot(_PAGE_PRESENT) };

	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	story_begins();

	if (execmem_cache_populate(&range, PAGE_SIZE) == 0)
		sometimes("memory was put aside");
	hw_read(FREE_PAGE);
}
