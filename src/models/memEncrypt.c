// SPDX-License-Identifier: MIT
/*
 * Private and shared memory: set_memory_encrypted() and set_memory_decrypted() of arch/x86/mm/pat/set_memory.c, and
 * the callbacks of arch/x86/include/asm/x86_init.h that tell the hypervisor, condensed. As of v6.5 to v6.8; where other
 * versions differ it says so.
 */

struct x86_guest {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	int (*enc_status_change_prepare)(unsigned long vaddr, int npages, bool enc);
	int (*enc_status_change_finish)(unsigned long vaddr, int npages, bool enc);
#else
	/* Before v6.5 the first one says nothing that anybody looks at. */
	bool (*enc_status_change_prepare)(unsigned long vaddr, int npages, bool enc);
	bool (*enc_status_change_finish)(unsigned long vaddr, int npages, bool enc);
#endif
	bool (*enc_tlb_flush_required)(bool enc);
	bool (*enc_cache_flush_required)(void);
	/* What the kexec series calls them before its v11, */
	void (*enc_kexec_stop_conversion)(bool crash);
	void (*enc_kexec_unshare_mem)(void);
	/* and since then; merged in v6.11. v12 dropped the parameter. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	void (*enc_kexec_begin)(void);
#else
	void (*enc_kexec_begin)(bool crash);
#endif
	void (*enc_kexec_finish)(void);
};

enum cc_attr {
	CC_ATTR_MEM_ENCRYPT, CC_ATTR_GUEST_MEM_ENCRYPT, CC_ATTR_HOST_MEM_ENCRYPT, CC_ATTR_GUEST_SEV_SNP, CC_ATTR_HOST_SEV_SNP
};

/* Whether a host has SNP guests; scenarios say. */
static bool is_snp_host;

static inline bool cc_platform_has(int attr)
{
	if (attr == CC_ATTR_HOST_SEV_SNP)
		return is_snp_host;
	/*
	 * No story has such a host. The call itself counts, though: calls are, in a per-CPU variable. Until v6.8 the kernel
	 * calls behind load_segments() on every kexec, which is no news to the patches of that time.
	 */
	if (attr == CC_ATTR_HOST_MEM_ENCRYPT)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
		return hw_cpu() < 0;
#else
		return false;
#endif
	if (attr == CC_ATTR_GUEST_SEV_SNP)
		return hw_snp_guest();
	return !hw_tdx_host();
}

struct x86_platform_ops {
	struct x86_guest guest;
	void (*iommu_shutdown)(void);
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int enc_status_change_prepare_noop(unsigned long vaddr, int npages, bool enc)
{
	return 0;
}

static int enc_status_change_finish_noop(unsigned long vaddr, int npages, bool enc)
{
	return 0;
}
#else
static bool enc_status_change_prepare_noop(unsigned long vaddr, int npages, bool enc)
{
	return true;
}

static bool enc_status_change_finish_noop(unsigned long vaddr, int npages, bool enc)
{
	return true;
}
#endif

static bool enc_tlb_flush_required_noop(bool enc)
{
	return false;
}

static bool enc_cache_flush_required_noop(void)
{
	return false;
}

static void enc_kexec_stop_conversion_noop(bool crash)
{
}

static void enc_kexec_unshare_mem_noop(void)
{
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static void enc_kexec_begin_noop(void)
{
}
#else
static void enc_kexec_begin_noop(bool crash)
{
}
#endif

static void enc_kexec_finish_noop(void)
{
}

static void iommu_shutdown_noop(void)
{
}

struct x86_platform_ops x86_platform = {
	.iommu_shutdown = iommu_shutdown_noop,
	.guest = {
		.enc_status_change_prepare = enc_status_change_prepare_noop,
		.enc_status_change_finish = enc_status_change_finish_noop,
		.enc_tlb_flush_required = enc_tlb_flush_required_noop,
		.enc_cache_flush_required = enc_cache_flush_required_noop,
		.enc_kexec_stop_conversion = enc_kexec_stop_conversion_noop,
		.enc_kexec_unshare_mem = enc_kexec_unshare_mem_noop,
		.enc_kexec_begin = enc_kexec_begin_noop,
		.enc_kexec_finish = enc_kexec_finish_noop,
	},
};

static int __set_memory_enc_pgtable(unsigned long addr, int numpages, bool enc)
{
	pgprot_t empty = __pgprot(0);
	struct cpa_data cpa;
	int ret;

	/* Should not be working on unaligned addresses */
	if (WARN_ONCE(addr & ~PAGE_MASK, "misaligned address: %#lx\n", addr))
		addr &= PAGE_MASK;

	memset(&cpa, 0, sizeof(cpa));
	cpa.vaddr = &addr;
	cpa.numpages = numpages;
	cpa.mask_set = enc ? pgprot_encrypted(empty) : pgprot_decrypted(empty);
	cpa.mask_clr = enc ? pgprot_decrypted(empty) : pgprot_encrypted(empty);

	/* Must avoid aliasing mappings in the highmem code */
	kmap_flush_unused();
	vm_unmap_aliases();

	/* Flush the caches as needed before changing the encryption attribute. */
	if (x86_platform.guest.enc_tlb_flush_required(enc))
		cpa_flush(&cpa, x86_platform.guest.enc_cache_flush_required());

	/* Notify hypervisor that we are about to set/clr encryption attribute. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	ret = x86_platform.guest.enc_status_change_prepare(addr, numpages, enc);
	if (ret)
		goto vmm_fail;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	if (!x86_platform.guest.enc_status_change_prepare(addr, numpages, enc))
		goto vmm_fail;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	if (!x86_platform.guest.enc_status_change_prepare(addr, numpages, enc))
		return -EIO;
#else
	x86_platform.guest.enc_status_change_prepare(addr, numpages, enc);
#endif

	ret = __change_page_attr_set_clr(&cpa, 1);

	/* Once more: meanwhile anything may have been cached. */
	cpa_flush(&cpa, 0);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	if (ret)
		return ret;

	/* Notify hypervisor that we have successfully set/clr encryption attribute. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	ret = x86_platform.guest.enc_status_change_finish(addr, numpages, enc);
	if (ret)
		goto vmm_fail;
#else
	if (!x86_platform.guest.enc_status_change_finish(addr, numpages, enc))
		goto vmm_fail;
#endif

	return 0;

vmm_fail:
	WARN_ONCE(1, "CPA VMM failure to convert memory (addr=%p, numpages=%d) to %s: %d\n",
		  (void *)addr, numpages, enc ? "private" : "shared", ret);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return ret;
#else
	return -EIO;
#endif
#else
	/* Notify hypervisor that we have successfully set/clr encryption attribute. */
	if (!ret) {
		if (!x86_platform.guest.enc_status_change_finish(addr, numpages, enc))
			ret = -EIO;
	}

	return ret;
#endif
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
/* Readers convert; the writer is kexec, which never lets go of it. */
static DECLARE_RWSEM(mem_enc_lock);

/* Stops new conversions and waits for those that run; false where that could not be, because the kernel crashed meanwhile. */
bool set_memory_enc_stop_conversion(void)
{
	if (oops_in_progress)
		return down_write_trylock(&mem_enc_lock);

	down_write(&mem_enc_lock);

	return true;
}
#endif

static int __set_memory_enc_dec(unsigned long addr, int numpages, bool enc)
{
	int ret = 0;

	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT)) {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
		if (!down_read_trylock(&mem_enc_lock))
			return -EBUSY;

		ret = __set_memory_enc_pgtable(addr, numpages, enc);

		up_read(&mem_enc_lock);
#else
		ret = __set_memory_enc_pgtable(addr, numpages, enc);
#endif
	}

	return ret;
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return __set_memory_enc_dec(addr, numpages, true);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return __set_memory_enc_dec(addr, numpages, false);
}
