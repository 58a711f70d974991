// SPDX-License-Identifier: MIT
/*
 * How a guest of Hyper-V under a paravisor converts memory: arch/x86/hyperv/ivm.c, condensed; partitioned TDs and SNP guests
 * in vTOM mode alike. Before v6.9 entries stay present while the hypervisor is told; since then they are not (0f34d11234868).
 * v6.1 to v6.3 convert nothing here: they are taken for v6.5. From v6.18 on kexec makes memory private again, see
 * hypervKexec.c.
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

#define HV_PARTITION_ID_SELF	((u64)-1)

/* More frames than any story converts. */
struct hv_gpa_range_for_visibility {
	u64 partition_id;
	u32 host_visibility:2;
	u32 reserved0:30;
	u32 reserved1;
	u64 gpa_page_list[4];
};

/* Each CPU has its own, and nobody else looks into it. */
static struct hv_gpa_range_for_visibility hv_visibility_input[NR_CPUS];
static DEFINE_PER_CPU(void *, hv_input_page);
#define hyperv_pcpu_input_arg	(&hv_input_page)

#define HVCALL_MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY	0xdb
#define HV_STATUS_SUCCESS		0
#define HV_STATUS_INVALID_PARAMETER	5

/* Without it there are no hypercalls. */
static void *hv_hypercall_pg;

static inline bool hv_result_success(u64 status)
{
	return status == HV_STATUS_SUCCESS;
}

/* Of all such calls the visibility of frames is modelled: one after the other, up to one that is refused. */
static u64 hv_do_rep_hypercall(u16 code, u16 rep_count, u16 varhead_size, void *input_page, void *output)
{
	struct hv_gpa_range_for_visibility *input = input_page;
	int i;

	if (!hv_hypercall_pg)
		return U64_MAX;
	for (i = 0; i < rep_count; i++) {
		if (hw_hv_set_visibility(input->gpa_page_list[i], input->host_visibility != VMBUS_PAGE_NOT_VISIBLE))
			return HV_STATUS_INVALID_PARAMETER;
	}
	return HV_STATUS_SUCCESS;
}

/* Tells the hypervisor what of the guest's memory the host may see. */
static int hv_mark_gpa_visibility(u16 count, const u64 pfn[], enum hv_mem_host_visibility visibility)
{
	struct hv_gpa_range_for_visibility *input;
	u64 hv_status;
	unsigned long flags;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	int ret;
#endif

	/* no-op if partition isolation is not enabled */
	if (!hv_is_isolation_supported())
		return 0;

	if (count > HV_MAX_MODIFY_GPA_REP_COUNT) {
		pr_err("Hyper-V: GPA count:%d exceeds supported:%lu\n", count, HV_MAX_MODIFY_GPA_REP_COUNT);
		return -EINVAL;
	}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (visibility == VMBUS_PAGE_NOT_VISIBLE)
		ret = hv_list_enc_remove(pfn, count);
	else
		ret = hv_list_enc_add(pfn, count);
	if (ret)
		return ret;

#endif
	local_irq_save(flags);
	input = *this_cpu_ptr(hyperv_pcpu_input_arg);

	if (unlikely(!input)) {
		local_irq_restore(flags);
		return -EINVAL;
	}

	/* What no answer depends on is left out. */
	input->host_visibility = visibility;
	memcpy((void *)input->gpa_page_list, pfn, count * sizeof(*pfn));
	hv_status = hv_do_rep_hypercall(
			HVCALL_MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY, count,
			0, input, NULL);
	local_irq_restore(flags);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (hv_result_success(hv_status))
		return 0;

	/* Nothing has changed: neither has the list. */
	if (visibility == VMBUS_PAGE_NOT_VISIBLE)
		ret = hv_list_enc_add(pfn, count);
	else
		ret = hv_list_enc_remove(pfn, count);
	WARN_ON_ONCE(ret);

	return -EFAULT;
#else
	if (hv_result_success(hv_status))
		return 0;
	else
		return -EFAULT;
#endif
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

/* What booting leaves behind: hypercalls, and on each CPU a page for their arguments. */
static void hyperv_init(void)
{
	int cpu;

	hv_hypercall_pg = hv_visibility_input;
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(hv_input_page, cpu) = &hv_visibility_input[cpu];
}

void hv_vtom_init(void)
{
	hyperv_init();
	x86_platform.guest.enc_cache_flush_required = hv_vtom_cache_flush_required;
	x86_platform.guest.enc_tlb_flush_required = hv_vtom_tlb_flush_required;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	x86_platform.guest.enc_status_change_prepare = hv_vtom_clear_present;
#endif
	x86_platform.guest.enc_status_change_finish = hv_vtom_set_host_visibility;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	x86_platform.guest.enc_kexec_begin = hv_vtom_kexec_begin;
	x86_platform.guest.enc_kexec_finish = hv_vtom_kexec_finish;
#endif
}
