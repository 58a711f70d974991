// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { configuration } from '../../src/c/configuration';
import { isTypeWord } from '../../src/c/ctype';
import { preprocess } from '../../src/c/preprocess';
import type { Preprocessed } from '../../src/c/preprocessed';
import { results } from './support';

const read = (text: string): Preprocessed => preprocess(text, configuration, isTypeWord);
/** The words that are left, without white space. */
const left = (text: string): string => read(text).text.replace(/\s+/g, ' ').trim();

const pieces = [
  '#if 1\n',
  '#ifdef CONFIG_X\n',
  '#ifndef A\n',
  '#else\n',
  '#elif 0\n',
  '#endif\n',
  '#define A 1\n',
  '#define B(x) x \\\n  + 1\n',
  '/* c */',
  '/* c\n */',
  '*/',
  '/*',
  '// c\n',
  '"s /*"',
  "'\\''",
  '"',
  '__init ',
  'static ',
  'for_each_x(a, b) ',
  '__attribute__((x)) ',
  'DEFINE_PER_CPU(int, x);',
  'typeof(a) ',
  'case 1 ... 2:',
  '(a) - b',
  '(u8)*b',
  '\r\n',
  '\n',
  '\t',
  '{',
  '}',
  '(',
  ')',
  'x',
  '…',
  '\\\n',
];

describe('what is done to C before it is parsed', () => {
  it('keeps the length and every line end, whatever the text', () => {
    const text = fc
      .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, fc.string()))
      .map((p) => p.join(''));
    fc.assert(
      fc.property(text, (t) => {
        const { text: out } = read(t);
        assert.equal(out.length, t.length);
        for (let i = 0; i < t.length; i++) {
          if (t[i] === '\n' || t[i] === '\r') assert.equal(out[i], t[i]);
          else assert.ok(out[i] !== '\n' && out[i] !== '\r');
        }
      }),
      { numRuns: 2000 },
    );
  });

  const conditionals: readonly (readonly [string, string, string])[] = [
    ['#ifdef of a feature', '#ifdef CONFIG_KEXEC\nyes\n#else\nno\n#endif\nrest', 'yes rest'],
    ['#ifdef of a debugging aid', '#ifdef CONFIG_DEBUG_VM\nyes\n#else\nno\n#endif\nrest', 'no rest'],
    ['#ifndef', '#ifndef CONFIG_KEXEC\nyes\n#else\nno\n#endif', 'no'],
    ['#if with arithmetic', '#if (1 << 3) - 8 || !defined(NOPE) && 2 > 1\nyes\n#endif', 'yes'],
    ['#if IS_ENABLED()', '#if IS_ENABLED(CONFIG_KEXEC)\nyes\n#endif', 'yes'],
    ['#if with a suffix', '#if 10UL > 9 && 1\nyes\n#endif', 'yes'],
    ['#if 0', '#if 0\nno\n#endif\nyes', 'yes'],
    ['#elif', '#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif', 'b'],
    ['one inside another', '#if 0\n#if 1\na\n#else\nb\n#endif\n#else\nc\n#endif', 'c'],
    ['of what the text defines', '#define LEVEL 3\n#if LEVEL == 3\nyes\n#endif', 'yes'],
    ['LINUX_VERSION_CODE', '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)\nyes\n#endif', 'yes'],
    ['#else whose #if is not shown', 'a\n#else\nb\n#endif\nc', 'a c'],
    ['#elif whose #if is not shown', 'a\n#elif 1\nb\n#endif\nc', 'a c'],
    ['#endif whose #if is not shown', 'a\n#endif\nb', 'a b'],
    ['#if whose #endif is not shown', '#if 1\na', 'a'],
    ['continued on the next line', '#if 1 && \\\n 0\nno\n#endif\nyes', 'yes'],
    ['with a comment behind it', '#endif /* CONFIG_X\n and more */ a', 'a'],
  ];
  for (const [name, text, expected] of conditionals)
    it(`conditionals: ${name}`, () => assert.equal(left(text), expected));

  it('says that a branch behind an #else without #if was left out', () => {
    const { assumptions } = read('a\n#else\nb\n#endif');
    assert.deepEqual(assumptions, [{ offset: 2, text: 'the #else branch is taken as not configured' }]);
  });

  it('notes macros, with and without parameters', () => {
    const { macros } = read(
      '#define A 1 + \\\n 2\n#define F(x, y) (x) /* c */\n#define EMPTY\n#if 0\n#define NO 1\n#endif\n',
    );
    assert.deepEqual(
      macros.map((m) => [m.name, m.parameters, m.body.replace(/\s+/g, ' ')]),
      [
        ['A', null, '1 + 2'],
        ['F', ['x', 'y'], '(x)'],
        ['EMPTY', null, ''],
      ],
    );
  });

  const rewritten: readonly (readonly [string, string, string])[] = [
    ['attributes', 'static __init int __attribute__((aligned(4))) f(void) __must_hold(&lock)', 'static int f(void)'],
    ['volatile and fallthrough', 'volatile int x; fallthrough;', 'int x; ;'],
    ['EXPORT_SYMBOL', 'EXPORT_SYMBOL_GPL(f);', ';'],
    ['DEFINE_PER_CPU', 'static DEFINE_PER_CPU(struct x *, y);', 'static struct x * y ;'],
    ['loop macros', 'list_for_each_entry(a, b, c) {', 'while (a, b, c) {'],
    ['loop macros without a body', 'list_for_each(a, b); for_each_x(a);', 'while (a, b); for_each_x(a);'],
    [
      'types among arguments',
      'container_of(p, struct foo *, m); min_t(unsigned long, a, b);',
      'container_of(p, struct_foo__, m); min_t(unsigned_long, a, b);',
    ],
    ['brackets round a name that is no type', 'x = (a) - (b) * 2;', 'x = a - b * 2;'],
    ['a cast', 'x = (u8)*p + (int)-1;', 'x = (u8)~p + (int)~1;'],
    ['a product that could be a type', 'x = (a * (b)) & c;', 'x = (a / (b)) & c;'],
    ['a cast to an unknown type', 'x = (foo *)p;', 'x = (foo *)p;'],
    ['sizeof', 'x = sizeof(u8) - sizeof (a) * 2;', 'x = sizeof(u8) - sizeof (a) * 2;'],
    ['a call', 'f(a) - 1; a[0](b) - 1;', 'f(a) - 1; a[0](b) - 1;'],
    ['marks between type and name', 'static int __anything foo(void) { }', 'static int foo(void) { }'],
    ['marks in front of the type', 'nokprobe_mark struct a *f(int x) { }', 'struct a *f(int x) { }'],
    [
      'marks behind a type nobody knows',
      'handle __somewhere f(u8 __space *p, handle q) { }',
      'handle f(u8 *p, handle q) { }',
    ],
    ['marks behind a star', 'struct a * __mark f(void * __mark p);', 'struct a * f(void * p);'],
    [
      'marks behind the name',
      'struct { int a; } x __somehow = { 1 }; int y __aligned(8);',
      'struct { int a; } x = { 1 }; int y ;',
    ],
    ['marks behind a head', 'int f(void) __anything(x) { }', 'int f(void) { }'],
    [
      'nothing of what is no mark',
      'unsigned long x; struct a b; foo_t c, d; return e; sizeof f;',
      'unsigned long x; struct a b; foo_t c, d; return e; sizeof f;',
    ],
    ['a marker as an argument', 'f(a, __initdata);', 'f(a, __initdata);'],
    [
      'heads of system calls',
      'SYSCALL_DEFINE2(foo, struct a __user *, p, int, q) { }',
      'long foo( struct a * p, int q) { }',
    ],
    ['heads without parameters', 'DEFINE_IDTENTRY(exc_foo) { }', 'long exc_foo() { }'],
    ['macros at file level without a semicolon', 'A_MACRO(x)\nint f(void) { }', 'int f(void) { }'],
    [
      'macros that declare',
      'static DEFINE_RATELIMIT_STATE(rs, 5 * HZ, 10); DECLARE_BITMAP(map, 70);',
      'static DEFINE_RATELIMIT_STATE rs ; DECLARE_BITMAP map[ 70];',
    ],
    ['macros that define what is not C', 'DEFINE_FREE(kfree, void *, if (_T) kfree(_T)); int x;', '; int x;'],
    [
      'loops that nobody knows',
      'void f(void) { walk_all(a, b) { g(); } walk_all(c) g(); }',
      'void f(void) { while (a, b) { g(); } while (c) g(); }',
    ],
    [
      'calls and conditions that are no loops',
      'void f(void) { g(a); if (a) { } while (b) { } x = h(c); }',
      'void f(void) { g(a); if (a) { } while (b) { } x = h(c); }',
    ],
    ['ends of loops', 'void f(void) { do { g(); } while_each_x(a, b); }', 'void f(void) { do { g(); } while (a, b); }'],
    [
      'types of several words among any arguments',
      'void f(void) { x = alloc(struct foo *, 1); offsetof(struct a, b[1]); }',
      'void f(void) { x = alloc(struct_foo__, 1); OFFSETOF(struct_a, b[1]); }',
    ],
    ['assembly', 'asm volatile("a" LOCK_PREFIX "b" : "=r" (x) : M(y) : "cc");', 'asm ("a" "lock" "b" );'],
    ['assembly that macros make', 'asm goto(MAKE("a", b) : : : : out);', 'asm ("?" );'],
    ['registers of variables', 'register u64 r asm("r8") = x;', 'u64 r = x;'],
    ['levels of messages', 'printk(KERN_INFO NAME "x" __stringify(Y) "z");', 'printk( NAME "x" "z");'],
    ['casts to typeof', 'x = (typeof(y))-1;', 'x = (______ )~1;'],
    ['ranges of cases', 'case 1 ... 5:', 'case 1 | 5:'],
    ['a text that starts inside a comment', 'end of it */ int x;', 'int x;'],
    ['comment marks inside strings', 's = "/*"; t = "*/";', 's = "/*"; t = "*/";'],
  ];
  for (const [name, text, expected] of rewritten) it(`rewrites: ${name}`, () => assert.equal(left(text), expected));

  it('what it rewrites means what it meant', async () => {
    const run = (body: string): Promise<number[]> =>
      results(`long result; void run(void) { long a = 7, b = 3, *p = &a; (void)p; ${body} }`);
    assert.deepEqual(await run('result = (a) - (b) * 2;'), [1]);
    assert.deepEqual(await run('result = (u8)-a + (int)*p;'), [249 + 7]);
    assert.deepEqual(await run('result = (a * (b)) & 4;'), [4]);
    assert.deepEqual(await run('result = (a) & (b);'), [3]);
    assert.deepEqual(await run('result = sizeof(u8) - 1 + sizeof(a) * 2;'), [16]);
    assert.deepEqual(
      await run(
        'switch (a) { case 1 ... 6: result = 1; break; case 7 ... 9: result = 2; fallthrough; case 20: result++; }',
      ),
      [3],
    );
    assert.deepEqual(await run('typeof(*p) c = 300; __auto_type d = (u8)c; result = sizeof(d) * 1000 + c;'), [1300]);
    assert.deepEqual(await run('result = (u16)(a)-1;'), [6]);
    assert.deepEqual(await run('return; \n#else\n result = 5;\n#endif\n'), [0]);
  });
});
