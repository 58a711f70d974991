// SPDX-License-Identifier: MIT
/*
 * A host that gives memory to the TDX module: arch/x86/virt/vmx/tdx/tdx.c, condensed, as in v12 of the host
 * series (June 2023) before its patch 19. PAMT pages become TDX-private once the module uses them.
 */

/* Any number that no other feature has. */
#define X86_BUG_TDX_PW_MCE	(21 * 32 + 3)
#define PAMT_FIRST_PAGE		1
#define PAMT_PAGES		2

/* base and size count in what one TDH.SYS.TDMR.INIT gets done, which is a gigabyte or less. */
#define TDMR_SIZE		2

struct tdmr_info {
	u64 base;
	u64 size;
	int pamt_page;
	int pamt_pages;
};

struct tdmr_info_list {
	struct tdmr_info tdmrs[1];
	int nr_consumed_tdmrs;
};

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

static int alloc_tdmr_list(struct tdmr_info_list *tdmr_list)
{
	return 0;
}

static void free_tdmr_list(struct tdmr_info_list *tdmr_list)
{
	tdmr_list->nr_consumed_tdmrs = 0;
}

/* Allocates the PAMT of each region from the page allocator. */
static int construct_tdmrs(struct list_head *tmb_list, struct tdmr_info_list *tdmr_list)
{
	tdmr_list->tdmrs[0].base = 0;
	tdmr_list->tdmrs[0].size = TDMR_SIZE;
	tdmr_list->tdmrs[0].pamt_page = PAMT_FIRST_PAGE;
	tdmr_list->tdmrs[0].pamt_pages = PAMT_PAGES;
	tdmr_list->nr_consumed_tdmrs = 1;
	return 0;
}

static struct tdmr_info *tdmr_entry(struct tdmr_info_list *tdmr_list, int idx)
{
	return &tdmr_list->tdmrs[idx];
}

static void tdmrs_free_pamt_all(struct tdmr_info_list *tdmr_list)
{
	tdmr_list->tdmrs[0].pamt_pages = 0;
}

/* MOVDIR64B over every line: ordinary memory again, and no poison is read on the way. */
static void reset_tdx_pages(int page, int count)
{
	while (count-- > 0)
		hw_movdir64b(page++);
	mb();
}

static void tdmr_reset_pamt(struct tdmr_info *tdmr)
{
	reset_tdx_pages(tdmr->pamt_page, tdmr->pamt_pages);
}

static void tdmrs_reset_pamt_all(struct tdmr_info_list *tdmr_list)
{
	int i;

	for (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++)
		tdmr_reset_pamt(&tdmr_list->tdmrs[i]);
}

/* TDH.SYS.CONFIG */
static int config_tdx_module(struct tdmr_info_list *tdmr_list)
{
	return config_tdx_memory(&tdx_memlist);
}

/* TDH.SYS.KEY.CONFIG once for each package. From here on the module may write the PAMTs, and here it may have. */
static int config_global_keyid(void)
{
	if (choose(2))
		hw_tdx_module_write(PAMT_FIRST_PAGE);
	return 0;
}

/* TDH.SYS.TDMR.INIT does a part of the work each time, and says how far it came. */
static int init_tdmr(struct tdmr_info *tdmr)
{
	u64 next;

	do {
		next = tdmr->base + hw_tdx_tdmr_init();
		cond_resched();
	} while (next < tdmr->base + tdmr->size);
	return 0;
}

static int init_tdmrs(struct tdmr_info_list *tdmr_list)
{
	int i, page, ret;

	for (page = 0; page < tdmr_list->tdmrs[0].pamt_pages; page++)
		hw_tdx_module_write(tdmr_list->tdmrs[0].pamt_page + page);

	for (i = 0; i < tdmr_list->nr_consumed_tdmrs; i++) {
		ret = init_tdmr(tdmr_entry(tdmr_list, i));
		if (ret)
			return ret;
	}
	return 0;
}

static int init_tdx_module(void)
{
	int ret;

	get_online_mems();

	ret = build_tdx_memlist(&tdx_memlist);
	if (ret)
		goto out_put_tdxmem;

	ret = alloc_tdmr_list(&tdx_tdmr_list);
	if (ret)
		goto out_free_tdxmem;

	ret = construct_tdmrs(&tdx_memlist, &tdx_tdmr_list);
	if (ret)
		goto out_free_tdmrs;

	ret = config_tdx_module(&tdx_tdmr_list);
	if (ret)
		goto out_free_pamts;

	/* Lines of the kernel's KeyID must not be written back over what the module stores. */
	wbinvd_on_all_cpus();

	/* Config the key of global KeyID on all packages */
	ret = config_global_keyid();
	if (ret)
		goto out_reset_pamts;

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

int tdx_enable(void)
{
	return init_tdx_module();
}
