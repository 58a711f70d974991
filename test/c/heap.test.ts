// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { LoweredProgram } from '../../src/c/lowerProgram';
import { finals, kernel, lowerUnits, outcomesOf, searchOf, unitOf } from './support';

/** What a text with a `run()`, or a `run()` and an `other()` beside it, comes to. */
async function ran(
  body: string,
  { before = '', fail = false, agents = ['run'] }: { before?: string; fail?: boolean; agents?: string[] } = {},
): Promise<{ outcomes: string[]; results: bigint[]; states: number; lowered: LoweredProgram }> {
  const model = await unitOf(kernel.replace(/hw_cpu\(\)/g, '0'));
  const unit = await unitOf(`long result;
struct item { int v; struct list_head link; long w; };
static LIST_HEAD(queue);
${before}
void run(void)
{
${body}
}
`);
  const lowered = lowerUnits([unit, model], agents, ['result'], fail);
  const search = searchOf(lowered);
  assert.ok(search.result().exhausted);
  assert.deepEqual(
    lowered.assumptions.map((a) => a.text),
    [],
  );
  return {
    outcomes: outcomesOf(search),
    results: finals(lowered, search, 'result', 8).map((v) => BigInt.asIntN(64, v)),
    states: search.result().states,
    lowered,
  };
}

const fine: readonly (readonly [name: string, body: string, result: bigint])[] = [
  [
    'a list of objects, walked and freed',
    `for (int i = 1; i <= 3; i++) {
		struct item *p = kmalloc(sizeof(*p), GFP_KERNEL);

		if (!p)
			return;
		p->v = i;
		list_add_tail(&p->link, &queue);
	}
	struct item *p, *next;
	list_for_each_entry(p, &queue, link)
		result = result * 10 + p->v;
	list_for_each_entry_safe(p, next, &queue, link) {
		list_del(&p->link);
		kfree(p);
	}
	result = result * 10 + list_empty(&queue);`,
    1231n,
  ],
  ['zeroed', 'struct item *p = kzalloc(sizeof(*p), GFP_KERNEL); result = p->v + p->w + !p->link.next;', 1n],
  [
    'zeroed by a flag, also one that is not constant',
    'gfp_t flags = GFP_KERNEL | __GFP_ZERO; struct item *p = kmalloc(sizeof(*p), flags); result = 7 + p->w;',
    7n,
  ],
  [
    'zeroed where it held something before',
    'for (int i = 0; i < 20; i++) { struct item *p = kzalloc(sizeof(*p), GFP_KERNEL); result += p->w; p->w = 5; kfree(p); }',
    0n,
  ],
  [
    'two of one size are two',
    'int *a = kmalloc(4, 0), *b = kmalloc(4, 0); *a = 1; *b = 2; result = *a + (a != b);',
    2n,
  ],
  ['an array', 'int n = 5, *a = kcalloc(n, sizeof(int), 0); a[4] = 3; result = a[0] + a[4] + a[2];', 3n],
  [
    'of a constant count',
    'long *a = kmalloc_array(4, sizeof(*a), 0); for (int i = 0; i < 4; i++) a[i] = i; result = a[3]; kfree(a);',
    3n,
  ],
  ['of the largest size', 'char *a = kvmalloc(4096, 0); a[4095] = 2; result = a[4095]; kvfree(a);', 2n],
  [
    'a copy',
    'static int from[5] = { 1, 2, 3, 4, 5 }; int *a = kmemdup(from, sizeof(from), 0); result = a[0] * 10 + a[4]; kfree(a);',
    15n,
  ],
  ['NULL may be freed', 'kfree(NULL); kvfree(0); kfree(kmalloc(0, 0)); result = 1;', 1n],
  [
    'freed with its scope',
    'for (int i = 0; i < 9; i++) { int *p __free(kfree) = kmalloc(4, 0); *p = i; result += *p; }',
    36n,
  ],
];

const wrong: readonly (readonly [name: string, body: string, outcome: string])[] = [
  ['read after it was freed', 'int *p = kmalloc(4, 0); *p = 1; kfree(p); result = *p;', 'use-after-free'],
  ['written after it was freed', 'struct item *p = kmalloc(sizeof(*p), 0); kfree(p); p->w = 1;', 'use-after-free'],
  [
    'read after it was freed, when the next one of its size is there',
    'int *p = kmalloc(4, 0); kfree(p); int *q = kmalloc(4, 0); *q = 1; result = *p;',
    'use-after-free',
  ],
  [
    'a list that is walked while its entries are freed',
    `for (int i = 0; i < 2; i++) {
		struct item *p = kzalloc(sizeof(*p), 0);
		list_add_tail(&p->link, &queue);
	}
	struct item *p;
	list_for_each_entry(p, &queue, link) {
		list_del(&p->link);
		kfree(p);
	}`,
    'use-after-free',
  ],
  [
    'an entry that is freed and stays in its list',
    'struct item *p = kzalloc(sizeof(*p), 0), *q; list_add(&p->link, &queue); kfree(p); list_for_each_entry(q, &queue, link) result += q->v;',
    'use-after-free',
  ],
  ['an atomic operation on it', 'atomic_t *p = kzalloc(sizeof(*p), 0); kfree(p); atomic_inc(p);', 'use-after-free'],
  ['freed twice', 'int *p = kmalloc(4, 0); kfree(p); kfree(p);', 'double-free'],
  ['freed in the middle', 'struct item *p = kmalloc(sizeof(*p), 0); kfree(&p->link);', 'memory-corruption'],
  ['a variable that is freed', 'kfree(&queue);', 'memory-corruption'],
  ['an error that is freed', 'kfree(ERR_PTR(-ENOMEM));', 'page-fault'],
  ['written behind its end', 'char *p = kmalloc(5, 0); p[5] = 1;', 'memory-corruption'],
  ['set to zero behind its end', 'char *p = kmalloc(24, 0); memset(p, 0, 32);', 'memory-corruption'],
  ['read behind its end', 'int *p = kmalloc(16, 0); for (int i = 0; i <= 4; i++) result += p[i];', 'memory-corruption'],
  [
    'a pointer of it that was never set',
    'struct item *p = kmalloc(sizeof(*p), 0); p->link.next->prev = 0;',
    'page-fault',
  ],
  ['more objects than there are', 'for (int i = 0; i < 100; i++) kmalloc(4, 0);', 'not-modelled'],
  ['a larger object than there is', 'kmalloc(4097, 0);', 'not-modelled'],
  ['a larger one of a size that is not constant', 'int n = 300; char *p = kmalloc(n, 0); p[0] = 1;', 'not-modelled'],
];

describe('objects of kmalloc()', function () {
  this.timeout(20_000);

  for (const [name, body, result] of fine) {
    it(name, async () => {
      const { outcomes, results } = await ran(body);
      assert.deepEqual([outcomes, results], [[], [result]]);
    });
  }

  for (const [name, body, outcome] of wrong) {
    it(`${name}: ${outcome}`, async () => {
      // The larger object says in words, too, what is not modelled.
      const found = name.startsWith('a larger object')
        ? outcomesOf(searchOf(lowerUnits([await unitOf(`void run(void) { ${body} }`)], ['run'])))
        : (await ran(body)).outcomes;
      assert.deepEqual(found, [outcome]);
    });
  }

  it('are freed by one agent while another uses them', async () => {
    const before = `static struct item *shared; static spinlock_t lock;
void other(void) { if (READ_ONCE(shared)) READ_ONCE(shared)->w = 1; }`;
    const body = (locked: string, unlocked: string): string =>
      `struct item *p = kmalloc(sizeof(*p), 0); WRITE_ONCE(shared, p); ${locked} shared = NULL; ${unlocked} kfree(p);`;
    const racing = await ran(body('', ''), { before, agents: ['run', 'other'] });
    assert.deepEqual(racing.outcomes.sort(), ['page-fault', 'use-after-free']);
    const guarded = before.replace(
      /void other.*/,
      'void other(void) { spin_lock(&lock); if (shared) shared->w = 1; spin_unlock(&lock); }',
    );
    const safe = await ran(body('spin_lock(&lock);', 'spin_unlock(&lock);'), {
      before: guarded,
      agents: ['run', 'other'],
    });
    assert.deepEqual(safe.outcomes, []);
  });

  it('fail only where the scenario asks for it, and not where they may not', async () => {
    const body = 'int *p = kmalloc(4, GFP_KERNEL); result = p ? 1 : -ENOMEM;';
    assert.deepEqual((await ran(body)).results, [1n]);
    assert.deepEqual((await ran(body, { fail: true })).results, [1n, -12n]);
    assert.deepEqual((await ran(body.replace('KERNEL', 'KERNEL | __GFP_NOFAIL'), { fail: true })).results, [1n]);
    assert.deepEqual((await ran('int *p = kmalloc(4, 0); *p = 1;', { fail: true })).outcomes, ['page-fault']);
    const copied = await ran('static int from = 4; int *p = kmemdup(&from, 4, 0); result = p ? *p : 1;', {
      fail: true,
    });
    assert.deepEqual(copied.results, [1n, 4n]);
  });

  it('keep the number of states small in a loop without end', async () => {
    const { states } = await ran('while (1) { int *p = kmalloc(4, 0); *p = 1; kfree(p); }');
    assert.ok(states < 100, `${states} states`);
  });
});
