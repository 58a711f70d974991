// SPDX-License-Identifier: MIT
/*
 * Normal kexec of a TDX guest that holds shared buffers. Nothing happens at the same time. There may be a hole in the
 * direct map where the large page could be, of memory that nobody uses.
 */

struct scenario scenario = {
	.id = "guest-kexec",
	.title = "kexec of a TDX guest that holds shared buffers",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	/* one large leaf of two pages, aligned to its size, then 4K leaves, as the end of the direct map is */
	.leaves = { 2, 1, 1 },
	.agents = { "kexec_cpu", "second_kernel" },
	.names = { "CPU 0", "second kernel" },
	.cpus = 1,
	.guards = { "td-exit", "ve-unhandled" },
	.sometimes = { "a buffer was shared", "the second kernel used all memory" },
	.kexec = true,
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1, HOLE = 0 };

static bool has_hole;

static inline bool leaf_is_hole(int leaf)
{
	return has_hole && leaf == HOLE;
}

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void kexec_cpu(void)
{
	int leaf;

	init_direct_map();
	has_hole = choose(2);
	if (has_hole) {
		set_pte(&direct_map[HOLE], __pte(0));
		hw_flush_tlb_all();
	}
	tdx_early_init();

	/* Any set of leaves may be shared when kexec starts. */
	for (leaf = 0; leaf < hw_leaves(); leaf++) {
		if (!leaf_is_hole(leaf) && choose(2)) {
			unsigned long address = PAGE_OFFSET + hw_leaf_first_page(leaf) * PAGE_SIZE;

			if (set_memory_decrypted(address, hw_leaf_pages(leaf)) == 0)
				sometimes("a buffer was shared");
		}
	}
	story_begins();
	kernel_kexec();
}

void second_kernel(void)
{
	int page;

	for (page = has_hole ? hw_leaf_pages(HOLE) : 0; page < hw_pages(); page++)
		hw_write(page);
	sometimes("the second kernel used all memory");
}
