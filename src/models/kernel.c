// SPDX-License-Identifier: MIT
/*
 * What every kernel file takes for granted: types, error numbers, arithmetic, pointers with errors in them, per-CPU
 * variables, static keys. Written for this project; names as in the kernel, bodies condensed to what can be told apart
 * from outside.
 */

typedef struct { int counter; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { long counter; } atomic64_t;

typedef unsigned int gfp_t;
typedef unsigned long phys_addr_t;

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
#define U16_MAX		((u16)~0)
#define U32_MAX		((u32)~0)
#define U64_MAX		((u64)~0ULL)
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
