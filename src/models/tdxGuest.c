// SPDX-License-Identifier: MIT
/*
 * A TDX guest's way of converting memory: arch/x86/coco/tdx/tdx.c, condensed, as of v6.5 to v6.8
 * (commit 195edce08b63 onwards: an entry that is private never points to a page that is shared). Addresses are those
 * of the direct map.
 */

/* MapGPA for [start, end): the whole range in one call. This VMM never answers that the rest is to be retried. */
static bool tdx_map_gpa(phys_addr_t start, phys_addr_t end, bool enc)
{
	phys_addr_t gpa;

	/* The VMM refuses a range that is not all guest memory, before it changes anything. */
	if (start >= end || end > get_max_mapped())
		return false;

	for (gpa = start; gpa < end; gpa += PAGE_SIZE) {
		if (enc)
			hw_tdx_map_private(gpa >> PAGE_SHIFT);
		else
			hw_tdx_map_shared(gpa >> PAGE_SHIFT);
	}
	return true;
}

/*
 * TDG.MEM.PAGE.ACCEPT. The host backs memory in 4K units, so the larger sizes that are tried first fail with
 * a size mismatch and leave nothing behind.
 */
static bool tdx_accept_memory(phys_addr_t start, phys_addr_t end)
{
	while (start < end) {
		if (hw_tdx_accept(start >> PAGE_SHIFT))
			return false;
		start += PAGE_SIZE;
	}
	return true;
}

/* Tells the VMM and the TDX module about a conversion; shared to private also accepts. */
static bool tdx_enc_status_changed(unsigned long vaddr, int numpages, bool enc)
{
	phys_addr_t start = __pa(vaddr);
	phys_addr_t end = __pa(vaddr + numpages * PAGE_SIZE);

	if (!tdx_map_gpa(start, end, enc))
		return false;

	/* Private to shared needs no more than that. */
	if (enc)
		return tdx_accept_memory(start, end);
	return true;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int tdx_enc_status_change_prepare(unsigned long vaddr, int numpages, bool enc)
{
	/* shared to private: the page becomes private before its entry does */
	if (enc && !tdx_enc_status_changed(vaddr, numpages, enc))
		return -EIO;

	return 0;
}

static int tdx_enc_status_change_finish(unsigned long vaddr, int numpages, bool enc)
{
	/* private to shared: the entry became shared before the page does */
	if (!enc && !tdx_enc_status_changed(vaddr, numpages, enc))
		return -EIO;

	return 0;
}
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
static bool tdx_enc_status_change_prepare(unsigned long vaddr, int numpages, bool enc)
{
	/* shared to private: the page becomes private before its entry does */
	if (enc)
		return tdx_enc_status_changed(vaddr, numpages, enc);
	return true;
}

static bool tdx_enc_status_change_finish(unsigned long vaddr, int numpages, bool enc)
{
	/* private to shared: the entry became shared before the page does */
	if (!enc)
		return tdx_enc_status_changed(vaddr, numpages, enc);
	return true;
}
#endif

static bool tdx_tlb_flush_required(bool private)
{
	return !private;
}

static bool tdx_cache_flush_required(void)
{
	return true;
}

void tdx_early_init(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	x86_platform.guest.enc_status_change_prepare = tdx_enc_status_change_prepare;
	x86_platform.guest.enc_status_change_finish = tdx_enc_status_change_finish;
#else
	/* Both ways, after the entry changed. */
	x86_platform.guest.enc_status_change_finish = tdx_enc_status_changed;
#endif
	x86_platform.guest.enc_cache_flush_required = tdx_cache_flush_required;
	x86_platform.guest.enc_tlb_flush_required = tdx_tlb_flush_required;
}
