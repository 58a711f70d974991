// SPDX-License-Identifier: MIT
/*
 * Memory that comes and goes: mm/memory_hotplug.c, drivers/base/memory.c, kernel/notifier.c and mm/memblock.c,
 * condensed, as of v5.18 to v7.2. Page frame numbers are real ones; memory has no contents here, what counts is who has it.
 */

#define ENOENT		2
#define EEXIST		17

#define PHYS_PFN(x)	((unsigned long)((x) >> PAGE_SHIFT))
#define SZ_1M		0x00100000
#define SZ_2M		0x00200000
#define SZ_1G		0x40000000
#define NUMA_NO_NODE	(-1)
#define MAX_NUMNODES	1024
#define MEMBLOCK_NONE	0

/* Readers count upwards; -1 is a writer. What is done by CPU in reality is one counter here. */
struct percpu_rw_semaphore {
	struct rw_semaphore rw;
};

static inline void percpu_down_read(struct percpu_rw_semaphore *sem)
{
	down_read(&sem->rw);
}

static inline void percpu_up_read(struct percpu_rw_semaphore *sem)
{
	up_read(&sem->rw);
}

static inline void percpu_down_write(struct percpu_rw_semaphore *sem)
{
	down_write(&sem->rw);
}

static inline void percpu_up_write(struct percpu_rw_semaphore *sem)
{
	up_write(&sem->rw);
}

static inline bool percpu_rwsem_is_held(struct percpu_rw_semaphore *sem)
{
	return rwsem_is_locked(&sem->rw);
}

/* Notifier chains: in the order of registration, until one of them says stop. */
#define NOTIFY_DONE		0x0000
#define NOTIFY_OK		0x0001
#define NOTIFY_STOP_MASK	0x8000
#define NOTIFY_BAD		(NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP		(NOTIFY_OK | NOTIFY_STOP_MASK)

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long action, void *data);
	struct notifier_block *next;
	int priority;
};

struct blocking_notifier_head {
	struct notifier_block *head;
};

static inline int notifier_from_errno(int err)
{
	return err ? NOTIFY_STOP_MASK | (NOTIFY_OK - err) : NOTIFY_OK;
}

static inline int notifier_to_errno(int ret)
{
	ret &= ~NOTIFY_STOP_MASK;
	return ret > NOTIFY_OK ? NOTIFY_OK - ret : 0;
}

static int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *n)
{
	struct notifier_block **nl = &nh->head;

	while (*nl) {
		if (*nl == n)
			return -EEXIST;
		nl = &(*nl)->next;
	}
	n->next = NULL;
	*nl = n;
	return 0;
}

static int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *n)
{
	struct notifier_block **nl;

	for (nl = &nh->head; *nl; nl = &(*nl)->next) {
		if (*nl == n) {
			*nl = n->next;
			return 0;
		}
	}
	return -ENOENT;
}

static int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v)
{
	struct notifier_block *nb;
	int ret = NOTIFY_DONE;

	for (nb = nh->head; nb; nb = nb->next) {
		ret = nb->notifier_call(nb, val, v);
		if (ret & NOTIFY_STOP_MASK)
			break;
	}
	return ret;
}

/*
 * memblock: the memory that the kernel knows of, in ascending order. Hotplug adds to it and takes from it while
 * it holds mem_hotplug_lock for writing.
 */
#define MAX_MEMBLOCK_REGIONS	4

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
};

struct memblock_type {
	unsigned long cnt;
	struct memblock_region regions[MAX_MEMBLOCK_REGIONS];
};

static struct {
	struct memblock_type memory;
} memblock;

/* New memory is above all that was there. */
static int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid, int flags)
{
	struct memblock_type *type = &memblock.memory;

	if (type->cnt == MAX_MEMBLOCK_REGIONS)
		return -ENOMEM;
	type->regions[type->cnt].base = base;
	type->regions[type->cnt].size = size;
	type->cnt++;
	return 0;
}

static int memblock_add(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_node(base, size, 0, MEMBLOCK_NONE);
}

static void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn, unsigned long *out_end_pfn,
				 int *out_nid)
{
	struct memblock_type *type = &memblock.memory;

	if (++*idx >= (int)type->cnt) {
		*idx = -1;
		return;
	}
	if (out_start_pfn)
		*out_start_pfn = PFN_UP(type->regions[*idx].base);
	if (out_end_pfn)
		*out_end_pfn = PFN_DOWN(type->regions[*idx].base + type->regions[*idx].size);
	if (out_nid)
		*out_nid = 0;
}

#define for_each_mem_pfn_range(i, nid, p_start, p_end, p_nid) \
	for (i = -1, __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid); i >= 0; \
	     __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid))

/* Memory notifiers. */
#define MEM_ONLINE		(1 << 0)
#define MEM_GOING_OFFLINE	(1 << 1)
#define MEM_OFFLINE		(1 << 2)
#define MEM_GOING_ONLINE	(1 << 3)
#define MEM_CANCEL_ONLINE	(1 << 4)
#define MEM_CANCEL_OFFLINE	(1 << 5)

struct memory_notify {
	unsigned long start_pfn;
	unsigned long nr_pages;
	int status_change_nid;
};

static struct blocking_notifier_head memory_chain;

int register_memory_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&memory_chain, nb);
}

void unregister_memory_notifier(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&memory_chain, nb);
}

int memory_notify(unsigned long val, void *v)
{
	return blocking_notifier_call_chain(&memory_chain, val, v);
}

static struct percpu_rw_semaphore mem_hotplug_lock;

void get_online_mems(void)
{
	percpu_down_read(&mem_hotplug_lock);
}

void put_online_mems(void)
{
	percpu_up_read(&mem_hotplug_lock);
}

void mem_hotplug_begin(void)
{
	percpu_down_write(&mem_hotplug_lock);
}

void mem_hotplug_done(void)
{
	percpu_up_write(&mem_hotplug_lock);
}

/* The range of memory that went online last: from here on the page allocator hands out its pages. */
static unsigned long onlined_pfn;
static unsigned long onlined_pages;

static void online_pages_range(unsigned long start_pfn, unsigned long nr_pages)
{
	onlined_pfn = start_pfn;
	onlined_pages = nr_pages;
}

int online_pages(unsigned long pfn, unsigned long nr_pages)
{
	struct memory_notify arg;
	int ret;

	arg.start_pfn = pfn;
	arg.nr_pages = nr_pages;
	arg.status_change_nid = NUMA_NO_NODE;

	ret = memory_notify(MEM_GOING_ONLINE, &arg);
	ret = notifier_to_errno(ret);
	if (ret)
		goto failed_addition;

	online_pages_range(pfn, nr_pages);
	memory_notify(MEM_ONLINE, &arg);
	return 0;

failed_addition:
	memory_notify(MEM_CANCEL_ONLINE, &arg);
	return ret;
}

/* echo online > /sys/devices/system/memory/memoryN/state */
static int memory_block_online(unsigned long start_pfn, unsigned long nr_pages)
{
	int ret;

	mem_hotplug_begin();
	ret = online_pages(start_pfn, nr_pages);
	mem_hotplug_done();
	return ret;
}

/* A device brings memory (a DIMM, CXL memory by the kmem driver); it is not online yet. */
int add_memory(int nid, phys_addr_t start, phys_addr_t size, int mhp_flags)
{
	int ret;

	mem_hotplug_begin();
	ret = memblock_add_node(start, size, nid, MEMBLOCK_NONE);
	mem_hotplug_done();
	return ret;
}
