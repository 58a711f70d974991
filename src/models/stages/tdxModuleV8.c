// SPDX-License-Identifier: MIT
/*
 * arch/x86/virt/vmx/tdx/tdx.c, condensed, as v8 of the host series (December 2022) has it before its patch 7, and as v9
 * (February 2023): the module's initialisation reads what the module says of itself and stops there.
 */

#define MAX_CMRS	32

struct tdsysinfo_struct {
	u16 max_tdmrs;
	u16 max_reserved_per_tdmr;
	u16 pamt_entry_size;
};

struct cmr_info {
	u64 base;
	u64 size;
};

static u32 tdx_keyid_start;
static u32 nr_tdx_keyids;

static struct tdsysinfo_struct tdx_sysinfo;
static struct cmr_info tdx_cmr_array[MAX_CMRS];

static void clear_tdx(void)
{
	tdx_keyid_start = nr_tdx_keyids = 0;
}

static int record_keyid_partitioning(void)
{
	tdx_keyid_start = 32;
	nr_tdx_keyids = 32;
	return 0;
}

static int tdx_init(void)
{
	int err;

	err = record_keyid_partitioning();
	if (err)
		return err;

	/* One for the module, and one at least for TDs. */
	if (nr_tdx_keyids < 2) {
		pr_info("initialization failed: too few private KeyIDs available (%d).\n", nr_tdx_keyids);
		goto no_tdx;
	}

	return 0;
no_tdx:
	clear_tdx();
	return -ENODEV;
}

/* TDH.SYS.INFO: what the module is, and the convertible memory regions. */
static int tdx_get_sysinfo(struct tdsysinfo_struct *sysinfo, struct cmr_info *cmr_array)
{
	if (seamcalls_fail && choose(2))
		return -EIO;

	sysinfo->max_tdmrs = 64;
	sysinfo->max_reserved_per_tdmr = 16;
	return 0;
}

static int init_tdx_module(void)
{
	struct tdsysinfo_struct *sysinfo = &tdx_sysinfo;
	struct cmr_info *cmr_array = tdx_cmr_array;
	int ret;

	ret = tdx_get_sysinfo(sysinfo, cmr_array);
	if (ret)
		goto out;

	/*
	 * TODO:
	 *
	 *  - Build the list of TDX-usable memory regions.
	 *  - Construct TDMRs, choose the global KeyID, configure the module.
	 *  - Initialize all TDMRs.
	 */
	ret = -EINVAL;
out:
	return ret;
}
