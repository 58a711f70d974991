// SPDX-License-Identifier: MIT
/*
 * How a guest of Hyper-V under a paravisor converts memory: arch/x86/hyperv/ivm.c, condensed; partitioned TDs and SNP guests
 * in vTOM mode alike. Before v6.9 entries stay present while the hypervisor is told; since then they are not (0f34d11234868).
 * v6.1 to v6.3 convert nothing here: they are taken for v6.5. The hypervisor gets all frames of a range in one call.
 */

#define HV_HYP_PAGE_SHIFT	12
#define HV_HYP_PAGE_SIZE	PAGE_SIZE
#define HV_MAX_MODIFY_GPA_REP_COUNT	((HV_HYP_PAGE_SIZE / sizeof(u64)) - 2)

enum hv_mem_host_visibility {
	VMBUS_PAGE_NOT_VISIBLE = 0,
	VMBUS_PAGE_VISIBLE_READ_ONLY = 1,
	VMBUS_PAGE_VISIBLE_READ_WRITE = 3
};

static inline bool hv_is_isolation_supported(void)
{
	return true;
}

/* Only for what is mapped: vmalloc_to_page() knows nothing of entries that are not present. */
static inline unsigned long virt_to_hvpfn(void *addr)
{
	phys_addr_t paddr;

	if (is_vmalloc_addr(addr))
		paddr = page_to_phys(vmalloc_to_page(addr)) + ((unsigned long)addr & ~PAGE_MASK);
	else
		paddr = __pa((unsigned long)addr);

	return paddr >> HV_HYP_PAGE_SHIFT;
}

#define HV_PARTITION_ID_SELF	(~0UL)
#define HVCALL_MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY	0xdb

struct hv_gpa_range_for_visibility {
	u64 partition_id;
	u32 host_visibility;
	u32 reserved0, reserved1;
	/* Of one call: more than any story has. */
	u64 gpa_page_list[4];
};
static struct hv_gpa_range_for_visibility hv_visibility_input;
/* Where each CPU puts what it asks the hypervisor for. */
static DEFINE_PER_CPU(void *, hv_input_page);
#define hyperv_pcpu_input_arg	(&hv_input_page)

#define HV_STATUS_SUCCESS		0
#define HV_STATUS_INVALID_PARAMETER	5

static inline bool hv_result_success(u64 status)
{
	return status == HV_STATUS_SUCCESS;
}

/* HVCALL_MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY: one frame after the other, up to one that is refused. */
static u64 hv_modify_visibility(struct hv_gpa_range_for_visibility *input, u16 count, const u64 pfn[])
{
	int i;

	for (i = 0; i < count; i++) {
		if (hw_hv_set_visibility(pfn[i], input->host_visibility != VMBUS_PAGE_NOT_VISIBLE))
			return HV_STATUS_INVALID_PARAMETER;
	}
	return HV_STATUS_SUCCESS;
}

/* A hypercall that does the same with each element of a list. */
static inline u64 hv_do_rep_hypercall(u16 code, u16 rep_count, u16 varhead_size,
				      struct hv_gpa_range_for_visibility *input, void *output)
{
	return hv_modify_visibility(input, rep_count, input->gpa_page_list);
}

/* Tells the hypervisor what of the guest's memory the host may see. */
static int hv_mark_gpa_visibility(u16 count, const u64 pfn[], enum hv_mem_host_visibility visibility)
{
	struct hv_gpa_range_for_visibility *input;
	u64 hv_status;
	unsigned long flags;

	/* no-op if partition isolation is not enabled */
	if (!hv_is_isolation_supported())
		return 0;

	if (count > HV_MAX_MODIFY_GPA_REP_COUNT) {
		pr_err("Hyper-V: GPA count:%d exceeds supported:%lu\n", count, HV_MAX_MODIFY_GPA_REP_COUNT);
		return -EINVAL;
	}

	local_irq_save(flags);
	/* Each CPU has its own, and nobody else looks into it: the frames go as they are. */
	input = &hv_visibility_input;
	input->host_visibility = visibility;
	hv_status = hv_modify_visibility(input, count, pfn);
	local_irq_restore(flags);

	if (hv_result_success(hv_status))
		return 0;
	else
		return -EFAULT;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
/* What is not mapped cannot be read astray: a page fault is what load_unaligned_zeropad() can live with. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int hv_vtom_clear_present(unsigned long kbuffer, int pagecount, bool enc)
{
	return set_memory_np(kbuffer, pagecount);
}
#else
static bool hv_vtom_clear_present(unsigned long kbuffer, int pagecount, bool enc)
{
	return !set_memory_np(kbuffer, pagecount);
}
#endif
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static int hv_vtom_set_host_visibility(unsigned long kbuffer, int pagecount, bool enc)
{
	enum hv_mem_host_visibility visibility = enc ?
			VMBUS_PAGE_NOT_VISIBLE : VMBUS_PAGE_VISIBLE_READ_WRITE;
	u64 *pfn_array;
	phys_addr_t paddr;
	int i, pfn, err;
	void *vaddr;
	int ret = 0;

	pfn_array = kmalloc(HV_HYP_PAGE_SIZE, GFP_KERNEL);
	if (!pfn_array) {
		ret = -ENOMEM;
		goto err_set_memory_p;
	}

	for (i = 0, pfn = 0; i < pagecount; i++) {
		/* The entries are not present: their frames are read from them. */
		vaddr = (void *)kbuffer + (i * HV_HYP_PAGE_SIZE);
		paddr = slow_virt_to_phys(vaddr);
		pfn_array[pfn] = paddr >> HV_HYP_PAGE_SHIFT;
		pfn++;

		if (pfn == HV_MAX_MODIFY_GPA_REP_COUNT || i == pagecount - 1) {
			ret = hv_mark_gpa_visibility(pfn, pfn_array,
						     visibility);
			if (ret)
				goto err_free_pfn_array;
			pfn = 0;
		}
	}

err_free_pfn_array:
	kfree(pfn_array);

err_set_memory_p:
	/* Whatever went wrong: present again. */
	err = set_memory_p(kbuffer, pagecount);
	if (err && !ret)
		ret = err;
	return ret;
}
#else
static bool hv_vtom_set_host_visibility(unsigned long kbuffer, int pagecount, bool enc)
{
	enum hv_mem_host_visibility visibility = enc ?
			VMBUS_PAGE_NOT_VISIBLE : VMBUS_PAGE_VISIBLE_READ_WRITE;
	u64 *pfn_array;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	phys_addr_t paddr;
	void *vaddr;
#endif
	int ret = 0;
	bool result = true;
	int i, pfn;

	pfn_array = kmalloc(HV_HYP_PAGE_SIZE, GFP_KERNEL);
	if (!pfn_array)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
		goto err_set_memory_p;
#else
		return false;
#endif

	for (i = 0, pfn = 0; i < pagecount; i++) {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
		/* The entries are not present: their frames are read from them. */
		vaddr = (void *)kbuffer + (i * HV_HYP_PAGE_SIZE);
		paddr = slow_virt_to_phys(vaddr);
		pfn_array[pfn] = paddr >> HV_HYP_PAGE_SHIFT;
#else
		pfn_array[pfn] = virt_to_hvpfn((void *)kbuffer + i * HV_HYP_PAGE_SIZE);
#endif
		pfn++;

		if (pfn == HV_MAX_MODIFY_GPA_REP_COUNT || i == pagecount - 1) {
			ret = hv_mark_gpa_visibility(pfn, pfn_array,
						     visibility);
			if (ret) {
				result = false;
				goto err_free_pfn_array;
			}
			pfn = 0;
		}
	}

err_free_pfn_array:
	kfree(pfn_array);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
err_set_memory_p:
	/* Whatever went wrong: present again. */
	if (set_memory_p(kbuffer, pagecount))
		result = false;

#endif
	return result;
}
#endif

static bool hv_vtom_tlb_flush_required(bool private)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	/* set_memory_np() has flushed already. */
	return false;
#else
	return true;
#endif
}

static bool hv_vtom_cache_flush_required(void)
{
	return false;
}

void hv_vtom_init(void)
{
	per_cpu(hv_input_page, 0) = &hv_visibility_input;
	x86_platform.guest.enc_cache_flush_required = hv_vtom_cache_flush_required;
	x86_platform.guest.enc_tlb_flush_required = hv_vtom_tlb_flush_required;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	x86_platform.guest.enc_status_change_prepare = hv_vtom_clear_present;
#endif
	x86_platform.guest.enc_status_change_finish = hv_vtom_set_host_visibility;
}
