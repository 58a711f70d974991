// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { type LoweredProgram, lowerProgram, type Settled } from '../../src/c/lowerProgram';
import { createSymbols } from '../../src/c/symbols';
import { linkedOutcomes } from '../../src/review/simulateSide';
import { unitOf } from './support';

/** Callbacks behind one pointer, an object of some bytes (none: 0), a structure in memory of its own. */
const text = (statements: string, bytes: number): string => `
int hits;
long *kept;
static void first(void) { hits++; }
static void second(void) { hits += 2; }
static int other(int a, int b) { return a + b; }
void (*callback)(void) = first;
int (*question)(int, int);
void run(void)
{
	long *object = ${bytes > 0 ? `kmalloc(${bytes}, 0)` : '0'};
	long buffer[2];
	kept = buffer;
	if (object)
		*object = hits;
	${statements}
}`;

async function lowered(source: string, start?: Settled): Promise<LoweredProgram & { attempts: number }> {
  let attempts = 0;
  const program = lowerProgram({
    symbols: createSymbols([await unitOf(source)]),
    agents: [{ name: 'run', entry: 'run', running: true }],
    outcomes: linkedOutcomes,
    machine: () => {
      attempts++;
      return { words: 0, operations: [], initialise: () => {}, watched: null, access: () => null };
    },
    machineConstant: () => null,
    keep: [],
    ...(start ? { start } : {}),
  });
  return { ...program, attempts };
}

const stepsOf = (l: LoweredProgram): unknown => l.program.agents.map((a) => a.steps);
const runs = (l: LoweredProgram): string[] => [...l.functions].map((f) => f.name).sort();

describe('lowering in attempts', () => {
  it('makes the same program in one attempt where what another one settled holds', async () => {
    const source = text('callback();', 64);
    const scratch = await lowered(source);
    const again = await lowered(source, scratch.settled);
    assert.deepEqual(stepsOf(again), stepsOf(scratch));
    assert.equal(scratch.attempts, 2);
    assert.equal(again.attempts, 1);
  });

  it('is not misled by objects of another size, by more of them or by none', async () => {
    for (const [mine, others] of [
      [64, 128],
      [64, 0],
      [0, 64],
    ] as const) {
      const after = await lowered(text('callback();', mine), (await lowered(text('callback();', others))).settled);
      const scratch = await lowered(text('callback();', mine));
      assert.deepEqual(stepsOf(after), stepsOf(scratch), `${mine} bytes after ${others}`);
      assert.equal(after.program.memoryBytes, scratch.program.memoryBytes);
    }
  });

  it('finds a callback that is registered behind the call', async () => {
    const before = await lowered(text('callback(); callback = second;', 0));
    assert.deepEqual(runs(before), ['first', 'run', 'second']);
    const loop = await lowered(text('while (hits < 9) { callback(); callback = second; }', 0));
    assert.deepEqual(runs(loop), ['first', 'run', 'second']);
  });

  it('is done at once where what is registered behind the call cannot be meant', async () => {
    const known = (await lowered(text('callback();', 0))).settled;
    assert.equal((await lowered(text('callback(); question = other; hits = question(1, 2);', 0), known)).attempts, 1);
    assert.equal((await lowered(text('callback(); callback = second; callback();', 0), known)).attempts, 2);
  });
});
