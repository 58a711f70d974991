// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { errorOf, observations, runTest, statesOf } from './support';

/** Store buffering with something between the store and the load of each side. */
const storeBuffering = (between: string): string => `C SB
{}

P0(int *x, int *y, atomic_t *z, spinlock_t *l)
{
	int r0;
	WRITE_ONCE(*x, 1);
	${between}
	r0 = READ_ONCE(*y);
}

P1(int *x, int *y, atomic_t *z, spinlock_t *l)
{
	int r0;
	WRITE_ONCE(*y, 1);
	${between}
	r0 = READ_ONCE(*x);
}

exists (0:r0=0 /\\ 1:r0=0)
`;

/** Message passing: what stands between the two stores, and between the two loads. */
const messagePassing = (store: string, load: string): string => `C MP
{}
P0(int *x, int *y) { WRITE_ONCE(*x, 1); ${store} }
P1(int *x, int *y) { int r0; int r1; ${load} r1 = READ_ONCE(*x); }
exists (1:r0=1 /\\ 1:r1=0)
`;

/** What one thread leaves. */
const single = (initial: string, code: string, shown: string): Promise<string[]> =>
  statesOf(
    `C single\n{ ${initial} }\nP0(int *x, int *y, int *z)\n{\n${code}\n}\nlocations [${shown}]\nforall (true)\n`,
  );

describe('litmus tests in C', () => {
  const between: readonly (readonly [string, string])[] = [
    ['barrier();', 'Never Sometimes Sometimes'],
    ['smp_mb();', 'Never Never Never'],
    ['smp_wmb();', 'Never Sometimes Sometimes'],
    ['smp_rmb();', 'Never Sometimes Sometimes'],
    ['atomic_inc(z);', 'Never Never Sometimes'],
    ['atomic_inc(z); smp_mb__after_atomic();', 'Never Never Never'],
    ['smp_mb__before_atomic(); atomic_inc(z);', 'Never Never Never'],
    ['atomic_inc_return(z);', 'Never Never Never'],
    ['atomic_inc_return_relaxed(z);', 'Never Never Sometimes'],
    ['atomic_set(z, 1);', 'Never Sometimes Sometimes'],
    ['xchg(z, 1);', 'Never Never Never'],
    ['xchg_relaxed(z, 1);', 'Never Never Sometimes'],
    ['cmpxchg(z, 0, 1);', 'Never Never Never'],
    ['atomic_cmpxchg_relaxed(z, 0, 1);', 'Never Never Sometimes'],
    ['spin_lock(l); spin_unlock(l);', 'Never Never Never'],
    ['smp_store_release(z, 1);', 'Never Sometimes Sometimes'],
    ['smp_store_mb(*z, 1);', 'Never Never Never'],
    ['if (1) smp_mb();', 'Never Never Never'],
    ['if (0) smp_mb();', 'Never Sometimes Sometimes'],
  ];
  for (const [code, expected] of between)
    it(`store buffering with ${code} between is ${expected} under sc, tso, weak`, async () =>
      assert.equal(await observations(storeBuffering(code)), expected));

  const passing: readonly (readonly [string, string, string])[] = [
    ['WRITE_ONCE(*y, 1);', 'r0 = READ_ONCE(*y);', 'Never Never Sometimes'],
    ['smp_wmb(); WRITE_ONCE(*y, 1);', 'r0 = READ_ONCE(*y); smp_rmb();', 'Never Never Never'],
    ['smp_store_release(y, 1);', 'r0 = smp_load_acquire(y);', 'Never Never Never'],
    ['rcu_assign_pointer(*y, 1);', 'r0 = rcu_dereference(*y);', 'Never Never Never'],
    ['atomic_set_release(y, 1);', 'r0 = atomic_read_acquire(y);', 'Never Never Never'],
    ['atomic_inc(y);', 'r0 = atomic_read(y);', 'Never Never Sometimes'],
    ['atomic_inc_return(y);', 'while (!r0) r0 = READ_ONCE(*y);', 'Never Never Never'],
  ];
  for (const [store, load, expected] of passing)
    it(`message passing with ${store} and ${load} is ${expected}`, async () =>
      assert.equal(await observations(messagePassing(store, load)), expected));

  it('what a lock protects is whole, and without it is not', async () => {
    const test = (lock: string, unlock: string): string => `C lock
{ spinlock_t l; int x=0; }
P0(spinlock_t *l, int *x) { int r; ${lock} r = READ_ONCE(*x); WRITE_ONCE(*x, r + 1); ${unlock} }
P1(spinlock_t *l, int *x) { int r; ${lock} r = READ_ONCE(*x); WRITE_ONCE(*x, r + 1); ${unlock} }
exists (x=1)`;
    assert.equal(await observations(test('spin_lock(l);', 'spin_unlock(l);')), 'Never Never Never');
    assert.equal(await observations(test('', '')), 'Sometimes Sometimes Sometimes');
    assert.equal(
      await observations(test('if (!spin_trylock(l)) return;', 'spin_unlock(l);')),
      'Sometimes Sometimes Sometimes',
    );
  });

  const readers: readonly (readonly [string, string, string])[] = [
    [
      'rcu_read_lock(); r0 = READ_ONCE(*x); r1 = READ_ONCE(*y); rcu_read_unlock();',
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'Never Never Never',
    ],
    [
      'r0 = READ_ONCE(*x); r1 = READ_ONCE(*y);',
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'Sometimes Sometimes Sometimes',
    ],
    [
      'rcu_read_lock(); rcu_read_lock(); r0 = READ_ONCE(*x); rcu_read_unlock(); r1 = READ_ONCE(*y); rcu_read_unlock();',
      'WRITE_ONCE(*x, 1); synchronize_rcu_expedited(); WRITE_ONCE(*y, 1);',
      'Never Never Never',
    ],
    [
      'rcu_read_lock(); r0 = READ_ONCE(*x); rcu_read_unlock(); rcu_read_lock(); r1 = READ_ONCE(*y); rcu_read_unlock();',
      'WRITE_ONCE(*x, 1); synchronize_rcu(); WRITE_ONCE(*y, 1);',
      'Sometimes Sometimes Sometimes',
    ],
    [
      'WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); r1 = 1;',
      'r2 = READ_ONCE(*x); synchronize_rcu(); r3 = READ_ONCE(*y); if (r2 == 1 && r3 == 0) WRITE_ONCE(*z, 1);',
      'Sometimes Sometimes Sometimes',
    ],
    [
      'rcu_read_lock(); WRITE_ONCE(*x, 1); WRITE_ONCE(*y, 1); rcu_read_unlock(); r1 = 1;',
      'r2 = READ_ONCE(*x); synchronize_rcu(); r3 = READ_ONCE(*y); if (r2 == 1 && r3 == 0) WRITE_ONCE(*z, 1);',
      'Never Never Never',
    ],
  ];
  for (const [reader, writer, expected] of readers) {
    const wanted = writer.includes('*z') ? 'z=1' : '0:r0=0 /\\ 0:r1=1';
    it(`RCU: ${reader} against ${writer} is ${expected}`, async () =>
      assert.equal(
        await observations(
          `C rcu\n{}\nP0(int *x, int *y) { int r0; int r1; ${reader} }\nP1(int *x, int *y, int *z) { ${writer} }\nexists (${wanted})`,
        ),
        expected,
      ));
  }

  it('RCU: a grace period is a full fence, an outermost reader none', async () => {
    assert.equal(await observations(storeBuffering('synchronize_rcu();')), 'Never Never Never');
    assert.equal(
      await observations(storeBuffering('rcu_read_lock(); rcu_read_unlock();')),
      'Never Sometimes Sometimes',
    );
  });

  it('pointers are values: in locations, registers and conditions', async () => {
    const text = `C pointers
{
 int y=1; (* where x1 points *)
 int *x1 = &y;
}
P0(int *x0, int **x1) { WRITE_ONCE(*x0, 2); smp_wmb(); WRITE_ONCE(*x1, x0); }
P1(int **x1)
{
	int *r2;
	int r3;
	r2 = READ_ONCE(*x1);
	r3 = READ_ONCE(*r2);
}
exists (1:r2=x0 /\\ 1:r3=1)`;
    assert.deepEqual(await statesOf(text), ['1:r2=x0; 1:r3=2;', '1:r2=y; 1:r3=1;']);
    // The same without a type anywhere.
    const untyped = text
      .replace('int *x1 = &y', 'x1 = y')
      .replace('int **x1)\n', 'int *x1)\n')
      .replace('int *r2;\n\tint r3;', '');
    assert.deepEqual(await statesOf(untyped), ['1:r2=x0; 1:r3=2;', '1:r2=y; 1:r3=1;']);
  });

  it('registers without a declaration, or with an initial value, or never written', async () => {
    assert.deepEqual(await single('0:r1=4; 0:r2=x; x=6', 'r3 = r1 + 1; r4 = *r2;', '0:r1; 0:r2; 0:r3; 0:r4; 0:r9;'), [
      '0:r1=4; 0:r2=x; 0:r3=5; 0:r4=6; 0:r9=0;',
    ]);
  });

  const code: readonly (readonly [string, string, string])[] = [
    [
      'WRITE_ONCE(*x, 0x1122334455); int r0 = READ_ONCE(*x) >> 32; int r1 = atomic_inc_return(x);',
      '0:r0; 0:r1; x',
      '0:r0=17; 0:r1=73588229206; [x]=73588229206;',
    ],
    ['int r0 = 2; int r1 = r0 * 3 - 1;', '0:r0; 0:r1', '0:r0=2; 0:r1=5;'],
    ['int r0; for (int i = 0; i < 3; i++) r0 += i;', '0:r0', '0:r0=3;'],
    ['int r0 = 0; do { r0++; } while (r0 < 5);', '0:r0', '0:r0=5;'],
    ['int r0 = 5; switch (r0) { case 5: r0 = 6; break; default: r0 = 7; }', '0:r0', '0:r0=6;'],
    ['int r0 = 1; goto out; r0 = 2; out: r0 += 3;', '0:r0', '0:r0=4;'],
    ['int r0 = 1; if (r0) return; r0 = 2;', '0:r0', '0:r0=1;'],
    [
      'int r0 = 0; int r1 = atomic_try_cmpxchg(x, &r0, 4); int r2 = atomic_try_cmpxchg(x, &r0, 5);',
      '0:r0; 0:r1; 0:r2; x',
      '0:r0=4; 0:r1=1; 0:r2=0; [x]=4;',
    ],
    ['*x = 3; *y = *x + 1; (*z)++;', 'x; y; z', '[x]=3; [y]=4; [z]=1;'],
    ['int r0 = (x == y); int r1 = (x != y); int r2 = (x == &*x);', '0:r0; 0:r1; 0:r2', '0:r0=0; 0:r1=1; 0:r2=1;'],
    ['int *p = (int *)x; *(volatile int *)p = 9; /* (*x) */ // (* also not', 'x; 0:p', '0:p=x; [x]=9;'],
    ['WRITE_ONCE(*x, -2); WRITE_ONCE(*y, 0x10);', 'x; y', '[x]=-2; [y]=16;'],
    [
      'int r0 = atomic_add_unless(x, 2, 0); int r1 = atomic_add_unless(x, 2, 1);',
      '0:r0; 0:r1; x',
      '0:r0=0; 0:r1=1; [x]=2;',
    ],
    [
      'int r0 = spin_trylock(x); int r1 = spin_trylock(x); int r2 = spin_is_locked(x);',
      '0:r0; 0:r1; 0:r2',
      '0:r0=1; 0:r1=0; 0:r2=1;',
    ],
    [
      'int r0 = xchg_acquire(x, 7); int r1 = cmpxchg_release(x, 7, 8); int r2 = cmpxchg(x, 7, 9);',
      '0:r0; 0:r1; 0:r2; x',
      '0:r0=0; 0:r1=7; 0:r2=8; [x]=8;',
    ],
    [
      'int r0 = atomic_sub_and_test(0, x); int r1 = atomic_add_negative(-1, x); int r2 = atomic_fetch_dec_acquire(x);',
      '0:r0; 0:r1; 0:r2; x',
      '0:r0=1; 0:r1=1; 0:r2=-1; [x]=-2;',
    ],
    ['int t0 = READ_ONCE(x[0]); WRITE_ONCE(*(y + (t0 & 128)), 3);', '0:t0; y', '0:t0=0; [y]=3;'],
  ];
  for (const [body, shown, expected] of code)
    it(body, async () => assert.deepEqual(await single('', body, shown), [expected]));

  it('loops are run round by round', async () => {
    const test = (loop: string): string =>
      `C loop\n{}\nP0(int *x) { int r0 = 0; int i = 0; ${loop} }\nP1(int *x) { WRITE_ONCE(*x, 1); }\nlocations [0:i; 0:r0]\nexists (0:r0=0)`;
    assert.deepEqual(await statesOf(test('for (i = 0; i < 2 && !r0; i++) r0 = READ_ONCE(*x);')), [
      '0:i=1; 0:r0=1;',
      '0:i=2; 0:r0=0;',
      '0:i=2; 0:r0=1;',
    ]);
    assert.deepEqual(await statesOf(test('while (!(r0 = READ_ONCE(*x)) && i++ < 1) ;')), [
      '0:i=0; 0:r0=1;',
      '0:i=1; 0:r0=1;',
      '0:i=2; 0:r0=0;',
    ]);
  });

  it('arrays', async () => {
    assert.deepEqual(
      await statesOf(
        'C a\n{ int t[3] = {1, 2, 3}; int u[2]; }\nP0(int *t, int *u) { u[1] = t[2]; t[0] = 9; }\nlocations [t[0]; t[1]; u[1]]\nforall (true)',
      ),
      ['t[0]=9; t[1]=2; u[1]=3;'],
    );
    const whole = 'C a\n{ int t[3] = {1, -2, x}; }\nP0(int *t) { t[0] = 9; }\nlocations [t]\nforall (t={9,-2,x})';
    assert.deepEqual(await statesOf(whole), ['[t]={9,-2,x};']);
    assert.equal((await runTest(whole)).observation, 'Always');
  });

  it('gives the same under both executors', async () => {
    for (const [instruction] of between) {
      const text = storeBuffering(instruction);
      assert.equal((await runTest(text, 'tso', 'interpreter')).text, (await runTest(text)).text);
    }
  });

  describe('says what it cannot read, with the line', () => {
    const body = (code: string): string => `C t\n{}\n\nP0(int *x)\n{\n\t${code}\n}\nexists (x=1)`;
    const cases: readonly (readonly [string, string])[] = [
      [body('r0 = srcu_read_lock(x);'), 'test.litmus:6: srcu_read_lock() is not supported'],
      [body('call_rcu(x, 0);'), 'test.litmus:6: call_rcu() is not supported'],
      [body('frobnicate(x);'), 'test.litmus:6: frobnicate() is not modelled: it changes nothing that is modelled'],
      [body('WRITE_ONCE(*x, 1'), 'test.litmus:8: there is no condition (exists, ~exists or forall)'],
      [body('WRITE_ONCE(*x 1);'), 'test.litmus:6: P0() could not be parsed'],
      [body('*(int *)0 = 1;'), 'test.litmus:6: a run accesses memory that is no location of the test'],
      [body('*x = 1 / *x;'), 'test.litmus:6: a run divides by zero'],
      [
        body('int t = 2; while (!READ_ONCE(*x) && t--) cpu_relax();'),
        'test.litmus:6: a loop that counts while it waits is not run round by round',
      ],
      ['C t\n{}\nP0(int *x) { }\nP0(int *x) { }\nexists (x=1)', 'test.litmus:4: P0() is there twice'],
      [body('while (1) ;'), 'test.litmus:6: a run never ends'],
      ['C t\n{}\nP0(int *x) { }\nexists (7:r0=1)', 'test.litmus:2: there is no thread P7'],
      ['C t\n{}\nexists (x=1)', 'test.litmus:2: there is no function P0()'],
      ['C t\n{}\nP0(int *x) { *x = 1; }', 'test.litmus:3: there is no condition (exists, ~exists or forall)'],
      ['C t\n{ int x = ; }\nP0(int *x) { *x = 1; }\nexists (x=1)', 'test.litmus:2: a value is missing'],
      [
        'C t\n{ x = ((((((((((((((((((((((((1)))))))))))))))))))))))) }\nP0(int *x) { }\nexists (x=1)',
        'test.litmus:2: a value is missing before “(”',
      ],
      [`C t\n{}\nP0(int *x) { }\nexists ${'('.repeat(500)}x=1`, 'test.litmus:4: the condition is nested too deeply'],
    ];
    for (const [text, expected] of cases)
      it(expected.slice(0, 100), async () => assert.equal(await errorOf(text), expected));
  });

  it('reads every beginning of a test without throwing', async () => {
    const text = storeBuffering('spin_lock(l); spin_unlock(l);');
    for (let end = 0; end < text.length - 3; end += 5) {
      const { status, text: printed } = await runTest(text.slice(0, end));
      assert.equal(status, 'unread', `${end}: ${printed}`);
    }
  });

  it('says where it stopped when there are too many states', async () => {
    const { runLitmus } = await import('../../src/litmus/runLitmus');
    const { theParser } = await import('../c/support');
    const options = { model: 'tso', engine: 'codegen', maxStates: 20 } as const;
    const { status, text } = await runLitmus(storeBuffering(''), 'a/SB.litmus', theParser, options);
    assert.equal(status, 'bound');
    assert.equal(text, 'Error SB: a/SB.litmus:1: not all states were visited: there are more than 20');
  });
});
