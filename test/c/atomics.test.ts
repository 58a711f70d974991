// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { lower, results, stepsOf } from './support';

const head =
  'typedef struct { int counter; } atomic_t; typedef struct { long counter; } atomic64_t; long result; atomic_t v = { 5 }; atomic64_t w = { 1L << 40 }; unsigned long bits[2] = { 6, 1 }; int word = 7; long wide = 9; int old = 7;';
/** What an expression is worth, and what `v`, `w` or `word` are behind it. */
const worth = async (expression: string, then = '0'): Promise<number[]> =>
  results(`${head} void run(void) { long x = ${expression}; result = x * 1000 + ${then}; }`);
const rmws = async (statement: string): Promise<string[]> =>
  stepsOf(await lower(`${head} void run(void) { ${statement}; }`), 'rmw').map(
    (s) => `${s.operator} ${s.bytes} ${s.ordered ? 'ordered' : 'relaxed'}${s.reg === null ? '' : ` ${s.result}`}`,
  );

describe('what the kernel does atomically', () => {
  const values: readonly (readonly [string, string, number])[] = [
    ['atomic_read(&v)', 'v.counter', 5005],
    ['atomic_inc_return(&v)', 'v.counter', 6006],
    ['atomic_dec_return(&v)', 'v.counter', 4004],
    ['atomic_add_return(3, &v)', 'v.counter', 8008],
    ['atomic_sub_return(7, &v)', 'v.counter', -2002],
    ['atomic_fetch_add(3, &v)', 'v.counter', 5008],
    ['atomic_fetch_or(8, &v)', 'v.counter', 5013],
    ['atomic_fetch_and(4, &v)', 'v.counter', 5004],
    ['atomic_fetch_andnot(4, &v)', 'v.counter', 5001],
    ['atomic_fetch_xor(1, &v)', 'v.counter', 5004],
    ['atomic_dec_and_test(&v)', 'v.counter', 4],
    ['atomic_sub_and_test(5, &v)', 'v.counter', 1000],
    ['atomic_inc_and_test(&v)', 'v.counter', 6],
    ['atomic_add_negative(-9, &v)', 'v.counter', 996],
    ['atomic_xchg(&v, 9)', 'v.counter', 5009],
    ['atomic_cmpxchg(&v, 5, 9)', 'v.counter', 5009],
    ['atomic_cmpxchg(&v, 4, 9)', 'v.counter', 5005],
    ['atomic_try_cmpxchg(&v, &old, 9)', 'old * 10 + v.counter', 55],
    ['atomic_add_unless(&v, 2, 5)', 'v.counter', 5],
    ['atomic_add_unless(&v, 2, 4)', 'v.counter', 1007],
    ['atomic_fetch_add_unless(&v, 2, 4)', 'v.counter', 5007],
    ['atomic_inc_not_zero(&v)', 'v.counter', 1006],
    ['atomic_inc_unless_negative(&v)', 'v.counter', 1006],
    ['atomic_dec_unless_positive(&v)', 'v.counter', 5],
    ['atomic_dec_if_positive(&v)', 'v.counter', 4004],
    ['atomic_inc_return(&word)', 'word', 8008],
    ['rcu_dereference(word)', 'word', 7007],
    ['({ rcu_assign_pointer(word, 3); 0; })', 'word', 3],
    ['atomic64_inc_return(&w) - (1L << 40)', '(int)w.counter', 1001],
    ['xchg(&word, 2)', 'word', 7002],
    ['cmpxchg(&word, 7, 3)', 'word', 7003],
    ['cmpxchg(&word, 8, 3)', 'word', 7007],
    ['try_cmpxchg(&word, &old, 3)', 'word', 1003],
    ['test_and_set_bit(0, bits)', 'bits[0]', 7],
    ['test_and_clear_bit(1, bits)', 'bits[0]', 1004],
    ['test_bit(64, bits)', 'bits[1]', 1001],
    ['({ set_bit(65, bits); clear_bit(64, bits); change_bit(0, bits); 0; })', 'bits[0] * 10 + bits[1]', 72],
    ['READ_ONCE(word) + smp_load_acquire(&word)', '0', 14000],
    ['({ smp_store_release(&word, 4); WRITE_ONCE(wide, 2); 0; })', 'word * 10 + wide', 42],
  ];
  for (const [expression, then, expected] of values)
    it(`${expression}`, async () => assert.deepEqual(await worth(expression, then), [expected]));

  const orders: readonly (readonly [string, string])[] = [
    ['atomic_inc(&v)', 'add 4 relaxed'],
    ['atomic_and(3, &v)', 'and 4 relaxed'],
    ['atomic_inc_return(&v)', 'add 4 ordered new'],
    ['atomic_inc_return_relaxed(&v)', 'add 4 relaxed new'],
    ['atomic_fetch_add(1, &v)', 'add 4 ordered old'],
    ['atomic_fetch_add_relaxed(1, &v)', 'add 4 relaxed old'],
    ['atomic_dec_and_test(&v)', 'add 4 ordered new'],
    ['atomic64_add(1, &w)', 'add 8 relaxed'],
    ['atomic_xchg(&v, 1)', 'exchange 4 ordered old'],
    ['atomic_xchg_relaxed(&v, 1)', 'exchange 4 relaxed old'],
    ['cmpxchg(&wide, 1, 2)', 'compareExchange 8 ordered old'],
    ['cmpxchg_relaxed(&wide, 1, 2)', 'compareExchange 8 relaxed old'],
    ['xchg_relaxed(&word, 1)', 'exchange 4 relaxed old'],
    ['atomic_add_unless(&v, 1, 2)', 'compareExchange 4 ordered old'],
    ['set_bit(1, bits)', 'or 8 relaxed'],
    ['clear_bit(1, bits)', 'and 8 relaxed'],
    ['test_and_set_bit(1, bits)', 'or 8 ordered old'],
  ];
  for (const [statement, expected] of orders)
    it(`${statement} is ${expected}`, async () => assert.deepEqual(await rmws(statement), [expected]));

  it('marks loads and stores that order', async () => {
    const lowered = await lower(
      `${head} void run(void) { int a = smp_load_acquire(&word); smp_store_release(&word, a); word = READ_ONCE(old); }`,
    );
    assert.deepEqual(
      stepsOf(lowered, 'load').map((s) => s.acquire),
      [true, false],
    );
    assert.deepEqual(
      stepsOf(lowered, 'store').map((s) => s.release),
      [true, false],
    );
  });

  it('fences', async () => {
    const lowered = await lower(
      'void run(void) { smp_mb(); mb(); smp_wmb(); smp_rmb(); barrier(); smp_mb__after_atomic(); }',
    );
    assert.deepEqual(
      stepsOf(lowered, 'fence').map((s) => s.fence),
      ['full', 'full', 'write', 'read', 'compiler', 'atomic'],
    );
  });

  it('arithmetic helpers', async () => {
    const worthOf = (e: string): Promise<number[]> => results(`${head} void run(void) { result = ${e}; }`);
    assert.deepEqual(await worthOf('min(3, 4) + max(3, 4) * 10 + min_t(u8, 256, 7) * 100'), [43]);
    assert.deepEqual(await worthOf('ALIGN(5000, 4096) + ALIGN_DOWN(5000, 4096) + round_up(1, 8)'), [8192 + 4096 + 8]);
    assert.deepEqual(await worthOf('BIT(5) + ARRAY_SIZE(bits) + IS_ENABLED(CONFIG_KEXEC)'), [35]);
    assert.deepEqual(await worthOf('likely(word) + unlikely(0)'), [7]);
  });
});
