// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { statesOf } from './support';

/** What a thread may do, in C and as x86 instructions; `v` is a location, `r` the next register. */
const operations: readonly {
  readonly c: (v: string, n: number, r: number) => string;
  readonly x86: (v: string, n: number, r: number) => readonly string[];
}[] = [
  { c: (v, n) => `WRITE_ONCE(*${v}, ${n});`, x86: (v, n) => [`movl $${n},(${v})`] },
  { c: (v, n) => `WRITE_ONCE(*${v}, ${n});`, x86: (v, n) => [`movl $${n},(${v})`] },
  { c: (v, _, r) => `r${r} = READ_ONCE(*${v});`, x86: (v, _, r) => [`movl (${v}),%r${8 + r}d`] },
  { c: (v, _, r) => `r${r} = smp_load_acquire(${v});`, x86: (v, _, r) => [`movl (${v}),%r${8 + r}d`] },
  { c: (v, n) => `smp_store_release(${v}, ${n});`, x86: (v, n) => [`movl $${n},(${v})`] },
  { c: () => 'smp_mb();', x86: () => ['mfence'] },
  { c: () => 'smp_wmb();', x86: () => ['nop'] },
  { c: (v, n) => `atomic_add(${n}, ${v});`, x86: (v, n) => [`lock addl $${n},(${v})`] },
  {
    c: (v, n, r) => `r${r} = xchg_relaxed(${v}, ${n});`,
    x86: (v, n, r) => [`movl $${n},%r${8 + r}d`, `xchgl %r${8 + r}d,(${v})`],
  },
  {
    c: (v, n, r) => `r${r} = cmpxchg(${v}, ${n - 1}, ${n});`,
    x86: (v, n, r) => [`movl $${n - 1},%eax`, `movl $${n},%edx`, `lock cmpxchgl %edx,(${v})`, `movl %eax,%r${8 + r}d`],
  },
  { c: (v, n) => `*${v} = *${v} + ${n};`, x86: (v, n) => [`addl $${n},(${v})`] },
  {
    c: (v, n, r) => `r${r} = READ_ONCE(*${v}); if (r${r} == ${n}) WRITE_ONCE(*z, ${n});`,
    x86: (v, n, r) => [
      `movl (${v}),%r${8 + r}d`,
      `cmpl $${n},%r${8 + r}d`,
      `jne L${r}`,
      `movl $${n},(z)`,
      `L${r}: nop`,
    ],
  },
];

const step = fc.record({
  operation: fc.nat({ max: operations.length - 1 }),
  v: fc.constantFrom('x', 'y'),
  n: fc.integer({ min: 1, max: 2 }),
});
const threads = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });
type Threads = readonly (readonly { readonly operation: number; readonly v: string; readonly n: number }[])[];

const asked = (test: Threads, register: (r: number) => string): string =>
  [...test.flatMap((steps, t) => steps.map((_, r) => `${t}:${register(r)}`)), 'x', 'y', 'z'].join('; ');

function inC(test: Threads): string {
  const functions = test.map((steps, t) => {
    const registers = steps.map((_, r) => `int r${r} = 0;`).join(' ');
    const code = steps.map(({ operation, v, n }, r) => operations[operation]!.c(v, n, r)).join('\n\t');
    return `P${t}(int *x, int *y, int *z)\n{\n\t${registers}\n\t${code}\n}\n`;
  });
  return `C t\n{}\n${functions.join('\n')}\nlocations [${asked(test, (r) => `r${r}`)}]\nforall (true)\n`;
}

function inX86(test: Threads): string {
  const columns = test.map((steps) => steps.flatMap(({ operation, v, n }, r) => operations[operation]!.x86(v, n, r)));
  const rows = Array.from({ length: Math.max(...columns.map((c) => c.length)) }, (_, i) =>
    columns.map((column) => column[i] ?? '').join(' | '),
  );
  const head = test.map((_, t) => `P${t}`).join(' | ');
  return `X86_64 t\n{}\n${head} ;\n${rows.map((row) => `${row} ;`).join('\n')}\nlocations [${asked(test, (r) => `r${8 + r}`)}]\nforall (true)\n`;
}

const valuesOf = (states: readonly string[]): string[] => states.map((state) => state.replace(/[^;=]+=/g, '')).sort();

describe('the same litmus test in C and for x86', function () {
  this.timeout(120_000);
  it('has the same final states under tso and sc, in 300 random tests', async () => {
    await fc.assert(
      fc.asyncProperty(threads, async (test) => {
        for (const model of ['tso', 'sc'] as const)
          assert.deepEqual(
            valuesOf(await statesOf(inC(test), model)),
            valuesOf(await statesOf(inX86(test), model)),
            inC(test),
          );
      }),
      { numRuns: 300 },
    );
  });
});
