// SPDX-License-Identifier: MIT
/*
 * What every kernel file takes for granted: types, error numbers, lists, locks. Written for this project;
 * names as in the kernel, bodies condensed to what can be told apart from outside.
 */

typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { long counter; } atomic64_t;
typedef struct { int locked; } spinlock_t;
typedef struct { int locked; } raw_spinlock_t;
typedef unsigned int gfp_t;
typedef unsigned long phys_addr_t;

struct list_head { struct list_head *next, *prev; };
struct mutex { int locked; };
/* Readers count upwards; -1 is a writer. */
struct rw_semaphore { int count; };
struct page;
struct notifier_block;

enum { false = 0, true = 1 };
#define NULL ((void *)0)

#define EPERM		1
#define EIO		5
#define ENXIO		6
#define EAGAIN		11
#define ENOMEM		12
#define EFAULT		14
#define EBUSY		16
#define ENODEV		19
#define EINVAL		22
#define EOPNOTSUPP	95
#define ETIMEDOUT	110

#define GFP_KERNEL	0xcc0
#define GFP_ATOMIC	0x820

#define USEC_PER_SEC	1000000L
#define USEC_PER_MSEC	1000L
#define MSEC_PER_SEC	1000L
#define HZ		250

unsigned long jiffies = 4294892296;

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	head->prev->next = entry;
	head->prev = entry;
}

static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

static inline int list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

/*
 * Sleeping and spinning look the same from outside: the caller comes back with the lock. On x86 mutexes and
 * semaphores are released by a LOCKed operation, spinlocks by a plain store.
 */
static inline void mutex_lock(struct mutex *lock)
{
	while (cmpxchg(&lock->locked, 0, 1) != 0)
		cpu_relax();
}

static inline int mutex_trylock(struct mutex *lock)
{
	return cmpxchg(&lock->locked, 0, 1) == 0;
}

static inline void mutex_unlock(struct mutex *lock)
{
	xchg(&lock->locked, 0);
}

static inline void spin_lock(spinlock_t *lock)
{
	while (cmpxchg(&lock->locked, 0, 1) != 0)
		cpu_relax();
}

static inline void spin_unlock(spinlock_t *lock)
{
	smp_store_release(&lock->locked, 0);
}

static inline int spin_trylock(spinlock_t *lock)
{
	return cmpxchg(&lock->locked, 0, 1) == 0;
}

/* Interrupts do not matter here: the stories stop CPUs at any step instead. */
static inline void spin_lock_irq(spinlock_t *lock)
{
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
}

static inline void spin_lock_bh(spinlock_t *lock)
{
	spin_lock(lock);
}

static inline void spin_unlock_bh(spinlock_t *lock)
{
	spin_unlock(lock);
}

static inline void spin_lock_irqsave(spinlock_t *lock, unsigned long flags)
{
	spin_lock(lock);
}

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
}

static inline void raw_spin_lock(raw_spinlock_t *lock)
{
	spin_lock((spinlock_t *)lock);
}

static inline void raw_spin_unlock(raw_spinlock_t *lock)
{
	spin_unlock((spinlock_t *)lock);
}

static inline void raw_spin_lock_irqsave(raw_spinlock_t *lock, unsigned long flags)
{
	spin_lock((spinlock_t *)lock);
}

static inline void raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	spin_unlock((spinlock_t *)lock);
}

static inline int down_read_trylock(struct rw_semaphore *sem)
{
	int count = READ_ONCE(sem->count);

	while (count >= 0) {
		int seen = cmpxchg(&sem->count, count, count + 1);

		if (seen == count)
			return 1;
		count = seen;
	}
	return 0;
}

static inline void down_read(struct rw_semaphore *sem)
{
	while (!down_read_trylock(sem))
		cpu_relax();
}

static inline void up_read(struct rw_semaphore *sem)
{
	atomic_dec_return(&sem->count);
}

static inline int down_write_trylock(struct rw_semaphore *sem)
{
	return cmpxchg(&sem->count, 0, -1) == 0;
}

static inline void down_write(struct rw_semaphore *sem)
{
	while (!down_write_trylock(sem))
		cpu_relax();
}

static inline void up_write(struct rw_semaphore *sem)
{
	xchg(&sem->count, 0);
}

static inline void downgrade_write(struct rw_semaphore *sem)
{
	xchg(&sem->count, 1);
}

static inline void kfree(const void *object)
{
}

/* By CPU; asked by assertions only. */
static bool irqs_off[8];

static inline void local_irq_disable(void)
{
	irqs_off[hw_cpu()] = true;
}

static inline void local_irq_enable(void)
{
	irqs_off[hw_cpu()] = false;
}

static inline bool irqs_disabled(void)
{
	return irqs_off[hw_cpu()];
}

static inline unsigned long DIV_ROUND_UP(unsigned long n, unsigned long d)
{
	return (n + d - 1) / d;
}

static inline bool IS_ALIGNED(unsigned long x, unsigned long a)
{
	return (x & (a - 1)) == 0;
}
