// SPDX-License-Identifier: MIT
/*
 * The regions of memory that the TDX module is given (TDMR) and its metadata for them (PAMT):
 * arch/x86/virt/vmx/tdx/tdx.c, condensed. From 6.18 on the reset is tdx_quirk_reset_paddr(). The story has two TDMRs,
 * whose PAMT takes one page each; it becomes TDX-private once the module uses it.
 */

struct tdmr_info {
	u64 base;
	u64 size;
	u64 pamt_4k_base;
	u64 pamt_4k_size;
};

struct tdmr_info_list {
	void *tdmrs;
	int nr_consumed_tdmrs;
};

/* By page: whose it is. The page allocator gives to others what it gets back. */
enum { PAGE_OF_KERNEL, PAGE_IS_FREE, PAGE_OF_OTHERS };
int page_owner[16];

/* Somebody who wants memory gets this page, if it is free. */
bool take_free_page(int page)
{
	return cmpxchg(&page_owner[page], PAGE_IS_FREE, PAGE_OF_OTHERS) == PAGE_IS_FREE;
}

static int alloc_tdmr_list(struct tdmr_info_list *tdmr_list)
{
	tdmr_list->tdmrs = kzalloc(MAX_TDMRS * sizeof(struct tdmr_info), GFP_KERNEL);
	if (!tdmr_list->tdmrs)
		return -ENOMEM;

	tdmr_list->nr_consumed_tdmrs = 0;
	return 0;
}

static void free_tdmr_list(struct tdmr_info_list *tdmr_list)
{
	kfree(tdmr_list->tdmrs);
}

static struct tdmr_info *tdmr_entry(struct tdmr_info_list *tdmr_list, int idx)
{
	int tdmr_info_offset = sizeof(struct tdmr_info) * idx;

	return (void *)tdmr_list->tdmrs + tdmr_info_offset;
}

static void tdmr_do_pamt_func(struct tdmr_info *tdmr,
			      void (*pamt_func)(unsigned long base, unsigned long size))
{
	unsigned long pamt_base = tdmr->pamt_4k_base;
	unsigned long pamt_size = tdmr->pamt_4k_size;

	/* Nothing was allocated for this one. */
	if (!pamt_size)
		return;

	if (WARN_ON_ONCE(!pamt_base))
		return;

	(*pamt_func)(pamt_base, pamt_size);
}

static void free_contig_range(unsigned long pfn, unsigned long nr_pages)
{
	while (nr_pages--)
		xchg(&page_owner[pfn++], PAGE_IS_FREE);
}

static void free_pamt(unsigned long pamt_base, unsigned long pamt_size)
{
	free_contig_range(pamt_base >> PAGE_SHIFT, pamt_size >> PAGE_SHIFT);
}

static void tdmr_free_pamt(struct tdmr_info *tdmr)
{
	tdmr_do_pamt_func(tdmr, free_pamt);
}

static void tdmrs_free_pamt_all(struct tdmr_info_list *tdmr_list)
{
	int i;

	for (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++)
		tdmr_free_pamt(tdmr_entry(tdmr_list, i));
}

/* The PAMT of a TDMR comes from the page allocator. */
static int tdmr_set_up_pamt(struct tdmr_info *tdmr, int idx)
{
	tdmr->pamt_4k_base = (PAMT_FIRST_PAGE + idx) * PAGE_SIZE;
	tdmr->pamt_4k_size = PAGE_SIZE;
	return 0;
}

static int construct_tdmrs(struct list_head *tmb_list, struct tdmr_info_list *tdmr_list)
{
	int i;

	for (i = 0; i < MAX_TDMRS; i++) {
		struct tdmr_info *tdmr = tdmr_entry(tdmr_list, i);

		tdmr->base = i * TDMR_SIZE;
		tdmr->size = TDMR_SIZE;
		tdmr_set_up_pamt(tdmr, i);
	}
	tdmr_list->nr_consumed_tdmrs = MAX_TDMRS;
	return 0;
}

/*
 * 64 bytes in one direct store. A page is ordinary memory again when the last of its lines is, so loops must come to
 * it; a page that went back to the page allocator may be somebody else's.
 */
static inline void movdir64b(void *dst, const void *src)
{
	unsigned long phys = __pa((unsigned long)dst);

	if ((phys & (PAGE_SIZE - 1)) != PAGE_SIZE - 64)
		return;
	if (READ_ONCE(page_owner[phys >> PAGE_SHIFT]) != PAGE_OF_KERNEL)
		outcome("use-after-free");
	hw_movdir64b(phys >> PAGE_SHIFT);
}

/* Copies by MOVNTI: the lines may reach memory in parts. */
static inline void memcpy_flushcache(void *dst, const void *src, unsigned long count)
{
	hw_partial_write(__pa((unsigned long)dst) >> PAGE_SHIFT);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
/* From v6.18 on only where the erratum needs it: without it, KeyID 0 may read and write TDX-private memory. */
static void tdx_quirk_reset_paddr(unsigned long base, unsigned long size)
{
	const void *zero_page = NULL;
	unsigned long phys, end;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (!boot_cpu_has_bug(X86_BUG_TDX_PW_MCE))
		return;

#endif
	end = base + size;
	for (phys = base; phys < end; phys += 64)
		movdir64b(__va(phys), zero_page);

	/* MOVDIR64B is weakly ordered: whoever uses these pages next must see it done. */
	mb();
}
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
static void tdmr_quirk_reset_pamt(struct tdmr_info *tdmr)
{
	tdmr_do_pamt_func(tdmr, tdx_quirk_reset_paddr);
}

static void tdmrs_quirk_reset_pamt_all(struct tdmr_info_list *tdmr_list)
{
	int i;

	for (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++)
		tdmr_quirk_reset_pamt(tdmr_entry(tdmr_list, i));
}
#else
/* MOVDIR64B over every line: ordinary memory again, and no poison is read on the way. The caller flushed caches. */
static void reset_tdx_pages(unsigned long base, unsigned long size)
{
	const void *zero_page = NULL;
	unsigned long phys, end;

	end = base + size;
	for (phys = base; phys < end; phys += 64)
		movdir64b(__va(phys), zero_page);

	/* MOVDIR64B is weakly ordered: whoever uses these pages next must see it done. */
	mb();
}

static void tdmr_reset_pamt(struct tdmr_info *tdmr)
{
	tdmr_do_pamt_func(tdmr, reset_tdx_pages);
}

static void tdmrs_reset_pamt_all(struct tdmr_info_list *tdmr_list)
{
	int i;

	for (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++)
		tdmr_reset_pamt(tdmr_entry(tdmr_list, i));
}
#endif
