// SPDX-License-Identifier: MIT
/*
 * Which memory is data that the boot loader set up: arch/x86/mm/ioremap.c, condensed. It is mapped as it was written, not
 * encrypted, whatever else the kernel does. `len` counts what is behind the header.
 */

struct setup_data {
	u64 next;
	u32 type;
	u32 len;
};

/* One element; scenarios say where and how long. */
static u64 setup_data_address;
static struct setup_data the_setup_data;

static inline struct setup_data *map_setup_data(u64 paddr)
{
	return &the_setup_data;
}

static inline void memunmap(void *addr)
{
}

static inline void early_memunmap(void *addr, unsigned long size)
{
}

static bool memremap_is_setup_data(resource_size_t phys_addr, unsigned long size)
{
	struct setup_data *data;
	u64 paddr, paddr_next;

	paddr = setup_data_address;
	while (paddr) {
		unsigned int len;

		if (phys_addr == paddr)
			return true;

		data = map_setup_data(paddr);
		paddr_next = data->next;
		len = data->len;

		if ((phys_addr > paddr) &&
		    (phys_addr < (paddr + sizeof(struct setup_data) + len))) {
			memunmap(data);
			return true;
		}

		memunmap(data);
		paddr = paddr_next;
	}

	return false;
}

static bool early_memremap_is_setup_data(resource_size_t phys_addr, unsigned long size)
{
	struct setup_data *data;
	u64 paddr, paddr_next;

	paddr = setup_data_address;
	while (paddr) {
		unsigned int len;

		if (phys_addr == paddr)
			return true;

		data = map_setup_data(paddr);
		paddr_next = data->next;
		len = data->len;

		if ((phys_addr > paddr) &&
		    (phys_addr < (paddr + sizeof(struct setup_data) + len))) {
			early_memunmap(data, sizeof(*data));
			return true;
		}

		early_memunmap(data, sizeof(*data));
		paddr = paddr_next;
	}

	return false;
}
