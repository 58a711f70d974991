// SPDX-License-Identifier: MIT
/*
 * The other half of the kexec protocol of a TDX guest, for patches that show one half only (v6 of the series,
 * January 2024, and its neighbours): converters count themselves in and ask whether conversions are still allowed, and
 * count the pages that are shared. It is linked in where a patch leaves one of these names undefined, or defines a
 * callback that only this file registers.
 */

/* For the mail to define; one that it does not define changes nothing. */
static void tdx_kexec_stop_conversion(bool crash);
static void tdx_kexec_unshare_mem(void);

static bool conversion_allowed = true;
static atomic_t conversions_in_progress;
static atomic_long_t nr_shared;

static bool tdx_enc_status_change_prepare(unsigned long vaddr, int numpages, bool enc)
{
	atomic_inc(&conversions_in_progress);

	/* Asked only after this CPU counted itself in: the stopper does it the other way round. */
	if (!conversion_allowed) {
		atomic_dec(&conversions_in_progress);
		return false;
	}

	if (enc && !tdx_enc_status_changed(vaddr, numpages, enc)) {
		atomic_dec(&conversions_in_progress);
		return false;
	}
	return true;
}

static bool tdx_enc_status_change_finish(unsigned long vaddr, int numpages, bool enc)
{
	bool done = true;

	if (!enc)
		done = tdx_enc_status_changed(vaddr, numpages, enc);
	if (done) {
		if (enc)
			atomic_long_sub(numpages, &nr_shared);
		else
			atomic_long_add(numpages, &nr_shared);
	}
	atomic_dec(&conversions_in_progress);
	return done;
}

/* Not the kernel's: the same as in tdxGuest.c where pages are counted. */
static void tdx_check_accounting(void)
{
	long found = 0;
	int leaf;

	for (leaf = 0; leaf < hw_leaves(); leaf++) {
		if (pte_decrypted(READ_ONCE(direct_map[leaf])))
			found += hw_leaf_pages(leaf);
	}
	if (atomic_long_read(&nr_shared) != found)
		outcome("accounting-mismatch");
}

void tdx_early_init(void)
{
	x86_platform.guest.enc_status_change_prepare = tdx_enc_status_change_prepare;
	x86_platform.guest.enc_status_change_finish = tdx_enc_status_change_finish;
	x86_platform.guest.enc_cache_flush_required = tdx_cache_flush_required;
	x86_platform.guest.enc_tlb_flush_required = tdx_tlb_flush_required;
	x86_platform.guest.enc_kexec_stop_conversion = tdx_kexec_stop_conversion;
	x86_platform.guest.enc_kexec_unshare_mem = tdx_kexec_unshare_mem;
}
