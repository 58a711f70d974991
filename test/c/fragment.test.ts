// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { wrapFragment } from '../../src/c/fragment';
import { concatenate, type MappedText, mapLine, originAt } from '../../src/c/mappedText';
import { type CParser, loadParser } from '../../src/c/parser';
import { tokenize } from '../../src/c/tokens';
import { root } from '../support/shared';

/** Lines of a document from line 100 on. */
const linesOf = (text: string): MappedText =>
  concatenate(text.split('\n').map((line, i) => mapLine(line, { file: 'document', line: 100 + i, column: 2 })));
const shown = (text: MappedText | null): string | null => text?.text.replace(/\s+/g, ' ').trim() ?? null;
const nothing = (): boolean => false;
const alone = (text: string, section = ''): string | null =>
  shown(wrapFragment('f', section, [linesOf(text)], nothing));
/** The function without its head, the first brace and the last one. */
const body = (text: string): string =>
  (alone(text) ?? '').replace(/^static long f\(void\) \{ ?(\{ ?)?/, '').replace(/( \})? \}$/, '');

describe('lines of a function as a function', () => {
  const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
    ['whole statements', '\ta();\n\tb();', 'a(); b();'],
    ['the end of a block', '\t\ta();\n\t}\n\tb();', '{ a(); } b();'],
    ['a block that does not end', '\tif (x) {\n\t\ta();', 'if (x) { a(); }'],
    ['a loop that does not end may do so', '\twhile (x) {\n\t\ta();', 'while (x) { a(); if (__not_shown) break; }'],
    [
      'the end of a loop that tests last',
      '\t\ta();\n\t} while (x);\n\tb();',
      'do { if (__not_shown) break; a(); } while (x); b();',
    ],
    ['one of two ways', '\t\ta();\n\t} else {\n\t\tb();\n\t}', 'if (__not_shown) { a(); } else { b(); }'],
    [
      'one of two ways without braces',
      '\t\ta();\n\telse\n\t\tb();\n\tc();',
      'if (__not_shown) { a(); } else b(); c();',
    ],
    [
      'one of three ways',
      '\t} else if (x) {\n\t\tb();\n\t} else {\n\t\tc();',
      'if (__not_shown) { } else if (x) { b(); } else { c(); }',
    ],
    [
      'cases of a switch',
      '\t\ta();\n\t\tbreak;\n\tcase X:\n\t\tb();\n\t}\n\tc();',
      'switch (__not_shown) { case 0: a(); break; case X: b(); } c();',
    ],
    ['cases of a switch that does not end', '\tcase X:\n\t\tb();', 'switch (__not_shown) { case 0: case X: b(); }'],
    ['a statement that begins above', '\t\t\tx, y);\n\ta();', 'a();'],
    ['a condition that begins above', '\t    y) {\n\t\ta();\n\t}', 'if (__not_shown) { a(); }'],
    ['a condition that begins above, without braces', '\t    && y)\n\t\ta();', 'if (__not_shown) a();'],
    ['a statement that ends below', '\ta();\n\tb(x,', 'a();'],
    ['an assignment that ends below', '\ta();\n\tx = y +', 'a();'],
    ['a table that ends below', '\ta();\n\tint x[] = {\n\t\t1,\n\t\t2,', 'a();'],
    ['a condition of which the statement is below', '\ta();\n\tif (x)', 'a(); if (x) ;'],
    ['a loop of which the statement is below', '\ta();\n\tfor (;;)', 'a(); for (;;) break;'],
    ['a label at the end', '\ta();\nout:', 'a(); out: ;'],
    ['a comment that begins above', '\t * of this\n\t */\n\ta();', 'a();'],
    ['a conditional that ends below', '\ta();\n#ifdef CONFIG_X\n\tb();', 'a(); #ifdef CONFIG_X b(); #endif'],
    ['a comment that ends below', '\ta();\n\t/*\n\t * of this', 'a();'],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.equal(body(text), expected));

  it('has the head that it shows, else that of the section where it is whole', () => {
    assert.equal(alone('static int f(int a)\n{\n\tb(a);'), 'static int f(int a) { { b(a); } }');
    assert.equal(alone('\tb(a);', 'static int f(int a)'), 'static int f(int a) { { b(a); } }');
    assert.equal(alone('\tb(a);', 'static int f(int a, struct very_long'), 'static long f(void) { { b(a); } }');
    assert.equal(alone('\tb(a);', 'static int g(int a)'), 'static long f(void) { { b(a); } }');
  });

  it('is not made where a changed line would be left out', () => {
    const at =
      (line: number) =>
      (n: number): boolean =>
        n === line;
    const text = [linesOf('\t\t\tx, y);\n\ta();\n\tb(x,')];
    assert.equal(wrapFragment('f', '', text, at(100)), null);
    assert.notEqual(wrapFragment('f', '', text, at(101)), null);
    assert.equal(wrapFragment('f', '', text, at(102)), null);
  });

  it('keeps the place of every token', () => {
    const text = linesOf('\t\ta();\n\t} else {\n\t\tb();');
    const made = wrapFragment('f', '', [text], nothing);
    assert.ok(made);
    assert.deepEqual(originAt(made, made.text.indexOf('a()')), { file: 'document', line: 100, column: 4 });
    assert.deepEqual(originAt(made, made.text.indexOf('b()')), { file: 'document', line: 102, column: 4 });
  });

  describe('cut out of whole functions', () => {
    let parser: CParser;
    before(async () => {
      const read = (name: string): Uint8Array => readFileSync(path.join(root, 'node_modules', name));
      parser = await loadParser(read('web-tree-sitter/web-tree-sitter.wasm'), read('tree-sitter-c/tree-sitter-c.wasm'));
    });

    const statement = fc.letrec<{ s: string; block: string }>((tie) => ({
      block: fc.array(tie('s'), { maxLength: 3 }).map((all) => `{\n${all.join('')}}`),
      s: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('a();\n', 'b = c(d,\n\te);\n', 'out:\na();\n', '/* if (x) {\n */\n', 'return;\n'),
        tie('block').map((b) => `if (x &&\n    y) ${b}\n`),
        fc.tuple(tie('block'), tie('block')).map(([b, c]) => `if (x) ${b} else ${c}\n`),
        tie('block').map((b) => `while (x) ${b}\n`),
        tie('block').map((b) => `do ${b} while (x);\n`),
        tie('block').map((b) => `list_for_each_entry(p, &q, r) ${b}\n`),
        tie('s').map((s) => `switch (x) {\ncase 1:\n${s}break;\ndefault:\na();\n}\n`),
      ),
    })).s;

    it('can be parsed wherever it begins and ends', () => {
      fc.assert(
        fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), fc.nat(), fc.nat(), (all, from, count) => {
          const lines = all.join('').trimEnd().split('\n');
          const start = from % lines.length;
          const part = lines.slice(start, start + 1 + (count % (lines.length - start))).join('\n');
          const made = wrapFragment('f', '', [linesOf(part)], nothing);
          assert.ok(made);
          const { unit } = buildUnit(parser, made, 'fragment', configuration);
          assert.equal(unit.functions.get('f')?.errorAt, null, made.text);
          assert.deepEqual(unit.errors, [], made.text);
        }),
        { numRuns: 150 },
      );
    });

    it('may end within a comment, also behind what looks like a directive', () => {
      const made = wrapFragment('f', '', [linesOf('{ /*\n#else')], nothing);
      assert.equal(made?.text.replace(/\s+/g, ' '), 'static long f(void) { { { /* #else*/ } } } ');
    });

    it('of any text: nothing throws, braces balance, and it takes no longer than it is long', () => {
      const piece = fc.constantFrom(
        '{',
        '}',
        '(',
        ')',
        'if',
        'else',
        'do',
        'while',
        'case',
        ':',
        ';',
        'x',
        '=',
        '/*',
        '"',
        '\n',
        '#else',
      );
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
          const made = wrapFragment('f', '', [linesOf(pieces.join(' '))], nothing);
          assert.ok(made);
          let depth = 0;
          for (const { text } of tokenize(made.text)) depth += text === '{' ? 1 : text === '}' ? -1 : 0;
          assert.equal(depth, 0, made.text);
        }),
        { numRuns: 200 },
      );
      for (const text of ['}', '{', 'else', '} else {', ') {', 'do {', '} while (x);', '(', 'case 1:'])
        wrapFragment('f', '', [linesOf(`${text}\n`.repeat(20_000))], nothing);
    });
  });
});
