// SPDX-License-Identifier: MIT
/*
 * A function that shares memory with the host, or takes it back, while any allocation and any conversion may fail. Of a
 * page whose conversion failed nobody knows the state: it may only be kept. Where nothing fails: is it all of the buffer,
 * and no more?
 */

struct scenario scenario = {
	.id = "conversion-failure",
	.title = "memory is shared with the host or made private again, and anything on the way may fail",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	/* somebody else's, two that a caller may have, two to hand out, somebody else's */
	.leaves = { 1, 1, 1, 1, 1, 1, 1 },
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "host-exposed", "double-free", "leak" },
	/* keeping memory whose state nobody knows, and saying so */
	.by_design = { "leak", "warn" },
	.map_gpa_fails = true,
	.allocations_fail = true,
	.sometimes = { "the function returned" },
	.subjects_call = { "set_memory_decrypted", "set_memory_encrypted" },
	.variants = {
		{
			.id = "conversion-range",
			.title = "memory is shared with the host or made private again: all of it, and no more",
			.guards = { "host-exposed", "memory-corruption" },
			.by_design = {},
			.map_gpa_fails = false,
			.allocations_fail = false,
		},
	},
};

enum { NR_CPUS = 1, FREE_PAGE = 4, FREE_PAGES = 2 };

static inline bool page_allocation_fails(void)
{
	return hw_map_gpa_fails() && choose(2);
}

/*
 * A buffer that comes from outside the function has the story's first two pages. Whoever makes it private must have
 * shared it before, all of it.
 */
enum { GIVEN = 1, GIVEN_PAGES = 2 };
static bool given_was_converted;

static bool is_given(unsigned long addr)
{
	return addr < PAGE_OFFSET || addr >= PAGE_OFFSET + get_max_mapped();
}

static inline unsigned long __pa(unsigned long addr)
{
	if (is_given(addr))
		return (GIVEN << PAGE_SHIFT) + (addr & ~PAGE_MASK);
	return addr - PAGE_OFFSET;
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	unsigned long pfn = ((unsigned long)page - VMEMMAP_START) / sizeof(struct page);

	return pfn < hw_pages() ? pfn : GIVEN;
}

void vfree(const void *addr)
{
	unsigned long pfn = __pa((unsigned long)addr) >> PAGE_SHIFT;
	int page;

	if (!addr)
		return;
	if (!is_given((unsigned long)addr)) {
		free_one_page(pfn);
		return;
	}
	for (page = 0; page < GIVEN_PAGES; page++)
		free_one_page(GIVEN + page);
}

static int convert(unsigned long addr, int numpages, bool enc)
{
	int page;

	if (is_given(addr) && !given_was_converted) {
		given_was_converted = true;
		for (page = 0; enc && page < GIVEN_PAGES; page++)
			convert_page(GIVEN + page, false);
	}
	return convert_pages(__pa(addr) >> PAGE_SHIFT, numpages, enc);
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return convert(addr, numpages, true);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return convert(addr, numpages, false);
}

/* It may be called with locks held, and may release them, too. What it takes itself it releases. */
static int locks_taken;

static inline void lock_was_not_taken(void)
{
}

static inline void lock_is_taken(void)
{
	locks_taken++;
}

static inline void lock_is_released(void)
{
	locks_taken--;
}

void driver(void)
{
	init_direct_map();
	page_owner[GIVEN] = PAGE_ALLOCATED;
	page_owner[GIVEN + 1] = PAGE_ALLOCATED;
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	story_begins();

	/* Of a function that is shown in part nobody knows what it releases. */
	if (run_subject() && locks_taken > 0)
		outcome("lock-imbalance", "returns and has not released a lock that it took");
	sometimes("the function returned");
	others_use_their_memory();
}
