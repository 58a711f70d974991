// SPDX-License-Identifier: MIT
/*
 * A TDX guest converts a buffer while load_unaligned_zeropad() reads into it. The VMM answers a touch through a shared
 * mapping by making the page shared, for good.
 */

struct scenario scenario = {
	.id = "convert-zeropad-tdx",
	.title = "a TDX guest converts a buffer while another CPU reads across the end of the page before it",
	.machine = "TDX guest, 2 CPUs; the VMM converts implicitly",
	.guest = "tdx",
	.implicit_conversion = true,
	.dirty_lines = true,
	/* somebody else's, whose last word the reader reads; the buffer */
	.leaves = { 1, 1, 1 },
	.cpus = 2,
	.agents = { "driver", "reader" },
	.names = { "CPU 0", "CPU 1" },
	.guards = { "td-exit", "implicit-conversion", "memory-corruption" },
	/* Since 195edce08b63 Linux leaves this window open, and such a VMM has itself to blame. */
	.by_design = { "td-exit", "implicit-conversion" },
	.sometimes = { "the driver came to it", "the reader read" },
	.kexec = false,
};

enum { NR_CPUS = 2, READER = 1, BUFFER_PAGE = 1, BUFFER_PAGES = 2 };

#define BUFFER	(PAGE_OFFSET + BUFFER_PAGE * PAGE_SIZE)

void start_second_kernel(void)
{
}

/* It may use the memory in between and afterwards, unless a conversion failed: then it may only keep it. */
void driver(void)
{
	init_direct_map();
	tdx_early_init();
	hw_write(BUFFER_PAGE);
	hw_start_agent(READER);
	story_begins();

	sometimes("the driver came to it");
	if (set_memory_decrypted(BUFFER, BUFFER_PAGES) == 0) {
		hw_write(BUFFER_PAGE);
		if (set_memory_encrypted(BUFFER, BUFFER_PAGES) == 0)
			hw_write(BUFFER_PAGE + 1);
	}
}

/* A name that ends with a page: one word of it reaches into the next one. */
void reader(void)
{
	load_unaligned_zeropad((void *)(BUFFER + choose(BUFFER_PAGES) * PAGE_SIZE - 1));
	sometimes("the reader read");
}
