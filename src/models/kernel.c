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
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };
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
#define GFP_NOWAIT	0x800
#define __GFP_ZERO	0x100
#define __GFP_NOFAIL	0x8000
#define __GFP_NOWARN	0x2000

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

/* No interrupt comes in these stories; whether they are off is what some functions insist on. */
static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	local_irq_enable();
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
	irqs_off_once_more();
	spin_lock(lock);
}

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	irqs_off_once_less();
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
	spin_lock_irqsave((spinlock_t *)lock, flags);
}

static inline void raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	spin_unlock_irqrestore((spinlock_t *)lock, flags);
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

/* Arithmetic. */
#define clamp(value, low, high) min((typeof(value))max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define min3(a, b, c) min((typeof(a))min(a, b), c)
#define max3(a, b, c) max((typeof(a))max(a, b), c)
#define min_not_zero(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ == 0 ? b_ : b_ == 0 ? a_ : min(a_, b_); })
#define MIN(a, b) min(a, b)
#define MAX(a, b) max(a, b)
#define MIN_T(type, a, b) min_t(type, a, b)
#define MAX_T(type, a, b) max_t(type, a, b)
#define abs(x) ({ typeof(x) x_ = (x); x_ < 0 ? -x_ : x_; })
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define roundup(x, y) ({ typeof(y) y_ = (y); (((x) + (y_ - 1)) / y_) * y_; })
#define rounddown(x, y) ({ typeof(x) x_ = (x); x_ - (x_ % (y)); })
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a) - 1)) == 0)
#define PTR_ALIGN(p, a) ((typeof(p))ALIGN((unsigned long)(p), (a)))
#define GENMASK(high, low) (((~0UL) << (low)) & (~0UL >> (63 - (high))))
#define GENMASK_ULL(high, low) GENMASK(high, low)
#define BITS_PER_LONG	64
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)
#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))

/* Errors in pointers: the last page of the address space. */
#define MAX_ERRNO	4095
#define IS_ERR_VALUE(x) ((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE((unsigned long)ptr);
}

static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR_VALUE((unsigned long)ptr);
}

static inline void *ERR_CAST(const void *ptr)
{
	return (void *)ptr;
}

static inline int PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? PTR_ERR(ptr) : 0;
}

/* Lists. */
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member) \
	({ struct list_head *head_ = (head); struct list_head *pos_ = READ_ONCE(head_->next); \
	   pos_ != head_ ? list_entry(pos_, type, member) : NULL; })
#define list_next_entry(pos, member) list_entry((pos)->member.next, typeof(*(pos)), member)
#define list_prev_entry(pos, member) list_entry((pos)->member.prev, typeof(*(pos)), member)
#define list_entry_is_head(pos, head, member) (&(pos)->member == (head))

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}

static inline bool hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline bool hlist_empty(const struct hlist_head *head)
{
	return !READ_ONCE(head->first);
}

static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *first = head->first;

	WRITE_ONCE(node->next, first);
	if (first)
		WRITE_ONCE(first->pprev, &node->next);
	WRITE_ONCE(head->first, node);
	WRITE_ONCE(node->pprev, &head->first);
}

static inline void hlist_del(struct hlist_node *node)
{
	struct hlist_node *next = node->next;
	struct hlist_node **pprev = node->pprev;

	WRITE_ONCE(*pprev, next);
	if (next)
		WRITE_ONCE(next->pprev, pprev);
}

#define hlist_entry_safe(ptr, type, member) \
	({ struct hlist_node *ptr_ = (ptr); ptr_ ? hlist_entry(ptr_, type, member) : NULL; })
#define hlist_for_each_entry(pos, head, member) \
	for (pos = hlist_entry_safe((head)->first, typeof(*(pos)), member); pos; \
	     pos = hlist_entry_safe((pos)->member.next, typeof(*(pos)), member))
#define hlist_for_each_entry_rcu(pos, head, member) hlist_for_each_entry(pos, head, member)
#define hlist_for_each_entry_safe(pos, n, head, member) \
	for (pos = hlist_entry_safe((head)->first, typeof(*(pos)), member); \
	     pos && ({ n = pos->member.next; 1; }); pos = hlist_entry_safe(n, typeof(*(pos)), member))

/*
 * Per-CPU variables. An operation on the CPU's own copy is one instruction, and no other CPU is in its way; that
 * an interrupt may be is not told apart here.
 */
#define this_cpu_ptr(ptr) per_cpu_ptr(ptr, smp_processor_id())
#define raw_cpu_ptr(ptr) this_cpu_ptr(ptr)
#define get_cpu_ptr(ptr) this_cpu_ptr(ptr)
#define per_cpu(var, cpu) (*per_cpu_ptr(&(var), cpu))
#define get_cpu_var(var) (*this_cpu_ptr(&(var)))
#define this_cpu_read(var) (*this_cpu_ptr(&(var)))
#define __this_cpu_read(var) this_cpu_read(var)
#define raw_cpu_read(var) this_cpu_read(var)
#define this_cpu_write(var, value) ((void)(this_cpu_read(var) = (value)))
#define __this_cpu_write(var, value) this_cpu_write(var, value)
#define raw_cpu_write(var, value) this_cpu_write(var, value)
#define this_cpu_add(var, value) ((void)(this_cpu_read(var) += (value)))
#define this_cpu_sub(var, value) ((void)(this_cpu_read(var) -= (value)))
#define this_cpu_and(var, value) ((void)(this_cpu_read(var) &= (value)))
#define this_cpu_or(var, value) ((void)(this_cpu_read(var) |= (value)))
#define this_cpu_inc(var) this_cpu_add(var, 1)
#define this_cpu_dec(var) this_cpu_sub(var, 1)
#define __this_cpu_add(var, value) this_cpu_add(var, value)
#define __this_cpu_inc(var) this_cpu_add(var, 1)
#define __this_cpu_dec(var) this_cpu_sub(var, 1)
#define raw_cpu_inc(var) this_cpu_add(var, 1)
#define raw_cpu_dec(var) this_cpu_sub(var, 1)
#define this_cpu_add_return(var, value) (this_cpu_read(var) += (value))
#define this_cpu_inc_return(var) this_cpu_add_return(var, 1)
#define this_cpu_dec_return(var) this_cpu_add_return(var, -1)
#define this_cpu_xchg(var, value) xchg(this_cpu_ptr(&(var)), value)
#define this_cpu_cmpxchg(var, old, new) cmpxchg(this_cpu_ptr(&(var)), old, new)
#define get_cpu() smp_processor_id()
#define raw_smp_processor_id() smp_processor_id()
#define put_cpu() do { } while (0)
#define put_cpu_var(var) do { } while (0)
#define put_cpu_ptr(ptr) do { } while (0)

/* A pointer with __free() that keeps what it points to. */
#define no_free_ptr(ptr) ({ typeof(ptr) ptr_ = (ptr); (ptr) = NULL; ptr_; })
#define return_ptr(ptr) return no_free_ptr(ptr)
#define retain_and_null_ptr(ptr) ((void)no_free_ptr(ptr))

/* Locks by their other names. */
#define raw_spin_trylock(lock) spin_trylock((spinlock_t *)(lock))
#define raw_spin_lock_irq(lock) spin_lock_irq((spinlock_t *)(lock))
#define raw_spin_unlock_irq(lock) spin_unlock_irq((spinlock_t *)(lock))
#define spin_lock_nested(lock, subclass) spin_lock(lock)
#define spin_trylock_irq(lock) spin_trylock(lock)
#define spin_trylock_irqsave(lock, flags) spin_trylock(lock)
#define spin_trylock_bh(lock) spin_trylock(lock)
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)
#define down_read_nested(sem, subclass) down_read(sem)
#define down_write_nested(sem, subclass) down_write(sem)

static inline bool mutex_is_locked(struct mutex *lock)
{
	return READ_ONCE(lock->locked) != 0;
}

static inline bool spin_is_locked(spinlock_t *lock)
{
	return READ_ONCE(lock->locked) != 0;
}

static inline bool rwsem_is_locked(struct rw_semaphore *sem)
{
	return READ_ONCE(sem->count) != 0;
}

/* Nobody sends a signal in these stories: who waits for the lock gets it. */
static inline int mutex_lock_interruptible(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

static inline int mutex_lock_killable(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

static inline int down_read_killable(struct rw_semaphore *sem)
{
	down_read(sem);
	return 0;
}

static inline int down_write_killable(struct rw_semaphore *sem)
{
	down_write(sem);
	return 0;
}

/*
 * Static keys: the branch is an instruction that is rewritten when the key changes, which ends with every CPU
 * having been made to run the new one. So the key is a flag that is plainly read, and whose store is drained when
 * the change is done. Memory is zero: the flag says that the key is not what it was defined as.
 */
struct static_key_true { int changed; };
struct static_key_false { int changed; };
#define static_key_is_true(key)		_Generic(*(key), struct static_key_true: 1, default: 0)
#define static_key_enabled(key)		((key)->changed != static_key_is_true(key))
#define static_branch_likely(key)	static_key_enabled(key)
#define static_branch_unlikely(key)	static_key_enabled(key)
#define static_branch_enable(key)	({ (key)->changed = !static_key_is_true(key); smp_mb(); })
#define static_branch_disable(key)	({ (key)->changed = static_key_is_true(key); smp_mb(); })
#define static_branch_enable_cpuslocked(key)	static_branch_enable(key)
#define static_branch_disable_cpuslocked(key)	static_branch_disable(key)
