// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { assemblyOutputs } from '../../src/c/assembly';
import { finals, lower, searchOf, stepsOf } from './support';

const outputs: readonly (readonly [text: string, outputs: readonly string[]])[] = [
  ['"mov %1, %0" : "=r" (x) : "r" (y) : "cc"', ['x']],
  ['"" : : : "memory"', []],
  ['"nop" :: "r" (y)', []],
  ['"a" : "=r"(x), "+m" (*p), [err] "=a" (s->err[2]) : "r"(f(a, b))', ['x', '*p', 's->err[2]']],
  ['"call %P[f]" : "=a" (r), ASM_CALL_CONSTRAINT : [f] "i" (f)', ['r']],
  ['MAKE("a", b) CC_SET(z) : CC_OUT(z) (eq) : "m" (v)', ['eq']],
  ['"" : "+r" (kept)', []],
  ['"" : "=r" (lost) : "r" (x)', ['lost']],
  ['"" : "=r" (hidden), "=m" (b) : "r" (y), "0" (x + 1)', ['hidden = (x + 1)', 'b']],
  ['"nop" : "=r" (x) : "0" (y)', ['x']],
];

describe('inline assembly', () => {
  for (const [text, expected] of outputs)
    it(`sets ${expected.join(', ') || 'nothing'}: ${text}`, () => assert.deepEqual(assemblyOutputs(text), expected));

  it('makes what it sets any value, in registers and in memory', async () => {
    const lowered = await lower(
      `long result; struct s { int v[2]; } s;
void run(void)
{
	int x = 7, *p = &s.v[1];

	s.v[0] = 5;
	asm volatile("mystery %0, %1" : "=r" (x), "=m" (*p) : "r" (4) : "memory");
	result = (x != 7) * 100 + (s.v[1] != 0) * 10 + s.v[0];
}`,
      ['run'],
      ['result'],
    );
    // Unknown values are 0, positive or negative.
    assert.deepEqual(finals(lowered, searchOf(lowered), 'result', 8), [105n, 115n]);
    assert.deepEqual(
      lowered.assumptions.map((a) => a.text),
      ['asm “mystery %0, %1” is not modelled: what it sets may be anything'],
    );
  });

  it('without instructions hides a value from the compiler only', async () => {
    const lowered = await lower(
      'long result; void run(void) { long p = 40, q; asm ("" : "=r"(q) : "0"(p + 1)); asm volatile("" : "+r" (q)); result = q; }',
      ['run'],
      ['result'],
    );
    assert.deepEqual(finals(lowered, searchOf(lowered), 'result', 8), [41n]);
  });

  it('still orders what its instructions order', async () => {
    const lowered = await lower(
      `void run(void) { int e; asm volatile("lock; addl $0, (%%rsp)" : "=r" (e) :: "memory"); }`,
    );
    assert.deepEqual(
      stepsOf(lowered, 'fence').map((step) => step.fence),
      ['full'],
    );
  });
});

describe('a loop that one macro begins and another one ends', () => {
  it('runs its body for each', async () => {
    const lowered = await lower(
      `long result; static int table[4] = { 1, 2, 3, 4 };
#define do_each_entry(i, v, most) do { for ((i) = 0; (i) < (most); (i)++) { (v) = table[i]; if ((v) == 2) continue; {
#define while_each_entry(i) } } } while (0)
#define do_each_entry_safe(i, v, most) do { for ((i) = 0; (i) < (most); (i)++) { (v) = table[i]; {
#define while_each_more(i) while (++(i) < 3)
void run(void)
{
	int i, v;

	do_each_entry(i, v, 4) {
		result = result * 10 + v;
	} while_each_entry(i);
	i = 0;
	do {
		result = result * 10 + 7;
	} while_each_more(i);
	do_each_entry_safe(i, v, 1) {
		result = result * 10 + v;
	} while_each_entry(i);
}`,
      ['run'],
      ['result'],
    );
    assert.deepEqual(
      lowered.assumptions.map((a) => a.text),
      [],
    );
    assert.deepEqual(finals(lowered, searchOf(lowered), 'result', 8), [1347771n]);
  });
});

describe('arguments that are no C', () => {
  const cases: readonly (readonly [name: string, macro: string, use: string, result: bigint])[] = [
    ['designators', '#define CONFIG_OF(args...) ((struct bits){ args }).b', 'CONFIG_OF(.a = 4, .b = 7)', 7n],
    ['an operator', '#define ORDER(x, op, y) ((x) op (y) ? 2 : 3)', 'ORDER(1, <=, 2) * 10 + ORDER(2, <, 1)', 23n],
    ['nothing', '#define FIRST(x, y, z) (x - z)', 'FIRST(9, , 4)', 5n],
    [
      'operands of assembly',
      '#define RUN(insn, output) ({ int e = 3; asm volatile("" : output : "0" (0)); e; })',
      'RUN(insn %[e]; wait, "+m" (s))',
      3n,
    ],
  ];
  for (const [name, macro, use, result] of cases) {
    it(`are taken by macros: ${name}`, async () => {
      const lowered = await lower(
        `long result; static int s; struct bits { int a, b; };\n${macro}\nvoid run(void) { result = ${use}; s = 1; }`,
        ['run'],
        ['result'],
      );
      assert.deepEqual(
        lowered.assumptions.map((a) => a.text),
        [],
      );
      assert.deepEqual(finals(lowered, searchOf(lowered), 'result', 8), [result]);
    });
  }
});
