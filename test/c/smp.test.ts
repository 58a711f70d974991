// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { lowerProgram } from '../../src/c/lowerProgram';
import { mapFile } from '../../src/c/mappedText';
import { createSymbols } from '../../src/c/symbols';
import { createSearch } from '../../src/engine/search';
import smp from '../../src/models/smp.c';
import { macroOf } from '../../src/review/library';
import { linkedOutcomes } from '../../src/review/simulateSide';
import { finals, kernel, outcomesOf, theParser } from './support';

/** What `long result` may be when a text with `cpu0()` and `cpu1()` has run on two CPUs. */
async function ran(text: string): Promise<{ results: bigint[]; outcomes: string[]; assumed: string[] }> {
  const parser = await theParser();
  const build = (name: string, source: string, macros = macroOf([])) =>
    buildUnit(parser, mapFile(name, source), 'model', configuration, macros).unit;
  const first = build('kernel.c', kernel);
  const second = build('smp.c', smp, macroOf([first]));
  const unit = build('x.c', `enum { NR_CPUS = 2 };\nlong result;\n${text}`, macroOf([first, second]));
  assert.deepEqual([...first.errors, ...second.errors, ...unit.errors], []);
  const lowered = lowerProgram({
    symbols: createSymbols([unit, first, second]),
    agents: ['cpu0', 'cpu1'].map((entry) => ({ name: entry, entry, running: true })),
    outcomes: linkedOutcomes,
    machine: () => ({
      words: 0,
      operations: [
        { name: 'hw_cpu', serialising: false, run: ({ agent }) => agent },
        {
          name: 'hw_run_as',
          serialising: true,
          run({ drain }, cpu) {
            if (Number(cpu) >= 0) drain(Number(cpu));
            return 0;
          },
        },
      ],
      initialise: () => {},
      watched: null,
      access: () => null,
    }),
    machineConstant: () => null,
    keep: ['result'],
  });
  const search = createSearch(
    lowered.program,
    { model: 'tso', bufferDepth: 2, maxStates: 100_000, maxLocalSteps: 20_000 },
    { executor: 'codegen' },
  );
  while (!search.run(1 << 16));
  return {
    results: finals(lowered, search, 'result', 8),
    outcomes: outcomesOf(search),
    assumed: lowered.assumptions.map((a) => a.text),
  };
}

const alone: readonly (readonly [name: string, body: string, before: string, result: bigint])[] = [
  [
    'every online CPU is visited',
    'int c; set_cpu_online(1, false); for_each_online_cpu(c) result += 1 + c; result += 10 * num_online_cpus();',
    '',
    11n,
  ],
  [
    'every possible CPU is visited',
    'int c; set_cpu_online(1, false); for_each_possible_cpu(c) result += 1 + c;',
    '',
    3n,
  ],
  [
    'masks are sets',
    `cpumask_var_t m; unsigned int c; if (!zalloc_cpumask_var(&m, GFP_KERNEL)) return;
	cpumask_set_cpu(1, m); result = cpumask_weight(m) + 10 * cpumask_first(m) + 100 * cpumask_test_cpu(0, m);
	cpumask_or(m, m, cpumask_of(0)); for_each_cpu(c, m) result += 1000; result += cpumask_equal(m, cpu_online_mask); free_cpumask_var(m);`,
    '',
    2012n,
  ],
  [
    'a function runs once for each CPU, with its number',
    'on_each_cpu(add, &result, 1); result += 1000 * per_cpu(seen, 0) + 10000 * per_cpu(seen, 1) + 100 * smp_processor_id();',
    'static DEFINE_PER_CPU(int, seen); static void add(void *p) { *(long *)p += 1 + smp_processor_id(); this_cpu_inc(seen); }',
    11003n,
  ],
  [
    'a function runs for one CPU, or says that it is not there',
    'set_cpu_online(1, false); result = smp_call_function_single(0, add, &result, 1) + 100 * (smp_call_function_single(1, add, &result, 1) == -ENXIO) + 10 * (smp_call_on_cpu(0, give, NULL, false) == 4);',
    'static void add(void *p) { *(long *)p += 5; } static int give(void *p) { return 4 + smp_processor_id(); }',
    110n,
  ],
];

describe('several CPUs', function () {
  this.timeout(20_000);
  for (const [name, body, before, result] of alone) {
    it(name, async () => {
      const { results, outcomes, assumed } = await ran(
        `${before}\nvoid cpu0(void)\n{\n${body}\n}\nvoid cpu1(void) { }`,
      );
      assert.deepEqual([results, outcomes, assumed], [[result], [], []]);
    });
  }

  it('have reader-writer locks: readers together, writers alone', async () => {
    const { results, outcomes } = await ran(`static rwlock_t lock; static int a, b, inside;
static void reader(void) { read_lock(&lock); inside++; if (READ_ONCE(a) != READ_ONCE(b)) result = 9; read_unlock(&lock); }
void cpu0(void) { reader(); }
void cpu1(void) { write_lock(&lock); a = 1; b = 1; write_unlock(&lock); }`);
    assert.deepEqual([results, outcomes], [[0n], []]);
    const together = await ran(`static rwlock_t lock; static int inside;
static void reader(void) { read_lock(&lock); if (atomic_inc_return((atomic_t *)&inside) == 2) result = 1; atomic_dec((atomic_t *)&inside); read_unlock(&lock); }
void cpu0(void) { reader(); }
void cpu1(void) { reader(); }`);
    assert.deepEqual(together.results, [0n, 1n]);
  });

  it('are drained by an interrupt: both cannot miss the store of the other', async () => {
    const text = (order: string): string => `static int x, y, miss0, miss1; static void nothing(void *p) { }
void cpu0(void) { WRITE_ONCE(x, 1); ${order} if (!READ_ONCE(y)) WRITE_ONCE(miss0, 1); smp_mb(); if (READ_ONCE(miss1) && miss0) result = 1; }
void cpu1(void) { WRITE_ONCE(y, 1); if (!READ_ONCE(x)) WRITE_ONCE(miss1, 1); smp_mb(); if (READ_ONCE(miss0) && miss1) result = 1; }`;
    assert.deepEqual((await ran(text(''))).results, [0n, 1n]);
    // The IPI drains the other CPU's store of y, and the sender's own of x.
    assert.deepEqual((await ran(text('on_each_cpu(nothing, NULL, 1);'))).results, [0n]);
  });
});
