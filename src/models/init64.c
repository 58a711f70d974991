// SPDX-License-Identifier: MIT
/*
 * How the direct map is made while a kernel boots: arch/x86/mm/init_64.c, condensed to pages of 4K. Entries behind the end
 * of a range are cleared, but for memory that somebody uses.
 */

#define PTRS_PER_PTE	2
#define E820_TYPE_RAM	1
#define E820_TYPE_RESERVED	2
#define E820_TYPE_ACPI	3
#define E820_TYPE_RESERVED_KERN	128

static bool after_bootmem;
/* By page; scenarios say. */
static unsigned char e820_type[MAX_PAGES];

static bool e820__mapped_any(u64 start, u64 end, int type)
{
	unsigned long pfn;

	for (pfn = start >> PAGE_SHIFT; pfn < end >> PAGE_SHIFT && pfn < MAX_PAGES; pfn++) {
		if (e820_type[pfn] == type)
			return true;
	}
	return false;
}

static inline void set_pte_init(pte_t *pte, pte_t value, bool init)
{
	set_pte(pte, value);
}

static unsigned long
phys_pte_init(pte_t *pte_page, unsigned long paddr, unsigned long paddr_end,
	      pgprot_t prot, bool init)
{
	unsigned long paddr_next;
	unsigned long paddr_last = paddr_end;
	pte_t *pte = pte_page;
	int i;

	for (i = 0; i < PTRS_PER_PTE; i++, paddr = paddr_next, pte++) {
		paddr_next = (paddr & PAGE_MASK) + PAGE_SIZE;
		if (paddr >= paddr_end) {
			if (!after_bootmem &&
			    !e820__mapped_any(paddr & PAGE_MASK, paddr_next,
					     E820_TYPE_RAM) &&
			    !e820__mapped_any(paddr & PAGE_MASK, paddr_next,
					     E820_TYPE_RESERVED_KERN) &&
			    !e820__mapped_any(paddr & PAGE_MASK, paddr_next,
					     E820_TYPE_ACPI))
				set_pte_init(pte, __pte(0), init);
			continue;
		}

		if (!pte_none(*pte))
			continue;
		set_pte_init(pte, pfn_pte(paddr >> PAGE_SHIFT, prot), init);
		paddr_last = (paddr & PAGE_MASK) + PAGE_SIZE;
	}

	return paddr_last;
}
