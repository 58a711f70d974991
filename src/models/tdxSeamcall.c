// SPDX-License-Identifier: MIT
/*
 * SEAMCALLs, and what the TDX module does at each of them: arch/x86/include/asm/tdx.h and the wrappers in
 * arch/x86/virt/vmx/tdx/{seamcall.S,tdx.c}, condensed. From 6.18 on each SEAMCALL marks the cache of its CPU.
 */

#define MAX_TDMRS		2
#define PAMT_FIRST_PAGE		1
#define PAMT_PAGES		2

/* base and size count in what one TDH.SYS.TDMR.INIT gets done, which is a gigabyte or less. */
#define TDMR_SIZE		2

/* SEAMCALL leaf functions, and what they answer. */
#define TDH_VP_ENTER		0
#define TDH_MEM_SEPT_ADD	3
#define TDH_MEM_PAGE_AUG	6
#define TDH_MNG_CREATE		9
#define TDH_PHYMEM_PAGE_RDMD	24
#define TDH_PHYMEM_PAGE_RECLAIM	28
#define TDH_SYS_KEY_CONFIG	31
#define TDH_SYS_INIT		33
#define TDH_SYS_LP_INIT		35
#define TDH_SYS_TDMR_INIT	36
#define TDH_PHYMEM_PAGE_WBINVD	41
#define TDH_SYS_CONFIG		45
#define TDH_SYS_DISABLE		69

#define RDRAND_RETRY_LOOPS		10

#define TDX_SUCCESS			0
#define TDX_RND_NO_ENTROPY		0x8000020300000000UL
#define TDX_SEAMCALL_UD			0x8000ff0000000006UL
#define TDX_SYS_SHUTDOWN		0xc000050800000000UL
#define TDX_INTERRUPTED_RESUMABLE	0x8000000300000000UL
#define TDX_SYS_BUSY			0x8000020000000000UL
#define TDX_OPERAND_INVALID		0xc000010000000000UL
#define TDX_TDMR_NOT_INITIALIZED	0xc000040400000000UL

struct tdx_module_args {
	u64 rcx;
	u64 rdx;
	u64 r8;
	u64 r9;
};

/* The module's own: how many TDMRs are initialised. */
static int initialised_tdmrs;

/* Whether a call of the module fails, where the story has such. */
static bool tdx_module_fails(void)
{
	return seamcalls_fail && choose(2);
}

/* What the module does with memory; it knows the PAMT of a TDMR since TDH.SYS.CONFIG. */
static u64 tdx_module(u64 fn, struct tdx_module_args *args)
{
	int tdmr;

	switch (fn) {
	case TDH_SYS_CONFIG:
		if (config_tdx_memory(&tdx_memlist))
			return TDX_OPERAND_INVALID;
		return TDX_SUCCESS;
	case TDH_SYS_KEY_CONFIG:
		/* From here on it may write metadata, and here it may have. */
		if (choose(2))
			hw_tdx_module_write(PAMT_FIRST_PAGE);
		if (tdx_module_fails())
			return TDX_SYS_BUSY;
		return TDX_SUCCESS;
	case TDH_SYS_TDMR_INIT:
		/* How far it comes; one of the two needs several calls. */
		tdmr = args->rcx / TDMR_SIZE;
		args->rdx = args->rcx + (tdmr == 0 ? hw_tdx_tdmr_init() : TDMR_SIZE);
		hw_tdx_module_write(PAMT_FIRST_PAGE + tdmr);
		if (tdx_module_fails())
			return TDX_SYS_BUSY;
		hw_tdx_module_read(PAMT_FIRST_PAGE + tdmr);
		if (args->rdx == args->rcx + TDMR_SIZE)
			initialised_tdmrs++;
		return TDX_SUCCESS;
	case TDH_MNG_CREATE:
	case TDH_MEM_SEPT_ADD:
	case TDH_MEM_PAGE_AUG:
		if (initialised_tdmrs < MAX_TDMRS)
			return TDX_TDMR_NOT_INITIALIZED;
		/* The metadata of the page is looked up, then the page becomes private. */
		hw_tdx_module_read(PAMT_FIRST_PAGE);
		hw_tdx_module_write(args->r8 >> PAGE_SHIFT);
		return TDX_SUCCESS;
	case TDH_VP_ENTER:
		/* The guest writes its memory. */
		hw_tdx_module_write(args->rcx >> PAGE_SHIFT);
		return TDX_SUCCESS;
	case TDH_PHYMEM_PAGE_WBINVD:
		hw_tdx_page_wbinvd(args->rcx >> PAGE_SHIFT);
		return TDX_SUCCESS;
	case TDH_PHYMEM_PAGE_RDMD:
		hw_tdx_module_read(PAMT_FIRST_PAGE);
		args->rcx = hw_is_tdx_private(args->rcx >> PAGE_SHIFT);
		return TDX_SUCCESS;
	case TDH_SYS_DISABLE:
		/* It may have to be called again, because of an interrupt or because another CPU is inside. */
		switch (choose(3)) {
		case 1:
			return TDX_INTERRUPTED_RESUMABLE;
		case 2:
			return TDX_SYS_BUSY;
		}
		hw_tdx_sys_disable();
		return TDX_SUCCESS;
	default:
		if (tdx_module_fails())
			return TDX_SYS_BUSY;
		return TDX_SUCCESS;
	}
}

/* Outside of VMX operation the instruction is #UD, of which the assembly makes an error. */
u64 __seamcall(u64 fn, struct tdx_module_args *args)
{
	switch (hw_seamcall()) {
	case 1:
		return TDX_SEAMCALL_UD;
	case 2:
		return TDX_SYS_SHUTDOWN;
	}
	return tdx_module(fn, args);
}

u64 __seamcall_ret(u64 fn, struct tdx_module_args *args)
{
	return __seamcall(fn, args);
}

u64 __seamcall_saved_ret(u64 fn, struct tdx_module_args *args)
{
	return __seamcall(fn, args);
}

typedef u64 (*sc_func_t)(u64 fn, struct tdx_module_args *args);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
static __always_inline u64 __seamcall_dirty_cache(sc_func_t func, u64 fn,
						  struct tdx_module_args *args)
{
	lockdep_assert_preemption_disabled();

	/* Before the SEAMCALL: an NMI may stop this CPU right behind it. */
	this_cpu_write(cache_state_incoherent, true);

	return func(fn, args);
}
#endif

/* That the module is out of entropy is tried again; here it never is for long. */
static __always_inline u64 sc_retry(sc_func_t func, u64 fn,
			   struct tdx_module_args *args)
{
	int retry = RDRAND_RETRY_LOOPS;
	u64 ret;

	do {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
		preempt_disable();
		ret = __seamcall_dirty_cache(func, fn, args);
		preempt_enable();
#else
		ret = func(fn, args);
#endif
	} while (ret == TDX_RND_NO_ENTROPY && --retry);

	return ret;
}

#define seamcall(_fn, _args)		sc_retry(__seamcall, (_fn), (_args))
#define seamcall_ret(_fn, _args)	sc_retry(__seamcall_ret, (_fn), (_args))
#define seamcall_saved_ret(_fn, _args)	sc_retry(__seamcall_saved_ret, (_fn), (_args))

static int sc_retry_prerr(u64 fn, struct tdx_module_args *args)
{
	u64 sret = seamcall(fn, args);

	if (sret == TDX_SUCCESS)
		return 0;
	if (sret == TDX_SEAMCALL_UD)
		return -EOPNOTSUPP;
	return -EIO;
}

#define seamcall_prerr(__fn, __args)		sc_retry_prerr((__fn), (__args))
#define seamcall_prerr_ret(__fn, __args)	sc_retry_prerr((__fn), (__args))

/* SEAMCALLs of KVM; pages by their physical address. */
u64 tdh_mng_create(unsigned long tdr)
{
	struct tdx_module_args args;

	args.r8 = tdr;
	return seamcall(TDH_MNG_CREATE, &args);
}

u64 tdh_mem_sept_add(unsigned long page)
{
	struct tdx_module_args args;

	args.r8 = page;
	return seamcall(TDH_MEM_SEPT_ADD, &args);
}

u64 tdh_mem_page_aug(unsigned long page)
{
	struct tdx_module_args args;

	args.r8 = page;
	return seamcall(TDH_MEM_PAGE_AUG, &args);
}

/* `page` is what the guest writes to. */
u64 tdh_vp_enter(unsigned long page)
{
	struct tdx_module_args args;

	args.rcx = page;
	return seamcall_saved_ret(TDH_VP_ENTER, &args);
}
