// SPDX-License-Identifier: MIT
/* Normal kexec of an SNP guest that holds shared buffers. Nothing happens at the same time. */

struct scenario scenario = {
	.id = "snp-kexec",
	.title = "kexec of an SNP guest that holds shared buffers",
	.machine = "SNP guest, 1 CPU",
	.guest = "snp",
	/* a large leaf of two pages and a 4K leaf for buffers, the GHCB right behind them, and memory of the kernel */
	.leaves = { 2, 1, 1, 1 },
	.agents = { "kexec_cpu", "second_kernel" },
	.names = { "CPU 0", "second kernel" },
	.cpus = 1,
	.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated" },
	.sometimes = { "a buffer was shared", "the second kernel used all memory" },
	.kexec = true,
	.variants = {
		{
			/* One leaf is the page that vmalloc() gets. */
			.id = "snp-kexec-vmalloc",
			.title = "kexec of an SNP guest that holds a shared buffer of vmalloc()",
			.vmalloc_pages = 1,
		},
	},
};

enum { NR_CPUS = 1, SECOND_KERNEL = 1, BUFFERS = 2, VMALLOC_PAGE = 2, GHCB_PAGE = 3 };

void start_second_kernel(void)
{
	hw_start_agent(SECOND_KERNEL);
}

/* Any set of them may be shared when kexec starts. */
static void share_buffers(void)
{
	int leaf;

	for (leaf = 0; leaf < BUFFERS; leaf++) {
		if (choose(2)) {
			unsigned long address = PAGE_OFFSET + hw_leaf_first_page(leaf) * PAGE_SIZE;

			if (set_memory_decrypted(address, hw_leaf_pages(leaf)) == 0)
				sometimes("a buffer was shared");
		}
	}
}

static void share_vmalloc_buffer(void)
{
	init_page_allocator(VMALLOC_PAGE, 1);
	if (choose(2) && set_memory_decrypted((unsigned long)vmalloc(PAGE_SIZE), 1) == 0)
		sometimes("a buffer was shared");
}

void kexec_cpu(void)
{
	init_direct_map();
	sme_early_init();
	sev_es_init_vc_handling(0, PAGE_OFFSET + GHCB_PAGE * PAGE_SIZE);
	sev_ghcbs_initialized();
	if (hw_vmalloc_pages())
		share_vmalloc_buffer();
	else
		share_buffers();
	story_begins();
	kernel_kexec();
}

void second_kernel(void)
{
	use_all_memory();
}
