// SPDX-License-Identifier: MIT
/*
 * Memory that a guest accepts when it is needed: drivers/firmware/efi/unaccepted_memory.c, fs/proc/vmcore.c and
 * arch/x86/include/asm/unaccepted_memory.h, condensed. As of v6.7 to v6.10, with the list of ranges that are being accepted
 * (50e782a86c98); from v6.11 on with sizes instead of ends (v6.13 in mainline), from v7.2 on with ends that are rounded
 * up to pages (948a013a54c4, v7.0). One unit of the bitmap is what a large leaf maps, as in reality.
 */

#define BITS_PER_BYTE		8
#define PAGE_ALIGN_DOWN(address) ALIGN_DOWN(address, PAGE_SIZE)

static inline unsigned long find_next_bit(const unsigned long *bitmap, unsigned long size, unsigned long from)
{
	while (from < size && !test_bit(from, bitmap))
		from++;
	return from < size ? from : size;
}

static inline unsigned long find_next_zero_bit(const unsigned long *bitmap, unsigned long size, unsigned long from)
{
	while (from < size && test_bit(from, bitmap))
		from++;
	return from < size ? from : size;
}

/* Ranges of bits that are set, from `b` on; `e` is behind the end of each. */
#define for_each_set_bitrange_from(b, e, bitmap, size) \
	for ((b) = find_next_bit((bitmap), (size), (b)), (e) = find_next_zero_bit((bitmap), (size), (b) + 1); \
	     (b) < (size); \
	     (b) = find_next_bit((bitmap), (size), (e) + 1), (e) = find_next_zero_bit((bitmap), (size), (b) + 1))

static inline void bitmap_set(unsigned long *bitmap, unsigned int start, unsigned int nbits)
{
	while (nbits-- > 0)
		__set_bit(start++, bitmap);
}

static inline void bitmap_clear(unsigned long *bitmap, unsigned int start, unsigned int nbits)
{
	while (nbits-- > 0)
		__clear_bit(start++, bitmap);
}

static inline void touch_softlockup_watchdog(void)
{
}

/* A bit of the bitmap is one unit of memory, from phys_base on; it is set while the unit is not accepted. */
struct efi_unaccepted_memory {
	u32 version;
	u32 unit_size;
	u64 phys_base;
	u64 size;
	unsigned long bitmap[1];
};

/* In memory of type EFI_ACPI_RECLAIM_MEMORY, which all kernels leave alone: the next one finds it as it is. */
static struct efi_unaccepted_memory unaccepted_table;
static struct efi { unsigned long unaccepted; } efi;

static inline struct efi_unaccepted_memory *efi_get_unaccepted_table(void)
{
	return efi.unaccepted ? &unaccepted_table : NULL;
}

/* What the EFI stub makes of the firmware's memory map. A unit with any unaccepted page in it counts as a whole. */
void efi_init_unaccepted(void)
{
	int page;

	unaccepted_table.version = 1;
	unaccepted_table.unit_size = PMD_SIZE;
	unaccepted_table.phys_base = 0;
	unaccepted_table.size = 1;
	for (page = 0; page < hw_pages(); page++) {
		if (hw_efi_unaccepted(page))
			bitmap_set(unaccepted_table.bitmap, PFN_PHYS(page) / PMD_SIZE, 1);
	}
	efi.unaccepted = 1;
}

static inline void arch_accept_memory(phys_addr_t start, phys_addr_t end)
{
	/* Platform-specific memory-acceptance call goes here */
	if (cpu_feature_enabled(X86_FEATURE_TDX_GUEST)) {
		if (!tdx_accept_memory(start, end))
			panic("TDX: Failed to accept memory\n");
	} else if (cc_platform_has(CC_ATTR_GUEST_SEV_SNP)) {
		snp_accept_memory(start, end);
	} else {
		panic("Cannot accept memory: unknown platform\n");
	}
}

/* Protects unaccepted memory bitmap and accepting_list */
static DEFINE_SPINLOCK(unaccepted_memory_lock);

struct accept_range {
	struct list_head list;
	unsigned long start;
	unsigned long end;
};

static LIST_HEAD(accepting_list);

/* Accepts what of a range the bitmap says is not. All other memory is accepted: below phys_base, behind the bitmap's end. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
void accept_memory(phys_addr_t start, unsigned long size)
#else
void accept_memory(phys_addr_t start, phys_addr_t end)
#endif
{
	struct efi_unaccepted_memory *unaccepted;
	unsigned long range_start, range_end;
	struct accept_range range, *entry;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
	phys_addr_t end = start + size;
#endif
	unsigned long flags;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	phys_addr_t end;
#endif
	u64 unit_size;

	unaccepted = efi_get_unaccepted_table();
	if (!unaccepted)
		return;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	end = PAGE_ALIGN(start + size);
	start = PAGE_ALIGN_DOWN(start);

#endif
	unit_size = unaccepted->unit_size;

	/* Only what the bitmap is about. */
	if (start < unaccepted->phys_base)
		start = unaccepted->phys_base;
	if (end < unaccepted->phys_base)
		return;

	/* Translate to offsets from the beginning of the bitmap */
	start -= unaccepted->phys_base;
	end -= unaccepted->phys_base;

	/*
	 * load_unaligned_zeropad() may read across the end of the range, and nothing can be mended after a read of
	 * unaccepted memory: the unit behind the range is accepted, too.
	 */
	if (!(end % unit_size))
		end += unit_size;

	/* Make sure not to overrun the bitmap */
	if (end > unaccepted->size * unit_size * BITS_PER_BYTE)
		end = unaccepted->size * unit_size * BITS_PER_BYTE;

	range.start = start / unit_size;
	range.end = DIV_ROUND_UP(end, unit_size);
retry:
	spin_lock_irqsave(&unaccepted_memory_lock, flags);

	/* Two ranges that share a unit count as the same memory, whichever bytes of it they are about. */
	list_for_each_entry(entry, &accepting_list, list) {
		if (entry->end <= range.start)
			continue;
		if (entry->start >= range.end)
			continue;

		/* Somebody else accepts some of it: wait until that is done. */
		spin_unlock_irqrestore(&unaccepted_memory_lock, flags);
		cond_resched();
		goto retry;
	}

	/* From here on others wait for this range. */
	list_add(&range.list, &accepting_list);

	range_start = range.start;
	for_each_set_bitrange_from(range_start, range_end, unaccepted->bitmap,
				   range.end) {
		unsigned long phys_start, phys_end;
		unsigned long len = range_end - range_start;

		phys_start = range_start * unit_size + unaccepted->phys_base;
		phys_end = range_end * unit_size + unaccepted->phys_base;

		/* Interrupts stay off: one that needs the same range would wait for ever. */
		spin_unlock(&unaccepted_memory_lock);

		arch_accept_memory(phys_start, phys_end);

		spin_lock(&unaccepted_memory_lock);
		bitmap_clear(unaccepted->bitmap, range_start, len);
	}

	list_del(&range.list);

	touch_softlockup_watchdog();

	spin_unlock_irqrestore(&unaccepted_memory_lock, flags);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
bool range_contains_unaccepted_memory(phys_addr_t start, unsigned long size)
#else
bool range_contains_unaccepted_memory(phys_addr_t start, phys_addr_t end)
#endif
{
	struct efi_unaccepted_memory *unaccepted;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
	phys_addr_t end = start + size;
#endif
	unsigned long flags;
	bool ret = false;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	phys_addr_t end;
#endif
	u64 unit_size;

	unaccepted = efi_get_unaccepted_table();
	if (!unaccepted)
		return false;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	end = PAGE_ALIGN(start + size);
	start = PAGE_ALIGN_DOWN(start);

#endif
	unit_size = unaccepted->unit_size;

	/* Only what the bitmap is about. */
	if (start < unaccepted->phys_base)
		start = unaccepted->phys_base;
	if (end < unaccepted->phys_base)
		return false;

	/* Translate to offsets from the beginning of the bitmap */
	start -= unaccepted->phys_base;
	end -= unaccepted->phys_base;

	/* The unit behind the range counts, too: see accept_memory(). */
	if (!(end % unit_size))
		end += unit_size;

	/* Make sure not to overrun the bitmap */
	if (end > unaccepted->size * unit_size * BITS_PER_BYTE)
		end = unaccepted->size * unit_size * BITS_PER_BYTE;

	spin_lock_irqsave(&unaccepted_memory_lock, flags);
	while (start < end) {
		if (test_bit(start / unit_size, unaccepted->bitmap)) {
			ret = true;
			break;
		}

		start += unit_size;
	}
	spin_unlock_irqrestore(&unaccepted_memory_lock, flags);

	return ret;
}

static inline bool pfn_is_unaccepted_memory(unsigned long pfn)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	return range_contains_unaccepted_memory(pfn << PAGE_SHIFT, PAGE_SIZE);
#else
	phys_addr_t paddr = pfn << PAGE_SHIFT;

	return range_contains_unaccepted_memory(paddr, paddr + PAGE_SIZE);
#endif
}

/* Which pages a dump of memory may read. */
struct vmcore_cb {
	bool (*pfn_is_ram)(struct vmcore_cb *cb, unsigned long pfn);
};

static bool unaccepted_memory_vmcore_pfn_is_ram(struct vmcore_cb *cb,
						unsigned long pfn)
{
	return !pfn_is_unaccepted_memory(pfn);
}

static struct vmcore_cb vmcore_cb = {
	.pfn_is_ram = unaccepted_memory_vmcore_pfn_is_ram,
};

static struct vmcore_cb *registered_vmcore_cb;

static void register_vmcore_cb(struct vmcore_cb *cb)
{
	registered_vmcore_cb = cb;
}

static int unaccepted_memory_init_kdump(void)
{
	register_vmcore_cb(&vmcore_cb);
	return 0;
}

/* fs/proc/vmcore.c: what is not to be read is zeroes. */
static bool pfn_is_ram(unsigned long pfn)
{
	struct vmcore_cb *cb = registered_vmcore_cb;

	return !cb || cb->pfn_is_ram(cb, pfn);
}

static void read_from_oldmem(unsigned long pfn)
{
	if (pfn_is_ram(pfn))
		hw_read(pfn);
}
