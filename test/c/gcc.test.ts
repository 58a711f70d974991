// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { prelude, randomFunction } from './randomC';
import { finals, lowerUnits, outcomesOf, searchOf, unitOf } from './support';

/** Functions in one text, and texts; KPR_GCC_BATCHES asks for more of them. */
const size = 200;
const batches = Number(process.env.KPR_GCC_BATCHES ?? 11);

const types = `
#include <stdio.h>
#include <stdbool.h>
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef int s32; typedef unsigned long u64; typedef long s64;
`;

/** What each function of a text gives when gcc compiles it and the processor runs it. */
function natively(text: string, count: number): bigint[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'kpr-gcc-'));
  try {
    const runs = Array.from({ length: count }, (_, i) => `run${i}(); printf("%lx\\n", result);`).join('\n');
    const source = path.join(folder, 'all.c');
    const program = path.join(folder, 'all');
    writeFileSync(source, `${types}${text}int main(void)\n{\n${runs}\nreturn 0;\n}\n`);
    execFileSync('gcc', ['-std=gnu11', '-O0', '-w', '-fwrapv', '-fno-strict-aliasing', '-o', program, source]);
    const printed = execFileSync(program, { encoding: 'utf8', timeout: 20_000 });
    return printed
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
    let unknown = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 0x7fffffff }), async (seed) => {
        const texts = Array.from({ length: size }, (_, i) => randomFunction(seed + i * 7919, i));
        const expected = natively(prelude + texts.join(''), size);
        const unit = await unitOf(prelude + texts.join(''));
        const wrong: { text: string; found: string; wanted: string }[] = [];
        texts.forEach((text, i) => {
          const lowered = lowerUnits([unit], [`run${i}`], ['result']);
          const search = searchOf(lowered, 100_000, 'interpreter');
          const found = finals(lowered, search, 'result', 8);
          functions++;
          if (lowered.assumptions.length > 0) unknown++;
          const wanted = [expected[i]];
          if (
            lowered.assumptions.length > 0 ||
            JSON.stringify(found.map(String)) !== JSON.stringify(wanted.map(String))
          ) {
            wrong.push({
              text,
              wanted: wanted.map((v) => v?.toString(16)).join(),
              found: `${found.map((v) => v.toString(16)).join()} ${outcomesOf(search).join()} ${lowered.assumptions.map((a) => a.text).join('; ')}`,
            });
          }
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
    console.log(`      ${functions} functions, all lowered completely (${unknown} with assumptions)`);
  });
});
