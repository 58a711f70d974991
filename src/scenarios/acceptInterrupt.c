// SPDX-License-Identifier: MIT
/*
 * An interrupt comes while its CPU allocates memory, and allocates, too. What the two accept overlaps, because with
 * each block goes the unit behind it; and the CPU goes on only when the interrupt is through.
 */

struct scenario scenario = {
	.id = "accept-interrupt",
	.title = "an interrupt needs memory while its CPU accepts memory",
	.machine = "TDX guest with unaccepted memory, 1 CPU",
	.guest = "tdx",
	.leaves = { 2, 2, 2, 2 },
	.unaccepted = { 2, 8 },
	.agents = { "cpu0", "interrupt" },
	.names = { "CPU 0", "interrupt on CPU 0" },
	.cpus = 1,
	.guards = { "td-exit" },
	.sometimes = { "the CPU got its memory", "the interrupt got its memory" },
	.variants = {
		{
			.id = "accept-interrupt-snp",
			.title = "an interrupt needs memory while its CPU validates memory",
			.machine = "SNP guest with unaccepted memory, 1 CPU",
			.guest = "snp",
			/* the last one is the GHCB */
			.leaves = { 2, 2, 2, 2, 1 },
			.guards = { "vc-unvalidated", "rmp-violation", "guest-terminated" },
		},
	},
};

enum { NR_CPUS = 1, INTERRUPT = 1, MAX_PAGE_ORDER = 1, BLOCKS_END = 6, GHCB_PAGE = 8 };

static bool interrupt_comes;

/* An interrupt comes where interrupts are on, here where they go on again. */
static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	irqs_off_once_less();
	if (!irqs_disabled() && interrupt_comes && choose(2)) {
		interrupt_comes = false;
		hw_start_agent(INTERRUPT);
		while (!hw_agent_done(INTERRUPT))
			cpu_relax();
	}
}

/* Takes a block and uses it, words at its end, too. */
static bool use_memory(gfp_t gfp)
{
	struct page *page = get_page_from_freelist(gfp, MAX_PAGE_ORDER);

	if (!page)
		return false;
	hw_write(page_to_pfn(page));
	load_unaligned_zeropad(page_address(page) + (PAGE_SIZE << MAX_PAGE_ORDER) - 1);
	return true;
}

void cpu0(void)
{
	init_direct_map();
	if (hw_snp_guest())
		sev_booted_with_ghcb(GHCB_PAGE);
	efi_init_unaccepted();
	/* Something small is allocated at boot, at the beginning of a unit. */
	hw_write(PHYS_PFN(memblock_alloc_range_nid(PFN_PHYS(BLOCKS_END), PAGE_SIZE)));
	memblock_free_all(BLOCKS_END);
	story_begins();

	interrupt_comes = true;
	if (use_memory(GFP_KERNEL))
		sometimes("the CPU got its memory");
}

void interrupt(void)
{
	if (use_memory(GFP_ATOMIC))
		sometimes("the interrupt got its memory");
}
