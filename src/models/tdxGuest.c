// SPDX-License-Identifier: MIT
/*
 * A TDX guest's way of converting memory: arch/x86/coco/tdx/tdx.c, condensed. From v6.5 on (195edce08b63) an entry that
 * is private never points to a page that is shared; before, the entry always changes first. From v6.11 on shared
 * pages are counted and made private again on kexec (c3abbf137687, 859e63b789d6). Addresses are those of the direct map.
 */

#define TDVMCALL_MAP_GPA	0x10001
#define TDVMCALL_STATUS_RETRY	1
#define TDVMCALL_STATUS_INVALID	(1ULL << 63)

struct tdx_module_args { u64 r10, r11, r12, r13; };

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static atomic_long_t nr_shared;
#endif

/* The VMM: takes a range as far as it likes. Which of its answers are possible is the scenario's to say. */
static u64 __tdx_hypercall(struct tdx_module_args *args)
{
	phys_addr_t gpa = cc_mkenc(args->r12);
	phys_addr_t end = gpa + args->r13;
	bool first = true;

	/* It refuses a range that is not all guest memory, before it changes anything. */
	if (gpa >= end || end > get_max_mapped() || (gpa & ~PAGE_MASK))
		return TDVMCALL_STATUS_INVALID;
	if (hw_map_gpa_fails() && choose(2))
		return TDVMCALL_STATUS_INVALID;

	for (; gpa < end; gpa += PAGE_SIZE) {
		/* The second page is as good a place as any to say that the rest is to be asked for again. */
		if (hw_map_gpa_retries() && !first && choose(2)) {
			args->r11 = gpa | (args->r12 & CC_MASK);
			return TDVMCALL_STATUS_RETRY;
		}
		if (args->r12 & CC_MASK)
			hw_tdx_map_shared(gpa >> PAGE_SHIFT);
		else
			hw_tdx_map_private(gpa >> PAGE_SHIFT);
		first = false;
	}
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
/* MapGPA for [start, end). What the VMM did not come to is asked for again (5d92c7db3f89, v6.6). */
static bool tdx_map_gpa(phys_addr_t start, phys_addr_t end, bool enc)
{
	/* Retrying the hypercall a second time should succeed; use 3 just in case */
	const int max_retries_per_page = 3;
	int retry_count = 0;

	if (!enc) {
		/* Set the shared (decrypted) bits: */
		start |= cc_mkdec(0);
		end   |= cc_mkdec(0);
	}

	while (retry_count < max_retries_per_page) {
		struct tdx_module_args args = {
			.r10 = 0,
			.r11 = TDVMCALL_MAP_GPA,
			.r12 = start,
			.r13 = end - start };

		u64 map_fail_paddr;
		u64 ret = __tdx_hypercall(&args);

		if (ret != TDVMCALL_STATUS_RETRY)
			return !ret;
		/* It comes from the VMM: not to be trusted. */
		map_fail_paddr = args.r11;
		if (map_fail_paddr < start || map_fail_paddr >= end)
			return false;

		/* "Consume" a retry without forward progress */
		if (map_fail_paddr == start) {
			retry_count++;
			continue;
		}

		start = map_fail_paddr;
		retry_count = 0;
	}

	return false;
}
#else
static bool tdx_map_gpa(phys_addr_t start, phys_addr_t end, bool enc)
{
	struct tdx_module_args args = { .r11 = TDVMCALL_MAP_GPA };

	if (!enc) {
		/* Set the shared (decrypted) bits: */
		start |= cc_mkdec(0);
		end   |= cc_mkdec(0);
	}
	args.r12 = start;
	args.r13 = end - start;

	return !__tdx_hypercall(&args);
}
#endif

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

	if (enc)
		atomic_long_sub(numpages, &nr_shared);
	else
		atomic_long_add(numpages, &nr_shared);

	return 0;
}

/* Stop new private<->shared conversions */
static void tdx_kexec_begin(void)
{
	if (!IS_ENABLED(CONFIG_KEXEC_CORE))
		return;

	/* After a crash nothing can be waited for: a conversion that was under way is reported, and stays half done. */
	if (!set_memory_enc_stop_conversion())
		pr_warn("Failed to stop shared<->private conversions\n");
}

/* Walk direct mapping and convert all shared memory back to private */
static void tdx_kexec_finish(void)
{
	unsigned long addr, end;
	long found = 0, shared;

	if (!IS_ENABLED(CONFIG_KEXEC_CORE))
		return;

	lockdep_assert_irqs_disabled();

	addr = PAGE_OFFSET;
	end  = PAGE_OFFSET + get_max_mapped();

	while (addr < end) {
		unsigned long size;
		unsigned int level;
		pte_t *pte;

		pte = lookup_address(addr, &level);
		size = page_level_size(level);

		if (pte && pte_decrypted(*pte)) {
			int pages = size / PAGE_SIZE;

			/* A touch through the shared mapping would make the page shared again. */
			set_pte(pte, __pte(0));

			/* Where this fails the page stays what it is; the next kernel may come to grief. */
			if (!tdx_enc_status_changed(addr, pages, true)) {
				pr_err("Failed to unshare range %#lx-%#lx\n",
				       addr, addr + size);
			}

			found += pages;
		}

		addr += size;
	}

	__flush_tlb_all();

	shared = atomic_long_read(&nr_shared);
	if (shared != found) {
		pr_err("shared page accounting is off\n");
		pr_err("nr_shared = %ld, nr_found = %ld\n", shared, found);
	}
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

#define TDX_GET_INFO		1
#define ATTR_SEPT_VE_DISABLE	BIT(28)

/* Output of TDG.VP.INFO: the width of guest physical addresses, and the TD's attributes. */
struct tdx_module_output { u64 rcx, rdx; };

static u64 tdx_module_call(u64 fn, u64 rcx, u64 rdx, u64 r8, u64 r9, struct tdx_module_output *out)
{
	out->rcx = 52;
	out->rdx = hw_pending_ve() ? 0 : ATTR_SEPT_VE_DISABLE;
	return 0;
}

/* Nothing can handle a #VE of the kernel's own memory (373e715e31bf): better no guest than one that may get such. */
static void tdx_parse_tdinfo(u64 *cc_mask)
{
	struct tdx_module_output out;
	unsigned int gpa_width;
	u64 td_attr;

	tdx_module_call(TDX_GET_INFO, 0, 0, 0, 0, &out);

	/* The highest bit of an address says whether it is shared. */
	gpa_width = out.rcx & GENMASK(5, 0);
	*cc_mask = BIT_ULL(gpa_width - 1);

	td_attr = out.rdx;
	if (!(td_attr & ATTR_SEPT_VE_DISABLE))
		panic("TD misconfiguration: SEPT_VE_DISABLE attibute must be set.\n");
}

void tdx_early_init(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	x86_platform.guest.enc_status_change_prepare = tdx_enc_status_change_prepare;
	x86_platform.guest.enc_status_change_finish = tdx_enc_status_change_finish;
#endif
	x86_platform.guest.enc_cache_flush_required = tdx_cache_flush_required;
	x86_platform.guest.enc_tlb_flush_required = tdx_tlb_flush_required;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	/* Both ways, after the entry changed. */
	x86_platform.guest.enc_status_change_finish = tdx_enc_status_changed;
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)

	x86_platform.guest.enc_kexec_begin = tdx_kexec_begin;
	x86_platform.guest.enc_kexec_finish = tdx_kexec_finish;
#endif
}

/*
 * Not the kernel's: whether the pages that it counted as shared are those that are mapped so, at a moment when nobody else
 * runs. Where nothing is counted there is nothing to compare.
 */
static void tdx_check_accounting(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	long found = 0;
	int leaf;

	if (!cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT) || hw_snp_guest())
		return;
	for (leaf = 0; leaf < hw_leaves(); leaf++) {
		if (pte_decrypted(READ_ONCE(direct_map[leaf])))
			found += hw_leaf_pages(leaf);
	}
	if (atomic_long_read(&nr_shared) != found)
		outcome("accounting-mismatch");
#endif
}
