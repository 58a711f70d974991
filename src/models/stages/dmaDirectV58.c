// SPDX-License-Identifier: MIT
/*
 * kernel/dma/direct.c, condensed, as v5.7 and v5.8 have it: memory is decrypted wherever it is allocated, and nobody looks
 * whether that worked.
 */

void *dma_direct_alloc_pages(struct device *dev, size_t size,
		dma_addr_t *dma_handle, gfp_t gfp, unsigned long attrs)
{
	struct page *page;
	void *ret;

	size = PAGE_ALIGN(size);

	page = __dma_direct_alloc_pages(dev, size, gfp & ~__GFP_ZERO, attrs);
	if (!page)
		return NULL;

	if (dma_alloc_need_uncached(dev, attrs)) {
		/* create a coherent mapping */
		ret = dma_common_contiguous_remap(page, PAGE_ALIGN(size),
				dma_pgprot(dev, PAGE_KERNEL, attrs), NULL);
		if (!ret)
			goto out_free_pages;
		goto done;
	}

	ret = page_address(page);
	if (force_dma_unencrypted(dev))
		set_memory_decrypted((unsigned long)ret, 1 << get_order(size));

	if (IS_ENABLED(CONFIG_ARCH_HAS_DMA_SET_UNCACHED)) {
		ret = arch_dma_set_uncached(ret, size);
		if (IS_ERR(ret))
			goto out_encrypt_pages;
	}
done:
	*dma_handle = phys_to_dma_direct(dev, page_to_phys(page));
	return ret;
out_encrypt_pages:
	if (force_dma_unencrypted(dev))
		set_memory_encrypted((unsigned long)page_address(page),
				     1 << get_order(size));
out_free_pages:
	dma_free_contiguous(dev, page, size);
	return NULL;
}

void dma_direct_free_pages(struct device *dev, size_t size, void *cpu_addr,
		dma_addr_t dma_addr, unsigned long attrs)
{
	unsigned int page_order = get_order(size);

	/* If the memory cannot be made private again it is kept: a fix of its own, which is taken for granted here. */
	if (force_dma_unencrypted(dev)) {
		if (set_memory_encrypted((unsigned long)page_address(dma_direct_to_page(dev, dma_addr)), 1 << page_order))
			return;
	}

	dma_free_contiguous(dev, dma_direct_to_page(dev, dma_addr), size);
}

void *dma_direct_alloc(struct device *dev, size_t size,
		dma_addr_t *dma_handle, gfp_t gfp, unsigned long attrs)
{
	return dma_direct_alloc_pages(dev, size, dma_handle, gfp, attrs);
}

void dma_direct_free(struct device *dev, size_t size,
		void *cpu_addr, dma_addr_t dma_addr, unsigned long attrs)
{
	dma_direct_free_pages(dev, size, cpu_addr, dma_addr, attrs);
}
