// SPDX-License-Identifier: MIT
/*
 * Those who share memory with the host allocate, convert and free buffers while any allocation and any conversion may
 * fail. Of a page whose conversion failed nobody knows the state: it may only be kept.
 */

struct scenario scenario = {
	.id = "shared-buffers",
	.title = "buffers are shared with the host and freed, and anything on the way may fail",
	.machine = "TDX guest, 1 CPU",
	.guest = "tdx",
	.map_gpa_fails = true,
	/* somebody else's, two pages to hand out, somebody else's */
	.leaves = { 1, 1, 1, 1, 1 },
	.cpus = 1,
	.agents = { "driver" },
	.names = { "CPU 0" },
	.guards = { "host-exposed", "td-exit", "ve-unhandled", "memory-corruption", "leak" },
	/* keeping a page of which nobody knows the state */
	.by_design = { "leak" },
	.sometimes = { "a buffer was shared", "a buffer was freed" },
};

enum { NR_CPUS = 1, FREE_PAGE = 2, FREE_PAGES = 2 };

static inline bool page_allocation_fails(void)
{
	return choose(2);
}

static int convert(unsigned long addr, int numpages, bool enc)
{
	if (WARN_ON_ONCE(addr & ~PAGE_MASK))
		return -EINVAL;
	return convert_pages(__pa(addr) >> PAGE_SHIFT, numpages, enc);
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return convert(addr, numpages, true);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return convert(addr, numpages, false);
}

static void use_dma_memory(size_t size)
{
	dma_addr_t handle;
	void *buffer = dma_direct_alloc(NULL, size, &handle, GFP_KERNEL, 0);

	if (!buffer)
		return;
	sometimes("a buffer was shared");
	dma_direct_free(NULL, size, buffer, handle, 0);
	sometimes("a buffer was freed");
}

static void use_dma_pages(size_t size)
{
	dma_addr_t handle;
	struct page *page = dma_direct_alloc_pages(NULL, size, &handle, DMA_BIDIRECTIONAL, GFP_KERNEL);

	if (page)
		dma_direct_free_pages(NULL, size, page, handle, DMA_BIDIRECTIONAL);
}

static void use_quote_buffer(void)
{
	void *buffer = alloc_quote_buf();

	if (buffer)
		free_quote_buf(buffer);
}

static void use_network_buffers(void)
{
	struct netvsc_device *device = kzalloc(sizeof(*device), GFP_KERNEL);

	if (!device)
		return;
	if (netvsc_init_buf(NULL, device) == 0) {
		netvsc_teardown_recv_gpadl(NULL, device);
		netvsc_teardown_send_gpadl(NULL, device);
	}
	free_netvsc_device(&device->rcu);
}

static void use_uio_buffers(void)
{
	static struct hv_uio_private_data data;

	if (hv_uio_probe(NULL, &data) == 0)
		hv_uio_cleanup(NULL, &data);
}

static void use_ring_buffer(void)
{
	static struct vmbus_channel channel;

	if (vmbus_alloc_ring(&channel, 2 * PAGE_SIZE))
		return;
	if (vmbus_establish_gpadl(&channel, page_address(channel.ringbuffer_page), 2 * PAGE_SIZE,
				  &channel.ringbuffer_gpadlhandle) == 0)
		vmbus_teardown_gpadl(&channel, &channel.ringbuffer_gpadlhandle);
	vmbus_free_ring(&channel);
}

void driver(void)
{
	init_direct_map();
	init_page_allocator(FREE_PAGE, FREE_PAGES);
	story_begins();

	switch (choose(7)) {
	case 0:
		use_dma_memory(choose(2) ? PAGE_SIZE : PAGE_SIZE + 1);
		break;
	case 1:
		use_dma_pages(choose(2) ? PAGE_SIZE : 2 * PAGE_SIZE);
		break;
	case 2:
		use_quote_buffer();
		break;
	case 3:
		use_network_buffers();
		break;
	case 4:
		use_uio_buffers();
		break;
	case 5:
		use_ring_buffer();
		break;
	default:
		if (vmbus_connect() == 0)
			vmbus_disconnect();
	}
	others_use_their_memory();
}
