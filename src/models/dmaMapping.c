// SPDX-License-Identifier: MIT
/*
 * DMA memory that gets another mapping: kernel/dma/{mapping,ops_helpers,remap}.c, condensed. A page that is shared with
 * the host must be shared by every mapping of it (17c4a2ae15a7).
 */

#define VM_LOCKED	0x2000
#define PAGE_KERNEL	(__pgprot(cc_mkenc(__PAGE_KERNEL)))

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_pgoff;
	pgprot_t vm_page_prot;
};

/* The device of these stories snoops caches. */
static inline bool dev_is_dma_coherent(struct device *dev)
{
	return true;
}

/* Whether memory for the device has to be mapped uncached, by other addresses than those of the direct map; a scenario may decide otherwise. */
static inline bool dma_alloc_need_uncached(struct device *dev, unsigned long attrs)
{
	return false;
}

static inline void *arch_dma_set_uncached(void *addr, size_t size)
{
	return choose(2) ? ERR_PTR(-ENOMEM) : addr;
}

pgprot_t dma_pgprot(struct device *dev, pgprot_t prot, unsigned long attrs)
{
	if (force_dma_unencrypted(dev))
		prot = pgprot_decrypted(prot);
	if (dev_is_dma_coherent(dev))
		return prot;
	return prot;
}

/* Where a story has no other addresses, those of the direct map. */
void *dma_common_contiguous_remap(struct page *page, size_t size, pgprot_t prot, const void *caller)
{
	unsigned long i;

	if (!hw_vmalloc_pages())
		return page_address(page);
	for (i = 0; i < PFN_UP(size) && i < hw_vmalloc_pages(); i++)
		set_pte(&vmalloc_map[i], pfn_pte(page_to_pfn(page) + i, prot));
	return (void *)VMALLOC_START;
}

/* A process's addresses are those that vmalloc() would give. */
static int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, unsigned long size, pgprot_t prot)
{
	unsigned long i;

	for (i = 0; i < PFN_UP(size) && i < hw_vmalloc_pages(); i++)
		set_pte(&vmalloc_map[((addr - VMALLOC_START) >> PAGE_SHIFT) + i], pfn_pte(pfn + i, prot));
	return 0;
}

/* Maps DMA memory into a process. */
int dma_common_mmap(struct device *dev, struct vm_area_struct *vma,
		void *cpu_addr, dma_addr_t dma_addr, size_t size,
		unsigned long attrs)
{
	unsigned long user_count = (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
	unsigned long count = PAGE_ALIGN(size) >> PAGE_SHIFT;
	unsigned long off = vma->vm_pgoff;
	struct page *page = virt_to_page(cpu_addr);

	vma->vm_page_prot = dma_pgprot(dev, vma->vm_page_prot, attrs);

	if (off >= count || user_count > count - off)
		return -ENXIO;

	return remap_pfn_range(vma, vma->vm_start,
			page_to_pfn(page) + vma->vm_pgoff,
			user_count << PAGE_SHIFT, vma->vm_page_prot);
}
