// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { tokenize } from '../../src/c/tokens';
import { cutTopLevel, mayBeginInside, sectionFunction } from '../../src/c/topLevel';

/** Each stretch as `kind name? !broken: first word … last word`. */
function cut(text: string, mayBeInside = false): string[] {
  const shows = cutTopLevel(text, mayBeInside).filter((s) => text.slice(s.start, s.end).trim() !== '');
  return shows.map((s) => {
    const shown = text.slice(s.start, s.end).replace(/\s+/g, ' ').trim();
    return `${s.kind}${s.name ? ` ${s.name}` : ''}${s.broken ? ' broken' : ''}: ${shown}`;
  });
}

describe('what of a hunk stands at file level', () => {
  it('whole functions, and what is between them', () => {
    assert.deepEqual(cut('int x;\nstatic int f(void)\n{\n\tg();\n}\n\nint y = 1;\n'), [
      'top: int x;',
      'function f: static int f(void) { g(); }',
      'top: int y = 1;',
    ]);
  });

  it('a hunk that starts inside a body', () => {
    assert.deepEqual(cut('\ta();\n\tif (b) {\n\t\tc();\n\t}\n\treturn 0;\n}\n\nint f(void)\n{\n}\n', true), [
      'inside: a(); if (b) { c(); } return 0; }',
      'function f: int f(void) { }',
    ]);
  });

  it('a block that ends is not the function that ends', () => {
    assert.deepEqual(cut('\t\ta();\n\t}\n\n\tb();\n\tc();\n', true), ['inside: a(); } b(); c();']);
    assert.deepEqual(cut('a();\n}\nb();\nreturn;\n', true), ['inside: a(); } b(); return;']);
    assert.deepEqual(cut('\t\ta();\n\t}\n\tif (b) {\n\t\tc();\n\t}\n}\nint y;\n', true), [
      'inside: a(); } if (b) { c(); } }',
      'top: int y;',
    ]);
    assert.deepEqual(cut('\ta();\n}\n\nint y;\n', true), ['inside: a(); }', 'top: int y;']);
  });

  it('a hunk that stays inside a body', () => {
    assert.deepEqual(cut('\ta();\n\tb();\n', true), ['inside: a(); b();']);
    assert.deepEqual(cut('int a;\nint b;\n', false), ['top: int a; int b;']);
  });

  it('a hunk that stays inside a body, behind the end of a block in it', () => {
    for (const rest of [
      'return 0;\nout:\nclear();\n',
      'err = f(a);\nif (err)\n',
      'f(a, (b));\n',
      'out:\ng();\n',
      'p->x = 1;\n',
    ])
      assert.deepEqual(cut(`goto out;\n}\n\n${rest}`, true), [
        `inside: goto out; } ${rest.replace(/\s+/g, ' ').trim()}`,
      ]);
    for (const rest of [
      'int x;\n',
      'static int f(int a);\n',
      'EXPORT_SYMBOL(f);\n',
      'u64 g(int a);\n',
      'struct s x = { 1 };\n',
    ])
      assert.deepEqual(cut(`goto out;\n}\n\n${rest}`, true), ['inside: goto out; }', `top: ${rest.trim()}`]);
  });

  it('a hunk that starts inside the parameters', () => {
    assert.deepEqual(cut('\t\tint b, struct x *c)\n{\n\ta();\n}\n\nint y;\n', true), [
      'inside: int b, struct x *c) { a(); }',
      'top: int y;',
    ]);
  });

  it('a function that does not end', () => {
    assert.deepEqual(cut('int x;\nint f(int a)\n{\n\tif (a) {\n\t\tb();\n'), [
      'top: int x;',
      'unfinished f: int f(int a) { if (a) { b();',
    ]);
  });

  it('a brace too many: nothing of the function can be trusted', () => {
    assert.deepEqual(cut('int f(int a)\n{\n\tif (a)\n\t\tb();\n\t}\n\treturn 1;\n}\n'), [
      'function f broken: int f(int a) { if (a) b(); } return 1; }',
    ]);
  });

  it('structs, enums and initialisers are no functions', () => {
    assert.deepEqual(
      cut('struct x {\n\tint a;\n};\nenum { A, B };\nint v[] = { 1 };\nstatic struct y z = {\n\t.f = g,\n};\n'),
      ['top: struct x { int a; }; enum { A, B }; int v[] = { 1 }; static struct y z = { .f = g, };'],
    );
  });

  it('braces in strings and comments do not count', () => {
    assert.deepEqual(cut('int f(void)\n{\n\tpr_info("}{{");\n\t/* } */\n\t// {\n\tc = \'{\';\n}\n'), [
      'function f: int f(void) { pr_info("}{{"); /* } */ // { c = \'{\'; }',
    ]);
  });

  it('the stretches are in order, lie apart, and leave out nothing but white space', () => {
    const piece = fc.constantFrom(
      'int f(void)\n{\n',
      '}\n',
      'a();\n',
      'if (x) {\n',
      'struct s {\n',
      '};\n',
      'int x;\n',
      '/* { */',
      ')',
      'int a, int b)\n',
      '{',
      'out:\n',
      '#define X {\n',
      '"}"',
      'do { } while (0);\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.boolean(), (pieces, inside) => {
        const text = pieces.join('');
        let at = 0;
        for (const s of cutTopLevel(text, inside)) {
          assert.ok(s.start >= at && s.end >= s.start && s.end <= text.length);
          assert.equal(text.slice(at, s.start).trim(), '');
          at = s.end;
        }
        assert.equal(text.slice(at).trim(), '');
      }),
      { numRuns: 1500 },
    );
  });

  it('a hunk begins inside a function where it shows statements, whatever its header says', () => {
    const cases: readonly (readonly [string, boolean, boolean])[] = [
      ['\tif (a)\n\t\treturn b;\n', false, true],
      ['\tx = 1;\n', true, true],
      ['\tx = 1;\n', false, false],
      ['static int a;\nint b;\n', true, false],
      ['DEFINE_MUTEX(lock);\n', true, false],
      ['\tstatic int calls;\n', true, true],
      ['static int f(void)\n{\n\treturn 1;\n}\n', false, false],
      ['static int a;\n\tif (a)\n', false, true],
      ['struct x {\n\tint a;\n};\n', false, false],
    ];
    for (const [text, section, expected] of cases) assert.equal(mayBeginInside(text, section), expected, text);
  });

  it('blank lines, comments and directives alone are in no function', () => {
    const kinds = (text: string): string[] => cutTopLevel(text, true).map(({ kind }) => kind);
    assert.deepEqual(kinds('\n#endif\n\n/* the end */\n'), ['top']);
    assert.deepEqual(kinds('\n#endif\n\tx = 1;\n'), ['inside']);
  });

  it('a comment whose first line is missing is only its starred lines', () => {
    const words = (text: string): string[] => tokenize(text).map((t) => t.text);
    assert.deepEqual(words(' * a\n * b\n */\nc;'), ['c', ';']);
    assert.deepEqual(words('x;\n * a\n */\nc;'), ['x', ';', 'c', ';']);
    assert.deepEqual(words('a b */ c;'), ['c', ';']);
    assert.deepEqual(words(' */\nc;'), ['c', ';']);
    assert.deepEqual(words('\n */\nc;'), ['c', ';']);
  });

  it('the function that a hunk header speaks of', () => {
    const cases: readonly (readonly [string, string | null])[] = [
      ['static int foo(struct x *a,', 'foo'],
      ['void __init bar(void)', 'bar'],
      ['struct x {', null],
      ['extern int foo(void);', null],
      ['', null],
      ['static __attribute__((noinline)) int baz(int a)', 'baz'],
    ];
    for (const [section, name] of cases) assert.equal(sectionFunction(section), name, section);
  });
});
