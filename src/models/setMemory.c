// SPDX-License-Identifier: MIT
/*
 * set_memory_*(), set_pages_*() and set_direct_map_*() of arch/x86/mm/pat/set_memory.c, condensed; for private and
 * shared memory see memEncrypt.c.
 */

static int change_page_attr_set_clr(unsigned long *addr, int numpages,
				    pgprot_t mask_set, pgprot_t mask_clr,
				    int force_split, int in_flag,
				    struct page **pages)
{
	struct cpa_data cpa;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	int ret;
#else
	int ret, cache;
#endif

	memset(&cpa, 0, sizeof(cpa));

	if (!pgprot_val(mask_set) && !pgprot_val(mask_clr) && !force_split)
		return 0;

	/* People should not be passing in unaligned addresses. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (!(in_flag & CPA_PAGES_ARRAY) && WARN_ON_ONCE(*addr & ~PAGE_MASK))
		*addr &= PAGE_MASK;
	cpa.pages = pages;
#else
	if (WARN_ON_ONCE(*addr & ~PAGE_MASK))
		*addr &= PAGE_MASK;
#endif

	vm_unmap_aliases();

	cpa.vaddr = addr;
	cpa.numpages = numpages;
	cpa.mask_set = mask_set;
	cpa.mask_clr = mask_clr;
	cpa.flags = in_flag;
	cpa.curpage = 0;
	cpa.force_split = force_split;

	ret = __change_page_attr_set_clr(&cpa, 1);

	/* Check whether we really changed something: */
	if (!(cpa.flags & CPA_FLUSHTLB))
		goto out;

	/* On error; flush everything to be sure. */
	if (ret) {
		cpa_flush_all(0);
		goto out;
	}

	cpa_flush(&cpa, 0);
out:
	return ret;
}

static inline int change_page_attr_set(unsigned long *addr, int numpages, pgprot_t mask, int array)
{
	return change_page_attr_set_clr(addr, numpages, mask, __pgprot(0), 0, 0, NULL);
}

static inline int change_page_attr_clear(unsigned long *addr, int numpages, pgprot_t mask, int array)
{
	return change_page_attr_set_clr(addr, numpages, __pgprot(0), mask, 0, 0, NULL);
}

int set_memory_x(unsigned long addr, int numpages)
{
	return change_page_attr_clear(&addr, numpages, __pgprot(_PAGE_NX), 0);
}

int set_memory_nx(unsigned long addr, int numpages)
{
	return change_page_attr_set(&addr, numpages, __pgprot(_PAGE_NX), 0);
}

int set_memory_ro(unsigned long addr, int numpages)
{
	return change_page_attr_clear(&addr, numpages, __pgprot(_PAGE_RW), 0);
}

/* In one pass: since v6.2. */
int set_memory_rox(unsigned long addr, int numpages)
{
	pgprot_t clr = __pgprot(_PAGE_RW | _PAGE_NX);

	return change_page_attr_clear(&addr, numpages, clr, 0);
}

int set_memory_rw(unsigned long addr, int numpages)
{
	return change_page_attr_set(&addr, numpages, __pgprot(_PAGE_RW), 0);
}

int set_memory_np(unsigned long addr, int numpages)
{
	return change_page_attr_clear(&addr, numpages, __pgprot(_PAGE_PRESENT), 0);
}

int set_memory_np_noalias(unsigned long addr, int numpages)
{
	return change_page_attr_set_clr(&addr, numpages, __pgprot(0),
					__pgprot(_PAGE_PRESENT), 0,
					CPA_NO_CHECK_ALIAS, NULL);
}

/* Before v6.9 it took a pointer to the address; patches that are shown without those before them mean either. */
int set_memory_p(unsigned long addr, int numpages)
{
	if (addr < PAGE_OFFSET)
		addr = *(unsigned long *)addr;
	return change_page_attr_set(&addr, numpages, __pgprot(_PAGE_PRESENT), 0);
}

int set_memory_4k(unsigned long addr, int numpages)
{
	return change_page_attr_set_clr(&addr, numpages, __pgprot(0),
					__pgprot(0), 1, 0, NULL);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
/* Uncached, page by page of an array. */
int set_pages_array_uc(struct page **pages, int numpages)
{
	return change_page_attr_set_clr(NULL, numpages, __pgprot(_PAGE_PCD | _PAGE_PWT),
					__pgprot(0), 0, CPA_PAGES_ARRAY, pages);
}
#endif

int set_pages_ro(struct page *page, int numpages)
{
	return set_memory_ro((unsigned long)page_address(page), numpages);
}

int set_pages_rw(struct page *page, int numpages)
{
	return set_memory_rw((unsigned long)page_address(page), numpages);
}

static int __set_pages_p(struct page *page, int numpages)
{
	unsigned long tempaddr = (unsigned long)page_address(page);
	struct cpa_data cpa;

	memset(&cpa, 0, sizeof(cpa));
	cpa.vaddr = &tempaddr;
	cpa.numpages = numpages;
	cpa.mask_set = __pgprot(_PAGE_PRESENT | _PAGE_RW);
	return __change_page_attr_set_clr(&cpa, 0);
}

static int __set_pages_np(struct page *page, int numpages)
{
	unsigned long tempaddr = (unsigned long)page_address(page);
	struct cpa_data cpa;

	memset(&cpa, 0, sizeof(cpa));
	cpa.vaddr = &tempaddr;
	cpa.numpages = numpages;
	cpa.mask_clr = __pgprot(_PAGE_PRESENT | _PAGE_RW);
	return __change_page_attr_set_clr(&cpa, 0);
}

/* Neither flushes: that is left to the caller. */
int set_direct_map_invalid_noflush(struct page *page)
{
	return __set_pages_np(page, 1);
}

int set_direct_map_default_noflush(struct page *page)
{
	return __set_pages_p(page, 1);
}
