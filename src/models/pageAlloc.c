// SPDX-License-Identifier: MIT
/*
 * The page allocator and vmalloc, condensed: mm/page_alloc.c, mm/vmalloc.c. It hands out the few pages that a scenario
 * gives it; all others belong to somebody who must not notice anything. A page that comes back while the host can
 * read or write it, or while nobody knows whether the host can, is given to the next who asks: that is the end of the story.
 */

#define MAX_PAGE_ORDER	10
#define MAX_ORDER	10

#define PAGE_OTHERS	0
#define PAGE_FREE	1
#define PAGE_ALLOCATED	2

/* Whose each page is, and whether a conversion of it failed, so that nobody knows its state; scenarios say so. */
static unsigned char page_owner[MAX_PAGES];
static unsigned char page_is_unknown[MAX_PAGES];

/* Gives the allocator its pages: what scenarios with one begin with. */
void init_page_allocator(int first, int pages)
{
	while (pages-- > 0)
		page_owner[first++] = PAGE_FREE;
}

/* Whether an allocation fails though there is memory; a scenario may decide otherwise. */
static inline bool page_allocation_fails(void)
{
	return false;
}

/* What converting a page comes to in the end, whatever the steps to it are: for stories that are not about them. */
static void convert_page(unsigned long pfn, bool enc)
{
	pte_t pte = direct_map[pfn];

	if (enc) {
		hw_tdx_map_private(pfn);
		hw_tdx_accept(pfn);
	} else {
		hw_tdx_map_shared(pfn);
	}
	set_pte(&direct_map[pfn], __pte(enc ? cc_mkenc(pte_val(pte)) : cc_mkdec(pte_val(pte))));
	hw_flush_tlb_all();
}

/*
 * All of it is converted, or, where the VMM may refuse, it fails: then nothing was, or something, and nobody knows the
 * state of it. For functions that have no part of a conversion but the call.
 */
static int convert_pages(unsigned long pfn, int numpages, bool enc)
{
	enum { EVERYTHING, FIRST_PAGE, NOTHING };
	int how = hw_map_gpa_fails() ? choose(3) : EVERYTHING;
	int page;

	if (pfn >= hw_pages() || numpages <= 0 || pfn + numpages > hw_pages())
		return -EINVAL;
	for (page = 0; page < numpages; page++) {
		if (how == EVERYTHING || (how == FIRST_PAGE && page == 0))
			convert_page(pfn + page, enc);
		page_is_unknown[pfn + page] = how != EVERYTHING;
	}
	return how == EVERYTHING ? 0 : -EIO;
}

static void free_one_page(unsigned long pfn)
{
	if (pfn >= hw_pages() || page_owner[pfn] == PAGE_OTHERS) {
		outcome("memory-corruption", "frees a page that is somebody else's");
		return;
	}
	if (page_owner[pfn] == PAGE_FREE) {
		outcome("double-free", "frees a page that is free already");
		return;
	}
	if (page_is_unknown[pfn])
		outcome("host-exposed", "frees a page of which nobody knows whether the host can read it");
	if (hw_is_shared(pfn))
		outcome("host-exposed", "frees a page that is shared with the host");
	page_owner[pfn] = PAGE_FREE;
}

/*
 * The end of a story with an allocator: whoever has the other pages uses them, and the next one who asks gets what is free.
 * A page that was kept because its state is unknown is lost, which is as it should be.
 */
void others_use_their_memory(void)
{
	int pfn;

	for (pfn = 0; pfn < hw_pages(); pfn++) {
		if (page_owner[pfn] == PAGE_ALLOCATED) {
			if (page_is_unknown[pfn])
				outcome("leak", "keeps a page for ever, because nobody knows its state");
			continue;
		}
		if (hw_is_shared(pfn))
			outcome("host-exposed", "left a page shared with the host that somebody else has or will get");
		if (page_owner[pfn] == PAGE_OTHERS && hw_content_lost(pfn))
			outcome("memory-corruption", "converted a page that somebody else has: its content is gone");
		hw_write(pfn);
	}
}

static inline int get_order(unsigned long size)
{
	int order = 0;

	while ((PAGE_SIZE << order) < size && order < MAX_PAGE_ORDER)
		order++;
	return order;
}

/* A block that is aligned to its size, the first that is free. */
struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	unsigned long pages = 1UL << order;
	unsigned long first, i;

	if (order > MAX_PAGE_ORDER || page_allocation_fails())
		return NULL;

	for (first = 0; first + pages <= hw_pages(); first += pages) {
		for (i = 0; i < pages; i++) {
			if (page_owner[first + i] != PAGE_FREE)
				break;
		}
		if (i < pages)
			continue;
		for (i = 0; i < pages; i++)
			page_owner[first + i] = PAGE_ALLOCATED;
		return pfn_to_page(first);
	}
	return NULL;
}

void __free_pages(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long i;

	for (i = 0; i < 1UL << order; i++)
		free_one_page(pfn + i);
}

static inline struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	return alloc_pages(gfp, order);
}

static inline struct page *alloc_page(gfp_t gfp)
{
	return alloc_pages(gfp, 0);
}

static inline void __free_page(struct page *page)
{
	__free_pages(page, 0);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

static inline unsigned long __get_free_page(gfp_t gfp)
{
	return __get_free_pages(gfp, 0);
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp, 0);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr != 0)
		__free_pages(virt_to_page((void *)addr), order);
}

static inline void free_page(unsigned long addr)
{
	free_pages(addr, 0);
}

/* A block of 2^n pages of which the tail is given back at once. */
void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);
	unsigned long addr = __get_free_pages(gfp, order);
	unsigned long used;

	if (!addr)
		return NULL;
	for (used = PAGE_ALIGN(size); used < PAGE_SIZE << order; used += PAGE_SIZE)
		free_page(addr + used);
	return (void *)addr;
}

void free_pages_exact(void *virt, size_t size)
{
	unsigned long addr = (unsigned long)virt;
	unsigned long end = addr + PAGE_ALIGN(size);

	while (addr < end) {
		free_page(addr);
		addr += PAGE_SIZE;
	}
}

/* The slots that an area takes, from the first on: by slot, the number of its pages. */
static unsigned char vmalloc_pages[MAX_LEAVES];

/* Without vmalloc addresses in the story: some pages side by side. */
void *vmalloc(unsigned long size)
{
	unsigned long pages = PAGE_ALIGN(size) >> PAGE_SHIFT;
	unsigned long slot, i;

	if (!hw_vmalloc_pages())
		return alloc_pages_exact(size, GFP_KERNEL);
	for (slot = 0; slot + pages <= hw_vmalloc_pages(); slot++) {
		for (i = 0; i < pages; i++) {
			if (!pte_none(vmalloc_map[slot + i]))
				break;
		}
		if (i == pages)
			break;
	}
	if (!pages || slot + pages > hw_vmalloc_pages())
		return NULL;
	for (i = 0; i < pages; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			break;
		set_pte(&vmalloc_map[slot + i], pfn_pte(page_to_pfn(page), __pgprot(cc_mkenc(__PAGE_KERNEL))));
	}
	vmalloc_pages[slot] = i;
	if (i == pages)
		return (void *)(VMALLOC_START + slot * PAGE_SIZE);
	vfree((void *)(VMALLOC_START + slot * PAGE_SIZE));
	return NULL;
}

/* TLBs may hold the addresses until vm_unmap_aliases(): the pages are given back before. */
void vfree(const void *addr)
{
	unsigned long slot = ((unsigned long)addr - VMALLOC_START) >> PAGE_SHIFT;
	unsigned long i;

	if (!addr)
		return;
	if (!hw_vmalloc_pages()) {
		free_page((unsigned long)addr);
		return;
	}
	if (slot >= hw_vmalloc_pages() || !vmalloc_pages[slot]) {
		WARN(1, "Trying to vfree() nonexistent vm area\n");
		return;
	}
	for (i = 0; i < vmalloc_pages[slot]; i++) {
		unsigned long pfn = pte_pfn(vmalloc_map[slot + i]);

		set_pte(&vmalloc_map[slot + i], __pte(0));
		free_one_page(pfn);
	}
	vmalloc_pages[slot] = 0;
}

/* Of addresses that vmap() gave: the pages are the caller's. */
void vunmap(const void *addr)
{
	unsigned long slot = ((unsigned long)addr - VMALLOC_START) >> PAGE_SHIFT;
	unsigned long i;

	if (slot >= hw_vmalloc_pages())
		return;
	for (i = 0; i < vmalloc_pages[slot]; i++)
		set_pte(&vmalloc_map[slot + i], __pte(0));
	vmalloc_pages[slot] = 0;
}

static inline void *vzalloc(unsigned long size)
{
	return vmalloc(size);
}
