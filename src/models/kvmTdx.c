// SPDX-License-Identifier: MIT
/*
 * KVM on a TDX host: virt/kvm/kvm_main.c and arch/x86/kvm/vmx/tdx.c, condensed. All CPUs are in VMX
 * operation when a story begins. It gives pages to guests, and leaves VMX operation before kexec. Before 6.18 without
 * a flush of caches, from 7.2 on with the module disabled by then.
 */

static void vmx_enable_virtualization_cpu(void *unused)
{
	hw_vmxon(smp_processor_id());
}

static void vmx_disable_virtualization_cpu(void *unused)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	/* Early, because a WBINVD in the way of a CPU that is being stopped may take too long. */
	tdx_cpu_flush_cache();
#endif
	hw_vmxoff(smp_processor_id());
}

static void kvm_shutdown(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	on_each_cpu(vmx_disable_virtualization_cpu, NULL, 1);
#else
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		hw_vmxoff(cpu);
#endif
}

/* Also what machine_kexec() may come back from leaves VMX operation, and enters it again. */
static void kvm_suspend(void)
{
	vmx_disable_virtualization_cpu(NULL);
}

static void kvm_resume(void)
{
	vmx_enable_virtualization_cpu(NULL);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
/* SEAMCALLs need VMX operation, so the module goes first. */
static void tdx_shutdown(void)
{
	tdx_sys_disable();
}
#endif

/* Of all that shuts down here, what TDX hosts have. */
void syscore_shutdown(void)
{
	if (!platform_tdx_enabled())
		return;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	tdx_shutdown();
#endif
	kvm_shutdown();
}

int syscore_suspend(void)
{
	if (platform_tdx_enabled())
		kvm_suspend();
	return 0;
}

void syscore_resume(void)
{
	if (platform_tdx_enabled())
		kvm_resume();
}

/* A guest with one page of secure EPT and one of its own; it is entered once. */
int tdx_run_guest(unsigned long sept_page, unsigned long private_page)
{
	if (tdh_mem_sept_add(sept_page))
		return -EIO;
	if (tdh_mem_page_aug(private_page))
		return -EIO;
	if (tdh_vp_enter(private_page))
		return -EIO;
	return 0;
}
