// SPDX-License-Identifier: MIT
/*
 * From reboot(LINUX_REBOOT_CMD_KEXEC) to the first instruction of the second kernel: kernel/kexec_core.c,
 * arch/x86/kernel/reboot.c, arch/x86/kernel/machine_kexec_64.c, condensed, as of v6.5 to v6.8 with the series
 * under review applied up to the patch. Agents 0 to NR_CPUS - 1 of a scenario are the CPUs.
 */

#define KEXEC_TYPE_DEFAULT	0
#define KEXEC_TYPE_CRASH	1

struct kimage {
	int preserve_context;
	int type;
};

static struct kimage kexec_image_loaded;
struct kimage *kexec_image = &kexec_image_loaded;
bool kexec_in_progress;
int oops_in_progress;
int online_cpus = NR_CPUS;

static inline int num_online_cpus(void)
{
	return READ_ONCE(online_cpus);
}

static inline int smp_processor_id(void)
{
	return hw_cpu();
}

static inline void native_wbinvd(void)
{
	hw_wbinvd(hw_cpu());
}

static inline void wbinvd(void)
{
	hw_wbinvd(hw_cpu());
}

static inline void wbinvd_on_all_cpus(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		hw_wbinvd(cpu);
}

/*
 * The REBOOT IPI finds the other CPUs wherever they are. What stop_this_cpu() does runs on the CPU that stops:
 * it leaves the online mask and, on a TDX host, writes its cache back (an earlier patch of the host series).
 */
static void native_stop_other_cpus(int wait)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		if (cpu == smp_processor_id())
			continue;
		hw_stop_agent(cpu);
		if (platform_tdx_enabled())
			hw_wbinvd(cpu);
		online_cpus--;
	}
}

static inline void stop_other_cpus(void)
{
	native_stop_other_cpus(1);
}

static inline void clear_IO_APIC(void)
{
}

static inline void lapic_shutdown(void)
{
}

static inline void restore_boot_irq_mode(void)
{
}

static inline void hpet_disable(void)
{
}

static inline void save_processor_state(void)
{
}

static inline void restore_processor_state(void)
{
}

void native_machine_shutdown(void)
{
	/* All CPUs run and interrupts are on: here one may wait. */
	if (kexec_in_progress) {
		x86_platform.guest.enc_kexec_stop_conversion(false);
		x86_platform.guest.enc_kexec_begin(false);
	}

	clear_IO_APIC();
	local_irq_disable();
	stop_other_cpus();
	if (platform_tdx_enabled())
		native_wbinvd();

	lapic_shutdown();
	restore_boot_irq_mode();
	hpet_disable();

	/* Alone, interrupts off. */
	if (kexec_in_progress) {
		x86_platform.guest.enc_kexec_unshare_mem();
		x86_platform.guest.enc_kexec_finish();
	}
}

void machine_shutdown(void)
{
	native_machine_shutdown();
}

/* Copies the segments to where they belong and jumps there. */
static void relocate_kernel(struct kimage *image)
{
	start_second_kernel();
}

void machine_kexec(struct kimage *image)
{
	void *control_page;
	int save_ftrace_enabled;

#ifdef CONFIG_KEXEC_JUMP
	if (image->preserve_context)
		save_processor_state();
#endif

	/* Interrupts aren't acceptable while we reboot */
	local_irq_disable();

	relocate_kernel(image);

#ifdef CONFIG_KEXEC_JUMP
	if (image->preserve_context)
		restore_processor_state();
#endif
}

int kernel_kexec(void)
{
	if (kexec_image->preserve_context) {
		local_irq_disable();
	} else {
		kexec_in_progress = true;
		machine_shutdown();
	}
	machine_kexec(kexec_image);
	return 0;
}
