// SPDX-License-Identifier: MIT
/*
 * kernel/dma/direct.c, condensed, as the series of late 2021 has it before it keeps memory that cannot be made private
 * again; v5.17 to v5.19 have its sizes.
 */

static int dma_set_decrypted(struct device *dev, void *vaddr, size_t size)
{
	if (!force_dma_unencrypted(dev))
		return 0;
	return set_memory_decrypted((unsigned long)vaddr, 1 << get_order(size));
}

static int dma_set_encrypted(struct device *dev, void *vaddr, size_t size)
{
	if (!force_dma_unencrypted(dev))
		return 0;
	return set_memory_encrypted((unsigned long)vaddr, 1 << get_order(size));
}

void dma_direct_free(struct device *dev, size_t size,
		void *cpu_addr, dma_addr_t dma_addr, unsigned long attrs)
{
	unsigned int page_order = get_order(size);

	/* If cpu_addr is not from an atomic pool, dma_free_from_pool() fails */
	if (dma_free_from_pool(dev, cpu_addr, PAGE_ALIGN(size)))
		return;

	if (is_vmalloc_addr(cpu_addr)) {
		vunmap(cpu_addr);
	} else {
		dma_set_encrypted(dev, cpu_addr, 1 << page_order);
	}

	__dma_direct_free_pages(dev, dma_direct_to_page(dev, dma_addr), size);
}

void dma_direct_free_pages(struct device *dev, size_t size,
		struct page *page, dma_addr_t dma_addr,
		enum dma_data_direction dir)
{
	unsigned int page_order = get_order(size);
	void *vaddr = page_address(page);

	/* If cpu_addr is not from an atomic pool, dma_free_from_pool() fails */
	if (dma_free_from_pool(dev, vaddr, size))
		return;

	dma_set_encrypted(dev, vaddr, 1 << page_order);
	__dma_direct_free_pages(dev, page, size);
}
