// SPDX-License-Identifier: MIT
/*
 * Two CPUs need memory at the same time. What they accept overlaps: with each block goes the unit behind it, which
 * load_unaligned_zeropad() may read. A buffer for the host was allocated at boot from what nobody had accepted before.
 */

struct scenario scenario = {
	.id = "accept-race",
	.title = "two CPUs accept memory that overlaps",
	.machine = "TDX guest with unaccepted memory, 2 CPUs",
	.guest = "tdx",
	/* two blocks, and a unit with the buffer at its end */
	.leaves = { 2, 2, 1, 1 },
	.unaccepted = { 0, 6 },
	.agents = { "cpu0", "cpu1" },
	.names = { "CPU 0", "CPU 1" },
	.cpus = 2,
	.guards = { "td-exit", "memory-corruption" },
	.buffer_depth = 1,
	.sometimes = { "CPU 0 used its memory", "CPU 1 used its memory" },
};

enum { NR_CPUS = 2, CPU1 = 1, MAX_PAGE_ORDER = 1, BUFFER = 5, BLOCKS_END = 4 };

static unsigned long blocks_in_use;

/* A block that becomes free is the one who had it accepted is waiting for: it is used at once, all of it. */
static void __free_pages_ok(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long i;

	if (test_and_set_bit(pfn >> order, &blocks_in_use))
		outcome("memory-corruption", "uses memory that the other CPU uses, too");
	for (i = 0; i < 1UL << order; i++)
		hw_write(pfn + i);
	load_unaligned_zeropad((void *)(PAGE_OFFSET + PFN_PHYS(pfn + (1UL << order)) - 1));
}

/* What a conversion comes to; how it is done is not what this is about. */
static void share_page(unsigned long pfn)
{
	pte_t *pte = &direct_map[hw_leaf_of_page(pfn)];

	hw_tdx_map_shared(pfn);
	set_pte(pte, __pte(cc_mkdec(pte_val(*pte))));
	hw_flush_tlb_all();
}

void cpu0(void)
{
	init_direct_map();
	efi_init_unaccepted();
	share_page(memblock_alloc_range_nid(PFN_PHYS(BUFFER), PAGE_SIZE) >> PAGE_SHIFT);
	hw_write(BUFFER);
	memblock_free_all(BLOCKS_END);
	hw_start_agent(CPU1);
	story_begins();

	if (cond_accept_memory(&the_zone, MAX_PAGE_ORDER))
		sometimes("CPU 0 used its memory");
	/* The host still has its buffer. */
	hw_write(BUFFER);
}

void cpu1(void)
{
	if (cond_accept_memory(&the_zone, MAX_PAGE_ORDER))
		sometimes("CPU 1 used its memory");
}
