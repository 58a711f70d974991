// SPDX-License-Identifier: MIT
/*
 * An SNP guest accepts memory because none is left that was accepted. Whatever needs memory for that gets none, or waits
 * for itself.
 */

struct scenario scenario = {
	.id = "accept-allocation",
	.title = "an SNP guest accepts memory because there is no other",
	.machine = "SNP guest with unaccepted memory, 1 CPU",
	.guest = "snp",
	/* the GHCB, what is to be accepted */
	.leaves = { 1, 1 },
	.unaccepted = { 1, 2 },
	.allocations_fail = true,
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "panic", "guest-terminated", "vc-unvalidated" },
	.sometimes = { "memory was accepted" },
};

enum { NR_CPUS = 1, GHCB_PAGE = 0, NEW_PAGE = 1 };

void cpu0(void)
{
	init_direct_map();
	sme_early_init();
	/* What booting leaves behind. */
	hw_snp_pvalidate(PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE, false);
	hw_snp_psc_shared(GHCB_PAGE);
	set_pte(&direct_map[GHCB_PAGE], __pte(cc_mkdec(pte_val(direct_map[GHCB_PAGE]))));
	hw_flush_tlb_all();
	per_cpu(runtime_data, 0) = (struct sev_es_runtime_data *)(PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE);
	sev_ghcbs_initialized();
	story_begins();

	/* What accepting it comes to. */
	snp_set_memory_private(PAGE_OFFSET + NEW_PAGE * PAGE_SIZE, 1);
	hw_write(NEW_PAGE);
	sometimes("memory was accepted");
}
