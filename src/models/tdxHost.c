// SPDX-License-Identifier: MIT
/*
 * A host that initialises the TDX module and ends it: arch/x86/virt/vmx/tdx/tdx.c, condensed. Regions and metadata are
 * in tdxPamt.c. Generations: before 6.9 as in v12 of the host series (June 2023) before its patch 19; from 6.9 on as
 * merged; from 6.18 on with cache_state_incoherent and tdx_quirk_reset_paddr(); from 7.2 on with tdx_sys_disable().
 * Arguments of SEAMCALLs go through struct tdx_module_args in all of them.
 */

/* Any number that no other feature has. */
#define X86_BUG_TDX_PW_MCE	(21 * 32 + 3)
#define X86_FEATURE_TDX_GUEST	(8 * 32 + 22)

enum tdx_module_status_t {
	TDX_MODULE_UNINITIALIZED,
	TDX_MODULE_INITIALIZED,
	TDX_MODULE_ERROR
};

static enum tdx_module_status_t tdx_module_status;
static DEFINE_MUTEX(tdx_module_lock);

static struct tdmr_info_list tdx_tdmr_list;

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
