// SPDX-License-Identifier: MIT
/*
 * Memory that is mapped by its physical address: kernel/iomem.c, condensed. What RAM is has no further mapping where the
 * kernel has one already; tables of the firmware are not in the direct map of these stories. A story has one such mapping.
 */

#define MEMREMAP_WB	1
#define MEMREMAP_ENC	8
#define MEMREMAP_DEC	16

typedef phys_addr_t resource_size_t;

static void *map_physical(phys_addr_t phys_addr, pgprot_t prot)
{
	set_pte(&vmalloc_map[0], pfn_pte(phys_addr >> PAGE_SHIFT, prot));
	return (void *)(VMALLOC_START + (phys_addr & ~PAGE_MASK));
}

/* In a TDX guest what is mapped as a device's is shared. */
void *ioremap_cache(resource_size_t phys_addr, unsigned long size)
{
	return map_physical(phys_addr, pgprot_decrypted(__pgprot(__PAGE_KERNEL)));
}

void *ioremap_encrypted(resource_size_t phys_addr, unsigned long size)
{
	return map_physical(phys_addr, pgprot_encrypted(__pgprot(__PAGE_KERNEL)));
}

/* x86 has one of its own since v6.14. */
static void *arch_memremap_wb(resource_size_t offset, size_t size, unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	if (!(flags & MEMREMAP_DEC))
		return ioremap_encrypted(offset, size);
#endif
	return ioremap_cache(offset, size);
}

void *memremap(resource_size_t offset, size_t size, unsigned long flags)
{
	if (flags & MEMREMAP_WB)
		return arch_memremap_wb(offset, size, flags);
	return NULL;
}
