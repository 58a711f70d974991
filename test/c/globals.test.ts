// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { finals, lower, lowerUnits, results, searchOf, unitOf } from './support';

const worth = (globals: string, expression: string): Promise<number[]> =>
  results(`${globals}\nlong result; void run(void) { result = ${expression}; }`);

describe('what globals begin with', () => {
  const cases: readonly (readonly [string, string, string, number])[] = [
    ['nothing is zero', 'int a; struct { int x; } s;', 'a + s.x', 0],
    [
      'ATOMIC_INIT',
      'typedef struct { int counter; } atomic_t; atomic_t v = ATOMIC_INIT(3); struct { int a; atomic_t b; } s = { 1, ATOMIC_INIT(4) };',
      'v.counter * 10 + s.b.counter',
      34,
    ],
    [
      'designated members',
      'struct { int a, b; struct { int c; } d; } s = { .b = 2, .d.c = 3, .a = 1 };',
      's.a * 100 + s.b * 10 + s.d.c',
      123,
    ],
    [
      'arrays with holes',
      'int v[] = { 1, [3] = 4, 5, [1] = 2 };',
      'v[0] * 10000 + v[1] * 1000 + v[2] * 100 + v[3] * 10 + v[4] + sizeof(v) * 100000',
      2012045,
    ],
    ['ranges', 'int v[6] = { [1 ... 3] = 7 };', 'v[0] + v[1] + v[2] + v[3] + v[4]', 21],
    [
      'missing braces',
      'struct { int a[2]; struct { int b, c; } s; int d; } v = { 1, 2, 3, 4, 5 };',
      'v.a[1] * 1000 + v.s.b * 100 + v.s.c * 10 + v.d',
      2345,
    ],
    ['a union', 'union { int a; char b; } u = { 0x102 };', 'u.b', 2],
    [
      'an unnamed union between members',
      'struct { int a; union { int b; char c; }; int d; } s = { 1, { 2 }, 3 };',
      's.a * 100 + s.b * 10',
      120,
    ],
    ['strings', 'char s[] = "abc"; char t[5] = { "de" };', 's[1] + t[1] + t[4] + sizeof(s)', 98 + 101 + 4],
    [
      'addresses',
      'int v[4] = { 1, 2, 3, 4 }; struct { int a, b; } s = { 5, 6 }; int *p = &v[2], *q = v + 1, *r = &s.b; struct { int *p; } t = { .p = (int *)&v[3] };',
      '*p * 1000 + *q * 100 + *r * 10 + *t.p',
      3264,
    ],
    [
      'constants in C’s types',
      '#define MASK (~0UL >> 60)\nunsigned long a = MASK; long b = -1 < 0U; long c = (unsigned char)300; int d = 7 / 2 * -3 % 5;',
      'a * 1000 + b * 100 + c + d',
      15000 + 44 - 4,
    ],
    ['enums', 'enum { A, B = 5, C, D = B << 1 }; int v[C] = { [B] = D };', 'v[B] * 10 + sizeof(v) / sizeof(v[0])', 106],
    ['bool', 'bool b = 4;', 'b', 1],
    ['per CPU and extern', 'extern int e; int e = 3; DEFINE_PER_CPU(int, f) = 4;', 'e * 10 + *per_cpu_ptr(&f, 0)', 34],
    [
      'per CPU, by a macro for the address',
      'int e = 7; DEFINE_PER_CPU(int *, f) = &e;\n#define all_f (&f)\n',
      '**per_cpu_ptr(all_f, 0)',
      7,
    ],
  ];
  for (const [name, globals, expression, expected] of cases)
    it(name, async () => assert.deepEqual(await worth(globals, expression), [expected]));

  it('lists are empty: LIST_HEAD and LIST_HEAD_INIT', async () => {
    const list = 'struct list_head { struct list_head *next, *prev; };';
    assert.deepEqual(
      await worth(
        `${list} static LIST_HEAD(a); struct list_head b = LIST_HEAD_INIT(b); struct { int x; struct list_head l; } c = { 1, LIST_HEAD_INIT(c.l) };`,
        '(a.next == &a) + (a.prev == &a) * 10 + (b.next == &b) * 100 + (b.prev == &b) * 1000 + (c.l.prev == &c.l) * 10000',
      ),
      [11111],
    );
  });

  it('functions are called through the members that hold them', async () => {
    assert.deepEqual(
      await worth(
        'struct ops { int (*a)(int); int (*b)(int); }; int one(int x) { return x + 1; } int two(int x) { return x + 2; } struct ops ops = { .a = one, .b = &two }; int (*table[])(int) = { one, two, one };',
        'ops.a(10) * 10000 + (*ops.b)(10) * 100 + table[1](3)',
      ),
      [111205],
    );
  });

  it('units come in the order of their precedence; extern gives way', async () => {
    const patch = await unitOf('extern int level; int value(void) { return level * 10; }', 'patch');
    const model = await unitOf(
      'int level = 4; int value(void) { return 1; } #define X 2\nlong result; void run(void) { result = value(); }'.replace(
        ' #define',
        '\n#define',
      ),
    );
    const lowered = lowerUnits([patch, model], ['run'], ['result']);
    assert.deepEqual(finals(lowered, searchOf(lowered), 'result', 8), [40n]);
  });

  it('what nobody defines may be anything, and is listed', async () => {
    const lowered = await lower(
      'long result; void run(void) { if (nobody) result = 1; if (no_function(2) < 0) result += 2; }',
      ['run'],
      ['result'],
    );
    assert.deepEqual(finals(lowered, searchOf(lowered), 'result', 8), [0n, 1n, 2n, 3n]);
    assert.deepEqual(
      lowered.assumptions.map((a) => a.text.split(' ')[0]),
      ['nobody', 'no_function()'],
    );
  });
});

describe('walks over lists', () => {
  const list = `struct list_head { struct list_head *next, *prev; };
struct item { int value; struct list_head link; } items[3] = { { 1 }, { 2 }, { 3 } };
static LIST_HEAD(head);
static void add(struct list_head *entry)
{
	entry->next = &head;
	entry->prev = head.prev;
	head.prev->next = entry;
	head.prev = entry;
}
static void del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	entry->next = entry->prev = 0;
}
long result;
`;
  const walk = (body: string): Promise<number[]> =>
    results(
      `${list} void run(void) { struct item *p, *n; struct list_head *l, *m; int i; for (i = 0; i < 3; i++) add(&items[i].link); ${body} }`,
    );
  const cases: readonly (readonly [string, string, number])[] = [
    ['list_for_each_entry', 'list_for_each_entry(p, &head, link) result = result * 10 + p->value;', 123],
    ['in reverse', 'list_for_each_entry_reverse(p, &head, link) result = result * 10 + p->value;', 321],
    [
      'break and continue',
      'list_for_each_entry(p, &head, link) { if (p->value == 1) continue; result = p->value; break; }',
      2,
    ],
    [
      'entries go while it walks',
      'list_for_each_entry_safe(p, n, &head, link) { result = result * 10 + p->value; del(&p->link); } if (head.next == &head) result += 1000;',
      1123,
    ],
    ['behind the last one stands the head', 'list_for_each_entry(p, &head, link) ; result = &p->link == &head;', 1],
    ['list_for_each', 'list_for_each(l, &head) result = result * 10 + list_entry(l, struct item, link)->value;', 123],
    ['list_for_each_safe', 'list_for_each_safe(l, m, &head) { result++; del(l); }', 3],
    [
      'from an entry on',
      'p = &items[1]; list_for_each_entry_continue(p, &head, link) result = result * 10 + p->value; p = &items[1]; list_for_each_entry_from(p, &head, link) result = result * 10 + p->value;',
      323,
    ],
    [
      'an empty one',
      'del(&items[0].link); del(&items[1].link); del(&items[2].link); list_for_each_entry(p, &head, link) result = 9;',
      0,
    ],
  ];
  for (const [name, body, expected] of cases) it(name, async () => assert.deepEqual(await walk(body), [expected]));
});
