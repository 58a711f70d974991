// SPDX-License-Identifier: MIT
/*
 * How attributes of pages change: arch/x86/mm/pat/set_memory.c up to __change_page_attr_set_clr(), condensed. Without
 * cpa_lock (conversions change entries of their own pages only), without the static protections of the kernel image,
 * and without collapsing 4K entries into a large one again.
 */

#define tlb_single_page_flush_ceiling	33

#define CPA_FLUSHTLB		1
#define CPA_PAGES_ARRAY		4
#define CPA_NO_CHECK_ALIAS	16

/* One change of attributes, of a range from *vaddr on; from v6.18 on of an array of pages, too. */
struct cpa_data {
	unsigned long	*vaddr;
	pgprot_t	mask_set;
	pgprot_t	mask_clr;
	unsigned long	numpages;
	unsigned long	curpage;
	unsigned long	pfn;
	unsigned long	flags;
	unsigned long	force_split;
	unsigned long	force_flush_all;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	struct page	**pages;
#endif
};

static unsigned long __cpa_addr(struct cpa_data *cpa, unsigned long idx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (cpa->flags & CPA_PAGES_ARRAY)
		return (unsigned long)page_address(cpa->pages[idx]);

#endif
	return *cpa->vaddr + idx * PAGE_SIZE;
}

static inline bool within(unsigned long addr, unsigned long start, unsigned long end)
{
	return addr >= start && addr < end;
}

/* Whether there is no page for the table that a split needs; a scenario may decide otherwise. */
static inline bool split_fails(void)
{
	return choose(2);
}

/* Whether anybody could notice that a line was flushed. */
static inline bool caches_matter(void)
{
	return hw_dirty_lines();
}

static inline void clflush_cache_range_opt(void *vaddr, unsigned int size)
{
	hw_clflush((unsigned long)vaddr);
}

static void cpa_flush_all(unsigned long cache)
{
	BUG_ON(irqs_disabled());

	flush_tlb_all();
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define TLB_FLUSH_ALL	(-1UL)

/* Addresses that are not canonical, which some callers use, made so: there are none here. */
static inline unsigned long fix_addr(unsigned long addr)
{
	return addr;
}

static void cpa_flush(struct cpa_data *cpa, int cache)
{
	unsigned long start, end;
	unsigned long i;

	BUG_ON(irqs_disabled());

	start = fix_addr(__cpa_addr(cpa, 0));
	end =   start + cpa->numpages * PAGE_SIZE;
	if (cpa->force_flush_all)
		end = TLB_FLUSH_ALL;

	if (end == TLB_FLUSH_ALL)
		flush_tlb_all();
	else
		flush_tlb_kernel_range(start, end);

#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
/* On every CPU, and of this range only. */
static void __cpa_flush_tlb(struct cpa_data *cpa)
{
	unsigned long start = __cpa_addr(cpa, 0);

	flush_tlb_kernel_range(start, start + cpa->numpages * PAGE_SIZE);
}

static void cpa_flush(struct cpa_data *cpa, int cache)
{
	unsigned long i;

	BUG_ON(irqs_disabled());

	if (cpa->force_flush_all || cpa->numpages > tlb_single_page_flush_ceiling)
		flush_tlb_all();
	else
		__cpa_flush_tlb(cpa);

#else
/* Of this range only. One CPU is enough: what flushes a range here does so on all. */
static void __cpa_flush_tlb(void *data)
{
	struct cpa_data *cpa = data;
	unsigned long start = __cpa_addr(cpa, 0);

	if (smp_processor_id() == 0)
		flush_tlb_kernel_range(start, start + cpa->numpages * PAGE_SIZE);
}

static void cpa_flush(struct cpa_data *cpa, int cache)
{
	unsigned long i;

	BUG_ON(irqs_disabled());

	if (cpa->force_flush_all || cpa->numpages > tlb_single_page_flush_ceiling)
		flush_tlb_all();
	else
		on_each_cpu(__cpa_flush_tlb, cpa, 1);

#endif
	if (!cache || !caches_matter())
		return;

	for (i = 0; i < cpa->numpages; i++) {
		unsigned long addr = __cpa_addr(cpa, i);
		unsigned int level;

		pte_t *pte = lookup_address(addr, &level);

		/* What is not present cannot be flushed, and nobody is told. */
		if (pte && (pte_val(*pte) & _PAGE_PRESENT))
			clflush_cache_range_opt((void *)addr, PAGE_SIZE);
	}
}

/* The kernel's own check for mappings that are writable and executable: it warns, and goes on. */
static pgprot_t verify_rwx(pgprot_t old, pgprot_t new)
{
	if (((pgprot_val(old) ^ pgprot_val(new)) & (_PAGE_RW | _PAGE_NX)) &&
	    (pgprot_val(new) & (_PAGE_PRESENT | _PAGE_RW | _PAGE_NX)) == (_PAGE_PRESENT | _PAGE_RW))
		WARN_ONCE(1, "CPA detected W^X violation\n");
	return new;
}

/* Whether a large leaf must be split for the change; where not, it is changed, and cpa->numpages says how far that goes. */
static int should_split_large_page(pte_t *kpte, pte_t old_pte, unsigned long address, unsigned int level,
				   struct cpa_data *cpa)
{
	unsigned long psize = page_level_size(level);
	unsigned long lpaddr = address & page_level_mask(level);
	unsigned long numpages = (lpaddr + psize - address) >> PAGE_SHIFT;
	pgprot_t old_prot = pte_pgprot(old_pte);
	pgprot_t req_prot = old_prot;

	if (cpa->force_split)
		return 1;

	if (numpages < cpa->numpages)
		cpa->numpages = numpages;

	pgprot_val(req_prot) &= ~pgprot_val(cpa->mask_clr);
	pgprot_val(req_prot) |= pgprot_val(cpa->mask_set);
	cpa->pfn = pte_pfn(old_pte) + ((address - lpaddr) >> PAGE_SHIFT);

	/* Nothing changes, so nothing must be split. */
	if (pgprot_val(req_prot) == pgprot_val(old_prot))
		return 0;

	/* A range that does not cover all of it. */
	if (address != lpaddr || cpa->numpages != psize >> PAGE_SHIFT)
		return 1;

	set_pte_atomic(kpte, pfn_pte(pte_pfn(old_pte), verify_rwx(old_prot, req_prot)));
	cpa->flags |= CPA_FLUSHTLB;
	return 0;
}

/* Needs a page for the new table, and there may be none: nothing has changed then. */
static int split_large_page(struct cpa_data *cpa, pte_t *kpte, pte_t old_pte, unsigned long address)
{
	unsigned long lpaddr = address & ~(PMD_SIZE - 1);
	pgprot_t ref_prot = pte_pgprot(old_pte);
	unsigned long pfn = pte_pfn(old_pte);
	unsigned long i;

	if (!hw_large_pages_split() || split_fails())
		return -ENOMEM;

	pgprot_val(ref_prot) &= ~_PAGE_PSE;
	for (i = 0; i < PMD_SIZE / PAGE_SIZE; i++)
		set_pte(&split_map[__pa(lpaddr) / PAGE_SIZE + i], pfn_pte(pfn + i, ref_prot));
	set_pte_atomic(kpte, __pte(_KERNPG_TABLE));
	flush_tlb_all();
	return 0;
}

static int __change_page_attr(struct cpa_data *cpa, int primary)
{
	unsigned long address;
	int do_split, err;
	unsigned int level;
	pte_t *kpte, old_pte;

	address = __cpa_addr(cpa, cpa->curpage);
repeat:
	kpte = lookup_address(address, &level);
	/* The kernel maps what is not mapped yet, or leaves holes alone: there is neither here. */
	if (!kpte)
		return -EINVAL;

	old_pte = *kpte;
	if (pte_none(old_pte))
		return -EINVAL;

	if (level == PG_LEVEL_4K) {
		pte_t new_pte;
		pgprot_t old_prot = pte_pgprot(old_pte);
		pgprot_t new_prot = pte_pgprot(old_pte);
		unsigned long pfn = pte_pfn(old_pte);

		pgprot_val(new_prot) &= ~pgprot_val(cpa->mask_clr);
		pgprot_val(new_prot) |= pgprot_val(cpa->mask_set);

		new_prot = verify_rwx(old_prot, new_prot);

		new_pte = pfn_pte(pfn, new_prot);
		cpa->pfn = pfn;
		/* Do we really change anything? */
		if (pte_val(old_pte) != pte_val(new_pte)) {
			set_pte_atomic(kpte, new_pte);
			cpa->flags |= CPA_FLUSHTLB;
		}
		cpa->numpages = 1;
		return 0;
	}

	/* Can the large page stay whole? */
	do_split = should_split_large_page(kpte, old_pte, address, level, cpa);
	if (do_split <= 0)
		return do_split;

	/* We have to split the large page: */
	err = split_large_page(cpa, kpte, old_pte, address);
	if (!err)
		goto repeat;

	return err;
}

/* The change for the other addresses of a page: one page of the direct map or of the high kernel map, and no further. */
static int __change_page_attr_alias(struct cpa_data *cpa)
{
	cpa->numpages = 1;
	return __change_page_attr(cpa, 0);
}

/* Whether the story has addresses beside the direct map. */
static inline bool has_other_addresses(void)
{
	return hw_vmalloc_pages() || hw_kernel_map_pages();
}

/* A page that was changed by another address of it is changed in the direct map too, and in the kernel image. */
static int cpa_process_alias(struct cpa_data *cpa)
{
	struct cpa_data alias_cpa;
	unsigned long laddr = (unsigned long)__va(cpa->pfn << PAGE_SHIFT);
	unsigned long vaddr;
	int ret;

	if (cpa->pfn >= hw_pages())
		return 0;

	/* No need to redo, when the primary call touched the direct mapping already: */
	vaddr = __cpa_addr(cpa, cpa->curpage);
	if (has_other_addresses() && !(within(vaddr, PAGE_OFFSET, PAGE_OFFSET + get_max_mapped()))) {
		alias_cpa = *cpa;
		alias_cpa.vaddr = &laddr;
		alias_cpa.curpage = 0;

		/* Directmap always has NX set, do not modify. */
		if (__supported_pte_mask & _PAGE_NX) {
			alias_cpa.mask_clr.pgprot &= ~_PAGE_NX;
			alias_cpa.mask_set.pgprot &= ~_PAGE_NX;
		}

		cpa->force_flush_all = 1;

		ret = __change_page_attr_alias(&alias_cpa);
		if (ret)
			return ret;
	}

	/* The kernel image, when the primary call did not touch it already: */
	if (hw_kernel_map_pages() && !within(vaddr, __START_KERNEL_map, __END_KERNEL_map) &&
	    cpa->pfn < hw_kernel_map_pages()) {
		unsigned long temp_cpa_vaddr = (cpa->pfn << PAGE_SHIFT) + __START_KERNEL_map;

		alias_cpa = *cpa;
		alias_cpa.vaddr = &temp_cpa_vaddr;
		alias_cpa.curpage = 0;

		/* [_text, _brk_end) also covers data, do not modify NX except in cases where the highmap is the primary target. */
		if (__supported_pte_mask & _PAGE_NX) {
			alias_cpa.mask_clr.pgprot &= ~_PAGE_NX;
			alias_cpa.mask_set.pgprot &= ~_PAGE_NX;
		}

		cpa->force_flush_all = 1;
		/* The high mapping range is imprecise, so ignore the return value. */
		__change_page_attr_alias(&alias_cpa);
	}

	return 0;
}

static int __change_page_attr_set_clr(struct cpa_data *cpa, int primary)
{
	unsigned long numpages = cpa->numpages;
	unsigned long rempages = numpages;
	int ret = 0;

	/* No changes, easy! Splitting is one. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	if (!(pgprot_val(cpa->mask_set) | pgprot_val(cpa->mask_clr)) && !cpa->force_split)
		return ret;
#else
	if (!(pgprot_val(cpa->mask_set) | pgprot_val(cpa->mask_clr)))
		return ret;
#endif

	while (rempages) {
		/* Store the remaining nr of pages for the large page preservation check. */
		cpa->numpages = rempages;
		ret = __change_page_attr(cpa, primary);
		if (ret)
			goto out;

		if (primary && !(cpa->flags & CPA_NO_CHECK_ALIAS)) {
			ret = cpa_process_alias(cpa);
			if (ret)
				goto out;
		}

		/* A large page was kept, or a single page changed. */
		rempages -= cpa->numpages;
		cpa->curpage += cpa->numpages;
	}

out:
	/* Restore the original numpages */
	cpa->numpages = numpages;
	return ret;
}
