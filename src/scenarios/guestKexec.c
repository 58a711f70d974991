// SPDX-License-Identifier: MIT
/* Normal kexec of a TDX guest that holds shared buffers. Nothing happens at the same time. */

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

enum { NR_CPUS = 1, SECOND_KERNEL = 1 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

void kexec_cpu(void)
{
	int leaf;

	init_direct_map();
	tdx_early_init();

	/* Any set of leaves may be shared when kexec starts. */
	for (leaf = 0; leaf < hw_leaves(); leaf++) {
		if (choose(2)) {
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
	use_all_memory();
}
