// SPDX-License-Identifier: MIT
/*
 * What a guest of Hyper-V under a paravisor does on kexec: arch/x86/hyperv/{ivm,hv_init}.c, arch/x86/kernel/cpu/mshyperv.c and
 * drivers/hv/vmbus_drv.c, condensed. Before v6.18 (a883d6d0d806) memory stays as it is; from there on there is a list of
 * the frames that the host may see, and they are taken back. The walk through it allocates nothing and takes no lock, as
 * the CPU that holds it may have been stopped.
 */

enum { hyperv_cpuhp_online = 1 };

static inline void vmbus_initiate_unload(bool crash)
{
}

static inline void cpuhp_remove_state(int state)
{
}

static inline void hv_stimer_global_cleanup(void)
{
}

static inline void hv_stimer_cleanup(unsigned int cpu)
{
}

static inline void hv_synic_disable_regs(unsigned int cpu)
{
}

/* What the host does for VMBus ends here. */
static void hv_kexec_handler(void)
{
	hv_stimer_global_cleanup();
	vmbus_initiate_unload(false);
	/* Make sure conn_state is set as hv_synic_cleanup checks for it */
	mb();
	cpuhp_remove_state(hyperv_cpuhp_online);
}

static void hv_crash_handler(struct pt_regs *regs)
{
	int cpu;

	vmbus_initiate_unload(true);
	cpu = smp_processor_id();
	hv_stimer_cleanup(cpu);
	hv_synic_disable_regs(cpu);
}

/* The last thing: hypercalls fail from here on. */
void hyperv_cleanup(void)
{
	hv_hypercall_pg = NULL;
}

static void hv_machine_shutdown(void)
{
	if (kexec_in_progress)
		hv_kexec_handler();

	native_machine_shutdown();

	if (kexec_in_progress)
		hyperv_cleanup();
}

static void hv_machine_crash_shutdown(struct pt_regs *regs)
{
	hv_crash_handler(regs);
	native_machine_crash_shutdown(regs);
	hyperv_cleanup();
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
struct hv_enc_pfn_region {
	struct list_head list;
	u64 pfn;
	int count;
};

static LIST_HEAD(hv_list_enc);
static DEFINE_RAW_SPINLOCK(hv_list_enc_lock);

/* Each frame is in one region; regions that come to touch each other stay two. */
static int hv_list_enc_add(const u64 *pfn_list, int count)
{
	struct hv_enc_pfn_region *ent;
	unsigned long flags;
	u64 pfn;
	int i;

	for (i = 0; i < count; i++) {
		pfn = pfn_list[i];

		raw_spin_lock_irqsave(&hv_list_enc_lock, flags);
		list_for_each_entry(ent, &hv_list_enc, list) {
			if (ent->pfn <= pfn && pfn < ent->pfn + ent->count)
				goto unlock_done;
		}

		list_for_each_entry(ent, &hv_list_enc, list) {
			if (ent->pfn + ent->count == pfn) {
				ent->count++;
				goto unlock_done;
			} else if (pfn + 1 == ent->pfn) {
				ent->pfn--;
				ent->count++;
				goto unlock_done;
			}
		}
		raw_spin_unlock_irqrestore(&hv_list_enc_lock, flags);

		ent = kzalloc(sizeof(struct hv_enc_pfn_region), GFP_KERNEL);
		if (!ent)
			return -ENOMEM;

		ent->pfn = pfn;
		ent->count = 1;

		raw_spin_lock_irqsave(&hv_list_enc_lock, flags);
		list_add(&ent->list, &hv_list_enc);

unlock_done:
		raw_spin_unlock_irqrestore(&hv_list_enc_lock, flags);
	}

	return 0;
}

/* A frame from the middle of a region makes two of it. */
static int hv_list_enc_remove(const u64 *pfn_list, int count)
{
	struct hv_enc_pfn_region *ent, *t;
	struct hv_enc_pfn_region new_region;
	unsigned long flags;
	u64 pfn;
	int i;

	for (i = 0; i < count; i++) {
		pfn = pfn_list[i];

		raw_spin_lock_irqsave(&hv_list_enc_lock, flags);
		list_for_each_entry_safe(ent, t, &hv_list_enc, list) {
			if (pfn == ent->pfn + ent->count - 1) {
				ent->count--;
				if (!ent->count) {
					list_del(&ent->list);
					kfree(ent);
				}
				goto unlock_done;
			} else if (pfn == ent->pfn) {
				ent->count--;
				ent->pfn++;
				goto unlock_done;
			} else if (pfn > ent->pfn && pfn < ent->pfn + ent->count - 1) {
				new_region.pfn = pfn + 1;
				new_region.count = ent->count - (pfn - ent->pfn + 1);
				ent->count = pfn - ent->pfn;
				goto unlock_split;
			}
		}
unlock_done:
		raw_spin_unlock_irqrestore(&hv_list_enc_lock, flags);
		continue;

unlock_split:
		raw_spin_unlock_irqrestore(&hv_list_enc_lock, flags);

		ent = kzalloc(sizeof(struct hv_enc_pfn_region), GFP_KERNEL);
		if (!ent)
			return -ENOMEM;

		ent->pfn = new_region.pfn;
		ent->count = new_region.count;

		raw_spin_lock_irqsave(&hv_list_enc_lock, flags);
		list_add(&ent->list, &hv_list_enc);
		raw_spin_unlock_irqrestore(&hv_list_enc_lock, flags);
	}

	return 0;
}

static void hv_vtom_kexec_begin(void)
{
	if (!IS_ENABLED(CONFIG_KEXEC_CORE))
		return;

	/* After a crash nothing can be waited for. */
	if (!set_memory_enc_stop_conversion())
		pr_warn("Failed to stop shared<->private conversions\n");
}

static void hv_vtom_kexec_finish(void)
{
	struct hv_gpa_range_for_visibility *input;
	struct hv_enc_pfn_region *ent;
	unsigned long flags;
	u64 hv_status;
	int cur, i;

	local_irq_save(flags);
	input = *this_cpu_ptr(hyperv_pcpu_input_arg);

	if (unlikely(!input))
		goto out;

	list_for_each_entry(ent, &hv_list_enc, list) {
		for (i = 0, cur = 0; i < ent->count; i++) {
			input->gpa_page_list[cur] = ent->pfn + i;
			cur++;

			if (cur == HV_MAX_MODIFY_GPA_REP_COUNT || i == ent->count - 1) {
				input->host_visibility = VMBUS_PAGE_NOT_VISIBLE;
				hv_status = hv_do_rep_hypercall(
					HVCALL_MODIFY_SPARSE_GPA_PAGE_HOST_VISIBILITY,
					cur, 0, input, NULL);
				WARN_ON_ONCE(!hv_result_success(hv_status));
				cur = 0;
			}
		}
	}

out:
	local_irq_restore(flags);
}
#endif
