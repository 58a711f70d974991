// SPDX-License-Identifier: MIT
/*
 * Locks: mutexes, semaphores and spinlocks. Sleeping and spinning look the same from outside: the caller comes back
 * with the lock. On x86 mutexes and semaphores are released by a LOCKed operation, spinlocks by a plain store.
 */

typedef struct { int locked; } spinlock_t;
typedef struct { int locked; } raw_spinlock_t;

struct mutex { int locked; };
/* Readers count upwards; -1 is a writer. */
struct rw_semaphore { int count; };

/* Whoever releases a lock has taken it. */
static inline void lock_was_not_taken(void)
{
	outcome("lock-imbalance", "releases a lock that it has not taken");
}

/* For stories that find out whether each lock that is taken is released. */
static inline void lock_is_taken(void)
{
}

static inline void lock_is_released(void)
{
}

static inline int mutex_trylock(struct mutex *lock)
{
	if (cmpxchg(&lock->locked, 0, 1) != 0)
		return 0;
	lock_is_taken();
	return 1;
}

static inline void mutex_lock(struct mutex *lock)
{
	while (!mutex_trylock(lock))
		cpu_relax();
}

static inline void mutex_unlock(struct mutex *lock)
{
	if (xchg(&lock->locked, 0) == 0)
		lock_was_not_taken();
	lock_is_released();
}

static inline int spin_trylock(spinlock_t *lock)
{
	if (cmpxchg(&lock->locked, 0, 1) != 0)
		return 0;
	lock_is_taken();
	return 1;
}

static inline void spin_lock(spinlock_t *lock)
{
	while (!spin_trylock(lock))
		cpu_relax();
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (!READ_ONCE(lock->locked))
		lock_was_not_taken();
	smp_store_release(&lock->locked, 0);
	lock_is_released();
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

		if (seen == count) {
			lock_is_taken();
			return 1;
		}
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
	if (atomic_dec_return(&sem->count) < 0) {
		lock_was_not_taken();
		xchg(&sem->count, 0);
	}
	lock_is_released();
}

static inline int down_write_trylock(struct rw_semaphore *sem)
{
	if (cmpxchg(&sem->count, 0, -1) != 0)
		return 0;
	lock_is_taken();
	return 1;
}

static inline void down_write(struct rw_semaphore *sem)
{
	while (!down_write_trylock(sem))
		cpu_relax();
}

static inline void up_write(struct rw_semaphore *sem)
{
	if (xchg(&sem->count, 0) != -1)
		lock_was_not_taken();
	lock_is_released();
}

static inline void downgrade_write(struct rw_semaphore *sem)
{
	xchg(&sem->count, 1);
}

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
