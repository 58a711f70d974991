// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { configuration } from '../../src/c/configuration';
import { isTypeWord } from '../../src/c/ctype';
import { type Definition, indexDefinitions } from '../../src/c/indexDefinitions';
import { preprocess } from '../../src/c/preprocess';
import { describeWithKernelTree } from '../support/kernelTree';
import { root } from '../support/shared';
import { theParser } from './support';

const index = (text: string): Definition[] => indexDefinitions(text, configuration);
/** `kind name` of each definition, `!` in front of what the configuration leaves out. */
const names = (text: string): string[] => index(text).map((d) => `${d.configured ? '' : '!'}${d.kind} ${d.name}`);

/** Pieces of a file with what they define; `@` stands for a number of its own. */
const pieces: readonly (readonly [text: string, defines: readonly string[]])[] = [
  ['int f@(void)\n{\n\treturn 1;\n}\n', ['function f@']],
  ['static __always_inline struct a *g@(int x, struct b *y) __must_hold(&l)\n{ if (x) { y(); } }\n', ['function g@']],
  ['__printf(1, 2) void h@(const char *s, ...) { char c = \'{\'; char *t = "}"; /* } */ }\n', ['function h@']],
  ['SYSCALL_DEFINE2(call@, int, a, long, b)\n{\n\treturn a;\n}\n', ['function __do_sys_call@']],
  ['DEFINE_IDTENTRY(exc@)\n{\n}\n', ['function exc@']],
  ['int p@(int, char *);\n', ['prototype p@']],
  ['struct s@ { int a; struct inner@ { long b; } c[3]; void (*call)(int); };\n', ['struct inner@', 'struct s@']],
  ['union u@ { int a; char b[4]; } __packed;\n', ['union u@']],
  ['enum e@ { A@, B@ = 3, C@ = (1 << 2) };\n', ['enum e@', 'constant A@', 'constant B@', 'constant C@']],
  ['enum { D@, };\n', ['constant D@']],
  ['typedef struct { int x; } t@;\n', ['typedef t@']],
  ['typedef int (*fn@)(struct s *, int);\n', ['typedef fn@']],
  ['static const int v@ = 3, w@[] = { 1, 2 };\n', ['variable v@', 'variable w@']],
  ['extern struct a x@;\n', ['extern x@']],
  ['static struct ops o@ = {\n\t.open = f,\n\t.x = { 1 },\n};\n', ['variable o@']],
  ['static int (*pointer@)(void) = f;\n', ['variable pointer@']],
  ['static DEFINE_MUTEX(m@);\n', ['variable m@']],
  ['DEFINE_PER_CPU(struct a *, pc@);\n', ['variable pc@']],
  ['static LIST_HEAD(list@);\n', ['variable list@']],
  ['#define M@(a) do { \\\n\tif (a) { \\\n} while (0)\n', ['macro M@']],
  ['#define N@ 3 /* a\n comment */\n', ['macro N@']],
  ['EXPORT_SYMBOL(f);\n', []],
  ['EXPORT_SYMBOL_GPL(f)\n', []],
  ['/* int c@(void) { } */\n// int d@(void) {\n', []],
  ['#if 0\nint no@(void) { }\n#endif\n', ['!function no@']],
  ['#ifdef CONFIG_SMP\nint smp@(int a)\n{\n#else\nint up@(void)\n{\n#endif\n\treturn 1;\n}\n', ['function smp@']],
  ['#ifndef CONFIG_SMP\nint up@(void) { }\n#else\nint smp@(void) { }\n#endif\n', ['!function up@', 'function smp@']],
  ['extern "C" {\nint c@(void) { }\n}\n', ['function c@']],
];

describe('the index of what a file defines', () => {
  it('is exact on files put together of every kind of definition', () => {
    const file = fc.array(fc.nat(pieces.length - 1), { maxLength: 40 });
    fc.assert(
      fc.property(file, (picks) => {
        let text = '';
        const wanted: string[] = [];
        const places: [string, number, number][] = [];
        picks.forEach((pick, n) => {
          const [piece, defines] = pieces[pick] ?? ['', []];
          const made = piece.replaceAll('@', String(n));
          wanted.push(...defines.map((d) => d.replaceAll('@', String(n))));
          if (defines.length === 1 && !piece.startsWith('#if') && !piece.startsWith('extern "C"'))
            places.push([(defines[0] ?? '').replaceAll('@', String(n)), text.length, text.length + made.length]);
          text += made;
        });
        assert.deepEqual(names(text), wanted);
        const found = new Map(index(text).map((d) => [`${d.kind} ${d.name}`, d]));
        for (const [key, from, to] of places) {
          const d = found.get(key);
          assert.ok(d && d.start >= from && d.end <= to, key);
          // The text of the definition is all that the piece is, but for what ends it.
          assert.equal(index(text.slice(d.start, d.end) + (d.kind === 'macro' ? '\n' : ';'))[0]?.name, d.name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says which functions are static', () => {
    const found = index('static int a(void) {}\nint b(void) {}\nstatic\ninline int c(void) {}\n');
    assert.deepEqual(
      found.map((d) => d.isStatic),
      [true, false, true],
    );
  });

  it('reads any text to its end', () => {
    const odd = [
      '{',
      '}',
      '(',
      ')',
      '[',
      ';',
      ',',
      '=',
      '#if 1\n',
      '#else\n',
      '#endif\n',
      '"',
      "'",
      '/*',
      '*/',
      '\\\n',
    ];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...odd, ...pieces.map(([p]) => p)), fc.string()))
      .map((p) => p.join(''));
    fc.assert(
      fc.property(text, (t) => {
        for (const d of index(t)) assert.ok(d.start >= 0 && d.start < d.end && d.end <= t.length && d.name !== '');
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the functions that the parser finds in the bundled models, at the same places', async () => {
    const folder = path.join(root, 'src/models');
    const files = readdirSync(folder).filter((name) => name.endsWith('.c'));
    assert.ok(files.length > 3);
    for (const file of files) await agree(readFileSync(path.join(folder, file), 'utf8'));
  });

  describeWithKernelTree('in a kernel tree', (tree) => {
    it('finds the functions that the parser finds, at the same places', async function () {
      this.timeout(120_000);
      const sample = path.join(tree, 'mm');
      for (const file of readdirSync(sample).filter((name) => /^[a-m].*\.c$/.test(name)))
        await agree(readFileSync(path.join(sample, file), 'utf8'));
    });
  });

  /** Every function that the parser gets through without an error is in the index, ending where it ends. */
  async function agree(text: string): Promise<void> {
    const found = new Map(index(text).map((d) => [d.end, d]));
    const parser = await theParser();
    const { text: normalised } = preprocess(text, configuration, isTypeWord);
    parser.parse(normalised, (tree) => {
      for (const node of tree.namedChildren) {
        if (node?.type !== 'function_definition' || node.hasError) continue;
        const head = text.slice(node.startIndex, node.childForFieldName('body')?.startIndex);
        const d = found.get(node.endIndex);
        assert.equal(d?.kind, 'function', head);
        assert.ok(head.includes(`${d?.name}(`) || /DEFINE|CALL/.test(head), `${d?.name}: ${head}`);
        assert.equal(d?.isStatic, /\bstatic\b/.test(head), head);
      }
    });
  }
});
