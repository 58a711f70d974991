// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { type LoweredProgram, lowerProgram, type Settled } from '../../src/c/lowerProgram';
import { createSymbols } from '../../src/c/symbols';
import { linkedOutcomes } from '../../src/review/simulateSide';
import { unitOf } from './support';

/** Two callbacks behind one pointer; `SECOND` is registered where the macro says so, `buffer` is a local with an address. */
const text = (register: string, words: number): string => `
int hits;
static void first(void) { hits++; }
static void second(void) { hits += 2; }
void (*callback)(void) = first;
static void fill(long *buffer) { buffer[0] = hits; }
void run(void)
{
	long buffer[${words}];
	fill(buffer);
	${register}
	callback();
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

describe('lowering from what was settled for another program', () => {
  const both = text('callback = second;', 2);
  const one = text('', 2);

  it('makes the same program in one attempt where it holds', async () => {
    const scratch = await lowered(both);
    const again = await lowered(both, scratch.settled);
    assert.deepEqual(stepsOf(again), stepsOf(scratch));
    assert.ok(scratch.attempts > 1);
    assert.equal(again.attempts, 1);
  });

  it('calls nobody whose address only the other program takes', async () => {
    const after = await lowered(one, (await lowered(both)).settled);
    assert.deepEqual(runs(after), ['fill', 'first', 'run']);
    assert.deepEqual(stepsOf(after), stepsOf(await lowered(one)));
  });

  it('finds who has an address only here, and locals of another size', async () => {
    for (const [source, start] of [
      [both, one],
      [text('', 4), one],
      [one, text('', 4)],
    ] as const) {
      const after = await lowered(source, (await lowered(start)).settled);
      assert.deepEqual(stepsOf(after), stepsOf(await lowered(source)));
    }
  });
});
