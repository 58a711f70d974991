// SPDX-License-Identifier: MIT
/*
 * A cache of memory for code: mm/execmem.c, condensed, as of v6.14. Its pages keep their place in the direct map, where
 * /proc/kcore and others read them.
 */

struct execmem_range { pgprot_t pgprot; };
struct vm_struct { unsigned long addr; unsigned int nr_pages; struct page *pages[1]; };

static struct vm_struct execmem_vm;

static struct vm_struct *find_vm_area(const void *addr)
{
	unsigned long slot = ((unsigned long)addr - VMALLOC_START) >> PAGE_SHIFT;

	execmem_vm.addr = (unsigned long)addr;
	execmem_vm.nr_pages = 1;
	execmem_vm.pages[0] = pfn_to_page(pte_pfn(vmalloc_map[slot]));
	return &execmem_vm;
}

static inline void execmem_fill_trapping_insns(void *ptr, size_t size, bool writable)
{
	*(unsigned char *)ptr = 0xcc;
}

static void vunmap_range(unsigned long addr, unsigned long end)
{
	for (; addr < end; addr += PAGE_SIZE)
		set_pte(&vmalloc_map[(addr - VMALLOC_START) >> PAGE_SHIFT], __pte(0));
	flush_tlb_kernel_range(addr, end);
}

#define PMD_SHIFT	(PAGE_SHIFT + 1)

static int vmap_pages_range_noflush(unsigned long addr, unsigned long end, pgprot_t prot, struct page **pages,
				    unsigned int page_shift)
{
	unsigned long i;

	for (i = 0; addr + i * PAGE_SIZE < end; i++)
		set_pte(&vmalloc_map[((addr - VMALLOC_START) >> PAGE_SHIFT) + i], pfn_pte(page_to_pfn(pages[i]), prot));
	return 0;
}

static int execmem_set_direct_map_valid(struct vm_struct *vm, bool valid)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < vm->nr_pages && !err; i++) {
		if (valid)
			err = set_direct_map_default_noflush(vm->pages[i]);
		else
			err = set_direct_map_invalid_noflush(vm->pages[i]);
	}
	flush_tlb_all();
	return err;
}

static int execmem_cache_add(void *ptr, size_t size)
{
	return choose(2) ? -ENOMEM : 0;
}

static int execmem_cache_populate(struct execmem_range *range, size_t size)
{
	struct vm_struct *vm;
	size_t alloc_size;
	int err = -ENOMEM;
	void *p;

	alloc_size = PAGE_ALIGN(size);
	p = vmalloc(alloc_size);
	if (!p)
		return err;

	vm = find_vm_area(p);
	if (!vm)
		goto err_free_mem;

	/* fill memory with instructions that will trap */
	execmem_fill_trapping_insns(p, alloc_size, /* writable = */ true);

	err = set_memory_rox((unsigned long)p, vm->nr_pages);
	if (err)
		goto err_free_mem;

	err = execmem_cache_add(p, alloc_size);
	if (err)
		goto err_reset_direct_map;

	return 0;

err_reset_direct_map:
	execmem_set_direct_map_valid(vm, true);
err_free_mem:
	vfree(p);
	return err;
}
