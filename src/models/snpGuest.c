// SPDX-License-Identifier: MIT
/*
 * An SEV-SNP guest's way of converting memory: arch/x86/coco/sev/core.c (arch/x86/kernel/sev.c before v6.11),
 * condensed. PVALIDATE stands beside each page state change as in v6.6 and later; in v6.1 it comes before or after all
 * of them. A GHCB is the beginning of a page. The callbacks are in memEncryptAmd.c.
 */

#define SNP_PAGE_STATE_PRIVATE	1
#define SNP_PAGE_STATE_SHARED	2
#define SEV_TERM_SET_LINUX	1
#define GHCB_TERM_PSC		1
#define GHCB_TERM_PVALIDATE	2
#define RMP_PG_SIZE_4K		0
#define X86_FEATURE_COHERENCY_SFW_NO	(19 * 32 + 31)
#define SVM_VMGEXIT_AP_CREATE	1
#define SVM_VMGEXIT_AP_DESTROY	2

struct ghcb { unsigned long shared_buffer[4]; };
struct sev_es_runtime_data { struct ghcb ghcb_page; };
struct sev_es_save_area { unsigned long rip; };
struct ghcb_state { struct ghcb *ghcb; };
struct es_em_ctxt { struct pt_regs *regs; };
struct psc_hdr { int cur_entry, end_entry; };
struct psc_entry { unsigned long gfn; int operation; bool pagesize; };
/* What one request asks for: more than any story has. */
#define VMGEXIT_PSC_MAX_ENTRY	4
#define GFP_KERNEL_ACCOUNT	GFP_KERNEL
struct snp_psc_desc { struct psc_hdr hdr; struct psc_entry entries[4]; };

static DEFINE_PER_CPU(struct sev_es_runtime_data *, runtime_data);
static DEFINE_PER_CPU(struct sev_es_save_area *, sev_vmsa);

/* The GHCB of early boot. It serves until the per-CPU ones are there. */
static struct ghcb *boot_ghcb;
static struct { bool ghcbs_initialized; } sev_cfg;
/* No story has memory there. */
char __start_bss_decrypted[1];
char __start_bss_decrypted_unused[1];

static void sev_es_terminate(unsigned int set, unsigned int reason)
{
	hw_snp_terminate();
}

static inline int pvalidate(unsigned long vaddr, bool rmp_psize, bool validate)
{
	return hw_snp_pvalidate(vaddr, validate);
}

static inline struct ghcb *__sev_get_ghcb(struct ghcb_state *state)
{
	return &this_cpu_read(runtime_data)->ghcb_page;
}

static inline void __sev_put_ghcb(struct ghcb_state *state)
{
}

/* The request is written through the guest's own mapping of the GHCB, */
static inline void vc_ghcb_invalidate(struct ghcb *ghcb)
{
	hw_write(__pa((unsigned long)ghcb) >> PAGE_SHIFT);
}

/* and read by the hypervisor, which can do so while the page is shared. */
static inline int sev_es_ghcb_hv_call(struct ghcb *ghcb, struct es_em_ctxt *ctxt, u64 exit_code, u64 exit_info_1, u64 exit_info_2)
{
	return hw_snp_vmgexit(__pa((unsigned long)ghcb) >> PAGE_SHIFT);
}

/* MMIO, port I/O and MSRs of emulated devices all end here: a #VC, answered by a request to the hypervisor. */
static void vc_raw_handle_exception(void)
{
	struct ghcb_state state;
	struct ghcb *ghcb;

	ghcb = sev_cfg.ghcbs_initialized ? __sev_get_ghcb(&state) : boot_ghcb;
	if (!ghcb) {
		sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PSC);
		return;
	}
	vc_ghcb_invalidate(ghcb);
	sev_es_ghcb_hv_call(ghcb, NULL, 0, 0, 0);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
/* Lines that the hypervisor left dirty go when the guest reads the page's first and last byte (7b306dfa326f, v6.17). */
static inline void sev_evict_cache(void *va, int npages)
{
	int page;

	for (page = 0; hw_dirty_lines() && page < npages; page++)
		hw_clflush((unsigned long)va + page * PAGE_SIZE);
}

#endif
static void pvalidate_4k_page(unsigned long vaddr, unsigned long paddr, bool validate)
{
	int ret;

	ret = pvalidate(vaddr, RMP_PG_SIZE_4K, validate);
	if (ret)
		sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PVALIDATE);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)

	/* CPUs that keep such lines. */
	if (validate && !cpu_feature_enabled(X86_FEATURE_COHERENCY_SFW_NO))
		sev_evict_cache((void *)vaddr, 1);
#endif
}

static void pvalidate_pages(unsigned long vaddr, unsigned long npages, bool validate)
{
	unsigned long vaddr_end = vaddr + (npages << PAGE_SHIFT);

	while (vaddr < vaddr_end) {
		pvalidate_4k_page(vaddr, __pa(vaddr), validate);
		vaddr = vaddr + PAGE_SIZE;
	}
}

/* One page by the MSR protocol. */
static inline int msr_psc(unsigned long paddr, int op)
{
	if (op == SNP_PAGE_STATE_PRIVATE)
		return hw_snp_psc_private(paddr >> PAGE_SHIFT);
	return hw_snp_psc_shared(paddr >> PAGE_SHIFT);
}

static void early_set_pages_state(unsigned long vaddr, unsigned long paddr, unsigned long npages, int op)
{
	unsigned long paddr_end;

	vaddr = vaddr & PAGE_MASK;
	paddr = paddr & PAGE_MASK;
	paddr_end = paddr + (npages << PAGE_SHIFT);

	while (paddr < paddr_end) {
		/* Page validation must be rescinded before changing to shared */
		if (op == SNP_PAGE_STATE_SHARED)
			pvalidate_4k_page(vaddr, paddr, false);

		if (msr_psc(paddr, op))
			goto e_term;

		/* Page validation must be performed after changing to private */
		if (op == SNP_PAGE_STATE_PRIVATE)
			pvalidate_4k_page(vaddr, paddr, true);

		vaddr += PAGE_SIZE;
		paddr += PAGE_SIZE;
	}

	return;

e_term:
	sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PSC);
}

/* Page state changes through the GHCB, all entries of a request. */
static int vmgexit_psc(struct ghcb *ghcb, struct snp_psc_desc *desc)
{
	int ret;

	vc_ghcb_invalidate(ghcb);

	while (desc->hdr.cur_entry <= desc->hdr.end_entry) {
		struct psc_entry *e = &desc->entries[desc->hdr.cur_entry];

		ret = sev_es_ghcb_hv_call(ghcb, NULL, 0, 0, 0);
		if (ret)
			return 1;
		if (msr_psc(e->gfn << PAGE_SHIFT, e->operation))
			return 1;
		desc->hdr.cur_entry++;
	}
	return 0;
}

static unsigned long __set_pages_state(struct snp_psc_desc *data, unsigned long vaddr, unsigned long vaddr_end, int op)
{
	struct ghcb_state state;
	bool use_large_entry;
	struct psc_hdr *hdr;
	struct psc_entry *e;
	unsigned long flags;
	unsigned long pfn;
	struct ghcb *ghcb;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	unsigned long first = vaddr;
#endif
	int i;

	hdr = &data->hdr;
	e = data->entries;

	memset(data, 0, sizeof(*data));
	i = 0;

	while (vaddr < vaddr_end && i < ARRAY_SIZE(data->entries)) {
		hdr->end_entry = i;

		if (is_vmalloc_addr((void *)vaddr)) {
			pfn = vmalloc_to_pfn((void *)vaddr);
			use_large_entry = false;
		} else {
			pfn = __pa(vaddr) >> PAGE_SHIFT;
			use_large_entry = true;
		}

		e->gfn = pfn;
		e->operation = op;
		/* Large entries are for 2M that are mapped as one: no leaf of a story is. */
		e->pagesize = RMP_PG_SIZE_4K;
		vaddr += PAGE_SIZE;

		e++;
		i++;
	}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	/* Page validation must be rescinded before changing to shared */
	if (op == SNP_PAGE_STATE_SHARED)
		pvalidate_pages(first, (vaddr - first) >> PAGE_SHIFT, false);
#endif

	local_irq_save(flags);

	if (sev_cfg.ghcbs_initialized)
		ghcb = __sev_get_ghcb(&state);
	else
		ghcb = boot_ghcb;

	/* Invoke the hypervisor to perform the page state changes */
	if (!ghcb || vmgexit_psc(ghcb, data))
		sev_es_terminate(SEV_TERM_SET_LINUX, GHCB_TERM_PSC);

	if (sev_cfg.ghcbs_initialized)
		__sev_put_ghcb(&state);

	local_irq_restore(flags);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	/* Page validation must be performed after changing to private */
	if (op == SNP_PAGE_STATE_PRIVATE)
		pvalidate_pages(first, (vaddr - first) >> PAGE_SHIFT, true);
#endif

	return vaddr;
}

static void set_pages_state(unsigned long vaddr, unsigned long npages, int op)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	unsigned long vaddr_end;
	struct snp_psc_desc desc;
#else
	unsigned long vaddr_end, next_vaddr;
	struct snp_psc_desc desc;
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	/* Use the MSR protocol when a GHCB is not available. */
	if (!boot_ghcb)
		return early_set_pages_state(vaddr, __pa(vaddr), npages, op);
#endif

	vaddr = vaddr & PAGE_MASK;
	vaddr_end = vaddr + (npages << PAGE_SHIFT);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	while (vaddr < vaddr_end)
		vaddr = __set_pages_state(&desc, vaddr, vaddr_end, op);
#else
	while (vaddr < vaddr_end) {
		/* As many as fit into one request. */
		next_vaddr = min_t(unsigned long, vaddr_end,
				   (VMGEXIT_PSC_MAX_ENTRY * PAGE_SIZE) + vaddr);

		__set_pages_state(&desc, vaddr, next_vaddr, op);

		vaddr = next_vaddr;
	}
#endif
}

void snp_set_memory_shared(unsigned long vaddr, unsigned long npages)
{
	if (!cc_platform_has(CC_ATTR_GUEST_SEV_SNP))
		return;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	pvalidate_pages(vaddr, npages, false);
#endif
	set_pages_state(vaddr, npages, SNP_PAGE_STATE_SHARED);
}

void snp_set_memory_private(unsigned long vaddr, unsigned long npages)
{
	if (!cc_platform_has(CC_ATTR_GUEST_SEV_SNP))
		return;

	set_pages_state(vaddr, npages, SNP_PAGE_STATE_PRIVATE);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	pvalidate_pages(vaddr, npages, true);
#endif
}

void snp_accept_memory(phys_addr_t start, phys_addr_t end)
{
	unsigned long vaddr, npages;

	vaddr = (unsigned long)__va(start);
	npages = (end - start) >> PAGE_SHIFT;

	set_pages_state(vaddr, npages, SNP_PAGE_STATE_PRIVATE);
}

/* What booting an AP leaves behind: its VMSA. */
void sev_boot_ap(int cpu, unsigned long vmsa)
{
	per_cpu(sev_vmsa, cpu) = (struct sev_es_save_area *)vmsa;
	snp_set_vmsa((void *)vmsa, NULL, cpu, true);
}

/* What booting a CPU leaves behind: its GHCB, a page of its own. The first one is used as boot GHCB as well. */
void sev_es_init_vc_handling(int cpu, unsigned long ghcb)
{
	/* By the MSR protocol: there is no GHCB yet. */
	set_memory_decrypted(ghcb, 1);
	per_cpu(runtime_data, cpu) = (struct sev_es_runtime_data *)ghcb;
}

void sev_ghcbs_initialized(void)
{
	boot_ghcb = &per_cpu(runtime_data, 0)->ghcb_page;
	sev_cfg.ghcbs_initialized = true;
}

/* One CPU with its GHCB, whatever conversion does now: for stories that are not about booting. */
void sev_booted_with_ghcb(unsigned long pfn)
{
	unsigned long ghcb = PAGE_OFFSET + pfn * PAGE_SIZE;
	pte_t *pte = &direct_map[hw_leaf_of_page(pfn)];

	hw_snp_pvalidate(ghcb, false);
	hw_snp_psc_shared(pfn);
	set_pte(pte, __pte(cc_mkdec(pte_val(*pte))));
	hw_flush_tlb_all();
	per_cpu(runtime_data, 0) = (struct sev_es_runtime_data *)ghcb;
	sev_ghcbs_initialized();
}
