// SPDX-License-Identifier: MIT
/*
 * Some of those who share memory with the host, condensed: kernel/dma/direct.c, as of v6.1 and later, for a device that
 * is coherent and whose buffers must be shared; the monitor pages of drivers/hv/connection.c; the buffer for quotes of
 * drivers/virt/coco/tdx-guest/tdx-guest.c, as of v6.7 and later. All with the fixes that made them leak what could not be
 * converted.
 */

typedef unsigned long dma_addr_t;
struct device;
enum dma_data_direction { DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE, DMA_NONE };

#define DMA_ATTR_NO_WARN		(1UL << 8)
#define DMA_ATTR_NO_KERNEL_MAPPING	(1UL << 4)

static inline bool force_dma_unencrypted(struct device *dev)
{
	return cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
}

static inline dma_addr_t phys_to_dma_direct(struct device *dev, phys_addr_t phys)
{
	return phys;
}

static inline struct page *dma_direct_to_page(struct device *dev, dma_addr_t dma_addr)
{
	return pfn_to_page(dma_addr >> PAGE_SHIFT);
}

static inline bool dma_free_from_pool(struct device *dev, void *start, size_t size)
{
	return false;
}

static int dma_set_decrypted(struct device *dev, void *vaddr, size_t size)
{
	if (!force_dma_unencrypted(dev))
		return 0;
	return set_memory_decrypted((unsigned long)vaddr, PFN_UP(size));
}

static int dma_set_encrypted(struct device *dev, void *vaddr, size_t size)
{
	int ret;

	if (!force_dma_unencrypted(dev))
		return 0;
	ret = set_memory_encrypted((unsigned long)vaddr, PFN_UP(size));
	if (ret)
		pr_warn_ratelimited("leaking DMA memory that can't be re-encrypted\n");
	return ret;
}

/* In the kernel it is dma_alloc_contiguous() and alloc_pages_exact(). */
static struct page *__dma_direct_alloc_pages(struct device *dev, size_t size, gfp_t gfp, bool allow_highmem)
{
	return alloc_pages(gfp, get_order(size));
}

static void __dma_direct_free_pages(struct device *dev, struct page *page, size_t size)
{
	__free_pages(page, get_order(size));
}

static inline void dma_free_contiguous(struct device *dev, struct page *page, size_t size)
{
	__free_pages(page, get_order(size));
}

void *dma_direct_alloc(struct device *dev, size_t size,
		dma_addr_t *dma_handle, gfp_t gfp, unsigned long attrs)
{
	struct page *page;
	void *ret;

	size = PAGE_ALIGN(size);
	if (attrs & DMA_ATTR_NO_WARN)
		gfp |= __GFP_NOWARN;

	/* we always manually zero the memory once we are done */
	page = __dma_direct_alloc_pages(dev, size, gfp & ~__GFP_ZERO, true);
	if (!page)
		return NULL;

	ret = page_address(page);
	if (dma_set_decrypted(dev, ret, size))
		goto out_leak_pages;

	*dma_handle = phys_to_dma_direct(dev, page_to_phys(page));
	return ret;

out_encrypt_pages:
	if (dma_set_encrypted(dev, page_address(page), size))
		return NULL;
out_free_pages:
	__dma_direct_free_pages(dev, page, size);
	return NULL;
out_leak_pages:
	return NULL;
}

void dma_direct_free(struct device *dev, size_t size,
		void *cpu_addr, dma_addr_t dma_addr, unsigned long attrs)
{
	unsigned int page_order = get_order(size);

	/* If cpu_addr is not from an atomic pool, dma_free_from_pool() fails */
	if (dma_free_from_pool(dev, cpu_addr, PAGE_ALIGN(size)))
		return;

	if (is_vmalloc_addr(cpu_addr)) {
		vunmap(cpu_addr);
	} else {
		if (dma_set_encrypted(dev, cpu_addr, size))
			return;
	}

	__dma_direct_free_pages(dev, dma_direct_to_page(dev, dma_addr), size);
}

struct page *dma_direct_alloc_pages(struct device *dev, size_t size,
		dma_addr_t *dma_handle, enum dma_data_direction dir, gfp_t gfp)
{
	struct page *page;
	void *ret;

	page = __dma_direct_alloc_pages(dev, size, gfp, false);
	if (!page)
		return NULL;

	ret = page_address(page);
	if (dma_set_decrypted(dev, ret, size))
		goto out_leak_pages;
	*dma_handle = phys_to_dma_direct(dev, page_to_phys(page));
	return page;
out_leak_pages:
	return NULL;
}

void dma_direct_free_pages(struct device *dev, size_t size,
		struct page *page, dma_addr_t dma_addr,
		enum dma_data_direction dir)
{
	void *vaddr = page_address(page);

	/* If cpu_addr is not from an atomic pool, dma_free_from_pool() fails */
	if (dma_free_from_pool(dev, vaddr, size))
		return;

	if (dma_set_encrypted(dev, vaddr, size))
		return;
	__dma_direct_free_pages(dev, page, size);
}

/* Pages for the hypervisor are pages like others: PAGE_SIZE is HV_HYP_PAGE_SIZE. */
static inline void *hv_alloc_hyperv_page(void)
{
	return (void *)__get_free_page(GFP_KERNEL);
}

static inline void *hv_alloc_hyperv_zeroed_page(void)
{
	return (void *)get_zeroed_page(GFP_KERNEL);
}

static inline void hv_free_hyperv_page(void *addr)
{
	free_page((unsigned long)addr);
}

struct vmbus_connection {
	void *int_page;
	void *monitor_pages[2];
};

struct vmbus_connection vmbus_connection;

int vmbus_connect(void)
{
	int ret = 0;

	/* One page for each direction. */
	vmbus_connection.monitor_pages[0] = hv_alloc_hyperv_page();
	vmbus_connection.monitor_pages[1] = hv_alloc_hyperv_page();
	if ((vmbus_connection.monitor_pages[0] == NULL) ||
	    (vmbus_connection.monitor_pages[1] == NULL)) {
		ret = -ENOMEM;
		goto cleanup;
	}

	ret = set_memory_decrypted((unsigned long)
				vmbus_connection.monitor_pages[0], 1);
	ret |= set_memory_decrypted((unsigned long)
				vmbus_connection.monitor_pages[1], 1);
	if (ret) {
		/* Nobody knows the state of either: neither may be freed. */
		vmbus_connection.monitor_pages[0] = NULL;
		vmbus_connection.monitor_pages[1] = NULL;
		goto cleanup;
	}

	/* Set_memory_decrypted() will change the memory contents if decryption occurs: they are zeroed here. */
	return 0;

cleanup:
	pr_err("Unable to connect to host\n");

	vmbus_disconnect();

	return ret;
}

void vmbus_disconnect(void)
{
	if (vmbus_connection.int_page) {
		hv_free_hyperv_page(vmbus_connection.int_page);
		vmbus_connection.int_page = NULL;
	}

	if (vmbus_connection.monitor_pages[0]) {
		if (!set_memory_encrypted(
			(unsigned long)vmbus_connection.monitor_pages[0], 1))
			hv_free_hyperv_page(vmbus_connection.monitor_pages[0]);
		vmbus_connection.monitor_pages[0] = NULL;
	}

	if (vmbus_connection.monitor_pages[1]) {
		if (!set_memory_encrypted(
			(unsigned long)vmbus_connection.monitor_pages[1], 1))
			hv_free_hyperv_page(vmbus_connection.monitor_pages[1]);
		vmbus_connection.monitor_pages[1] = NULL;
	}
}

/* Two pages where the driver has 128 KiB. */
#define GET_QUOTE_BUF_SIZE	(2 * PAGE_SIZE)

static void *alloc_quote_buf(void)
{
	size_t len = PAGE_ALIGN(GET_QUOTE_BUF_SIZE);
	unsigned int count = len >> PAGE_SHIFT;
	void *addr;

	addr = alloc_pages_exact(len, GFP_KERNEL | __GFP_ZERO);
	if (!addr)
		return NULL;

	if (set_memory_decrypted((unsigned long)addr, count))
		return NULL;

	return addr;
}

static void free_quote_buf(void *buf)
{
	size_t len = PAGE_ALIGN(GET_QUOTE_BUF_SIZE);
	unsigned int count = len >> PAGE_SHIFT;

	if (set_memory_encrypted((unsigned long)buf, count)) {
		pr_err("Failed to restore encryption mask for Quote buffer, leak it\n");
		return;
	}

	free_pages_exact(buf, len);
}
