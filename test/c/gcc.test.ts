// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { randomFunction } from './randomC';
import { prelude } from './randomPrelude';
import { finals, lowerUnits, outcomesOf, searchOf, unitOf } from './support';

const run = promisify(execFile);

/** Functions in one text, and texts; KPR_GCC_BATCHES asks for more of them. */
const size = 200;
const batches = Number(process.env.KPR_GCC_BATCHES ?? 3);

const types = `
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef int s32; typedef unsigned long u64; typedef long s64;
#define kmalloc(size, flags) malloc(size)
#define kzalloc(size, flags) calloc(1, size)
#define kcalloc(n, size, flags) calloc(n, size)
#define kmemdup(from, size, flags) memcpy(malloc(size), from, size)
#define kfree(p) free(p)
#define container_of(p, type, member) ((type *)((char *)(p) - __builtin_offsetof(type, member)))
#define list_for_each_entry(p, head, member) \
	for (p = container_of((head)->next, typeof(*p), member); &p->member != (head); \
	     p = container_of(p->member.next, typeof(*p), member))
#define list_for_each_entry_reverse(p, head, member) \
	for (p = container_of((head)->prev, typeof(*p), member); &p->member != (head); \
	     p = container_of(p->member.prev, typeof(*p), member))
#define list_for_each_entry_safe(p, n, head, member) \
	for (p = container_of((head)->next, typeof(*p), member), n = container_of(p->member.next, typeof(*p), member); \
	     &p->member != (head); p = n, n = container_of(n->member.next, typeof(*n), member))
`;

/** What each function of a text gives when gcc compiles it and the processor runs it. */
async function natively(text: string, count: number): Promise<bigint[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kpr-gcc-'));
  try {
    const runs = Array.from({ length: count }, (_, i) => `run${i}(); printf("%lx\\n", result);`).join('\n');
    const source = path.join(folder, 'all.c');
    const program = path.join(folder, 'all');
    writeFileSync(source, `${types}${text}int main(void)\n{\n${runs}\nreturn 0;\n}\n`);
    await run('gcc', ['-std=gnu11', '-O0', '-w', '-fwrapv', '-fno-strict-aliasing', '-o', program, source]);
    const { stdout } = await run(program, [], { timeout: 20_000 });
    return stdout
      .trim()
      .split('\n')
      .map((line) => BigInt(`0x${line}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const gcc = spawnSync('gcc', ['--version']).status === 0;

describe('random C, lowered and compiled', function () {
  this.timeout(300_000);
  if (!gcc) {
    it.skip('needs gcc, which is missing');
    return;
  }

  it('gives the same values on the engine and on the processor', async () => {
    let functions = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 0x7fffffff }), async (seed) => {
        const texts = Array.from({ length: size }, (_, i) => randomFunction(seed + i * 7919, i));
        // gcc works while the same text is lowered and run.
        const native = natively(prelude + texts.join(''), size);
        const unit = await unitOf(prelude + texts.join(''));
        const wrong: { text: string; found: string; wanted: string }[] = [];
        const runs = texts.map((_, i) => {
          const lowered = lowerUnits([unit], [`run${i}`], ['result']);
          const search = searchOf(lowered, 100_000, 'interpreter');
          const said = [...outcomesOf(search), ...lowered.assumptions.map((a) => a.text)];
          return { values: finals(lowered, search, 'result', 8).map((v) => v.toString(16)), said };
        });
        const expected = await native;
        functions += size;
        texts.forEach((text, i) => {
          const [wanted, found] = [expected[i]?.toString(16) ?? '', runs[i]?.values.join() ?? ''];
          const said = runs[i]?.said.join('; ') ?? '';
          if (found !== wanted || said !== '') wrong.push({ text, wanted, found: `${found} ${said}` });
        });
        wrong.sort((a, b) => a.text.length - b.text.length);
        const first = wrong[0];
        assert.equal(
          wrong.length,
          0,
          `${wrong.length} of ${size}; the shortest: wanted ${first?.wanted}, found ${first?.found}\n${first?.text}`,
        );
      }),
      { numRuns: batches, endOnFailure: true },
    );
    console.log(`      ${functions} functions, all lowered completely`);
  });
});
