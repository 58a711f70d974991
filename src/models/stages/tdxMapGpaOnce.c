// SPDX-License-Identifier: MIT
/*
 * arch/x86/coco/tdx/tdx.c, condensed, as v6.5 has it before 5d92c7db3f89 (v6.6): MapGPA is called once, and what the VMM did
 * not come to counts as a failure.
 */

#define TDX_HYPERCALL_STANDARD	0

struct tdx_hypercall_args { u64 r10, r11, r12, r13; };

static u64 __tdx_hypercall_ret(struct tdx_hypercall_args *args)
{
	struct tdx_module_args asked = { .r10 = args->r10, .r11 = args->r11, .r12 = args->r12, .r13 = args->r13 };
	u64 ret = __tdx_hypercall(&asked);

	args->r11 = asked.r11;
	return ret;
}

static u64 _tdx_hypercall(u64 fn, u64 r12, u64 r13, u64 r14, u64 r15)
{
	struct tdx_hypercall_args args = { .r10 = TDX_HYPERCALL_STANDARD, .r11 = fn, .r12 = r12, .r13 = r13 };

	return __tdx_hypercall_ret(&args);
}

static bool tdx_enc_status_changed(unsigned long vaddr, int numpages, bool enc)
{
	phys_addr_t start = __pa(vaddr);
	phys_addr_t end   = __pa(vaddr + numpages * PAGE_SIZE);

	if (!enc) {
		/* Set the shared (decrypted) bits: */
		start |= cc_mkdec(0);
		end   |= cc_mkdec(0);
	}

	if (_tdx_hypercall(TDVMCALL_MAP_GPA, start, end - start, 0, 0))
		return false;

	/* shared->private conversion requires memory to be accepted before use */
	if (enc)
		return tdx_accept_memory(start, end);

	return true;
}
