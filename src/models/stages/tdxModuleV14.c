// SPDX-License-Identifier: MIT
/*
 * arch/x86/virt/vmx/tdx/tdx.c, condensed, as v14 of the host series (October 2023) has it when the TDMRs are kept and errors
 * are not yet ways of their own: each step behind the first failure asks whether there was one.
 */

struct tdsysinfo_struct { u16 max_tdmrs; };
struct cmr_info { u64 base, size; };

/* TDH.SYS.INFO: what the module is, and the convertible memory regions. */
static int get_tdx_sysinfo(struct tdsysinfo_struct *tdsysinfo, struct cmr_info *cmr_array)
{
	if (seamcalls_fail && choose(2))
		return -EIO;

	tdsysinfo->max_tdmrs = 64;
	return 0;
}

static inline unsigned long tdmrs_count_pamt_kb(struct tdmr_info_list *tdmr_list)
{
	return tdmr_list->nr_consumed_tdmrs * 4UL;
}

static int init_tdx_module(void)
{
	struct tdsysinfo_struct *tdsysinfo;
	struct cmr_info *cmr_array;
	int tdsysinfo_size;
	int cmr_array_size;
	int ret;

	tdsysinfo_size = sizeof(*tdsysinfo);
	tdsysinfo = kzalloc(tdsysinfo_size, GFP_KERNEL);
	if (!tdsysinfo)
		return -ENOMEM;

	cmr_array_size = sizeof(*cmr_array);
	cmr_array = kzalloc(cmr_array_size, GFP_KERNEL);
	if (!cmr_array) {
		kfree(tdsysinfo);
		return -ENOMEM;
	}

	ret = get_tdx_sysinfo(tdsysinfo, cmr_array);
	if (ret)
		goto out;

	get_online_mems();

	ret = build_tdx_memlist(&tdx_memlist);
	if (ret)
		goto out_put_tdxmem;

	/* Allocate enough space for constructing TDMRs */
	ret = alloc_tdmr_list(&tdx_tdmr_list, tdsysinfo);
	if (ret)
		goto out_free_tdxmem;

	/* Cover all TDX-usable memory regions in TDMRs */
	ret = construct_tdmrs(&tdx_memlist, &tdx_tdmr_list, tdsysinfo);
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
out_reset_pamts:
	if (ret) {
		/* Lines of the module's KeyID must not be written back over what the kernel stores. */
		wbinvd_on_all_cpus();
		tdmrs_reset_pamt_all(&tdx_tdmr_list);
	}
out_free_pamts:
	if (ret)
		tdmrs_free_pamt_all(&tdx_tdmr_list);
	else
		pr_info("%lu KBs allocated for PAMT\n",
				tdmrs_count_pamt_kb(&tdx_tdmr_list));
out_free_tdmrs:
	if (ret)
		free_tdmr_list(&tdx_tdmr_list);
out_free_tdxmem:
	if (ret)
		free_tdx_memlist(&tdx_memlist);
out_put_tdxmem:
	put_online_mems();
out:
	kfree(tdsysinfo);
	kfree(cmr_array);
	return ret;
}
