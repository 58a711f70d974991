// SPDX-License-Identifier: MIT
/*
 * Reserving the table of unaccepted memory: drivers/firmware/efi/efi.c, condensed, as of v7.0 and later. It need not begin
 * at a page.
 */

/* What memblock keeps from everybody else; scenarios look. */
static phys_addr_t reserved_from, reserved_to;

static void memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	reserved_from = base;
	reserved_to = base + size;
}

static void reserve_unaccepted(struct efi_unaccepted_memory *unaccepted)
{
	phys_addr_t start, end;

	start = PAGE_ALIGN_DOWN(efi.unaccepted);
	end = PAGE_ALIGN(efi.unaccepted + sizeof(*unaccepted) + unaccepted->size);

	memblock_reserve(start, end - start);
}
