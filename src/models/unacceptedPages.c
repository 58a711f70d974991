// SPDX-License-Identifier: MIT
/*
 * Memory that is accepted when somebody allocates it: mm/page_alloc.c and mm/memblock.c, condensed, as of v6.5 to v6.10, and
 * with sizes instead of ends from v6.11 on (v6.13 in mainline). Memory comes in blocks of order MAX_PAGE_ORDER, as large as
 * the story says; a block with anything unaccepted in it is set aside until it is needed.
 */

/* By block, a bit. */
struct zone {
	spinlock_t lock;
	unsigned long unaccepted_pages;
};

static struct zone the_zone;
static bool lazy_accept = true;

#define MAX_ORDER_NR_PAGES	(1UL << MAX_PAGE_ORDER)

static inline struct zone *page_zone(const struct page *page)
{
	return &the_zone;
}

static bool page_contains_unaccepted(struct page *page, unsigned int order)
{
	phys_addr_t start = page_to_phys(page);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return range_contains_unaccepted_memory(start, PAGE_SIZE << order);
#else
	phys_addr_t end = start + (PAGE_SIZE << order);

	return range_contains_unaccepted_memory(start, end);
#endif
}

static void accept_page(struct page *page, unsigned int order)
{
	phys_addr_t start = page_to_phys(page);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	accept_memory(start, PAGE_SIZE << order);
#else
	accept_memory(start, start + (PAGE_SIZE << order));
#endif
}

static void __free_pages_ok(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	init_page_allocator(page_to_pfn(page), 1 << order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static bool __free_unaccepted(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (!lazy_accept)
		return false;

	spin_lock_irqsave(&zone->lock, flags);
	zone->unaccepted_pages |= 1UL << (page_to_pfn(page) >> MAX_PAGE_ORDER);
	spin_unlock_irqrestore(&zone->lock, flags);

	return true;
}

void __free_pages_core(struct page *page, unsigned int order)
{
	if (page_contains_unaccepted(page, order)) {
		if (order == MAX_PAGE_ORDER && __free_unaccepted(page))
			return;

		accept_page(page, order);
	}

	__free_pages_ok(page, order);
}

static bool try_to_accept_memory_one(struct zone *zone)
{
	unsigned long flags, block;
	struct page *page;

	spin_lock_irqsave(&zone->lock, flags);
	if (!zone->unaccepted_pages) {
		spin_unlock_irqrestore(&zone->lock, flags);
		return false;
	}

	block = find_next_bit(&zone->unaccepted_pages, BITS_PER_LONG, 0);
	page = pfn_to_page(block << MAX_PAGE_ORDER);
	zone->unaccepted_pages &= ~(1UL << block);
	spin_unlock_irqrestore(&zone->lock, flags);

	accept_page(page, MAX_PAGE_ORDER);

	__free_pages_ok(page, MAX_PAGE_ORDER);

	return true;
}

static bool cond_accept_memory(struct zone *zone, unsigned int order)
{
	if (!READ_ONCE(zone->unaccepted_pages))
		return false;

	return try_to_accept_memory_one(zone);
}

/* A block of memory, accepted for it where there is none. */
struct page *get_page_from_freelist(gfp_t gfp_mask, unsigned int order)
{
	struct zone *zone = &the_zone;
	unsigned long flags;
	struct page *page;

try_this_zone:
	spin_lock_irqsave(&zone->lock, flags);
	page = alloc_pages(gfp_mask, order);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (!page && cond_accept_memory(zone, order))
		goto try_this_zone;

	return page;
}

/* mm/memblock.c. Before the page allocator has it: memory that the story chooses. */
phys_addr_t memblock_alloc_range_nid(phys_addr_t found, phys_addr_t size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	accept_memory(found, size);
#else
	accept_memory(found, found + size);
#endif

	return found;
}

/* All that is left is the page allocator's, but for what was allocated: pages from `end` on. */
void memblock_free_all(unsigned long end)
{
	unsigned long pfn;

	for (pfn = 0; pfn + MAX_ORDER_NR_PAGES <= end; pfn += MAX_ORDER_NR_PAGES)
		__free_pages_core(pfn_to_page(pfn), MAX_PAGE_ORDER);
}
