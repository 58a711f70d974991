// SPDX-License-Identifier: MIT
/*
 * Several CPUs: include/linux/cpumask.h, kernel/smp.c and reader-writer spinlocks, condensed. A scenario has the
 * CPUs 0 to NR_CPUS - 1, all of them present and online in the beginning.
 */

struct cpumask { unsigned long bits[1]; };
typedef struct cpumask cpumask_t;
typedef struct cpumask cpumask_var_t[1];

#define nr_cpu_ids		((unsigned int)NR_CPUS)
#define all_cpus		((1UL << NR_CPUS) - 1)

struct cpumask __cpu_possible_mask = { { (1UL << NR_CPUS) - 1 } };
struct cpumask __cpu_online_mask = { { (1UL << NR_CPUS) - 1 } };
#define cpu_possible_mask	((const struct cpumask *)&__cpu_possible_mask)
#define cpu_present_mask	cpu_possible_mask
#define cpu_online_mask		((const struct cpumask *)&__cpu_online_mask)

#define cpumask_bits(mask)	((mask)->bits)
#define cpumask_test_cpu(cpu, mask)		test_bit(cpu, (mask)->bits)
#define cpumask_set_cpu(cpu, mask)		set_bit(cpu, (mask)->bits)
#define cpumask_clear_cpu(cpu, mask)		clear_bit(cpu, (mask)->bits)
#define __cpumask_set_cpu(cpu, mask)		__set_bit(cpu, (mask)->bits)
#define __cpumask_clear_cpu(cpu, mask)		__clear_bit(cpu, (mask)->bits)
#define cpumask_test_and_set_cpu(cpu, mask)	test_and_set_bit(cpu, (mask)->bits)
#define cpumask_test_and_clear_cpu(cpu, mask)	test_and_clear_bit(cpu, (mask)->bits)

#define alloc_cpumask_var(mask, flags)		({ (void)(flags); true; })
#define zalloc_cpumask_var(mask, flags)		({ (*(mask))->bits[0] = 0; (void)(flags); true; })
#define free_cpumask_var(mask)			do { } while (0)

static inline void cpumask_clear(struct cpumask *mask)
{
	mask->bits[0] = 0;
}

static inline void cpumask_setall(struct cpumask *mask)
{
	mask->bits[0] = all_cpus;
}

static inline void cpumask_copy(struct cpumask *mask, const struct cpumask *from)
{
	mask->bits[0] = from->bits[0];
}

static inline bool cpumask_and(struct cpumask *mask, const struct cpumask *a, const struct cpumask *b)
{
	return (mask->bits[0] = a->bits[0] & b->bits[0]) != 0;
}

static inline void cpumask_or(struct cpumask *mask, const struct cpumask *a, const struct cpumask *b)
{
	mask->bits[0] = a->bits[0] | b->bits[0];
}

static inline bool cpumask_andnot(struct cpumask *mask, const struct cpumask *a, const struct cpumask *b)
{
	return (mask->bits[0] = a->bits[0] & ~b->bits[0]) != 0;
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	return READ_ONCE(mask->bits[0]) == 0;
}

static inline bool cpumask_full(const struct cpumask *mask)
{
	return READ_ONCE(mask->bits[0]) == all_cpus;
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	return a->bits[0] == b->bits[0];
}

static inline bool cpumask_subset(const struct cpumask *a, const struct cpumask *b)
{
	return (a->bits[0] & ~b->bits[0]) == 0;
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return (a->bits[0] & b->bits[0]) != 0;
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	unsigned long bits = READ_ONCE(mask->bits[0]);
	unsigned int weight = 0;

	while (bits) {
		bits &= bits - 1;
		weight++;
	}
	return weight;
}

/* The next CPU of a mask behind one, nr_cpu_ids where there is none. */
static inline unsigned int cpumask_next(int cpu, const struct cpumask *mask)
{
	unsigned long bits = READ_ONCE(mask->bits[0]);

	for (cpu++; cpu < NR_CPUS; cpu++) {
		if (bits & (1UL << cpu))
			break;
	}
	return cpu;
}

static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return cpumask_next(-1, mask);
}

static inline unsigned int cpumask_any(const struct cpumask *mask)
{
	return cpumask_next(-1, mask);
}

static inline unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int but)
{
	unsigned int cpu = cpumask_next(-1, mask);

	return cpu == but ? cpumask_next(cpu, mask) : cpu;
}

static const struct cpumask cpu_bit_masks[] = {
	{ { 1 } }, { { 2 } }, { { 4 } }, { { 8 } }, { { 16 } }, { { 32 } }, { { 64 } }, { { 128 } },
};
#define cpumask_of(cpu)		(&cpu_bit_masks[cpu])

#define for_each_cpu(cpu, mask)	\
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS; (cpu) = cpumask_next(cpu, mask))
#define for_each_online_cpu(cpu)	for_each_cpu(cpu, cpu_online_mask)
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < NR_CPUS; (cpu)++)
#define for_each_present_cpu(cpu)	for_each_possible_cpu(cpu)

#define cpu_online(cpu)			cpumask_test_cpu(cpu, cpu_online_mask)
#define cpu_possible(cpu)		((unsigned int)(cpu) < NR_CPUS)
#define cpu_present(cpu)		cpu_possible(cpu)
#define num_online_cpus()		cpumask_weight(cpu_online_mask)
#define num_possible_cpus()		((unsigned int)NR_CPUS)
#define num_present_cpus()		((unsigned int)NR_CPUS)

static inline void set_cpu_online(unsigned int cpu, bool online)
{
	if (online)
		cpumask_set_cpu(cpu, &__cpu_online_mask);
	else
		cpumask_clear_cpu(cpu, &__cpu_online_mask);
}

static inline int smp_processor_id(void)
{
	return hw_cpu();
}

/*
 * IPIs. The CPU that sends one runs the function itself, one CPU after the other, each with the number of the CPU that
 * it is for, which is interrupted: its stores are in memory, and it waits until the function is through. Each is before
 * the next begins, and before the caller goes on, also where it would not wait.
 */
#define smp_call_function_single(cpu, func, info, wait) \
	({ int cpu_ = (cpu); int ret_ = -ENXIO; \
	   if (cpu_ < NR_CPUS && cpu_online(cpu_)) { run_as_cpu(cpu_, func, info); ret_ = 0; } ret_; })
#define on_each_cpu_mask(mask, func, info, wait) \
	do { int cpu_; for_each_cpu(cpu_, mask) { if (cpu_online(cpu_)) { run_as_cpu(cpu_, func, info); } } } while (0)
#define on_each_cpu(func, info, wait)	on_each_cpu_mask(cpu_online_mask, func, info, wait)
#define on_each_cpu_cond(cond, func, info, wait) \
	do { int cpu_; for_each_online_cpu(cpu_) { if (cond(cpu_, info)) { run_as_cpu(cpu_, func, info); } } } while (0)
#define smp_call_function_many(mask, func, info, wait) \
	do { int cpu_; for_each_cpu(cpu_, mask) { \
		if (cpu_ != smp_processor_id() && cpu_online(cpu_)) { run_as_cpu(cpu_, func, info); } } } while (0)
#define smp_call_function(func, info, wait)	smp_call_function_many(cpu_online_mask, func, info, wait)
#define smp_call_on_cpu(cpu, func, par, phys) \
	({ int cpu_ = (cpu); int ret_ = -ENXIO; \
	   if (cpu_ < NR_CPUS && cpu_online(cpu_)) { ret_ = run_as_cpu(cpu_, func, par); } ret_; })

/*
 * Reader-writer spinlocks: readers count upwards; -1 is a writer. On x86 a reader releases by a LOCKed operation, a
 * writer by a plain store.
 */
typedef struct { int count; } rwlock_t;

static inline void rwlock_init(rwlock_t *lock)
{
	lock->count = 0;
}

static inline int read_trylock(rwlock_t *lock)
{
	int count = READ_ONCE(lock->count);

	while (count >= 0) {
		int seen = cmpxchg(&lock->count, count, count + 1);

		if (seen == count)
			return 1;
		count = seen;
	}
	return 0;
}

static inline void read_lock(rwlock_t *lock)
{
	while (!read_trylock(lock))
		cpu_relax();
}

static inline void read_unlock(rwlock_t *lock)
{
	atomic_dec_return((atomic_t *)&lock->count);
}

static inline int write_trylock(rwlock_t *lock)
{
	return cmpxchg(&lock->count, 0, -1) == 0;
}

static inline void write_lock(rwlock_t *lock)
{
	while (!write_trylock(lock))
		cpu_relax();
}

static inline void write_unlock(rwlock_t *lock)
{
	smp_store_release(&lock->count, 0);
}

#define read_lock_bh(lock)		read_lock(lock)
#define read_unlock_bh(lock)		read_unlock(lock)
#define write_lock_bh(lock)		write_lock(lock)
#define write_unlock_bh(lock)		write_unlock(lock)
#define read_lock_irq(lock)		do { local_irq_disable(); read_lock(lock); } while (0)
#define read_unlock_irq(lock)		do { read_unlock(lock); local_irq_enable(); } while (0)
#define write_lock_irq(lock)		do { local_irq_disable(); write_lock(lock); } while (0)
#define write_unlock_irq(lock)		do { write_unlock(lock); local_irq_enable(); } while (0)
#define read_lock_irqsave(lock, flags)		do { local_irq_save(flags); read_lock(lock); } while (0)
#define read_unlock_irqrestore(lock, flags)	do { read_unlock(lock); local_irq_restore(flags); } while (0)
#define write_lock_irqsave(lock, flags)		do { local_irq_save(flags); write_lock(lock); } while (0)
#define write_unlock_irqrestore(lock, flags)	do { write_unlock(lock); local_irq_restore(flags); } while (0)
