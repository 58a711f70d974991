// SPDX-License-Identifier: MIT
/*
 * Kernel page tables, condensed: arch/x86/include/asm/{page,pgtable}*.h, arch/x86/mm/pat/set_memory.c:
 * lookup_address(), arch/x86/mm/tlb.c. One entry of direct_map[] is one leaf; the large leaf of a story maps two pages
 * where a real one maps 512, and `hw_leaf_*()` says which. Where a story's hardware has them, a large leaf that was split
 * has its 4K entries in split_map[], and vmalloc_map[] and kernel_map[] are further addresses of the same pages.
 */

typedef unsigned long pte_t;
typedef unsigned long pteval_t;
typedef unsigned long pgprotval_t;
typedef struct { unsigned long pgprot; } pgprot_t;

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PMD_SIZE	(2 * PAGE_SIZE)
/* more than any story has */
#define PUD_SIZE	(32 * PAGE_SIZE)
#define PAGE_OFFSET	0xffff888000000000UL
#define VMALLOC_START	0xffffc90000000000UL
#define VMALLOC_END	(VMALLOC_START + hw_vmalloc_pages() * PAGE_SIZE)
#define __START_KERNEL_map	0xffffffff80000000UL
#define __END_KERNEL_map	(__START_KERNEL_map + hw_kernel_map_pages() * PAGE_SIZE)
#define MAX_LEAVES	8
#define MAX_PAGES	16

#define _PAGE_PRESENT	(1UL << 0)
#define _PAGE_RW	(1UL << 1)
#define _PAGE_PSE	(1UL << 7)
#define _PAGE_NX	(1UL << 63)
#define __PAGE_KERNEL	(_PAGE_PRESENT | _PAGE_RW | _PAGE_NX)
#define _PAGE_CC	CC_MASK
#define __supported_pte_mask	(~0UL)
#define _KERNPG_TABLE	(_PAGE_PRESENT | _PAGE_RW)
/*
 * What tells shared memory from private: the top bit of the guest physical address of a TDX guest, here of 52 bits, set
 * for shared. The C-bit of an SNP guest stands here too and means the opposite, but where vTOM is used.
 */
#define CC_MASK		(1UL << 51)
#define PTE_PFN_MASK	(CC_MASK - PAGE_SIZE)
#define PTE_FLAGS_MASK	(~PTE_PFN_MASK)
#define CC_MASK_ENCRYPTS	(hw_snp_guest() && !hw_vtom())

enum pg_level { PG_LEVEL_NONE, PG_LEVEL_4K, PG_LEVEL_2M, PG_LEVEL_1G };

pte_t direct_map[MAX_LEAVES];
/* By page of the direct map, by page from VMALLOC_START, by page from __START_KERNEL_map. */
pte_t split_map[MAX_PAGES];
pte_t vmalloc_map[MAX_LEAVES];
pte_t kernel_map[MAX_LEAVES];

/* Right for the direct map and the kernel image only: of a vmalloc address it makes a number that is no page. */
static inline unsigned long __pa(unsigned long address)
{
	if (hw_kernel_map_pages() && address >= __START_KERNEL_map)
		return address - __START_KERNEL_map;
	return address - PAGE_OFFSET;
}

static inline void *__va(unsigned long address)
{
	return (void *)(address + PAGE_OFFSET);
}

static inline pteval_t pte_val(pte_t pte)
{
	return pte;
}

static inline pte_t __pte(pteval_t value)
{
	return value;
}

static inline int pte_none(pte_t pte)
{
	return pte_val(pte) == 0;
}

static inline int pte_present(pte_t pte)
{
	return (pte_val(pte) & _PAGE_PRESENT) != 0;
}

static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(*ptep, pte);
}

static inline void set_pte_atomic(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(*ptep, pte);
}

static inline unsigned long pte_pfn(pte_t pte)
{
	return (pte_val(pte) & PTE_PFN_MASK) >> PAGE_SHIFT;
}

static inline pgprot_t __pgprot(unsigned long value)
{
	pgprot_t prot;

	prot.pgprot = value;
	return prot;
}

#define pgprot_val(prot)	((prot).pgprot)

static inline pgprot_t pte_pgprot(pte_t pte)
{
	return __pgprot(pte_val(pte) & PTE_FLAGS_MASK);
}

/* What a change of protection keeps of the old one: the frame, and whether the page is shared. */
#define _AT(type, x)	((type)(x))
#define cc_mask		CC_MASK
#define _PAGE_ENC	(_AT(pteval_t, CC_MASK_ENCRYPTS ? CC_MASK : 0UL))
#define _PAGE_PWT	(1UL << 3)
#define _PAGE_PCD	(1UL << 4)
#define _PAGE_ACCESSED	(1UL << 5)
#define _PAGE_DIRTY_BITS	(1UL << 6)
#define _PAGE_PAT	(1UL << 7)
#define _PAGE_SPECIAL	(1UL << 9)
#define _PAGE_UFFD_WP	(1UL << 10)
#define _PAGE_SOFT_DIRTY	(1UL << 11)
#define _PAGE_DEVMAP	(1UL << 58)
#define _COMMON_PAGE_CHG_MASK	(PTE_PFN_MASK | _PAGE_CC)
#define _PAGE_CHG_MASK	_COMMON_PAGE_CHG_MASK


static inline pgprot_t pgprot_modify(pgprot_t oldprot, pgprot_t newprot)
{
	pgprotval_t preservebits = pgprot_val(oldprot) & _PAGE_CHG_MASK;
	pgprotval_t addbits = pgprot_val(newprot) & ~_PAGE_CHG_MASK;

	return __pgprot(preservebits | addbits);
}

static inline pte_t pte_modify(pte_t pte, pgprot_t newprot)
{
	return __pte(pgprot_val(pgprot_modify(__pgprot(pte_val(pte)), newprot)));
}

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte((pfn << PAGE_SHIFT) | pgprot_val(prot));
}

static inline void pte_clear_entry(pte_t *ptep)
{
	set_pte(ptep, __pte(0));
}

static inline unsigned long cc_mkdec(unsigned long value)
{
	return CC_MASK_ENCRYPTS ? value & ~CC_MASK : value | CC_MASK;
}

static inline unsigned long cc_mkenc(unsigned long value)
{
	return CC_MASK_ENCRYPTS ? value | CC_MASK : value & ~CC_MASK;
}

static inline pgprot_t pgprot_encrypted(pgprot_t prot)
{
	return __pgprot(cc_mkenc(pgprot_val(prot)));
}

static inline pgprot_t pgprot_decrypted(pgprot_t prot)
{
	return __pgprot(cc_mkdec(pgprot_val(prot)));
}

/* In a TDX guest an empty entry has no shared bit: it is not decrypted. In an SNP guest it is. */
static inline int pte_decrypted(pte_t pte)
{
	return cc_mkdec(pte_val(pte)) == pte_val(pte);
}

static inline unsigned long get_max_mapped(void)
{
	return (unsigned long)hw_pages() << PAGE_SHIFT;
}

static inline unsigned long page_level_size(int level)
{
	return level == PG_LEVEL_1G ? PUD_SIZE : level == PG_LEVEL_2M ? PMD_SIZE : PAGE_SIZE;
}

static inline unsigned long page_level_mask(int level)
{
	return ~(page_level_size(level) - 1);
}

/* A page is known by its place in mem_map[], which nobody looks into: page_to_pfn() and back is all there is. */
struct page { unsigned long flags; };
#define VMEMMAP_START	0xffffea0000000000UL

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return (struct page *)(VMEMMAP_START + pfn * sizeof(struct page));
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	return ((unsigned long)page - VMEMMAP_START) / sizeof(struct page);
}

static inline void *page_address(const struct page *page)
{
	return __va(page_to_pfn(page) << PAGE_SHIFT);
}

static inline struct page *virt_to_page(const void *address)
{
	return pfn_to_page(__pa((unsigned long)address) >> PAGE_SHIFT);
}

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return page_to_pfn(page) << PAGE_SHIFT;
}

static inline phys_addr_t virt_to_phys(const void *address)
{
	return __pa((unsigned long)address);
}

static inline void *phys_to_virt(phys_addr_t address)
{
	return __va(address);
}

static inline unsigned long PFN_DOWN(unsigned long x)
{
	return x >> PAGE_SHIFT;
}

static inline unsigned long PFN_UP(unsigned long x)
{
	return (x + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static inline phys_addr_t PFN_PHYS(unsigned long pfn)
{
	return pfn << PAGE_SHIFT;
}

static inline unsigned long PAGE_ALIGN(unsigned long address)
{
	return (address + PAGE_SIZE - 1) & PAGE_MASK;
}

static inline bool PAGE_ALIGNED(unsigned long address)
{
	return (address & (PAGE_SIZE - 1)) == 0;
}

/* Whether a large leaf was split: its entry points to a table then. */
static inline bool leaf_is_split(int leaf)
{
	return hw_large_pages_split() && hw_leaf_pages(leaf) > 1 &&
	       (pte_val(direct_map[leaf]) & (_PAGE_PRESENT | _PAGE_PSE)) == _PAGE_PRESENT;
}

/* Whether there is nothing where a large leaf could be. Stories with such a hole say where. */
static inline bool leaf_is_hole(int leaf)
{
	return false;
}

/*
 * The entry that the walk ends at, present or not; NULL where there is no table for the address. The level is where the
 * walk stopped, as of 9d1dcdfa9091 (v6.11, and whoever walks on kexec needs it) also where there is nothing.
 */
pte_t *lookup_address(unsigned long address, unsigned int *level)
{
	int leaf;

	if (hw_vmalloc_pages() && address >= VMALLOC_START && address < VMALLOC_END) {
		*level = PG_LEVEL_4K;
		return &vmalloc_map[(address - VMALLOC_START) >> PAGE_SHIFT];
	}
	if (hw_kernel_map_pages() && address >= __START_KERNEL_map && address < __END_KERNEL_map) {
		*level = PG_LEVEL_4K;
		return &kernel_map[(address - __START_KERNEL_map) >> PAGE_SHIFT];
	}

	leaf = hw_leaf_of_page((address - PAGE_OFFSET) >> PAGE_SHIFT);
	if (leaf < 0) {
		*level = PG_LEVEL_NONE;
		return NULL;
	}
	if (leaf_is_hole(leaf)) {
		*level = PG_LEVEL_2M;
		return NULL;
	}
	if (leaf_is_split(leaf)) {
		*level = PG_LEVEL_4K;
		return &split_map[(address - PAGE_OFFSET) >> PAGE_SHIFT];
	}
	*level = hw_leaf_pages(leaf) > 1 ? PG_LEVEL_2M : PG_LEVEL_4K;
	return &direct_map[leaf];
}

/* Works for entries that are not present, as long as the frame number is still in them. */
phys_addr_t slow_virt_to_phys(void *address)
{
	unsigned long virt_addr = (unsigned long)address;
	unsigned int level;
	pte_t *pte = lookup_address(virt_addr, &level);

	BUG_ON(!pte);
	return (pte_val(*pte) & PTE_PFN_MASK) + (virt_addr & ~page_level_mask(level));
}

/* Only for entries that are present: NULL, and so a frame number that is none, for others. */
struct page *vmalloc_to_page(const void *address)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)address, &level);

	if (!pte || !pte_present(*pte))
		return NULL;
	return pfn_to_page((pte_val(*pte) & PTE_PFN_MASK) >> PAGE_SHIFT);
}

static inline unsigned long vmalloc_to_pfn(const void *address)
{
	return page_to_pfn(vmalloc_to_page(address));
}

static inline bool is_vmalloc_addr(const void *address)
{
	return (unsigned long)address >= VMALLOC_START && (unsigned long)address < VMALLOC_END;
}

static inline bool virt_addr_valid(const void *address)
{
	return (unsigned long)address >= PAGE_OFFSET && __pa((unsigned long)address) < get_max_mapped();
}

static inline void __flush_tlb_all(void)
{
	hw_flush_tlb_local();
}
#endif

static inline void flush_tlb_local(void)
{
	hw_flush_tlb_local();
}

static inline void flush_tlb_all(void)
{
	hw_flush_tlb_all();
}

static inline void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	hw_flush_tlb_range(start, end);
}

static inline void kmap_flush_unused(void)
{
}

/* Drops what TLBs may hold of vmalloc addresses that are no longer in use: vunmap() leaves that for later. */
static inline void vm_unmap_aliases(void)
{
	if (hw_vmalloc_pages())
		hw_flush_tlb_range(VMALLOC_START, VMALLOC_END);
}

/* What boot leaves behind: every page present, writable, not executable and private; the kernel image as text. */
void init_direct_map(void)
{
	int leaf, page;

	for (leaf = 0; leaf < hw_leaves(); leaf++)
		set_pte(&direct_map[leaf],
			__pte(cc_mkenc(((unsigned long)hw_leaf_first_page(leaf) << PAGE_SHIFT) | __PAGE_KERNEL |
				       (hw_leaf_pages(leaf) > 1 ? _PAGE_PSE : 0))));
	for (page = 0; page < hw_kernel_map_pages(); page++)
		set_pte(&kernel_map[page], __pte(cc_mkenc(((unsigned long)page << PAGE_SHIFT) | _PAGE_PRESENT)));
	hw_flush_tlb_all();
}
