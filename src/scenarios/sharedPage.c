// SPDX-License-Identifier: MIT
/*
 * DMA memory of one page is allocated, used and freed, and any conversion may fail: then nobody knows what the page is, and
 * it may only be kept. As shared-buffers, without what only more pages show.
 */

struct scenario scenario = {
	.id = "shared-page",
	.title = "a page is shared with a device and freed, and anything on the way may fail",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.map_gpa_fails = true,
	/* somebody else's, one page to hand out, somebody else's */
	.leaves = { 1, 1, 1 },
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "host-exposed", "td-exit", "ve-unhandled", "memory-corruption", "leak" },
	/* keeping a page of which nobody knows the state */
	.by_design = { "leak" },
	.sometimes = { "a buffer was shared", "a buffer was freed" },
};

enum { NR_CPUS = 1, FREE_PAGE = 1, FREE_PAGES = 1 };

static inline bool page_allocation_fails(void)
{
	return choose(2);
}

static int convert(unsigned long addr, int numpages, bool enc)
{
	if (WARN_ON_ONCE(addr & ~PAGE_MASK))
		return -EINVAL;
	return convert_pages(__pa(addr) >> PAGE_SHIFT, numpages, enc);
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return convert(addr, numpages, true);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return convert(addr, numpages, false);
}

/* It may be one that does not snoop. */
static inline bool dma_alloc_need_uncached(struct device *dev, unsigned long attrs)
{
	return choose(2);
}

/* What the device writes gets to where the host can write. */
static void device_uses(dma_addr_t handle)
{
	if (!hw_is_shared(PFN_DOWN(handle)))
		outcome("memory-corruption", "uses a page for DMA that is private: what the device writes is lost");
}

static void use_dma_memory(size_t size)
{
	dma_addr_t handle;
	void *buffer = dma_direct_alloc(NULL, size, &handle, GFP_KERNEL, 0);

	if (!buffer)
		return;
	sometimes("a buffer was shared");
	device_uses(handle);
	dma_direct_free(NULL, size, buffer, handle, 0);
	sometimes("a buffer was freed");
}

static void use_dma_pages(size_t size)
{
	dma_addr_t handle;
	struct page *page = dma_direct_alloc_pages(NULL, size, &handle, DMA_BIDIRECTIONAL, GFP_KERNEL);

	if (page)
		dma_direct_free_pages(NULL, size, page, handle, DMA_BIDIRECTIONAL);
}

void driver(void)
{
	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	story_begins();

	if (choose(2))
		use_dma_memory(PAGE_SIZE);
	else
		use_dma_pages(PAGE_SIZE);
	others_use_their_memory();
}
