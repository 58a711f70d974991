// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { finals, lower, searchOf, stepsOf } from './support';

/** What `result` is in the end, and how many loads and stores there are beside the one that sets it. */
async function ran(text: string): Promise<{ result: number[]; accesses: number; privateBytes: number }> {
  // The variables of the entry function itself may be asked for by name: they stay.
  const lowered = await lower(
    `long result;\n${text.replace('void run(', 'static void body(')}\nvoid run(void) { body(); }`,
    ['run'],
    ['result'],
  );
  const search = searchOf(lowered);
  return {
    result: finals(lowered, search, 'result', 8).map((v) => Number(BigInt.asIntN(64, v))),
    accesses: stepsOf(lowered, 'load').length + stepsOf(lowered, 'store').length - 1,
    privateBytes: lowered.program.privateBytes,
  };
}

const structs = 'struct change { unsigned long *where; long set; long flags; };';
const free: readonly (readonly [name: string, text: string, result: number])[] = [
  [
    'a value that is handed back through a pointer',
    `static int find(int x, unsigned int *level) { *level = x + 1; return x; }
void run(void) { unsigned int level; int y = find(3, &level); result = 10 * y + level; }`,
    34,
  ],
  [
    'a structure that is handed down, cleared and copied, with a pointer to another variable in it',
    `${structs}
static long inner(struct change *c) { struct change copy = *c; unsigned long other = 7; copy.where = &other; c->flags |= 4; return *copy.where + copy.set; }
static long outer(struct change *c) { long v = inner(c); return v + *c->where + c->flags; }
void run(void) { struct change c; unsigned long at = 100; memset(&c, 0, sizeof(c)); c.where = &at; c.set = 1000; result = outer(&c); }`,
    1111,
  ],
  [
    'small integers, with and without a sign',
    `static void set(char *a, unsigned char *b, short *c) { *a = -1; *b = 255; *c = -2; }
void run(void) { char a; unsigned char b; short c; set(&a, &b, &c); result = a + b + c; }`,
    252,
  ],
  [
    'a variable of a loop keeps what it had',
    `static void more(int *n) { *n += 5; }
void run(void) { int n = 0; int i; for (i = 0; i < 4; i++) more(&n); result = n; }`,
    20,
  ],
];

const kept: readonly (readonly [name: string, text: string, result: number])[] = [
  [
    'an array that is indexed',
    `static int at(int *a, int i) { return a[i]; }
void run(void) { int a[3] = { 1, 2, 3 }; int i; for (i = 0; i < 3; i++) result += at(a, i); }`,
    6,
  ],
  [
    'one of two variables, chosen by a condition',
    `static int read(int *p) { return *p; }
void run(void) { int a = 1, b = 2; int i; for (i = 0; i < 2; i++) result = 10 * result + read(i ? &a : &b); }`,
    21,
  ],
  [
    'a variable that others can reach',
    `int *shared;
void run(void) { int v = 3; shared = &v; *shared += 1; result = v; }`,
    4,
  ],
  [
    'an integer that is also read in parts',
    `void run(void) { unsigned int v = 0x01020304; result = *(unsigned char *)&v; }`,
    4,
  ],
  [
    'two calls one after the other do not see what the other left',
    `static int first(void) { int a[2]; a[0] = 5; a[1] = 6; int i = a[0] - 5; return a[i]; }
static int second(void) { long b = 1; long *p = &b; int i = 0; p[i] += 1; return b; }
void run(void) { result = 10 * first() + second(); }`,
    52,
  ],
];

describe('variables whose address is taken', () => {
  for (const [name, text, result] of free)
    it(`${name}: no memory`, async () => {
      const { privateBytes, accesses, ...ends } = await ran(text);
      assert.deepEqual(ends, { result: [result] });
      assert.equal(privateBytes, 0);
      assert.equal(accesses, 0);
    });

  for (const [name, text, result] of kept)
    it(`${name}: memory`, async () => {
      const { privateBytes, accesses, ...ends } = await ran(text);
      assert.deepEqual(ends, { result: [result] });
      assert.ok(privateBytes > 0 && accesses > 0);
    });

  it('a pointer that is null on one way stays a value', async () => {
    const { result } = await ran(
      `static int read(int *p) { return p ? *p : 9; }
void run(void) { int v = 4; int *p = 0; if (choose(2)) p = &v; result = read(p); }`,
    );
    assert.deepEqual(result, [4, 9]);
  });
});
