// SPDX-License-Identifier: MIT
/*
 * A host of SEV-SNP guests that boots, as far as it is about where its RMP table lies: arch/x86/mm/mem_encrypt.c and
 * arch/x86/virt/svm/sev.c, condensed, as of v6.10. Writes of the kernel must not share 2M with the table.
 */

/* Where the firmware put the table; scenarios say. */
static u64 probed_rmp_base, probed_rmp_size;
/* Pages that E820 calls RAM no more. */
static unsigned char rmp_reserved[MAX_PAGES];
static int e820_table_kexec, e820_table_firmware;

static inline u64 memblock_phys_mem_size(void)
{
	return get_max_mapped();
}

static void e820__range_update(u64 start, u64 size, int old_type, int new_type)
{
	unsigned long pfn;

	for (pfn = start >> PAGE_SHIFT; pfn < (start + size) >> PAGE_SHIFT && pfn < MAX_PAGES; pfn++)
		rmp_reserved[pfn] = true;
}

/* The same in the tables for other kernels: kexec_file_load() uses the first one. */
#define e820__range_update_table(table, start, size, from, to)	do { } while (0)

static void __snp_fixup_e820_tables(u64 pa)
{
	if (IS_ALIGNED(pa, PMD_SIZE))
		return;

	pa = ALIGN_DOWN(pa, PMD_SIZE);
	if (e820__mapped_any(pa, pa + PMD_SIZE, E820_TYPE_RAM)) {
		pr_info("Reserving start/end of RMP table on a 2MB boundary\n");
		e820__range_update(pa, PMD_SIZE, E820_TYPE_RAM, E820_TYPE_RESERVED);
	}
}

void snp_fixup_e820_tables(void)
{
	__snp_fixup_e820_tables(probed_rmp_base);
	__snp_fixup_e820_tables(probed_rmp_base + probed_rmp_size);
}

void mem_encrypt_setup_arch(void)
{
	phys_addr_t total_mem = memblock_phys_mem_size();
	unsigned long size;

	/* E820 is there by now, and nobody has used it yet. */
	if (cc_platform_has(CC_ATTR_HOST_SEV_SNP))
		snp_fixup_e820_tables();

	if (!cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		return;

	/* A guest sets memory aside for bounce buffers. */
	size = total_mem * 6 / 100;
}
