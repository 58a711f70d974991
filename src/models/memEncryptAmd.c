// SPDX-License-Identifier: MIT
/* Callbacks of a conversion in an SEV-SNP guest: arch/x86/mm/mem_encrypt_amd.c, condensed. */

/* An entry with its C-bit set or cleared: what is about to be written, and the write. */
struct pte_enc_desc {
	pte_t *kpte;
	int pte_level;
	bool encrypt;
	void *va;
	unsigned long pfn;
	pgprot_t new_pgprot;
};

int prepare_pte_enc(struct pte_enc_desc *d)
{
	unsigned long old = pte_val(*d->kpte);

	d->new_pgprot = __pgprot(d->encrypt ? cc_mkenc(old) : cc_mkdec(old));
	d->pfn = __pa((unsigned long)d->va) >> PAGE_SHIFT;
	/* If prot is same then do nothing. */
	return pgprot_val(d->new_pgprot) == old;
}

void set_pte_enc_mask(pte_t *kpte, unsigned long pfn, pgprot_t new_prot)
{
	/* Frame and the rest of the entry stay. */
	set_pte(kpte, __pte(pgprot_val(new_prot)));
}

static bool amd_enc_tlb_flush_required(bool enc)
{
	return true;
}

static bool amd_enc_cache_flush_required(void)
{
	return true;
}

/* Tells a KVM host which pages it may migrate as they are. */
static void enc_dec_hypercall(unsigned long vaddr, unsigned long size, bool enc)
{
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int amd_enc_status_change_prepare(unsigned long vaddr, int npages, bool enc)
{
	/* Validation is taken back while the mapping is still private. */
	if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && !enc)
		snp_set_memory_shared(vaddr, npages);

	return 0;
}

static int amd_enc_status_change_finish(unsigned long vaddr, int npages, bool enc)
{
	/* The mapping is private by now, as PVALIDATE wants it. */
	if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && enc)
		snp_set_memory_private(vaddr, npages);

	if (!cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		enc_dec_hypercall(vaddr, npages << PAGE_SHIFT, enc);

	return 0;
}
#else
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
static bool amd_enc_status_change_prepare(unsigned long vaddr, int npages, bool enc)
{
	/* Validation is taken back while the mapping is still private. */
	if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && !enc)
		snp_set_memory_shared(vaddr, npages);

	return true;
}

#else
static void amd_enc_status_change_prepare(unsigned long vaddr, int npages, bool enc)
{
	/* Validation is taken back while the mapping is still private. */
	if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && !enc)
		snp_set_memory_shared(vaddr, npages);
}
#endif

static bool amd_enc_status_change_finish(unsigned long vaddr, int npages, bool enc)
{
	/* The mapping is private by now, as PVALIDATE wants it. */
	if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP) && enc)
		snp_set_memory_private(vaddr, npages);

	if (!cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		enc_dec_hypercall(vaddr, npages << PAGE_SHIFT, enc);

	return true;
}
#endif

void sme_early_init(void)
{
	x86_platform.guest.enc_status_change_prepare = amd_enc_status_change_prepare;
	x86_platform.guest.enc_status_change_finish  = amd_enc_status_change_finish;
	x86_platform.guest.enc_tlb_flush_required    = amd_enc_tlb_flush_required;
	x86_platform.guest.enc_cache_flush_required  = amd_enc_cache_flush_required;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	x86_platform.guest.enc_kexec_begin	     = snp_kexec_begin;
	x86_platform.guest.enc_kexec_finish	     = snp_kexec_finish;
#endif
}

/* The C-bit of SME and SEV; 0 where another bit, or none, says what is private. */
#define sme_me_mask	(CC_MASK_ENCRYPTS ? CC_MASK : 0UL)

/* What of the variables that are shared from boot on nobody needs; scenarios with some say where. */
static unsigned long unused_decrypted_start, unused_decrypted_end;

void mem_encrypt_free_decrypted_mem(void)
{
	unsigned long vaddr, vaddr_end, npages;
	int r;

	vaddr = unused_decrypted_start;
	vaddr_end = unused_decrypted_end;
	npages = (vaddr_end - vaddr) >> PAGE_SHIFT;

	/* Where the entries never had the bit of shared memory there is nothing to take back. */
	if (sme_me_mask && cc_platform_has(CC_ATTR_MEM_ENCRYPT)) {
		r = set_memory_encrypted(vaddr, npages);
		if (r) {
			pr_warn("failed to free unused decrypted pages\n");
			return;
		}
	}

	while (vaddr < vaddr_end) {
		free_page(vaddr);
		vaddr += PAGE_SIZE;
	}
}
