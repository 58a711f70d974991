// SPDX-License-Identifier: MIT
/* An SNP guest converts a buffer that it knows by a vmalloc address, to shared or back to private. */

struct scenario scenario = {
	.id = "convert-vmalloc-snp",
	.title = "an SNP guest converts a buffer of vmalloc()",
	.machine = "SNP guest, 1 CPU",
	.guest = "snp",
	/* a GHCB; the one that vmalloc() gets */
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated", "host-exposed" },
	.sometimes = { "the driver came to it" },
};

enum { NR_CPUS = 1, GHCB_PAGE = 0, FREE_PAGE = 1, FREE_PAGES = 1 };

/* A buffer that was shared before, as it should be by any way of converting. */
static void share(unsigned long addr)
{
	unsigned long pfn = pte_pfn(vmalloc_map[0]);

	hw_snp_pvalidate(addr, false);
	hw_snp_psc_shared(pfn);
	set_pte(&vmalloc_map[0], __pte(cc_mkdec(pte_val(vmalloc_map[0]))));
	set_pte(&direct_map[pfn], __pte(cc_mkdec(pte_val(direct_map[pfn]))));
	hw_flush_tlb_all();
}

void driver(void)
{
	unsigned long buffer;
	bool is_shared = choose(2);

	init_direct_map();
	sev_booted_with_ghcb(GHCB_PAGE);
	sme_early_init();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	buffer = (unsigned long)vmalloc(PAGE_SIZE);
	if (is_shared)
		share(buffer);
	story_begins();

	sometimes("the driver came to it");
	if (!is_shared && set_memory_decrypted(buffer, 1) == 0)
		*(unsigned char *)buffer = 1;
	if (set_memory_encrypted(buffer, 1))
		return;
	*(unsigned char *)buffer = 0;
	vfree((void *)buffer);
}
