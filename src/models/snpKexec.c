// SPDX-License-Identifier: MIT
/*
 * What an SEV-SNP guest does on kexec: arch/x86/coco/sev/core.c, condensed. Nothing before v6.11; 3074152e56c9 with
 * 82b7f88f2316 from there on (v6.13 in mainline), and d2062cc1b1c3 from v6.18 on (v6.16 in mainline).
 */

/* The privilege level of the guest's own CPU: no other software runs below it. */
#define snp_vmpl			0
#define RMPADJUST_VMSA_PAGE_BIT		BIT(16)
#define SVM_VMGEXIT_AP_CREATION		0x80000013UL

static inline int rmpadjust(unsigned long vaddr, bool rmp_psize, unsigned long attrs)
{
	if (attrs & RMPADJUST_VMSA_PAGE_BIT)
		return hw_snp_create_ap(__pa(vaddr) >> PAGE_SHIFT);
	return hw_snp_clear_vmsa(__pa(vaddr) >> PAGE_SHIFT);
}

/* What a request about an AP says, where it is put together step by step; the GHCB takes it at once. */
static u64 ap_request_info_1, ap_request_info_2, ap_request_ghcb;

#define ghcb_set_rax(ghcb, value)			do { } while (0)
#define ghcb_set_sw_exit_code(ghcb, code)		do { } while (0)
#define ghcb_set_sw_exit_info_1(ghcb, value)		do { ap_request_info_1 = (value); } while (0)
#define ghcb_set_sw_exit_info_2(ghcb, value)		do { ap_request_info_2 = (value); } while (0)
#define ghcb_sw_exit_info_1_is_valid(ghcb)		true
#define sev_es_wr_ghcb_msr(value)			do { ap_request_ghcb = (value); } while (0)
#define cpuid_to_apicid					((const int[]) { 0, 1, 2, 3 })

static inline void VMGEXIT(void)
{
	hw_snp_vmgexit(ap_request_ghcb >> PAGE_SHIFT);
	if ((ap_request_info_1 & 0xffff) == SVM_VMGEXIT_AP_DESTROY)
		hw_snp_destroy_ap(ap_request_info_2 >> PAGE_SHIFT);
}

static inline struct page *pfn_to_online_page(unsigned long pfn)
{
	return pfn_to_page(pfn);
}

/* A dump leaves such a page out. */
static inline void __SetPageOffline(struct page *page)
{
}

/* RMPADJUST with or without the VMSA mark, at VMPL0. */
static int snp_set_vmsa(void *va, void *caa, int apic_id, bool make_vmsa)
{
	if (make_vmsa)
		return hw_snp_create_ap(__pa((unsigned long)va) >> PAGE_SHIFT);
	return hw_snp_clear_vmsa(__pa((unsigned long)va) >> PAGE_SHIFT);
}

static void snp_cleanup_vmsa(struct sev_es_save_area *vmsa, int apic_id)
{
	int err;

	err = snp_set_vmsa(vmsa, NULL, apic_id, false);
	if (err)
		pr_err("clear VMSA page failed (%u), leaking page\n", err);
}

static int vmgexit_ap_control(u64 event, struct sev_es_save_area *vmsa, u32 apic_id)
{
	struct ghcb_state state;
	struct ghcb *ghcb;

	ghcb = __sev_get_ghcb(&state);
	vc_ghcb_invalidate(ghcb);
	if (sev_es_ghcb_hv_call(ghcb, NULL, event, 0, 0))
		return -EINVAL;
	if (event == SVM_VMGEXIT_AP_DESTROY)
		hw_snp_destroy_ap(__pa((unsigned long)vmsa) >> PAGE_SHIFT);
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static void set_pte_enc(pte_t *kpte, int level, void *va)
{
	struct pte_enc_desc d = {
		.kpte	   = kpte,
		.pte_level = level,
		.va	   = va,
		.encrypt   = true
	};

	prepare_pte_enc(&d);
	set_pte_enc_mask(kpte, d.pfn, d.new_pgprot);
}

static void unshare_all_memory(void)
{
	unsigned long addr, end, size, ghcb;
	struct sev_es_runtime_data *data;
	unsigned int npages, level;
	bool skipped_addr;
	pte_t *pte;
	int cpu;

	/* Unshare the direct mapping. */
	addr = PAGE_OFFSET;
	end  = PAGE_OFFSET + get_max_mapped();

	while (addr < end) {
		pte = lookup_address(addr, &level);
		size = page_level_size(level);
		npages = size / PAGE_SIZE;
		skipped_addr = false;

		if (!pte || !pte_decrypted(*pte) || pte_none(*pte)) {
			addr += size;
			continue;
		}

		/* The GHCBs come last: without them there is only the MSR protocol, which is slow. */
		for_each_possible_cpu(cpu) {
			data = per_cpu(runtime_data, cpu);
			ghcb = (unsigned long)&data->ghcb_page;

			/* Handle the case of a huge page containing the GHCB page */
			if (addr <= ghcb && ghcb < addr + size) {
				skipped_addr = true;
				break;
			}
		}

		if (!skipped_addr) {
			set_pte_enc(pte, level, (void *)addr);
			snp_set_memory_private(addr, npages);
		}
		addr += size;
	}

	__flush_tlb_all();
}

void snp_kexec_begin(void)
{
	if (!cc_platform_has(CC_ATTR_GUEST_SEV_SNP))
		return;

	if (!IS_ENABLED(CONFIG_KEXEC_CORE))
		return;

	/* After a crash nothing can be waited for. */
	if (!set_memory_enc_stop_conversion())
		pr_warn("Failed to stop shared<->private conversions\n");
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
static void shutdown_all_aps(void)
{
	struct sev_es_save_area *vmsa;
	int apic_id, this_cpu, cpu;

	this_cpu = get_cpu();

	/* The APs are halted already. */
	for_each_present_cpu(cpu) {
		vmsa = per_cpu(sev_vmsa, cpu);

		/* The BSP has none that the guest allocated. */
		if (!vmsa)
			continue;

		/* That of the CPU that runs this stays; the dump leaves it out. */
		if (this_cpu == cpu)
			continue;

		apic_id = cpu;
		vmgexit_ap_control(SVM_VMGEXIT_AP_DESTROY, vmsa, apic_id);
		snp_cleanup_vmsa(vmsa, apic_id);
	}

	put_cpu();
}
#endif

void snp_kexec_finish(void)
{
	struct sev_es_runtime_data *data;
	unsigned long size, addr;
	unsigned int level, cpu;
	struct ghcb *ghcb;
	pte_t *pte;

	if (!cc_platform_has(CC_ATTR_GUEST_SEV_SNP))
		return;

	if (!IS_ENABLED(CONFIG_KEXEC_CORE))
		return;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	shutdown_all_aps();

#endif
	unshare_all_memory();

	/*
	 * Only the MSR protocol is left from here on, until the next kernel runs.
	 */
	boot_ghcb = NULL;
	sev_cfg.ghcbs_initialized = false;

	for_each_possible_cpu(cpu) {
		data = per_cpu(runtime_data, cpu);
		ghcb = &data->ghcb_page;
		pte = lookup_address((unsigned long)ghcb, &level);
		size = page_level_size(level);
		/* Handle the case of a huge page containing the GHCB page */
		addr = (unsigned long)ghcb & page_level_mask(level);
		set_pte_enc(pte, level, (void *)addr);
		snp_set_memory_private(addr, (size / PAGE_SIZE));
	}
}
#endif
