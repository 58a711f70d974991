// SPDX-License-Identifier: MIT
/*
 * How CPUs are stopped: each by itself, all others by IPI, or by NMI after an oops; and what becomes of their caches.
 * arch/x86/kernel/{process,smp,crash}.c, condensed. Agents 0 to NR_CPUS - 1 of a scenario are the CPUs.
 */

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
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	if ((c->extended_cpuid_level >= 0x8000001f && (cpuid_eax(0x8000001f) & BIT(0)))
			|| platform_tdx_enabled())
		native_wbinvd();
#else
	if (cpuid_eax(0x8000001f) & BIT(0) || platform_tdx_enabled())
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
