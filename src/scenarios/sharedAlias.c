// SPDX-License-Identifier: MIT
/*
 * DMA memory that is shared with the host gets a second mapping, for a process, say. It has to be one of shared memory,
 * too. One address stands for all others of the page.
 */

struct scenario scenario = {
	.id = "shared-alias",
	.title = "memory that is shared with a device is mapped a second time and used",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.leaves = { 1, 1 },
	.vmalloc_pages = 1,
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "td-exit", "ve-unhandled", "permission-fault", "page-fault" },
	.sometimes = { "the mapping was read" },
};

enum { NR_CPUS = 1, FREE_PAGE = 1, FREE_PAGES = 1 };

int set_memory_decrypted(unsigned long addr, int numpages)
{
	convert_page(__pa(addr) >> PAGE_SHIFT, false);
	return 0;
}

void driver(void)
{
	struct vm_area_struct vma = {
		.vm_start = VMALLOC_START,
		.vm_end = VMALLOC_START + PAGE_SIZE,
		.vm_page_prot = PAGE_KERNEL,
	};
	dma_addr_t handle;
	void *buffer;

	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	story_begins();

	buffer = dma_direct_alloc(NULL, PAGE_SIZE, &handle, GFP_KERNEL, 0);
	if (!buffer || dma_common_mmap(NULL, &vma, buffer, handle, PAGE_SIZE, 0))
		return;
	if (*(unsigned char *)vma.vm_start >= 0)
		sometimes("the mapping was read");
}
