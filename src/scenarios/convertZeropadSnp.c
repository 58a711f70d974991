// SPDX-License-Identifier: MIT
/* An SNP guest converts a buffer while load_unaligned_zeropad() reads into it. Its requests go through a GHCB. */

struct scenario scenario = {
	.id = "convert-zeropad-snp",
	.title = "an SNP guest converts a buffer while another CPU reads across the end of the page before it",
	.machine = "SNP guest, 2 CPUs",
	.guest = "snp",
	/* somebody else's, whose last word the reader reads; the buffer; the GHCB */
	.leaves = { 1, 1, 1, 1 },
	.cpus = 2,
	.agents = { "driver", "reader" },
	.names = { "CPU 0", "CPU 1" },
	.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated" },
	.sometimes = { "the driver came to it", "the reader read" },
	.kexec = false,
};

enum { NR_CPUS = 2, READER = 1, BUFFER_PAGE = 1, BUFFER_PAGES = 2, GHCB_PAGE = 3 };

#define BUFFER	(PAGE_OFFSET + BUFFER_PAGE * PAGE_SIZE)

void start_second_kernel(void)
{
}

/* It may use the memory in between and afterwards, unless a conversion failed: then it may only keep it. */
void driver(void)
{
	init_direct_map();
	/* What booting leaves behind, whatever conversion does now. */
	hw_snp_pvalidate(PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE, false);
	hw_snp_psc_shared(GHCB_PAGE);
	set_pte(&direct_map[GHCB_PAGE], __pte(cc_mkdec(pte_val(direct_map[GHCB_PAGE]))));
	hw_flush_tlb_all();
	per_cpu(runtime_data, 0) = (struct sev_es_runtime_data *)(PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE);
	sev_ghcbs_initialized();
	sme_early_init();
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
