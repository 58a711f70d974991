// SPDX-License-Identifier: MIT
/*
 * Normal kexec of a TDX guest that holds a shared buffer. An NMI may come at any time, and whoever keeps the kernel's
 * messages is called in the end; both look at the buffer, with a fixup at hand. This VMM makes a page shared that is
 * touched so.
 */

struct scenario scenario = {
	.id = "guest-kexec-touched",
	.title = "kexec of a TDX guest while somebody still looks at a shared buffer",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.leaves = { 2, 1 },
	.implicit_conversion = true,
	.agents = { "kexec_cpu", "nmi", "second_kernel" },
	.names = { "CPU 0", "NMI on CPU 0", "second kernel" },
	.cpus = 1,
	.guards = { "td-exit" },
	.sometimes = { "a buffer was shared", "the second kernel used all memory" },
	.kexec = true,
};

enum { NR_CPUS = 1, NMI = 1, SECOND_KERNEL = 2 };

void start_second_kernel(void)
{
	hw_stop_agent(NMI);
	hw_start_agent(SECOND_KERNEL);
}

/* By what the TLB may still hold. */
static inline void kmsg_dump(int reason)
{
	hw_probe(PAGE_OFFSET, true);
}

/*
 * By the entry alone: what this CPU's TLB may hold until it is flushed is no different from an entry that is not cleared,
 * and the merged code flushes last.
 */
void nmi(void)
{
	hw_probe(PAGE_OFFSET, false);
}

void kexec_cpu(void)
{
	init_direct_map();
	tdx_early_init();

	if (set_memory_decrypted(PAGE_OFFSET, hw_leaf_pages(0)) == 0)
		sometimes("a buffer was shared");
	hw_start_agent(NMI);
	story_begins();
	kernel_kexec();
}

void second_kernel(void)
{
	use_all_memory();
}
