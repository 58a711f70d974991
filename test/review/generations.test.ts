// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { generations, isVersioned, ofDate, ofVersion, textOf, usualGeneration } from '../../src/review/generations';

const text = [
  '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)',
  'int merged;',
  '#ifdef CONFIG_X86',
  'int inner;',
  '#else',
  'int other;',
  '#endif',
  '#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)',
  'int middle;',
  '#else',
  '#if 1',
  'int old;',
  '#endif',
  '#endif',
  'int always;',
].join('\n');

const shown = (version: string): string[] =>
  textOf(text, ofVersion(version))
    .split('\n')
    .flatMap((line, i) => (line === '' ? [] : [`${i + 1} ${line}`]));

describe('generations of the kernel', () => {
  it('cut a text by version, every line at its number', () => {
    assert.deepEqual(shown('6.12'), [
      '2 int merged;',
      '3 #ifdef CONFIG_X86',
      '4 int inner;',
      '5 #else',
      '6 int other;',
      '7 #endif',
      '15 int always;',
    ]);
    assert.deepEqual(shown('6.8'), ['9 int middle;', '15 int always;']);
    assert.deepEqual(shown('6.4'), ['11 #if 1', '12 int old;', '13 #endif', '15 int always;']);
  });

  it('leave a text without versions as it is', () => {
    const plain = '#ifdef CONFIG_SMP\nint x;\n#endif\n';
    assert.equal(isVersioned(plain), false);
    for (const g of generations) assert.equal(textOf(plain, g), plain);
  });

  it('are found by version and by date', () => {
    const of = (version: string): string => ofVersion(version).version;
    assert.deepEqual(['5.19', '6.1.176', '6.5', '6.8', '6.10', '6.12.107', '7.2.13', '8.0'].map(of), [
      '6.1',
      '6.1',
      '6.5',
      '6.5',
      '6.9',
      '6.11',
      '7.2',
      '7.2',
    ]);
    const at = (date: string | null): string | undefined => ofDate(date)?.version;
    assert.equal(at('Fri, 7 Jul 2023 10:10:00 +0800'), '6.5');
    assert.equal(at('Mon, 24 Jan 2024 14:55:00 +0200'), '6.5');
    assert.equal(at('Sun, 14 Jul 2024 23:59:59 +0000'), '6.11');
    assert.equal(at('2019-01-01'), '6.1');
    assert.equal(at('no date'), undefined);
    assert.equal(at(null), undefined);
    assert.equal(usualGeneration.version, '6.5');
  });
});
