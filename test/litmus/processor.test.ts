// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { statesOf } from './support';

const registers = ['a', 'b', 'c', 'd'] as const;
const suffixes = ['b', 'w', 'l', 'q'] as const;
type Suffix = (typeof suffixes)[number];
const part = (letter: string, suffix: Suffix): string =>
  `%${{ b: `${letter}l`, w: `${letter}x`, l: `e${letter}x`, q: `r${letter}x` }[suffix]}`;
const numbers = [0n, 1n, -1n, 2n, 5n, 127n, 128n, 255n, 0x7fffffffn, -0x80000000n];
const conditions = ['e', 'ne', 'l', 'le', 'g', 'ge', 'b', 'be', 'a', 'ae', 's', 'ns', 'o', 'no'];

/** A random instruction that computes: on registers and the location x, with all flags known behind it. */
const instruction = fc
  .record({
    mnemonic: fc.constantFrom(
      'mov',
      'add',
      'sub',
      'and',
      'or',
      'xor',
      'cmp',
      'test',
      'inc',
      'dec',
      'neg',
      'not',
      'xchg',
      'xadd',
      'cmpxchg',
      'shl',
      'shr',
      'sar',
      'movz',
      'movs',
      'set',
      'cmov',
      'lea',
    ),
    suffix: fc.constantFrom(...suffixes),
    to: fc.constantFrom(...registers),
    from: fc.constantFrom(...registers),
    value: fc.constantFrom(...numbers),
    form: fc.constantFrom('register', 'immediate', 'load', 'store', 'locked'),
    condition: fc.constantFrom(...conditions),
  })
  .map(({ mnemonic, suffix, to, from, value, form, condition }): string[] => {
    const register = part(to, suffix);
    const other = part(from, suffix);
    const clipped = suffix === 'b' ? BigInt.asIntN(8, value) : suffix === 'w' ? BigInt.asIntN(16, value) : value;
    const inMemory = form === 'store' || form === 'locked';
    const lock = form === 'locked' ? 'lock ' : '';
    switch (mnemonic) {
      case 'inc':
      case 'dec':
      case 'neg':
      case 'not':
        if (mnemonic === 'neg') return [`negq ${part(to, 'q')}`];
        return [inMemory ? `${lock}${mnemonic}${suffix} (x)` : `${mnemonic}${suffix} ${register}`];
      case 'shl':
      case 'shr':
      case 'sar':
        // Only zero and sign are told of a shift, and nothing of one by 0.
        return [`${mnemonic}${suffix} $${(value & 3n) + 1n},${register}`, `test${suffix} ${register},${register}`];
      case 'movz':
        return [form === 'load' ? `movzbl (x),${part(to, 'l')}` : `movzwq ${part(from, 'w')},${part(to, 'q')}`];
      case 'movs':
        return [form === 'load' ? `movswl (x),${part(to, 'l')}` : `movsbq ${part(from, 'b')},${part(to, 'q')}`];
      case 'set':
        return [`set${condition} ${part(to, 'b')}`];
      case 'cmov':
        return [`cmov${condition} ${part(from, 'l')},${part(to, 'l')}`];
      case 'lea':
        return [`leaq ${value & 63n}(${part(from, 'q')},${part(to, 'q')},4),${part(to, 'q')}`];
      case 'xchg':
        return [inMemory ? `xchg${suffix} (x),${other}` : `xchg${suffix} ${register},${other}`];
      case 'xadd':
      case 'cmpxchg':
        return [inMemory ? `${lock}${mnemonic}${suffix} ${other},(x)` : `${mnemonic}${suffix} ${other},${register}`];
      default: {
        const mayLock = mnemonic !== 'mov' && mnemonic !== 'cmp' && mnemonic !== 'test';
        if (form === 'register') return [`${mnemonic}${suffix} ${other},${register}`];
        if (form === 'immediate') return [`${mnemonic}${suffix} $${clipped},${register}`];
        if (form === 'load' && mnemonic !== 'test') return [`${mnemonic}${suffix} (x),${register}`];
        return [`${mayLock ? lock : ''}${mnemonic}${suffix} ${other},(x)`];
      }
    }
  });

const sequence = fc.record({
  start: fc.array(fc.constantFrom(...numbers), { minLength: 5, maxLength: 5 }),
  code: fc.array(instruction, { minLength: 1, maxLength: 8 }).map((parts) => parts.flat()),
});
type Sequence = { readonly start: readonly bigint[]; readonly code: readonly string[] };

/** Leaves the registers, x, and one condition after the other. */
const asked = conditions.map((condition, i) => `set${condition} (f${i})`);

/** What the processor leaves: rax, rbx, rcx, rdx, x and the conditions. */
function natively(sequences: readonly Sequence[]): bigint[][] {
  const folder = mkdtempSync(path.join(tmpdir(), 'kpr-x86-'));
  try {
    const bodies = sequences.map(({ start, code }, i) =>
      [
        `run${i}: push %rbx`,
        ...registers.map((letter, r) => `movabs $${start[r]},%r${letter}x`),
        `movabs $${start[4]},%rsi`,
        'mov %rsi,x(%rip)',
        // The flags that no instruction before sets.
        'xor %esi,%esi',
        ...code.map((line) => line.replace('(x)', 'x(%rip)')),
        ...asked.map((line) => line.replace(/\((f\d+)\)/, '$1(%rip)')),
        ...registers.map((letter, r) => `mov %r${letter}x,out+${r * 8}(%rip)`),
        'pop %rbx',
        'ret',
      ].join('\n'),
    );
    const data = ['.bss', 'x: .zero 8', '.globl out', 'out: .zero 32', ...asked.map((_, i) => `f${i}: .zero 1`)].join(
      '\n',
    );
    const globals = ['.globl x', ...sequences.map((_, i) => `.globl run${i}`), ...asked.map((_, i) => `.globl f${i}`)];
    writeFileSync(
      path.join(folder, 'a.s'),
      `${globals.join('\n')}\n.text\n${bodies.join('\n')}\n${data}\n.section .note.GNU-stack\n`,
    );
    const flags = asked.map((_, i) => `printf(" %d", f${i});`).join('');
    const main = sequences
      .map((_, i) => `run${i}(); printf("%ld %ld %ld %ld %ld", out[0], out[1], out[2], out[3], x); ${flags} puts("");`)
      .join('\n');
    const declarations = [
      ...sequences.map((_, i) => `void run${i}(void);`),
      ...asked.map((_, i) => `extern unsigned char f${i};`),
    ].join('\n');
    writeFileSync(
      path.join(folder, 'm.c'),
      `#include <stdio.h>\nextern long out[4], x;\n${declarations}\nint main(void){\n${main}\nreturn 0;}\n`,
    );
    execFileSync('gcc', ['-w', '-o', 'all', 'm.c', 'a.s'], { cwd: folder });
    const out = execFileSync(path.join(folder, 'all'), { encoding: 'utf8' });
    return out
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(BigInt));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same from a litmus test of one thread. */
async function onEngine({ start, code }: Sequence): Promise<bigint[]> {
  const shown = [...registers.map((letter) => `0:r${letter}x`), 'x', ...asked.map((_, i) => `f${i}`)];
  const initial = [
    'int64_t x',
    ...asked.map((_, i) => `uint8_t f${i}`),
    `x=${start[4]}`,
    ...registers.map((letter, r) => `0:r${letter}x=${start[r]}`),
  ];
  const lines = ['xor %esi,%esi', ...code, ...asked].map((line) => `${line} ;`).join('\n');
  const states = await statesOf(
    `X86_64 t\n{ ${initial.join('; ')} }\nP0 ;\n${lines}\nlocations [${shown.join(';')}]\nforall (true)`,
  );
  assert.equal(states.length, 1, code.join('; '));
  const values = new Map(
    (states[0] ?? '').split('; ').map((item): [string, bigint] => {
      const [name = '', value = ''] = item.replace(';', '').split('=');
      return [name.replace(/[[\]]/g, ''), BigInt(value)];
    }),
  );
  return shown.map((name) => values.get(name) ?? 0n);
}

const hasGcc = process.arch === 'x64' && spawnSync('gcc', ['--version']).status === 0;

describe('x86 instructions', function () {
  this.timeout(120_000);
  if (!hasGcc) {
    it.skip('needs gcc on x86-64, which is missing');
    return;
  }

  it('do to registers, memory and flags what the processor does, in 600 random sequences', async () => {
    const sequences = fc.sample(sequence, 600);
    const expected = natively(sequences);
    for (const [i, one] of sequences.entries())
      assert.deepEqual(await onEngine(one), expected[i], `${one.start.join(' ')}: ${one.code.join('; ')}`);
  });
});
