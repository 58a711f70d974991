// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDocument } from '../../src/patch/readDocument';
import { namesOfGitLine, namesOfGitPair, namesOfPair } from '../../src/patch/scan/fileNames';
import { unquoteName } from '../../src/patch/scan/quotedName';

const epoch = '1970-01-01 00:00:00.000000000 +0000';
const today = '2024-01-02 03:04:05.000000000 +0100';

describe('names of `--- x` and `+++ y` without git’s header', () => {
  const cases: readonly (readonly [old: string, fresh: string, oldPath: string | null, newPath: string | null])[] = [
    ['a/mm/x.c', 'b/mm/x.c', 'mm/x.c', 'mm/x.c'],
    ['linux-6.1.orig/mm/x.c', 'linux-6.1/mm/x.c', 'mm/x.c', 'mm/x.c'],
    ['linux-6.1/mm/x.c.orig', 'linux-6.1/mm/x.c', 'mm/x.c', 'mm/x.c'],
    ['mm/x.c', 'mm/x.c', 'mm/x.c', 'mm/x.c'],
    ['x.c.orig', 'x.c', 'x.c', 'x.c'],
    ['x.c', 'x.c~', 'x.c', 'x.c'],
    ['old/mm/x.c', 'new/mm/y.c', 'mm/y.c', 'mm/y.c'],
    ['/dev/null', 'b/mm/x.c', null, 'mm/x.c'],
    ['linux/mm/x.c', '/dev/null', 'mm/x.c', null],
    ['/dev/null', '/dev/null', null, null],
    [`a/x y.c\t${today}`, `b/x y.c\t${today}`, 'x y.c', 'x y.c'],
    [`a/x\ty.c\t${today}`, `b/x\ty.c\t${today}`, 'x\ty.c', 'x\ty.c'],
    [`a/x.c ${today}`, `b/x.c ${today}`, 'x.c', 'x.c'],
    [`a/x.c\t${epoch}`, `b/x.c\t${today}`, null, 'x.c'],
    [`a/x.c\t${today}`, `b/x.c\t${epoch}`, 'x.c', null],
    ['a/x.c\t1969-12-31 19:00:00.000000000 -0500', `b/x.c\t${today}`, null, 'x.c'],
    ['a/x.c\t1970-01-01 05:30:00 +05:30', `b/x.c\t${today}`, null, 'x.c'],
    ['a/x.c\t1970-01-01 00:00:00 +0100', `b/x.c\t${today}`, 'x.c', 'x.c'],
    ['x.c\t(revision 1)', 'x.c\t(working copy)', 'x.c', 'x.c'],
    ['x.c (revision 1)', 'x.c (revision 2)', 'x.c', 'x.c'],
    ['x.c\t(.../trunk)\t(revision 1)', 'x.c\t(.../branches/b)\t(revision 2)', 'x.c', 'x.c'],
    ['./mm/x.c.orig', './mm/x.c', 'mm/x.c', 'mm/x.c'],
    ['a/x.c Mon Jan  1 10:10:10 2001', 'b/x.c Mon Jan  1 10:10:10 2001', 'x.c', 'x.c'],
    ['"a/\\303\\251.c"', '"b/\\303\\251.c"', 'é.c', 'é.c'],
  ];
  for (const [old, fresh, oldPath, newPath] of cases)
    it(JSON.stringify([old, fresh]), () => assert.deepEqual(namesOfPair(old, fresh), { oldPath, newPath }));
});

describe('names of `diff --git x y`', () => {
  const cases: readonly (readonly [line: string, oldPath: string | null, newPath: string | null])[] = [
    ['a/x.c b/x.c', 'x.c', 'x.c'],
    ['a/x.c b/y.c', 'x.c', 'y.c'],
    ['x.c x.c', 'x.c', 'x.c'],
    ['a/x.c a/x.c', 'a/x.c', 'a/x.c'],
    ['a/x y.c b/x y.c', 'x y.c', 'x y.c'],
    ['a/x b/x b/x b/x', 'x b/x', 'x b/x'],
    ['old/x y.c newer/x y.c', 'x y.c', 'x y.c'],
    ['p/q/x.c p/r/x.c', 'x.c', 'x.c'],
    ['src://x y.c dst://x y.c', 'x y.c', 'x y.c'],
    ['a/x.c b/x.c ', 'x.c', 'x.c'],
    ['a/x  b/x ', 'x ', 'x '],
    ['"a/x\\ty" "b/x\\ty"', 'x\ty', 'x\ty'],
    ['a/x "b/x\\ty"', 'x', 'x\ty'],
    ['"a/x\\ty" b/x', 'x\ty', 'x'],
    ['nothing', null, null],
    ['"unclosed', null, null],
  ];
  for (const [line, oldPath, newPath] of cases)
    it(JSON.stringify(line), () => assert.deepEqual(namesOfGitLine(line), { oldPath, newPath }));

  it('tell the prefix of the only side that there is', () => {
    const named = namesOfGitLine('old/mm/x.c newer/mm/x.c');
    assert.deepEqual(namesOfGitPair('/dev/null', 'newer/mm/x.c', named), { oldPath: null, newPath: 'mm/x.c' });
    assert.deepEqual(namesOfGitPair('/dev/null', 'mm/x.c', namesOfGitLine('mm/x.c mm/x.c')).newPath, 'mm/x.c');
    assert.deepEqual(namesOfGitPair('/dev/null', 'b/x.c', { oldPath: null, newPath: null }).newPath, 'x.c');
  });
});

it('CVS may name the folder above the names only', () => {
  const top = ['Index: mm/x.c', '='.repeat(67), 'RCS file: /cvs/mm/x.c,v', 'diff -u -r1.1 -r1.2'];
  const of = (old: string, fresh: string, above = top): unknown[] =>
    readDocument([...above, `--- ${old}`, `+++ ${fresh}`, '@@ -1 +1 @@', '-a', '+b', ''].join('\n'))
      .messages.flatMap(({ files }) => files)
      .map(({ oldPath, newPath }) => [oldPath, newPath]);
  assert.deepEqual(of('x.c\t1 Jan 2001 00:00:00 -0000\t1.1', 'x.c\t2 Jan 2001 00:00:00 -0000\t1.2'), [
    ['mm/x.c', 'mm/x.c'],
  ]);
  assert.deepEqual(of('/dev/null', 'x.c'), [[null, 'mm/x.c']]);
  assert.deepEqual(of('y.c', 'y.c'), [['y.c', 'y.c']]);
  assert.deepEqual(of('x.c', 'x.c', top.slice(0, 2)), [['x.c', 'x.c']]);
});

describe('quoted names', () => {
  for (const [text, name] of [
    ['"\\303\\251\\t\\"\\\\"', 'é\t"\\'],
    ['"é\\303\\251"', 'éé'],
    ['"\\377"', '\ufffd'],
    ['"\ud800\\t"', '\ud800\t'],
    ['"\\x"', '\\x'],
    ['"open', '"open'],
    ['plain', 'plain'],
  ] as const)
    it(text, () => assert.equal(unquoteName(text), name));
});

it('names of any text are read without an error', () => {
  const piece = fc.constantFrom(
    'a/',
    'b/',
    '/dev/null',
    ' ',
    '\t',
    '"',
    '\\',
    '\\303',
    '\ud800',
    'x',
    '1970-01-01 00:00',
  );
  const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      for (const names of [namesOfPair(a, b), namesOfGitLine(a), namesOfGitPair(a, b, namesOfGitLine(b))])
        assert.ok(
          Object.values(names).every((name: string | null) => name === null || name.length <= a.length + b.length),
        );
    }),
    { numRuns: 2000 },
  );
});
