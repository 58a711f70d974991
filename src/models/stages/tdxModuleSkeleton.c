// SPDX-License-Identifier: MIT
/*
 * arch/x86/virt/vmx/tdx/tdx.c, condensed, as the merged series has it before commit abe8dbab8f9f (December 2023), and as
 * v13 had it: the function is there, and does nothing yet.
 */

static void tdx_init(void)
{
	u32 tdx_keyid_start, nr_tdx_keyids;
	int err;

	err = record_keyid_partitioning(&tdx_keyid_start, &nr_tdx_keyids);
	if (err)
		return;

	/* One for the module, and one at least for TDs. */
	if (nr_tdx_keyids < 2) {
		pr_err("initialization failed: too few private KeyIDs available.\n");
		return;
	}

	/*
	 * The first of them becomes the module's own;
	 * leave the rest for TDX guests.
	 */
	tdx_global_keyid = tdx_keyid_start;
	tdx_guest_keyid_start = tdx_keyid_start + 1;
	tdx_nr_guest_keyids = nr_tdx_keyids - 1;
}

static int init_tdx_module(void)
{
	/*
	 * TODO:
	 *
	 *  - Build the list of TDX-usable memory regions.
	 *  - Construct TDMRs, configure the module and the global KeyID.
	 *  - Initialize all TDMRs.
	 *
	 *  Return error before all steps are done.
	 */
	return -EINVAL;
}
