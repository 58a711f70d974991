// SPDX-License-Identifier: MIT
/*
 * From a machine that is shut down to the first instruction of the second kernel, and back:
 * arch/x86/kernel/machine_kexec_64.c and relocate_kernel_64.S, condensed.
 */

static inline void save_processor_state(void)
{
}

static inline void restore_processor_state(void)
{
	hw_load_segments(1);
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

/* The first instruction of the second kernel. Stories that have one say what comes then. */
void start_second_kernel(void)
{
}

/*
 * Copies the segments to where they belong and jumps there; the caches are written back before. Real code is assembly;
 * CR4.MCE as of de60613173df.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
static void relocate_kernel(struct kimage *image, unsigned int flags)
#else
static void relocate_kernel(struct kimage *image, unsigned long page_list, unsigned long start,
			    unsigned int preserve_context, unsigned int host_mem_enc_active)
#endif
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	unsigned int flags = host_mem_enc_active ? RELOC_KERNEL_CACHE_INCOHERENT : 0;

#endif
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
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	unsigned int relocate_kernel_flags = 0;
	void *control_page;
	int save_ftrace_enabled;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	unsigned long page_list[1];
	unsigned int host_mem_enc_active;
	int save_ftrace_enabled;
	void *control_page;

	/* A call needs GS where calls are counted (93c1800b3799). */
	host_mem_enc_active = cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT);
#else
	unsigned long page_list[1];
	void *control_page;
	int save_ftrace_enabled;
#endif

#ifdef CONFIG_KEXEC_JUMP
	if (image->preserve_context)
		save_processor_state();
#endif

	/* Interrupts aren't acceptable while we reboot */
	local_irq_disable();

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (image->preserve_context)
		relocate_kernel_flags |= RELOC_KERNEL_PRESERVE_CONTEXT;

	/* Per-CPU variables need GS. */
	if (this_cpu_read(cache_state_incoherent))
		relocate_kernel_flags |= RELOC_KERNEL_CACHE_INCOHERENT;

#endif
	load_segments();

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	relocate_kernel(image, relocate_kernel_flags);
#else
	relocate_kernel(image,
			(unsigned long)page_list,
			image->start,
			image->preserve_context,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
			host_mem_enc_active);
#else
			cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT));
#endif
#endif

#ifdef CONFIG_KEXEC_JUMP
	if (image->preserve_context)
		restore_processor_state();
#endif
}
