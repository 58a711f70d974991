// SPDX-License-Identifier: MIT
/*
 * The branch of tip on which caches of TDX hosts came to be written back on kexec (September 2025), after its first patch,
 * 83214a775f33: the flag is there, and nothing sets it for TDX yet. Kexec and TDX go together from here on.
 */

struct tdx_vp {
	unsigned long guest_page;
};

/* What the guest writes to stands for the page of its vCPU. */
static inline unsigned long tdx_tdvpr_pa(struct tdx_vp *td)
{
	return td->guest_page;
}

static __always_inline u64 sc_retry(sc_func_t func, u64 fn,
			   struct tdx_module_args *args)
{
	int retry = RDRAND_RETRY_LOOPS;
	u64 ret;

	do {
		ret = func(fn, args);
	} while (ret == TDX_RND_NO_ENTROPY && --retry);

	return ret;
}

u64 tdh_vp_enter(struct tdx_vp *td, struct tdx_module_args *args)
{
	args->rcx = tdx_tdvpr_pa(td);

	return __seamcall_saved_ret(TDH_VP_ENTER, args);
}

int tdx_run_guest(unsigned long sept_page, unsigned long private_page)
{
	struct tdx_module_args args;
	struct tdx_vp vp;

	vp.guest_page = private_page;
	if (tdh_mem_sept_add(sept_page))
		return -EIO;
	if (tdh_mem_page_aug(private_page))
		return -EIO;
	if (tdh_vp_enter(&vp, &args))
		return -EIO;
	return 0;
}

void stop_this_cpu(void *dummy)
{
	struct cpuinfo_x86 *c = &cpu_info;

	/*
	 * Remove this CPU:
	 */
	set_cpu_online(smp_processor_id(), false);
	disable_local_APIC();
	mcheck_cpu_clear(c);

	if (this_cpu_read(cache_state_incoherent))
		wbinvd();
}

int machine_kexec_prepare(struct kimage *image)
{
	if (boot_cpu_has_bug(X86_BUG_TDX_PW_MCE))
		return -EOPNOTSUPP;
	return 0;
}

/* Real code is assembly. */
static void relocate_kernel(struct kimage *image, unsigned int flags)
{
	native_write_cr4(X86_CR4_PAE | (native_read_cr4() & X86_CR4_MCE));
	/* This CPU; asking for its number would need GS. */
	if (flags & RELOC_KERNEL_CACHE_INCOHERENT)
		hw_wbinvd(-1);
	swap_pages(image);
	start_second_kernel();
}

void machine_kexec(struct kimage *image)
{
	unsigned int relocate_kernel_flags = 0;

	local_irq_disable();

	if (image->preserve_context)
		relocate_kernel_flags |= RELOC_KERNEL_PRESERVE_CONTEXT;

	/* Per-CPU variables need GS. */
	if (this_cpu_read(cache_state_incoherent))
		relocate_kernel_flags |= RELOC_KERNEL_CACHE_INCOHERENT;

	load_segments();

	relocate_kernel(image, relocate_kernel_flags);
}
