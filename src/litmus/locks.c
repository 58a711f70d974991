// SPDX-License-Identifier: MIT
/*
 * Spinlocks of litmus tests. Written for this project; a lock is one location, 1 while it is held. It is taken by a
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

static inline int spin_is_locked(int *lock)
{
	return READ_ONCE(*lock) != 0;
}
