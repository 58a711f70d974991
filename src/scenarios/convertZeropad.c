// SPDX-License-Identifier: MIT
/*
 * A guest converts a buffer while load_unaligned_zeropad() reads into it. Under a paravisor of Hyper-V nobody but the
 * paravisor gets the exception of such a read, and it can only end the guest: the L2 of a partitioned TD, or SNP with
 * vTOM. A TDX guest gets a #VE of its own, which that function can live with, unless the VMM answers a touch through a
 * shared mapping by making the page shared, for good. An SNP guest's requests go through a GHCB.
 */

struct scenario scenario = {
	.id = "convert-zeropad-tdp",
	.title = "a partitioned TD converts a buffer while another CPU reads across the end of the page before it",
	.machine = "TDX guest of Hyper-V, L2 under a paravisor, 2 CPUs",
	.guest = "tdx",
	.paravisor = true,
	/* somebody else's, whose last word the reader reads; the buffer */
	.leaves = { 1, 1, 1 },
	.cpus = 2,
	.agents = { "driver", "reader" },
	.names = { "CPU 0", "CPU 1" },
	.guards = { "paravisor-kill" },
	.sometimes = { "the driver came to it", "the reader read" },
	.variants = {
		{
			.id = "convert-zeropad-vtom",
			.title = "an SNP guest in vTOM mode converts a buffer while another CPU reads across the end of the page before it",
			.machine = "SNP guest of Hyper-V, vTOM under a paravisor, 2 CPUs",
			.guest = "snp",
			.vtom = true,
		},
		{
			.id = "convert-zeropad-tdx",
			.title = "a TDX guest converts a buffer while another CPU reads across the end of the page before it",
			.machine = "TDX guest, 2 CPUs; the VMM converts implicitly",
			.paravisor = false,
			.implicit_conversion = true,
			.dirty_lines = true,
			.guards = { "td-exit", "implicit-conversion", "memory-corruption" },
			/* Since 195edce08b63 Linux leaves this window open, and such a VMM has itself to blame. */
			.by_design = { "td-exit", "implicit-conversion" },
		},
		{
			.id = "convert-zeropad-tdx-ve",
			.title = "a TDX guest converts a buffer while another CPU reads across the end of the page before it",
			.machine = "TDX guest, 2 CPUs; the VMM converts nothing unasked",
			.paravisor = false,
			.dirty_lines = true,
			.guards = { "td-exit", "ve-unhandled", "memory-corruption" },
		},
		{
			.id = "convert-zeropad-snp",
			.title = "an SNP guest converts a buffer while another CPU reads across the end of the page before it",
			.machine = "SNP guest, 2 CPUs",
			.guest = "snp",
			.paravisor = false,
			/* and the GHCB */
			.leaves = { 1, 1, 1, 1 },
			.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated" },
		},
	},
};

enum { NR_CPUS = 2, READER = 1, BUFFER_PAGE = 1, BUFFER_PAGES = 2, GHCB_PAGE = 3 };

#define BUFFER	(PAGE_OFFSET + BUFFER_PAGE * PAGE_SIZE)

/* What booting leaves behind, whatever conversion does now. */
static void boot(void)
{
	init_direct_map();
	if (hw_paravisor()) {
		hv_vtom_init();
	} else if (hw_snp_guest()) {
		sev_booted_with_ghcb(GHCB_PAGE);
		sme_early_init();
	} else {
		tdx_early_init();
	}
}

/* It may use the memory in between and afterwards, unless a conversion failed: then it may only keep it. */
void driver(void)
{
	boot();
	hw_write(BUFFER_PAGE);
	hw_start_agent(READER);
	story_begins();

	sometimes("the driver came to it");
	if (set_memory_decrypted(BUFFER, BUFFER_PAGES) == 0) {
		hw_write(BUFFER_PAGE);
		if (set_memory_encrypted(BUFFER, BUFFER_PAGES) == 0)
			hw_write(BUFFER_PAGE + 1);
	}
}

/* A name that ends with a page: one word of it reaches into the next one. */
void reader(void)
{
	load_unaligned_zeropad((void *)(BUFFER + choose(BUFFER_PAGES) * PAGE_SIZE - 1));
	sometimes("the reader read");
}
