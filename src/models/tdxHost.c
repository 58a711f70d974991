// SPDX-License-Identifier: MIT
/*
 * A host that gives memory to the TDX module: arch/x86/virt/vmx/tdx/tdx.c, condensed.
 * Generations: before 6.9 as in v12 of the host series (June 2023) before its patch 19; from 6.9 on as merged; from
 * 6.18 on with cache_state_incoherent and tdx_quirk_reset_paddr(); from 7.2 on with tdx_sys_disable(). Arguments of
 * SEAMCALLs go through struct tdx_module_args in all of them. The story has two TDMRs, whose metadata (PAMT) takes one
 * page each; it becomes TDX-private once the module uses it.
 */

/* Any number that no other feature has. */
#define X86_BUG_TDX_PW_MCE	(21 * 32 + 3)
#define X86_FEATURE_TDX_GUEST	(8 * 32 + 22)

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

enum tdx_module_status_t {
	TDX_MODULE_UNINITIALIZED,
	TDX_MODULE_INITIALIZED,
	TDX_MODULE_ERROR
};

static enum tdx_module_status_t tdx_module_status;
static DEFINE_MUTEX(tdx_module_lock);

static struct tdmr_info_list tdx_tdmr_list;

/* By page: whose it is. The page allocator gives to others what it gets back. */
enum { PAGE_OF_KERNEL, PAGE_IS_FREE, PAGE_OF_OTHERS };
int page_owner[16];

/* Somebody who wants memory gets this page, if it is free. */
bool take_free_page(int page)
{
	return cmpxchg(&page_owner[page], PAGE_IS_FREE, PAGE_OF_OTHERS) == PAGE_IS_FREE;
}

/* A guest is no host. */
bool platform_tdx_enabled(void)
{
	return hw_tdx_host();
}

static inline bool boot_cpu_has_bug(int bug)
{
	return bug == X86_BUG_TDX_PW_MCE && hw_partial_write_erratum();
}

static inline bool static_cpu_has_bug(int bug)
{
	return boot_cpu_has_bug(bug);
}

static inline bool cpu_feature_enabled(int feature)
{
	if (feature == X86_FEATURE_TDX_GUEST)
		return !hw_tdx_host() && !hw_snp_guest();
	return boot_cpu_has_bug(feature);
}

static inline bool boot_cpu_has(int feature)
{
	return boot_cpu_has_bug(feature);
}

static inline bool static_cpu_has(int feature)
{
	return boot_cpu_has_bug(feature);
}

/* TDH.SYS.INIT, TDH.SYS.LP.INIT: once for the module, once for each CPU; nothing of memory. */
int tdx_cpu_enable(void)
{
	return platform_tdx_enabled() ? 0 : -ENODEV;
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

static int config_tdx_module(struct tdmr_info_list *tdmr_list, u64 global_keyid)
{
	struct tdx_module_args args;

	args.r8 = global_keyid;
	return seamcall_prerr(TDH_SYS_CONFIG, &args);
}

static int do_global_key_config(void *data)
{
	struct tdx_module_args args;

	return seamcall_prerr(TDH_SYS_KEY_CONFIG, &args);
}

/* Once for each package; here all CPUs are in one. */
static int config_global_keyid(void)
{
	int ret;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	/* Lines of the kernel's KeyID must not be written back over what the module stores. */
	wbinvd_on_all_cpus();

#endif
	ret = do_global_key_config(NULL);

	return ret;
}

/* The module does a part of a TDMR in each call and says how far it came. */
static int init_tdmr(struct tdmr_info *tdmr)
{
	u64 next;

	do {
		struct tdx_module_args args;
		int ret;

		args.rcx = tdmr->base;
		ret = seamcall_prerr_ret(TDH_SYS_TDMR_INIT, &args);
		if (ret)
			return ret;
		next = args.rdx;
		cond_resched();
	} while (next < tdmr->base + tdmr->size);

	return 0;
}

static int init_tdmrs(struct tdmr_info_list *tdmr_list)
{
	int i;

	for (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++) {
		int ret;

		ret = init_tdmr(tdmr_entry(tdmr_list, i));
		if (ret)
			return ret;
	}

	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
static int init_tdx_module(void)
{
	int ret;

	/* The list of memory must not change while TDMRs are made of it. */
	get_online_mems();

	ret = build_tdx_memlist(&tdx_memlist);
	if (ret)
		goto out_put_tdxmem;

	/* Allocate enough space for constructing TDMRs */
	ret = alloc_tdmr_list(&tdx_tdmr_list);
	if (ret)
		goto err_free_tdxmem;

	/* Cover all TDX-usable memory regions in TDMRs */
	ret = construct_tdmrs(&tdx_memlist, &tdx_tdmr_list);
	if (ret)
		goto err_free_tdmrs;

	/* Pass the TDMRs and the global KeyID to the TDX module */
	ret = config_tdx_module(&tdx_tdmr_list, tdx_global_keyid);
	if (ret)
		goto err_free_pamts;

	/* Config the key of global KeyID on all packages */
	ret = config_global_keyid();
	if (ret)
		goto err_reset_pamts;

	/* Initialize TDMRs to complete the TDX module initialization */
	ret = init_tdmrs(&tdx_tdmr_list);
	if (ret)
		goto err_reset_pamts;

out_put_tdxmem:
	put_online_mems();
	return ret;

err_reset_pamts:
	/* Lines of the module's KeyID must not be written back over what the kernel stores. */
	wbinvd_on_all_cpus();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	tdmrs_quirk_reset_pamt_all(&tdx_tdmr_list);
#else
	tdmrs_reset_pamt_all(&tdx_tdmr_list);
#endif
err_free_pamts:
	tdmrs_free_pamt_all(&tdx_tdmr_list);
err_free_tdmrs:
	free_tdmr_list(&tdx_tdmr_list);
err_free_tdxmem:
	free_tdx_memlist(&tdx_memlist);
	goto out_put_tdxmem;
}
#else
static int init_tdx_module(void)
{
	int ret;

	get_online_mems();

	ret = build_tdx_memlist(&tdx_memlist);
	if (ret)
		goto out_put_tdxmem;

	/* Allocate enough space for constructing TDMRs */
	ret = alloc_tdmr_list(&tdx_tdmr_list);
	if (ret)
		goto out_free_tdxmem;

	/* Cover all TDX-usable memory regions in TDMRs */
	ret = construct_tdmrs(&tdx_memlist, &tdx_tdmr_list);
	if (ret)
		goto out_free_tdmrs;

	/* Pass the TDMRs and the global KeyID to the TDX module */
	ret = config_tdx_module(&tdx_tdmr_list, tdx_global_keyid);
	if (ret)
		goto out_free_pamts;

	/* Lines of the kernel's KeyID must not be written back over what the module stores. */
	wbinvd_on_all_cpus();

	/* Config the key of global KeyID on all packages */
	ret = config_global_keyid();
	if (ret)
		goto out_reset_pamts;

	/* Initialize TDMRs to complete the TDX module initialization */
	ret = init_tdmrs(&tdx_tdmr_list);
	if (ret)
		goto out_reset_pamts;

	put_online_mems();
	return 0;

out_reset_pamts:
	/* Lines of the module's KeyID must not be written back over what the kernel stores. */
	wbinvd_on_all_cpus();
	tdmrs_reset_pamt_all(&tdx_tdmr_list);
out_free_pamts:
	tdmrs_free_pamt_all(&tdx_tdmr_list);
out_free_tdmrs:
	free_tdmr_list(&tdx_tdmr_list);
out_free_tdxmem:
	free_tdx_memlist(&tdx_memlist);
out_put_tdxmem:
	put_online_mems();
	return ret;
}
#endif

static int __tdx_enable(void)
{
	int ret;

	ret = init_tdx_module();
	if (ret) {
		pr_err("module initialization failed (%d)\n", ret);
		tdx_module_status = TDX_MODULE_ERROR;
		return ret;
	}

	pr_info("module initialized\n");
	tdx_module_status = TDX_MODULE_INITIALIZED;

	return 0;
}

/* All CPUs are in VMX operation, and none comes or goes. */
int tdx_enable(void)
{
	int ret;

	if (!platform_tdx_enabled())
		return -ENODEV;

	mutex_lock(&tdx_module_lock);

	switch (tdx_module_status) {
	case TDX_MODULE_UNINITIALIZED:
		ret = __tdx_enable();
		break;
	case TDX_MODULE_INITIALIZED:
		ret = 0;
		break;
	default:
		ret = -EINVAL;
		break;
	}

	mutex_unlock(&tdx_module_lock);

	return ret;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
/* No SEAMCALL will follow on this CPU. The flag is cleared last: until then an NMI may stop this CPU. */
void tdx_cpu_flush_cache(void)
{
	lockdep_assert_preemption_disabled();

	if (!this_cpu_read(cache_state_incoherent))
		return;

	wbinvd();
	this_cpu_write(cache_state_incoherent, false);
}
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
/* Ends the module for good, on any CPU in VMX operation, and makes all its memory ordinary. */
void tdx_sys_disable(void)
{
	struct tdx_module_args args;
	u64 ret;

	if (!platform_tdx_enabled())
		return;

	do {
		ret = seamcall(TDH_SYS_DISABLE, &args);
	} while (ret == TDX_INTERRUPTED_RESUMABLE || ret == TDX_SYS_BUSY);
}
#endif
