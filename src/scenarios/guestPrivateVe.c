// SPDX-License-Identifier: MIT
/*
 * A TDX guest that was configured to get a #VE for private memory that is not there. The VMM takes a page away and gives
 * another for it whenever it likes, and the kernel can meet that anywhere, also where no exception can be handled.
 */

struct scenario scenario = {
	.id = "guest-private-ve",
	.title = "a TDX guest that may get a #VE for its own memory boots",
	.machine = "TDX guest without SEPT_VE_DISABLE, 1 CPU",
	.guest = "tdx",
	.pending_ve = true,
	.leaves = { 1 },
	.cpus = 1,
	.agents = { "cpu0" },
	.names = { "CPU 0" },
	.guards = { "ve-unhandled", "td-exit" },
	/* it refuses to run in such a TD */
	.by_design = { "panic" },
	.sometimes = { "the guest asked what it is" },
	.kexec = false,
};

enum { NR_CPUS = 1 };

void start_second_kernel(void)
{
}

void cpu0(void)
{
	u64 cc_mask;

	init_direct_map();
	sometimes("the guest asked what it is");
	story_begins();

	tdx_parse_tdinfo(&cc_mask);
	if (hw_pending_ve())
		outcome("ve-unhandled", "may get a #VE for its own memory while an exception is being entered");
}
