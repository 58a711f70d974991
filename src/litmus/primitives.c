// SPDX-License-Identifier: MIT
/*
 * Locks and RCU of litmus tests. Written for this project; a lock is one location, 1 while it is held. It is taken by a
 * LOCKed operation and released by a store, as on x86.
 */
static inline void spin_lock(int *lock)
{
	while (cmpxchg(lock, 0, 1) != 0)
		;
}

static inline int spin_trylock(int *lock)
{
	return cmpxchg(lock, 0, 1) == 0;
}

static inline void spin_unlock(int *lock)
{
	smp_store_release(lock, 0);
}

static inline void spin_unlock_wait(int *lock)
{
	while (READ_ONCE(*lock) != 0)
		;
}

static inline int spin_is_locked(int *lock)
{
	return READ_ONCE(*lock) != 0;
}

/* By thread: how many of its readers a grace period may take for gone. See rcu.ts, which has the rcu_…() used here. */
int rcu_left[32];

static inline void rcu_read_unlock(void)
{
	int number = rcu_leave();

	/* In the store buffer behind what the reader stored: a grace period ends when that is visible. */
	if (number)
		smp_store_release(&rcu_left[number >> 16], number & 0xffff);
}
