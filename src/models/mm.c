// SPDX-License-Identifier: MIT
/*
 * The direct map and set_memory_*(): arch/x86/mm/pat/set_memory.c, condensed. Order of the steps as in v6.5
 * to v6.8; without aliases, and without the flush of caches. One entry of direct_map[] is one leaf; the large leaf of
 * a story maps two pages where a real one maps 512, and `hw_leaf_*()` says which.
 */

typedef unsigned long pte_t;
typedef unsigned long pteval_t;
typedef struct { unsigned long pgprot; } pgprot_t;

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PMD_SIZE	(2 * PAGE_SIZE)
#define PAGE_OFFSET	0xffff888000000000UL
#define MAX_LEAVES	8

#define _PAGE_PRESENT	(1UL << 0)
#define _PAGE_RW	(1UL << 1)
#define _PAGE_NX	(1UL << 63)
#define __PAGE_KERNEL	(_PAGE_PRESENT | _PAGE_RW | _PAGE_NX)
/*
 * What tells shared memory from private: the top bit of the guest physical address of a TDX guest, here of 52 bits, set
 * for shared. The C-bit of an SNP guest stands here too and means the opposite, but where vTOM is used.
 */
#define CC_MASK		(1UL << 51)
#define CC_MASK_ENCRYPTS	(hw_snp_guest() && !hw_vtom())

enum pg_level { PG_LEVEL_NONE, PG_LEVEL_4K, PG_LEVEL_2M, PG_LEVEL_1G };

pte_t direct_map[MAX_LEAVES];

static inline unsigned long __pa(unsigned long address)
{
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
	return level == PG_LEVEL_2M ? PMD_SIZE : PAGE_SIZE;
}

static inline unsigned long page_level_mask(int level)
{
	return ~(page_level_size(level) - 1);
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

pte_t *lookup_address(unsigned long address, unsigned int *level)
{
	int leaf = hw_leaf_of_page((address - PAGE_OFFSET) >> PAGE_SHIFT);

	if (leaf < 0) {
		*level = PG_LEVEL_NONE;
		return NULL;
	}
	*level = hw_leaf_pages(leaf) > 1 ? PG_LEVEL_2M : PG_LEVEL_4K;
	return &direct_map[leaf];
}

static inline void __flush_tlb_all(void)
{
	hw_flush_tlb_local();
}

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
	hw_flush_tlb_all();
}

/* What boot leaves behind: every page present, writable, not executable and private. */
void init_direct_map(void)
{
	int leaf;

	for (leaf = 0; leaf < hw_leaves(); leaf++)
		set_pte(&direct_map[leaf], __pte(cc_mkenc(((unsigned long)hw_leaf_first_page(leaf) << PAGE_SHIFT) | __PAGE_KERNEL)));
	hw_flush_tlb_all();
}

struct x86_guest {
	bool (*enc_status_change_prepare)(unsigned long vaddr, int npages, bool enc);
	bool (*enc_status_change_finish)(unsigned long vaddr, int npages, bool enc);
	bool (*enc_tlb_flush_required)(bool enc);
	bool (*enc_cache_flush_required)(void);
	/* What the kexec series calls them before its v11, */
	void (*enc_kexec_stop_conversion)(bool crash);
	void (*enc_kexec_unshare_mem)(void);
	/* and since then; merged in v6.11. v12 dropped the parameter. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	void (*enc_kexec_begin)(void);
#else
	void (*enc_kexec_begin)(bool crash);
#endif
	void (*enc_kexec_finish)(void);
};

enum cc_attr { CC_ATTR_MEM_ENCRYPT, CC_ATTR_GUEST_MEM_ENCRYPT, CC_ATTR_HOST_MEM_ENCRYPT, CC_ATTR_GUEST_SEV_SNP };

static inline bool cc_platform_has(int attr)
{
	if (attr == CC_ATTR_GUEST_SEV_SNP)
		return hw_snp_guest();
	return attr != CC_ATTR_HOST_MEM_ENCRYPT && !hw_tdx_host();
}

struct x86_platform_ops {
	struct x86_guest guest;
	void (*iommu_shutdown)(void);
};

static bool enc_status_change_noop(unsigned long vaddr, int npages, bool enc)
{
	return true;
}

static bool enc_tlb_flush_required_noop(bool enc)
{
	return false;
}

static bool enc_cache_flush_required_noop(void)
{
	return false;
}

static void enc_kexec_stop_conversion_noop(bool crash)
{
}

static void enc_kexec_unshare_mem_noop(void)
{
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static void enc_kexec_begin_noop(void)
{
}
#else
static void enc_kexec_begin_noop(bool crash)
{
}
#endif

static void enc_kexec_finish_noop(void)
{
}

static void iommu_shutdown_noop(void)
{
}

struct x86_platform_ops x86_platform = {
	.iommu_shutdown = iommu_shutdown_noop,
	.guest = {
		.enc_status_change_prepare = enc_status_change_noop,
		.enc_status_change_finish = enc_status_change_noop,
		.enc_tlb_flush_required = enc_tlb_flush_required_noop,
		.enc_cache_flush_required = enc_cache_flush_required_noop,
		.enc_kexec_stop_conversion = enc_kexec_stop_conversion_noop,
		.enc_kexec_unshare_mem = enc_kexec_unshare_mem_noop,
		.enc_kexec_begin = enc_kexec_begin_noop,
		.enc_kexec_finish = enc_kexec_finish_noop,
	},
};

/* Changes the entries of a range. A large leaf that is covered in part would have to be split: that always fails. */
static int __change_page_attr_set_clr(unsigned long addr, int numpages, bool enc)
{
	while (numpages > 0) {
		unsigned int level;
		pte_t *kpte = lookup_address(addr, &level);
		int pages;

		if (!kpte || pte_none(*kpte))
			return -EINVAL;
		pages = page_level_size(level) / PAGE_SIZE;
		if (pages > numpages)
			return -ENOMEM;
		set_pte(kpte, __pte(enc ? cc_mkenc(pte_val(*kpte)) : cc_mkdec(pte_val(*kpte))));
		addr += pages * PAGE_SIZE;
		numpages -= pages;
	}
	return 0;
}

static int __set_memory_enc_pgtable(unsigned long addr, int numpages, bool enc)
{
	int ret;

	if (x86_platform.guest.enc_tlb_flush_required(enc))
		flush_tlb_all();

	/* Notify the hypervisor before the page table changes. */
	if (!x86_platform.guest.enc_status_change_prepare(addr, numpages, enc))
		return -EIO;

	ret = __change_page_attr_set_clr(addr, numpages, enc);
	flush_tlb_all();
	if (ret)
		return ret;

	/* And after it. */
	if (!x86_platform.guest.enc_status_change_finish(addr, numpages, enc))
		return -EIO;
	return 0;
}

static int __set_memory_enc_dec(unsigned long addr, int numpages, bool enc)
{
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return __set_memory_enc_pgtable(addr, numpages, enc);

	return 0;
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return __set_memory_enc_dec(addr, numpages, true);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return __set_memory_enc_dec(addr, numpages, false);
}
