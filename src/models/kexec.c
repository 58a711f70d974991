// SPDX-License-Identifier: MIT
/*
 * From reboot(LINUX_REBOOT_CMD_KEXEC), or from an oops, to the first instruction of the second kernel:
 * kernel/kexec_core.c, arch/x86/kernel/{reboot,crash,machine_kexec_64}.c, condensed. The callbacks that make
 * memory of a guest private again: none before v6.5; v6.5 to v6.10 with the series applied that brings them, under
 * both of their names; those of mainline from v6.11 on. Agents 0 to NR_CPUS - 1 of a scenario are the CPUs.
 */

#define KEXEC_TYPE_DEFAULT	0
#define KEXEC_TYPE_CRASH	1

/* What is to be copied to a physical address, in whole pages, when the image is started. */
struct kexec_segment {
	void *buf;
	unsigned long bufsz;
	unsigned long mem;
	unsigned long memsz;
};

#define KEXEC_SEGMENT_MAX	4

struct kimage {
	int preserve_context;
	int type;
	int file_mode;
	unsigned long nr_segments;
	struct kexec_segment segment[KEXEC_SEGMENT_MAX];
};

struct pt_regs;

static struct kimage kexec_image_loaded;
static struct kimage crash_image_loaded = { .type = KEXEC_TYPE_CRASH };
struct kimage *kexec_image = &kexec_image_loaded;
struct kimage *kexec_crash_image = &crash_image_loaded;
bool kexec_in_progress;
int oops_in_progress;

static inline void native_wbinvd(void)
{
	hw_wbinvd(-1);
}

static inline void wbinvd(void)
{
	hw_wbinvd(-1);
}

static inline void wbinvd_on_all_cpus(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		hw_wbinvd(cpu);
}

/* Whether a private KeyID may have left dirty lines in the cache of this CPU, or memory encryption of another kind has. */
DEFINE_PER_CPU(bool, cache_state_incoherent);

struct cpuinfo_x86 {
	unsigned int extended_cpuid_level;
};

static struct cpuinfo_x86 cpu_info = { .extended_cpuid_level = 0x80000008 };

/* None of the CPUs of these stories has SME. */
static inline unsigned int cpuid_eax(unsigned int op)
{
	return 0;
}

static inline void disable_local_APIC(void)
{
}

static inline void mcheck_cpu_clear(struct cpuinfo_x86 *c)
{
}

/*
 * The end of a CPU. Its cache is written back: on hosts with SME; in the host series of TDX (before v6.9) on hosts with
 * TDX, too; from v6.18 on where it may be incoherent.
 */
void stop_this_cpu(void *dummy)
{
	struct cpuinfo_x86 *c = &cpu_info;

	/*
	 * Remove this CPU:
	 */
	set_cpu_online(smp_processor_id(), false);
	disable_local_APIC();
	mcheck_cpu_clear(c);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (this_cpu_read(cache_state_incoherent))
		wbinvd();
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	if (c->extended_cpuid_level >= 0x8000001f && (cpuid_eax(0x8000001f) & BIT(0)))
		wbinvd();
#else
	if ((c->extended_cpuid_level >= 0x8000001f && (cpuid_eax(0x8000001f) & BIT(0)))
			|| platform_tdx_enabled())
		native_wbinvd();
#endif
}

/* The REBOOT IPI finds the other CPUs wherever they are. */
static void native_stop_other_cpus(int wait)
{
	int cpu, this_cpu = smp_processor_id();

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		if (cpu == this_cpu)
			continue;
		hw_stop_agent(cpu);
		run_as_cpu(cpu, stop_this_cpu, NULL);
	}
	tdx_check_accounting();
}

static inline void stop_other_cpus(void)
{
	native_stop_other_cpus(1);
}

static inline void cpu_emergency_disable_virtualization(void)
{
	if (platform_tdx_enabled())
		hw_vmxoff(smp_processor_id());
}

static void crash_nmi_callback(void *unused)
{
	cpu_emergency_disable_virtualization();
}

/* The NMI finds the other CPUs in the middle of anything. They halt there, and stay in the online mask. */
static void crash_smp_send_stop(void)
{
	int cpu, this_cpu = smp_processor_id();

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		if (cpu == this_cpu)
			continue;
		hw_stop_agent(cpu);
		run_as_cpu(cpu, crash_nmi_callback, NULL);
	}
	tdx_check_accounting();
}

/* An access to an emulated device. The kernel of an SNP guest has to ask for it through its GHCB. */
static inline void device_access(void)
{
	if (hw_snp_guest())
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

static inline void save_processor_state(void)
{
}

static inline void restore_processor_state(void)
{
	hw_load_segments(1);
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

void machine_shutdown(void)
{
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

void machine_crash_shutdown(struct pt_regs *regs)
{
	native_machine_crash_shutdown(regs);
}

#define X86_CR4_PAE	(1UL << 5)
#define X86_CR4_MCE	(1UL << 6)
#define X86_CR4_PGE	(1UL << 7)

static inline unsigned long native_read_cr4(void)
{
	return X86_CR4_PAE | X86_CR4_MCE | X86_CR4_PGE;
}

static inline void native_write_cr4(unsigned long value)
{
	hw_write_cr4(value);
}

#define RELOC_KERNEL_PRESERVE_CONTEXT	BIT(0)
#define RELOC_KERNEL_CACHE_INCOHERENT	BIT(1)

/* Of a crash image nothing is left to copy: it was loaded to where it runs. */
static inline void swap_pages(struct kimage *image)
{
	unsigned long i, mem;

	if (image->type == KEXEC_TYPE_CRASH)
		return;
	for (i = 0; i < image->nr_segments; i++) {
		for (mem = image->segment[i].mem; mem < image->segment[i].mem + image->segment[i].memsz; mem += PAGE_SIZE)
			hw_write(mem >> PAGE_SHIFT);
	}
}

/*
 * Copies the segments to where they belong and jumps there; the caches are written back before. Real code is assembly;
 * CR4.MCE as of de60613173df.
 */
static void relocate_kernel(struct kimage *image, unsigned int flags)
{
	native_write_cr4(X86_CR4_PAE | (native_read_cr4() & X86_CR4_MCE));
	/* This CPU; asking for its number would need GS. */
	if (flags & RELOC_KERNEL_CACHE_INCOHERENT)
		hw_wbinvd(-1);
	swap_pages(image);
	start_second_kernel();
}

/* Makes GS 0: from here on there are no per-CPU variables. */
static void load_segments(void)
{
	hw_load_segments(0);
}

/* When an image is loaded. From v6.9 to v6.17 the configuration has TDX hosts or kexec, not both (1363d55c108d). */
int machine_kexec_prepare(struct kimage *image)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	if (platform_tdx_enabled())
		return -EOPNOTSUPP;

#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
	/* TDX-private memory would be left behind. */
	if (boot_cpu_has_bug(X86_BUG_TDX_PW_MCE)) {
		pr_info_once("Not allowed on this platform\n");
		return -EOPNOTSUPP;
	}

#endif
	return 0;
}

void machine_kexec(struct kimage *image)
{
	unsigned int relocate_kernel_flags = 0;
	void *control_page;
	int save_ftrace_enabled;

#ifdef CONFIG_KEXEC_JUMP
	if (image->preserve_context)
		save_processor_state();
#endif

	/* Interrupts aren't acceptable while we reboot */
	local_irq_disable();

	if (image->preserve_context)
		relocate_kernel_flags |= RELOC_KERNEL_PRESERVE_CONTEXT;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	/* Per-CPU variables need GS. */
	if (this_cpu_read(cache_state_incoherent))
		relocate_kernel_flags |= RELOC_KERNEL_CACHE_INCOHERENT;

#endif
	load_segments();

	relocate_kernel(image, relocate_kernel_flags);

#ifdef CONFIG_KEXEC_JUMP
	if (image->preserve_context)
		restore_processor_state();
#endif
}

/* Hands the kernel's messages to whoever wants to keep them. */
static inline void kmsg_dump(int reason)
{
}

#define KMSG_DUMP_SHUTDOWN	4

static inline void migrate_to_reboot_cpu(void)
{
}

static inline void cpu_hotplug_enable(void)
{
}

int kernel_kexec(void)
{
	/* Other CPUs are offline by then: stories with this have one. */
	if (kexec_image->preserve_context) {
		local_irq_disable();
		syscore_suspend();
	} else {
		kexec_in_progress = true;
		migrate_to_reboot_cpu();
		syscore_shutdown();
		cpu_hotplug_enable();
		pr_notice("Starting new kernel\n");
		machine_shutdown();
	}

	kmsg_dump(KMSG_DUMP_SHUTDOWN);
	machine_kexec(kexec_image);

	if (kexec_image->preserve_context) {
		syscore_resume();
		local_irq_enable();
	}
	return 0;
}

void __crash_kexec(struct pt_regs *regs)
{
	if (kexec_crash_image) {
		machine_crash_shutdown(regs);
		machine_kexec(kexec_crash_image);
	}
}

void crash_kexec(struct pt_regs *regs)
{
	__crash_kexec(regs);
}

static inline void bust_spinlocks(int yes)
{
	if (yes)
		oops_in_progress++;
	else
		oops_in_progress--;
}

/* An oops where a crash kernel is loaded. It does not come back. */
void die(const char *str, struct pt_regs *regs, long err)
{
	bust_spinlocks(1);
	crash_kexec(regs);
}
