// SPDX-License-Identifier: MIT
/*
 * A guest of Hyper-V converts a buffer that it knows by a vmalloc address, as VMBus drivers do, while
 * load_unaligned_zeropad() reads into its page by the direct map. The buffer is freed at the end whatever became of it:
 * so did its callers before v6.9.
 */

struct scenario scenario = {
	.id = "convert-vmalloc",
	.title = "a guest of Hyper-V converts a buffer of vmalloc() while another CPU reads across into its page by the direct map",
	.machine = "SNP guest of Hyper-V, vTOM under a paravisor, 2 CPUs",
	.guest = "snp",
	.vtom = true,
	.paravisor = true,
	/* somebody else's, whose last word the reader reads; the one that vmalloc() gets */
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 2,
	.agents = { "driver", "reader" },
	.names = { "CPU 0", "CPU 1" },
	.guards = { "paravisor-kill", "host-exposed", "memory-corruption" },
	.sometimes = { "the driver came to it", "the reader read" },
};

enum { NR_CPUS = 2, READER = 1, FREE_PAGE = 1, FREE_PAGES = 1 };

/* A buffer that was shared before, as it should be by any way of converting. */
static void share(unsigned long addr)
{
	unsigned long pfn = pte_pfn(vmalloc_map[0]);

	set_pte(&vmalloc_map[0], __pte(cc_mkdec(pte_val(vmalloc_map[0]))));
	set_pte(&direct_map[pfn], __pte(cc_mkdec(pte_val(direct_map[pfn]))));
	hw_flush_tlb_all();
	hw_hv_set_visibility(pfn, true);
}

void driver(void)
{
	unsigned long buffer;
	bool is_shared = choose(2);

	init_direct_map();
	hv_vtom_init();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	buffer = (unsigned long)vmalloc(PAGE_SIZE);
	if (is_shared)
		share(buffer);
	hw_start_agent(READER);
	story_begins();

	sometimes("the driver came to it");
	if (!is_shared && set_memory_decrypted(buffer, 1) == 0)
		*(unsigned char *)buffer = 1;
	if (set_memory_encrypted(buffer, 1) == 0)
		*(unsigned char *)buffer = 0;
	vfree((void *)buffer);
}

/* A name that ends with the page before, as the direct map has it. */
void reader(void)
{
	load_unaligned_zeropad((void *)(PAGE_OFFSET + FREE_PAGE * PAGE_SIZE - 1));
	sometimes("the reader read");
}
