// SPDX-License-Identifier: MIT
/*
 * A buffer that is shared with the host is mapped elsewhere, and that mapping becomes read-only, as mprotect() would
 * have it. It has to stay a mapping of shared memory. One address stands for all others of the page.
 */

struct scenario scenario = {
	.id = "shared-protection",
	.title = "a mapping of shared memory gets another protection",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "td-exit", "ve-unhandled", "permission-fault" },
	.sometimes = { "the mapping was read" },
};

enum { NR_CPUS = 1, BUFFER = 1 };

void driver(void)
{
	pte_t pte;

	init_direct_map();
	convert_page(BUFFER, false);
	set_pte(&vmalloc_map[0], pfn_pte(BUFFER, pgprot_decrypted(__pgprot(__PAGE_KERNEL))));
	story_begins();

	pte = pte_modify(vmalloc_map[0], __pgprot(_PAGE_PRESENT | _PAGE_NX));
	set_pte(&vmalloc_map[0], pte);
	flush_tlb_kernel_range(VMALLOC_START, VMALLOC_START + PAGE_SIZE);
	if (*(unsigned char *)VMALLOC_START >= 0)
		sometimes("the mapping was read");
}
