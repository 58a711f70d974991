// SPDX-License-Identifier: MIT
/*
 * Buffers that drivers of Hyper-V's VMBus share with the host: drivers/hv/{channel,ring_buffer}.c,
 * drivers/net/hyperv/netvsc.c and drivers/uio/uio_hv_generic.c, condensed, as of v6.9 and later. Whoever shares a buffer
 * notes whether it may still be shared, and then nobody frees it. The messages to the host are left out: they may fail.
 */

struct hv_device;
struct rcu_head { void *next; };

struct vmbus_gpadl {
	u32 gpadl_handle;
	u32 size;
	void *buffer;
	bool decrypted;
};

struct vmbus_channel {
	struct vmbus_gpadl ringbuffer_gpadlhandle;
	struct page *ringbuffer_page;
	u32 ringbuffer_pagecount;
};

/* Posts the message and waits for the answer. */
static inline int vmbus_post_gpadl(struct vmbus_gpadl *gpadl)
{
	return choose(2) ? -EIO : 0;
}

static int create_gpadl_header(void *kbuffer, u32 size)
{
	return choose(2) ? -ENOMEM : 0;
}

static int __vmbus_establish_gpadl(struct vmbus_channel *channel, void *kbuffer, u32 size,
				   struct vmbus_gpadl *gpadl)
{
	int ret = 0;

	ret = create_gpadl_header(kbuffer, size);
	if (ret) {
		gpadl->decrypted = false;
		return ret;
	}

	/* Where the conversion fails nobody knows what the memory is: that counts as shared. */
	gpadl->decrypted = true;
	ret = set_memory_decrypted((unsigned long)kbuffer,
				   PFN_UP(size));
	if (ret) {
		pr_warn("Failed to set host visibility for new GPADL %d.\n", ret);
		return ret;
	}

	ret = vmbus_post_gpadl(gpadl);
	if (ret != 0)
		goto cleanup;

	gpadl->gpadl_handle = 1;
	gpadl->buffer = kbuffer;
	gpadl->size = size;

cleanup:
	if (ret) {
		/* Where that fails, too, it still counts as shared. */
		if (!set_memory_encrypted((unsigned long)kbuffer, PFN_UP(size)))
			gpadl->decrypted = false;
	}

	return ret;
}

int vmbus_establish_gpadl(struct vmbus_channel *channel, void *kbuffer,
			  u32 size, struct vmbus_gpadl *gpadl)
{
	return __vmbus_establish_gpadl(channel, kbuffer, size, gpadl);
}

int vmbus_teardown_gpadl(struct vmbus_channel *channel, struct vmbus_gpadl *gpadl)
{
	int ret;

	gpadl->gpadl_handle = 0;

	ret = set_memory_encrypted((unsigned long)gpadl->buffer,
				   PFN_UP(gpadl->size));
	if (ret)
		pr_warn("Fail to set mem host visibility in GPADL teardown %d.\n", ret);

	gpadl->decrypted = ret;

	return ret;
}

/* The ring buffer of a channel. */
void vmbus_free_ring(struct vmbus_channel *channel)
{
	if (channel->ringbuffer_page) {
		/* In a CoCo VM leak the memory if it didn't get re-encrypted */
		if (!channel->ringbuffer_gpadlhandle.decrypted)
			__free_pages(channel->ringbuffer_page,
			     get_order(channel->ringbuffer_pagecount
				       << PAGE_SHIFT));
		channel->ringbuffer_page = NULL;
	}
}

int vmbus_alloc_ring(struct vmbus_channel *newchannel, u32 size)
{
	struct page *page;

	page = alloc_pages(GFP_KERNEL, get_order(size));
	if (!page)
		return -ENOMEM;

	newchannel->ringbuffer_page = page;
	newchannel->ringbuffer_pagecount = size >> PAGE_SHIFT;
	return 0;
}

/* drivers/net/hyperv/netvsc.c */
struct netvsc_device {
	void *recv_buf;
	u32 recv_buf_size;
	struct vmbus_gpadl recv_buf_gpadl_handle;
	void *send_buf;
	u32 send_buf_size;
	struct vmbus_gpadl send_buf_gpadl_handle;
	struct rcu_head rcu;
};

static void free_netvsc_device(struct rcu_head *head)
{
	struct netvsc_device *nvdev
		= container_of(head, struct netvsc_device, rcu);

	if (!nvdev->recv_buf_gpadl_handle.decrypted)
		vfree(nvdev->recv_buf);
	if (!nvdev->send_buf_gpadl_handle.decrypted)
		vfree(nvdev->send_buf);

	kfree(nvdev);
}

static void netvsc_teardown_recv_gpadl(struct hv_device *device, struct netvsc_device *net_device)
{
	int ret;

	if (net_device->recv_buf_gpadl_handle.gpadl_handle) {
		ret = vmbus_teardown_gpadl(NULL, &net_device->recv_buf_gpadl_handle);
		/* What the host still has is not freed. */
		if (ret)
			pr_err("unable to teardown receive buffer's gpadl\n");
	}
}

static void netvsc_teardown_send_gpadl(struct hv_device *device, struct netvsc_device *net_device)
{
	int ret;

	if (net_device->send_buf_gpadl_handle.gpadl_handle) {
		ret = vmbus_teardown_gpadl(NULL, &net_device->send_buf_gpadl_handle);
		if (ret)
			pr_err("unable to teardown send buffer's gpadl\n");
	}
}

static int netvsc_init_buf(struct hv_device *device, struct netvsc_device *net_device)
{
	int ret = 0;

	net_device->recv_buf = vzalloc(PAGE_SIZE);
	if (!net_device->recv_buf) {
		ret = -ENOMEM;
		goto cleanup;
	}

	net_device->recv_buf_size = PAGE_SIZE;

	ret = vmbus_establish_gpadl(NULL, net_device->recv_buf,
				    PAGE_SIZE,
				    &net_device->recv_buf_gpadl_handle);
	if (ret != 0)
		goto cleanup;

	net_device->send_buf = vzalloc(PAGE_SIZE);
	if (!net_device->send_buf) {
		ret = -ENOMEM;
		goto cleanup;
	}
	net_device->send_buf_size = PAGE_SIZE;

	ret = vmbus_establish_gpadl(NULL, net_device->send_buf,
				    PAGE_SIZE,
				    &net_device->send_buf_gpadl_handle);
	if (ret != 0)
		goto cleanup;

	return 0;

cleanup:
	netvsc_teardown_recv_gpadl(device, net_device);
	netvsc_teardown_send_gpadl(device, net_device);
	return ret;
}

/* drivers/uio/uio_hv_generic.c */
#define RECV_BUFFER_SIZE	PAGE_SIZE
#define SEND_BUFFER_SIZE	PAGE_SIZE

struct hv_uio_private_data {
	void *recv_buf;
	struct vmbus_gpadl recv_gpadl;
	void *send_buf;
	struct vmbus_gpadl send_gpadl;
};

static void
hv_uio_cleanup(struct hv_device *dev, struct hv_uio_private_data *pdata)
{
	if (pdata->send_gpadl.gpadl_handle) {
		vmbus_teardown_gpadl(NULL, &pdata->send_gpadl);
		if (!pdata->send_gpadl.decrypted)
			vfree(pdata->send_buf);
	}

	if (pdata->recv_gpadl.gpadl_handle) {
		vmbus_teardown_gpadl(NULL, &pdata->recv_gpadl);
		if (!pdata->recv_gpadl.decrypted)
			vfree(pdata->recv_buf);
	}
}

/* Without the driver core: the caller has the private data. */
static int hv_uio_probe(struct hv_device *dev, struct hv_uio_private_data *pdata)
{
	struct vmbus_channel *channel = NULL;
	int ret;

	pdata->recv_buf = vzalloc(RECV_BUFFER_SIZE);
	if (!pdata->recv_buf) {
		ret = -ENOMEM;
		goto fail_free_ring;
	}

	ret = vmbus_establish_gpadl(channel, pdata->recv_buf,
				    RECV_BUFFER_SIZE, &pdata->recv_gpadl);
	if (ret) {
		if (!pdata->recv_gpadl.decrypted)
			vfree(pdata->recv_buf);
		goto fail_close;
	}

	pdata->send_buf = vzalloc(SEND_BUFFER_SIZE);
	if (!pdata->send_buf) {
		ret = -ENOMEM;
		goto fail_close;
	}

	ret = vmbus_establish_gpadl(channel, pdata->send_buf,
				    SEND_BUFFER_SIZE, &pdata->send_gpadl);
	if (ret) {
		if (!pdata->send_gpadl.decrypted)
			vfree(pdata->send_buf);
		goto fail_close;
	}

	return 0;

fail_close:
	hv_uio_cleanup(dev, pdata);
fail_free_ring:
	return ret;
}
