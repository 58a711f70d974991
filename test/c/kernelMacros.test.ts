// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { Unit } from '../../src/c/ast';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { mapFile } from '../../src/c/mappedText';
import { macroOf } from '../../src/review/library';
import { finals, kernel, lowerUnits, searchOf, theParser } from './support';

const without = (text: string): string => text.replace(/hw_cpu\(\)/g, '0');

/** What `long result` is after a text ran that may use the kernel's macros and helpers; nothing may be left unknown. */
async function resultOf(body: string, before = ''): Promise<bigint> {
  const parser = await theParser();
  const model = buildUnit(parser, mapFile('kernel.c', without(kernel)), 'model', configuration).unit;
  assert.deepEqual(model.errors, []);
  const text = `long result;\n${before}\nvoid run(void)\n{\n${body}\n}\n`;
  const unit: Unit = buildUnit(parser, mapFile('x.c', text), 'patch', configuration, macroOf([model])).unit;
  const lowered = lowerUnits([unit, model], ['run'], ['result']);
  assert.deepEqual(
    lowered.assumptions.map((a) => a.text),
    [],
  );
  const values = finals(lowered, searchOf(lowered), 'result', 8);
  assert.equal(values.length, 1);
  return BigInt.asIntN(64, values[0] ?? 0n);
}

const lists = `
struct item { int v; struct { struct list_head link; struct hlist_node hash; } in; int w[3]; };
static struct item items[3] = { { 1 }, { 2 }, { 3 } };
static LIST_HEAD(queue);
static struct hlist_head bucket;
static void fill(void)
{
	for (int i = 0; i < 3; i++) {
		list_add_tail(&items[i].in.link, &queue);
		hlist_add_head(&items[i].in.hash, &bucket);
	}
}`;

/** Bodies of `int f(int x)`, called with 3: ten times its value, then what is locked, then what was put in which order. */
const cleanups: readonly (readonly [name: string, body: string, value: bigint])[] = [
  ['released at the end', 'guard(mutex)(&m); x += mutex_is_locked(&m); return x;', 40000n],
  ['released by return', '{ guard(mutex)(&m); if (x) return 5; } return 6;', 50000n],
  ['released by goto', '{ guard(mutex)(&m); if (x) goto out; x = 9; } out: return x + mutex_is_locked(&m);', 30000n],
  [
    'held over a goto within',
    '{ guard(mutex)(&m); again: if (x--) goto again; x = mutex_is_locked(&m); } return x * 2 + mutex_is_locked(&m);',
    20000n,
  ],
  [
    'released by break and continue',
    'int n = 0; for (int i = 0; i < 4; i++) { guard(spinlock)(&l); if (i == 1) continue; if (i == 3) break; n += 10 + spin_is_locked(&l); } return n;',
    220000n,
  ],
  [
    'held over an inner loop',
    'int n = 0; guard(mutex)(&m); while (x--) { if (x == 1) break; } n = mutex_is_locked(&m); return n;',
    10000n,
  ],
  [
    'scoped',
    'int n = 0; scoped_guard(mutex, &m) { n = mutex_is_locked(&m); } scoped_guard(mutex, &m) n += mutex_is_locked(&m); return n * 10 + mutex_is_locked(&m);',
    200000n,
  ],
  [
    'scoped, left by break and return',
    'int n = 0; scoped_guard(mutex, &m) { n = 1; if (x) break; n = 2; } if (mutex_is_locked(&m)) n = 7; scoped_guard(spinlock, &l) return n; return 9;',
    10000n,
  ],
  [
    'variables, the last first',
    'int *a __free(put) = &one; int *b __free(put) = &two; int *c __free(put) = NULL; return *a + *b;',
    30021n,
  ],
  [
    'a variable that is kept',
    'int *a __free(put) = &one; { int *b __free(put) = &two; x = *no_free_ptr(b); } return x;',
    20001n,
  ],
  ['a name hidden by another', 'int *a __free(put) = &one; { int a = 5; if (a) return a; } return 1;', 50001n],
];

const rows: readonly (readonly [name: string, body: string, value: bigint, before?: string])[] = [
  [
    'clamp',
    'int x = -5; u8 y = 200; result = clamp(x, 0, 9) * 1000 + clamp(y, 10, 100) + clamp_t(long, 7, 8, 9);',
    108n,
  ],
  [
    'min and max of three',
    'int a = 4, b = -2; result = min3(a, b, 9) * 100 + max3(a, b, 3) + min_not_zero(0, a);',
    -192n,
  ],
  [
    '_Generic',
    'struct pair p; const struct pair *q = &p; long n = 1; u8 b = 2; result = kind(&p) * 1000 + kind(q) * 100 + kind(n) * 10 + kind(b) + sizeof(kind(b));',
    4435n,
    'struct pair { int v; }; struct other { int v; };\n#define kind(x) _Generic((x), struct other *: 9, struct pair *: 4, const struct pair *: 4, long: 3, default: 1)',
  ],
  ['abs', 'int a = -4; long b = 5; result = abs(a) * 10 + abs(b);', 45n],
  [
    'rounding',
    'result = DIV_ROUND_UP(10, 4) * 10000 + roundup(10, 4) * 100 + rounddown(10, 4) + IS_ALIGNED(8, 4);',
    31209n,
  ],
  ['GENMASK and BIT', 'result = GENMASK(7, 4) + BIT(1) + (GENMASK(63, 0) == ~0UL);', 243n],
  ['halves', 'u64 x = 0x123456789abcdef0; result = upper_32_bits(x) + (lower_32_bits(x) == 0x9abcdef0);', 0x12345679n],
  [
    'errors in pointers',
    'void *p = ERR_PTR(-12); result = IS_ERR(p) * 1000 + IS_ERR(NULL) * 100 + IS_ERR_OR_NULL(NULL) * 50 + PTR_ERR(p);',
    1038n,
  ],
  [
    'ERR_PTR of another type',
    'struct item *p = ERR_CAST(ERR_PTR(-2)); result = PTR_ERR_OR_ZERO(p) + IS_ERR(items);',
    -2n,
    lists,
  ],
  [
    'offsetof',
    'struct local { int z; }; enum { LOCAL = 3 }; struct local here = { 2 }; result = offsetof(struct item, in.hash) * 10000 + offsetof(struct item, w[here.z]) * 100 + offsetofend(struct item, v) + sizeof_field(struct item, w);',
    244816n,
    lists,
  ],
  [
    'container_of',
    'fill(); int *p = &items[1].w[2]; result = container_of(p, struct item, w[2])->v + list_first_entry(&queue, struct item, in.link)->v * 10 + list_last_entry(&queue, typeof(items[0]), in.link)->v * 100;',
    312n,
    lists,
  ],
  [
    'lists',
    'struct item *i, *n; fill(); list_for_each_entry(i, &queue, in.link) result = result * 10 + i->v; list_for_each_entry_safe(i, n, &queue, in.link) if (i->v == 2) list_del_init(&i->in.link); list_for_each_entry_reverse(i, &queue, in.link) result = result * 10 + i->v; result = result * 10 + list_is_singular(&queue);',
    123310n,
    lists,
  ],
  [
    'hash lists',
    'struct item *i; struct hlist_node *n; fill(); hlist_for_each_entry(i, &bucket, in.hash) result = result * 10 + i->v; hlist_for_each_entry_safe(i, n, &bucket, in.hash) { if (i->v == 3) continue; hlist_del(&i->in.hash); } hlist_for_each_entry(i, &bucket, in.hash) { result = result * 10 + i->v; } result = result * 10 + hlist_empty(&bucket);',
    32130n,
    lists,
  ],
  [
    'entries beside each other',
    'struct item *i; fill(); i = list_next_entry(&items[0], in.link); result = i->v * 100 + list_prev_entry(i, in.link)->v * 10 + !list_first_entry_or_null(&queue, struct item, in.link);',
    210n,
    lists,
  ],
  [
    'locks',
    'spin_lock_irqsave(&l, f); result = spin_trylock(&l) * 10 + spin_is_locked(&l); spin_unlock_irqrestore(&l, f); result = result * 10 + spin_trylock_irqsave(&l, f);',
    11n,
    'static DEFINE_SPINLOCK(l); static unsigned long f;',
  ],
  [
    'counters',
    'result = refcount_dec_and_test(&r) * 100 + refcount_inc_not_zero(&r) * 10 + refcount_read(&r);',
    12n,
    'typedef struct refcount_struct { atomic_t refs; } refcount_t; static refcount_t r = REFCOUNT_INIT(2);',
  ],
  [
    'per-CPU variables',
    'this_cpu_write(count, 5); this_cpu_inc(count); per_cpu(count, 1) += 2; per_cpu(state, 0).v = 7; this_cpu_ptr(&state)->w[1] = *this_cpu_ptr(&count); struct pair *p = alloc_percpu(struct pair); per_cpu_ptr(p, 2)->v = 9; result = per_cpu(count, 0) * 10000 + per_cpu(count, 1) * 1000 + per_cpu(count, 2) * 100 + this_cpu_read(state.w[0]) * 10 + per_cpu_ptr(p, 2)->v + p->v + per_cpu_ptr(&state.w[1], 2)[0] + get_cpu();',
    65357n,
    'enum { NR_CPUS = 3 }; struct pair { int v; long w[2]; }; static int smp_processor_id(void) { return 2 - 2; } static DEFINE_PER_CPU(int, count) = 3; static DEFINE_PER_CPU_ALIGNED(struct pair, state) = { .w = { 4, 8 } };',
  ],
  ...cleanups.map(
    ([name, body, value]) =>
      [
        `guards: ${name}`,
        `result = f(3); result = result * 10 + mutex_is_locked(&m) + 2 * spin_is_locked(&l); result = result * 1000 + log;`,
        value,
        `static DEFINE_MUTEX(m); static DEFINE_SPINLOCK(l); static int log; static void put(int *p) { log = log * 10 + *p; } static int one = 1, two = 2; static int f(int x)\n{\n${body}\n}`,
      ] as const,
  ),
  [
    'RCU',
    'int a = 3; p = &a; rcu_read_lock(); result = *rcu_dereference(p) + *rcu_dereference_protected(p, 1); rcu_read_unlock();',
    6n,
    'static int *p;',
  ],
  [
    "a function of the text that has a macro's name",
    'result = clamp(5);',
    6n,
    'static long clamp(long x) { return x + 1; }',
  ],
  ['WARN_ON_ONCE gives the condition', 'int x = 2; if (!WARN_ON_ONCE(x == 3)) result = 1;', 1n],
  [
    'a bitmap',
    'DECLARE_BITMAP(map, 70); memset(map, 0, sizeof(map)); __set_bit(65, map); result = sizeof(map) * 10 + test_bit(65, map) + !test_bit(1, map);',
    162n,
  ],
];

describe("the kernel's macros and helpers", () => {
  for (const [name, body, value, before] of rows)
    it(name, async () => assert.equal(await resultOf(body, before ?? ''), value));
});
