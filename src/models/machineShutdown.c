// SPDX-License-Identifier: MIT
/*
 * How a machine is shut down before a kexec, and after an oops: arch/x86/kernel/{reboot,crash}.c, condensed. The
 * callbacks that make memory of a guest private again: none before v6.5; v6.5 to v6.10 with the series applied that
 * brings them, under both of their names; those of mainline from v6.11 on.
 */

/* An access to an emulated device. The kernel of an SNP guest, or its paravisor, has to ask for it through its GHCB. */
static inline void device_access(void)
{
	if (hw_snp_guest() && !hw_paravisor())
		vc_raw_handle_exception();
}

static inline void ioapic_zap_locks(void)
{
}

static inline void clear_IO_APIC(void)
{
	device_access();
}

static inline void lapic_shutdown(void)
{
	device_access();
}

static inline void restore_boot_irq_mode(void)
{
}

static inline void hpet_disable(void)
{
	device_access();
}

static inline void cpu_emergency_stop_pt(void)
{
}

static inline int safe_smp_processor_id(void)
{
	return smp_processor_id();
}

static inline void crash_save_cpu(struct pt_regs *regs, int cpu)
{
}

void native_machine_shutdown(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	/* All CPUs run and interrupts are on: here one may wait. */
	if (kexec_in_progress)
		x86_platform.guest.enc_kexec_begin();
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	/* All CPUs run and interrupts are on: here one may wait. */
	if (kexec_in_progress) {
		x86_platform.guest.enc_kexec_stop_conversion(false);
		x86_platform.guest.enc_kexec_begin(false);
	}
#endif

	/* Stop the cpus and apics */
#ifdef CONFIG_X86_IO_APIC
	clear_IO_APIC();
#endif

#ifdef CONFIG_SMP
	local_irq_disable();
	stop_other_cpus();
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	/* The others did it when they stopped (an earlier patch of the host series). */
	if (platform_tdx_enabled())
		native_wbinvd();
#endif

	lapic_shutdown();
	restore_boot_irq_mode();

#ifdef CONFIG_HPET_TIMER
	hpet_disable();
#endif

#ifdef CONFIG_X86_64
	x86_platform.iommu_shutdown();
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	/* Alone, interrupts off. */
	if (kexec_in_progress)
		x86_platform.guest.enc_kexec_finish();
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	/* Alone, interrupts off. */
	if (kexec_in_progress) {
		x86_platform.guest.enc_kexec_unshare_mem();
		x86_platform.guest.enc_kexec_finish();
	}
#endif
}

/* machine_ops.shutdown, which a guest of Hyper-V replaces. */
void machine_shutdown(void)
{
	if (hw_paravisor())
		hv_machine_shutdown();
	else
		native_machine_shutdown();
}

/* After an oops: nobody can be asked to do anything, and nothing can be waited for. */
void native_machine_crash_shutdown(struct pt_regs *regs)
{
	/* The kernel is broken so disable interrupts */
	local_irq_disable();

	crash_smp_send_stop();

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	/* Up to its v6 the series does it here, while devices are still needed. */
	x86_platform.guest.enc_kexec_stop_conversion(true);
	x86_platform.guest.enc_kexec_unshare_mem();
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	/* SEAMCALLs need VMX operation. */
	tdx_sys_disable();

#endif
	cpu_emergency_disable_virtualization();

	/*
	 * Disable Intel PT to stop its logging
	 */
	cpu_emergency_stop_pt();

#ifdef CONFIG_X86_IO_APIC
	/* Prevent crash_kexec() from deadlocking on ioapic_lock. */
	ioapic_zap_locks();
	clear_IO_APIC();
#endif
	lapic_shutdown();
	restore_boot_irq_mode();
#ifdef CONFIG_HPET_TIMER
	hpet_disable();
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	/* The others stand somewhere: what was under way there stays half done. */
	x86_platform.guest.enc_kexec_begin();
	x86_platform.guest.enc_kexec_finish();

#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	/* The others stand somewhere: what was under way there stays half done. */
	x86_platform.guest.enc_kexec_stop_conversion(true);
	x86_platform.guest.enc_kexec_unshare_mem();
	x86_platform.guest.enc_kexec_begin(true);
	x86_platform.guest.enc_kexec_finish();

#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	/* The others stand somewhere: what was under way there stays half done. */
	x86_platform.guest.enc_kexec_begin(true);
	x86_platform.guest.enc_kexec_finish();

#endif
	crash_save_cpu(regs, safe_smp_processor_id());
}

/* machine_ops.crash_shutdown likewise. */
void machine_crash_shutdown(struct pt_regs *regs)
{
	if (hw_paravisor())
		hv_machine_crash_shutdown(regs);
	else
		native_machine_crash_shutdown(regs);
}
