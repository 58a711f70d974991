// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Unit } from '../../src/c/ast';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { mapFile } from '../../src/c/mappedText';
import { tokenize } from '../../src/c/tokens';
import { createSearch } from '../../src/engine/search';
import tdxKexecConversion from '../../src/models/companions/tdxKexecConversion.c';
import kexec from '../../src/models/kexec.c';
import mm from '../../src/models/mm.c';
import tdxGuest from '../../src/models/tdxGuest.c';
import tdxHost from '../../src/models/tdxHost.c';
import guestKexecConverting from '../../src/scenarios/guestKexecConverting.c';
import hostKexecErratum from '../../src/scenarios/hostKexecErratum.c';
import { kernel, lowerUnits, randomOf, theParser } from './support';

const texts: Readonly<Record<string, string>> = {
  kernel,
  mm,
  kexec,
  tdxGuest,
  tdxHost,
  tdxKexecConversion,
  guestKexecConverting,
  hostKexecErratum,
};

const oddities = [
  '{',
  '}',
  '(',
  ')',
  ';',
  '*',
  '#if 1\n',
  '\n#endif\n',
  '\n#else\n',
  'struct',
  'goto',
  'case 3:',
  '...',
  '"',
  "'",
  '/*',
  '*/',
  '= {',
  'typeof(',
  'static',
  '\\',
  '0x',
  '->',
  '++',
  '[',
  ']',
  'int',
  'return',
  'while',
  'for_each_online_cpu(',
  '1 << 99',
  '/ 0',
  '\0',
  'é',
];

/** A text with some tokens left out, doubled, swapped or replaced. */
function damaged(text: string, seed: number): string {
  const r = randomOf(seed);
  const tokens = tokenize(text);
  const edits = new Map<number, 'drop' | 'double' | 'odd' | 'swap'>();
  for (let n = 1 + r.below(6); n > 0; n--)
    edits.set(r.below(tokens.length), r.pick(['drop', 'double', 'odd', 'swap'] as const));
  let result = '';
  let at = 0;
  tokens.forEach((token, i) => {
    const edit = edits.get(i);
    if (!edit) return;
    const end = token.start + token.text.length;
    result += text.slice(at, token.start);
    if (edit === 'double') result += `${token.text} ${token.text}`;
    else if (edit === 'odd') result += r.pick(oddities);
    else if (edit === 'swap') result += tokens[r.below(tokens.length)]?.text ?? '';
    at = end;
  });
  return result + text.slice(at);
}

async function build(text: string): Promise<Unit> {
  return buildUnit(await theParser(), mapFile('x.c', text), 'patch', configuration).unit;
}

/** Lowers every function of a unit that takes no arguments, and those that do through a caller. */
function lowerAll(units: readonly Unit[], names: Iterable<string>): void {
  for (const name of names) {
    const lowered = lowerUnits(units, [name]);
    // The engine's own check: a program that it cannot take is a defect too.
    createSearch(
      lowered.program,
      { model: 'tso', bufferDepth: 2, maxStates: 10, maxLocalSteps: 100 },
      { executor: 'interpreter' },
    );
  }
}

describe('C that is broken', function () {
  this.timeout(240_000);

  it('never throws: tokens of the models and scenarios left out, doubled, swapped', async () => {
    const sound = new Map<string, Unit>();
    for (const [name, text] of Object.entries(texts)) sound.set(name, await build(text));
    let lowered = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(texts)), fc.nat(), async (name, seed) => {
        const text = damaged(texts[name] ?? '', seed);
        const unit = await build(text);
        const others = [...sound].filter(([other]) => other !== name).map(([, u]) => u);
        const r = randomOf(seed);
        const names = [...unit.functions.keys()];
        const some = names.length <= 6 ? names : Array.from({ length: 6 }, () => r.pick(names));
        lowerAll([unit, ...others], some);
        lowered += some.length;
      }),
      { numRuns: Number(process.env.KPR_FUZZ_RUNS ?? 250) },
    );
    console.log(`      ${lowered} functions of broken texts lowered`);
  });

  /** What could run away: each text with what must still come of it. */
  const hostile: readonly (readonly [name: string, text: string])[] = [
    [
      'a struct that contains itself',
      'struct a { struct a x; int y; }; struct a v; void run(void) { v.y = sizeof(struct a); }',
    ],
    [
      'structs that contain each other',
      'struct a { struct b x; }; struct b { struct a y[2]; }; struct b v; void run(void) { v.y[1].x; }',
    ],
    ['typedefs in a circle', 'typedef b_x a_x; typedef a_x b_x; a_x v; void run(void) { v = 1; }'],
    ['a macro of its own name', '#define again again\nint again; void run(void) { again = again + 1; }'],
    ['macros in a circle', '#define one two + f()\n#define two one + g()\nint v; void run(void) { v = one; }'],
    ['an enum that names itself', 'enum { A = B + 1, B = A + 1 }; int v[A]; void run(void) { v[0] = A; }'],
    [
      'functions that double',
      `${Array.from({ length: 40 }, (_, i) => `void f${i}(void) { f${i + 1}(); f${i + 1}(); }`).join('\n')} int v; void f40(void) { v++; } void run(void) { f0(); }`,
    ],
    [
      'macros that double',
      `${Array.from({ length: 40 }, (_, i) => `#define m${i} m${i + 1} + m${i + 1}`).join('\n')}\nint v; void run(void) { v = m0 + v; }`,
    ],
    [
      'macros with arguments that double',
      `#define twice(x) ((x) + (x))\nint v; void run(void) { v = ${'twice('.repeat(40)}v${')'.repeat(40)}; }`,
    ],
    [
      'a deep chain of calls',
      `${Array.from({ length: 500 }, (_, i) => `int f${i}(int a) { return f${i + 1}(a) + 1; }`).join('\n')} int v; void run(void) { v = f0(1); }`,
    ],
    ['brackets inside brackets', `int v; void run(void) { v = ${'('.repeat(5000)}1${')'.repeat(5000)}; }`],
    ['a long sum', `int v; void run(void) { v = v${' + v'.repeat(5000)}; }`],
    ['blocks inside blocks', `int v; void run(void) { ${'{'.repeat(3000)} v = 1; ${'}'.repeat(3000)} }`],
    [
      'else if without end',
      `int v; void run(void) { ${Array.from({ length: 2000 }, (_, i) => `if (v == ${i}) v = 1; else`).join(' ')} v = 2; }`,
    ],
    ['stars', `int ${'*'.repeat(3000)}v; void run(void) { v = 0; ${'*'.repeat(3000)}v = 0; }`],
    [
      'a huge array',
      'int v[1 << 30][1 << 30]; int w[-5]; void run(void) { int x[1000000] = { 1 }; v[1][1] = x[2] + w[1]; }',
    ],
    [
      'a huge initialiser',
      'int v[] = { [1 << 30] = 1, [0 ... 1 << 30] = 2 }; void run(void) { int x[] = { [900000] = 1 }; v[0] = x[1]; }',
    ],
    [
      'numbers that are none',
      'int v = 0x; void run(void) { v = 09 + 1.5 + 0b2 + 1e9 + 99999999999999999999999; v = 1 << 99999999; v /= 0; v %= 0; }',
    ],
    ['shifts in #if', '#if 1 << 99999999999999\nint a;\n#endif\n#if (((((1\n#elif 1 / 0\n#endif\nvoid run(void) { }'],
    ['jumps to nowhere', 'void run(void) { goto out; break; continue; case 3: default: again: again: goto again; }'],
    [
      'an unknown outcome and odd intrinsics',
      'void run(void) { outcome("no such thing"); outcome(3); choose(0); choose(-1); choose(1 << 30); sometimes(1); }',
    ],
    [
      'primitives without arguments',
      'int v; void run(void) { READ_ONCE(); WRITE_ONCE(v); xchg(); cmpxchg(&v); set_bit(); test_bit(1); atomic_add(); atomic_inc_return(3); container_of(v); min(1); min_t(int); swap(v); memset(); ALIGN(); kmalloc(); try_cmpxchg(&v, 1, 2); smp_store_release(1, 2); ARRAY_SIZE(); BUG_ON(); }',
    ],
    [
      'atomics on anything',
      'struct s { char c[3]; } s; char a[7]; void f(void); void run(void) { struct s l; xchg(&s, 1); xchg(&a, 1); xchg(f, 1); xchg(&l, l); smp_store_release(&s, 1); smp_load_acquire(&a); atomic_inc(&a); set_bit(1, s); s++; l = s + 1; f = 1; *f = 2; s = 1; WRITE_ONCE(s, 3); READ_ONCE(f); }',
    ],
    [
      'void where a value is wanted',
      'void f(void) { } void run(void) { int x = f(); x += f(); if (f()) x = f() ? f() : 1; f() + 1; *f(); f().x; f()->y; f()[1]; (void)x; -f(); !f(); f()++; switch (f()) { case 1: ; } for (f(); f(); f()) break; }',
    ],
    [
      'loops over nothing',
      'void run(void) { list_for_each_entry(a, b) ; list_for_each_entry() { } for_each_online_cpu() { } for_each_foo(a, b, c) { continue; } list_for_each_entry_safe(x, y) break; }',
    ],
    [
      'a switch in pieces',
      'int v; void run(void) { switch (v) case 1: v = 2; switch (v) { int x = 1; while (v) { case 2: v--; default: v = 3; case 4 ... 1: ; } } case 9: v = 1; }',
    ],
    [
      'parts of structs that are not there',
      'struct s { int a; } s; int v; void run(void) { s.b = 1; s.a.c = 2; v.x = 1; v->y = 2; nobody.z = 3; nobody->z++; &s.b; &nobody; &5; *5 = 1; 5 = v; "x"[0] = 1; (1, v) = 2; }',
    ],
  ];
  for (const [name, text] of hostile) {
    it(`${name}: lowered`, async function () {
      this.timeout(120_000);
      const unit = await build(text);
      lowerAll([unit], ['run']);
    });
  }

  it('takes time in proportion to the text', async function () {
    this.timeout(120_000);
    const pieces = [
      'f(',
      'f(x ',
      '(((',
      '/* ',
      '" ',
      "' ",
      'a ? ',
      '{ ',
      '#if x\n',
      '#else\n',
      '*/ ',
      'for_each_x(',
      'case ',
      '... ',
      'typeof(',
      'x\\\n',
      'struct { ',
      'a, ',
      '(a) - ',
      '(u8)(',
      'a b ',
      'asm ',
      'x __y * ',
      'MACRO(x)\n',
      '"a" f(b) ',
      'DEFINE_PER_CPU(x) ',
      'SYSCALL_DEFINE1(x, y) {',
      'struct struct x ',
      'enum { A, ',
    ];
    // What takes time with the square of the text does not end here before mocha gives up.
    for (const piece of pieces) await build(`void run(void) { ${piece.repeat(20_000)}`);
  });

  it('says in one clear sentence that an entry function is missing', async () => {
    const unit = await build('int x;');
    assert.throws(() => lowerUnits([unit], ['run']), /run should run run\(\), which nobody defines/);
  });
});
