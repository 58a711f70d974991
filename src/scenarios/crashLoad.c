// SPDX-License-Identifier: MIT
/* A crash kernel is loaded, and there may be no room for a segment of it. */

struct scenario scenario = {
	.id = "crash-load",
	.title = "a crash kernel is loaded, and anything on the way may fail",
	.machine = "any, 1 CPU",
	.guest = "none",
	/* somebody else's, one for the headers, somebody else's */
	.leaves = { 1, 1, 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "double-free", "use-after-free", "leak" },
	.sometimes = { "it was loaded", "it could not be loaded" },
};

enum { NR_CPUS = 1, FREE_PAGE = 1, FREE_PAGES = 1 };

static inline bool page_allocation_fails(void)
{
	return choose(2);
}

int kexec_locate_mem_hole(struct kexec_buf *kbuf)
{
	kbuf->mem = PAGE_SIZE;
	return choose(2) ? -EADDRNOTAVAIL : 0;
}

void cpu0(void)
{
	static struct kimage image = { .file_mode = 1 };

	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	story_begins();

	if (kimage_file_load_crash(&image) == 0)
		sometimes("it was loaded");
	else
		sometimes("it could not be loaded");
	if (page_owner[FREE_PAGE] == PAGE_ALLOCATED)
		outcome("leak", "keeps the headers for ever");
}
