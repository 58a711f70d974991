// SPDX-License-Identifier: MIT
/*
 * A TDX guest converts a buffer that it knows by a vmalloc address. The buffer is freed at the end whatever became of it:
 * so did its callers before v6.9; then somebody else has its page.
 */

struct scenario scenario = {
	.id = "convert-vmalloc-tdx",
	.title = "a TDX guest converts a buffer of vmalloc()",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	/* somebody else's; the one that vmalloc() gets */
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "td-exit", "ve-unhandled", "host-exposed", "memory-corruption" },
	/* TDX guests know no vmalloc addresses: what comes of that is no news */
	.by_design = { "ve-unhandled", "warn" },
	.sometimes = { "the driver came to it" },
};

enum { NR_CPUS = 1, FREE_PAGE = 1, FREE_PAGES = 1 };

void driver(void)
{
	unsigned long buffer;

	init_direct_map();
	tdx_early_init();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	buffer = (unsigned long)vmalloc(PAGE_SIZE);
	story_begins();

	sometimes("the driver came to it");
	if (set_memory_decrypted(buffer, 1) == 0)
		*(unsigned char *)buffer = 1;
	if (set_memory_encrypted(buffer, 1) == 0)
		*(unsigned char *)buffer = 0;
	vfree((void *)buffer);
	others_use_their_memory();
}
