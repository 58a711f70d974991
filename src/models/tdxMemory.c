// SPDX-License-Identifier: MIT
/*
 * Which memory the TDX module gets: arch/x86/virt/vmx/tdx/tdx.c, condensed, as in v12 of the host series (June 2023)
 * and since commit abe8dbab8f9f (v6.8). Earlier states of the series are in stages/.
 */

struct tdx_memblock {
	struct list_head list;
	unsigned long start_pfn;
	unsigned long end_pfn;
};

/* All memory that TDs may have; mem_hotplug_lock guards it. */
static LIST_HEAD(tdx_memlist);

static u32 tdx_global_keyid;
static u32 tdx_guest_keyid_start;
static u32 tdx_nr_guest_keyids;

/*
 * A scenario says whether the TDX module may fail at any of its calls, or always does at TDH.SYS.CONFIG, and whether what
 * later patches of a series do may be there where a patch has a TODO.
 */
static bool seamcalls_fail;
static bool tdx_config_fails;
static bool later_patches_may_be_there;

static bool is_tdx_memory(unsigned long start_pfn, unsigned long end_pfn)
{
	struct tdx_memblock *tmb;

	/* Memory goes online by blocks, of which none crosses from one memblock region into another. */
	list_for_each_entry(tmb, &tdx_memlist, list) {
		if (start_pfn >= tmb->start_pfn && end_pfn <= tmb->end_pfn)
			return true;
	}
	return false;
}

static int tdx_memory_notifier(struct notifier_block *nb, unsigned long action, void *v)
{
	struct memory_notify *mn = v;

	if (action != MEM_GOING_ONLINE)
		return NOTIFY_OK;

	/* An empty list means that TDX is off. */
	if (list_empty(&tdx_memlist))
		return NOTIFY_OK;

	/* What the module was configured with is fixed. */
	if (is_tdx_memory(mn->start_pfn, mn->start_pfn + mn->nr_pages))
		return NOTIFY_OK;

	return NOTIFY_BAD;
}

static struct notifier_block tdx_memory_nb = {
	.notifier_call = tdx_memory_notifier,
};

/* From IA32_MKTME_KEYID_PARTITIONING: shared KeyIDs first, then those of TDX. */
static int record_keyid_partitioning(u32 *tdx_keyid_start, u32 *nr_tdx_keyids)
{
	*tdx_keyid_start = 32;
	*nr_tdx_keyids = 32;
	return 0;
}

static int tdx_init(void)
{
	u32 tdx_keyid_start, nr_tdx_keyids;
	int err;

	err = record_keyid_partitioning(&tdx_keyid_start, &nr_tdx_keyids);
	if (err)
		return err;

	/* One for the module, and one at least for TDs. */
	if (nr_tdx_keyids < 2) {
		pr_err("initialization failed: too few private KeyIDs available.\n");
		return -ENODEV;
	}

	err = register_memory_notifier(&tdx_memory_nb);
	if (err) {
		pr_err("initialization failed: register_memory_notifier() failed (%d)\n", err);
		return -ENODEV;
	}

	tdx_global_keyid = tdx_keyid_start;
	tdx_guest_keyid_start = tdx_keyid_start + 1;
	tdx_nr_guest_keyids = nr_tdx_keyids - 1;
	return 0;
}

/* Regions come in ascending order and do not overlap. */
static int add_tdx_memblock(struct list_head *tmb_list, unsigned long start_pfn, unsigned long end_pfn)
{
	struct tdx_memblock *tmb;

	tmb = kmalloc(sizeof(*tmb), GFP_KERNEL);
	if (!tmb)
		return -ENOMEM;

	INIT_LIST_HEAD(&tmb->list);
	tmb->start_pfn = start_pfn;
	tmb->end_pfn = end_pfn;

	list_add_tail(&tmb->list, tmb_list);
	return 0;
}

static void free_tdx_memlist(struct list_head *tmb_list)
{
	while (!list_empty(tmb_list)) {
		struct tdx_memblock *tmb = list_first_entry(tmb_list, struct tdx_memblock, list);

		list_del(&tmb->list);
		kfree(tmb);
	}
}

/* A copy of memblock's regions: memblock changes with hotplug, what the module was given does not. */
static int build_tdx_memlist(struct list_head *tmb_list)
{
	unsigned long start_pfn, end_pfn;
	int i, ret;

	for_each_mem_pfn_range(i, MAX_NUMNODES, &start_pfn, &end_pfn, NULL) {
		/* The first megabyte is in memblock, and never convertible. */
		start_pfn = max(start_pfn, PHYS_PFN(SZ_1M));
		if (start_pfn >= end_pfn)
			continue;

		ret = add_tdx_memblock(tmb_list, start_pfn, end_pfn);
		if (ret)
			goto err;
	}

	return 0;
err:
	free_tdx_memlist(tmb_list);
	return ret;
}

/* The part of TDH.SYS.CONFIG that is about memory: a region for each entry of the list. */
static int config_tdx_memory(struct list_head *tmb_list)
{
	struct tdx_memblock *tmb;

	if (tdx_config_fails || (seamcalls_fail && choose(2)))
		return -EIO;

	list_for_each_entry(tmb, tmb_list, list) {
		if (hw_tdx_sys_config_region(tmb->start_pfn, tmb->end_pfn))
			return -EIO;
	}
	return 0;
}

/*
 * What later patches put in place of the TODO that ends init_tdx_module() in the middle of a series: the module is
 * configured with the list, or that fails. Where a patch has no list yet, it is the convertible memory that there is.
 */
static int init_tdx_module_todo(int error)
{
	unsigned long start_pfn, end_pfn;
	int i, ret;

	if (!later_patches_may_be_there)
		return error;

	if (!list_empty(&tdx_memlist)) {
		ret = config_tdx_memory(&tdx_memlist);
		if (ret)
			return error;
	} else {
		if (tdx_config_fails || (seamcalls_fail && choose(2)))
			return error;
		for_each_mem_pfn_range(i, MAX_NUMNODES, &start_pfn, &end_pfn, NULL) {
			start_pfn = max(start_pfn, PHYS_PFN(SZ_1M));
			if (start_pfn < end_pfn && hw_is_convertible(start_pfn, end_pfn))
				hw_tdx_sys_config_region(start_pfn, end_pfn);
		}
	}
	while (hw_tdx_tdmr_init() < TDMR_SIZE)
		cond_resched();
	return 0;
}

/* A TD gets a page of the page allocator: TDH.MEM.PAGE.ADD or TDH.MEM.PAGE.AUG. */
static void tdx_add_page_to_guest(unsigned long pfn)
{
	hw_tdx_mem_page_add(pfn);
}
