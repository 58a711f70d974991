// SPDX-License-Identifier: MIT
/* Pages that a device is to see uncached are given as an array. What lies behind it is somebody else's. */

struct scenario scenario = {
	.id = "page-arrays",
	.title = "pages are made uncached that are given as an array",
	.machine = "any, 1 CPU",
	.guest = "none",
	.leaves = { 1, 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "memory-corruption", "page-fault", "bug-on" },
	.sometimes = { "the pages are uncached" },
};

enum { NR_CPUS = 1, PAGE = 1 };

/* Kernels before v6.18 have none here. */
int set_pages_array_uc(struct page **pages, int numpages);

void cpu0(void)
{
	struct page **pages;

	init_direct_map();
	pages = kmalloc(sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return;
	pages[0] = pfn_to_page(PAGE);
	story_begins();

	if (set_pages_array_uc(pages, 1) == 0)
		sometimes("the pages are uncached");
}
