// SPDX-License-Identifier: MIT
/** Which code of a tree may change a variable. */

import assert from 'node:assert/strict';
import { indexFile } from '../../src/tree/fileIndex';
import { isFixed, writersOf } from '../../src/tree/written';

const path = 'mm/x.c';
const found = (text: string, name = 'v') => {
  const file = indexFile(path, text);
  const result = file.own.get(`variable ${name}`) ?? file.shared.get(`variable ${name}`);
  assert.ok(result, text);
  return result;
};
const writers = (declaration: string, code: string): string[] => {
  const text = `${declaration}\n${code}\n`;
  return [...writersOf(found(text), [[path, text]])].map((w) => w.name);
};

describe('who may change a variable', () => {
  for (const statement of [
    'v = 1;',
    'v += 1;',
    'v++;',
    '--v;',
    'v <<= 1;',
    'v.x = 1;',
    'v->x = 1;',
    'v[3].y |= 2;',
    'g(&v);',
    'g(1, &v.x);',
    'p = &v;',
    'WRITE_ONCE(v, 1);',
    'swap(a, v);',
    'atomic_inc(&v);',
    'if ((v = g()))\n\t\treturn;',
  ])
    it(statement, () => assert.deepEqual(writers('static int v;', `void f(void)\n{\n\t${statement}\n}`), ['f']));

  for (const statement of [
    'if (v)\n\t\treturn;',
    'if (v == 1)\n\t\treturn;',
    'x = v;',
    'x = y & v;',
    'x = READ_ONCE(v);',
    'x = atomic_read(&v);',
    'while (v)\n\t\t;',
    'x = v->y == 1;',
    'x = a && v;',
    '/* v = 1 */',
    'other_v = 1;',
    'WARN_ON_ONCE(v);',
  ])
    it(`not: ${statement}`, () => assert.deepEqual(writers('static int v;', `void f(void)\n{\n\t${statement}\n}`), []));

  it('what names it at file level may hand it to anybody', () => {
    assert.deepEqual(writers('static int v;', 'module_param(v, int, 0);'), ['']);
    assert.deepEqual(writers('static int v;', 'static struct t t = { .data = &v };'), ['']);
    assert.deepEqual(writers('int v;', 'EXPORT_SYMBOL(v);\nextern int v;'), []);
  });

  it('nobody changes a constant, and a lock is free when a story begins', () => {
    for (const text of [
      'static const int v = 1;',
      'const struct ops v = { .f = f };',
      'static DEFINE_MUTEX(v);',
      'static DEFINE_SPINLOCK(v);',
      'static struct mutex v;',
      'spinlock_t v;',
    ])
      assert.equal(isFixed(found(`${text}\n`)), true, text);
    for (const text of ['static int v;', 'static const char *v;', 'static struct mutex *v;', 'struct list_head v;'])
      assert.equal(isFixed(found(`${text}\n`)), false, text);
  });
});
