// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createSearch, type Search } from '../../src/engine/search';
import { shortestTrace } from '../../src/engine/trace';
import { type StopConversion, stopConversion } from './stopConversion';
import { kindsOf, search } from './support';

interface Row extends StopConversion {
  readonly bufferDepth: number;
  readonly states: number;
  readonly transitions: number;
}

/** What SPIN, Rumur and TLC count for the same model. */
const ROWS: readonly Row[] = [
  { pages: 2, converters: 1, bufferDepth: 1, barrier: true, states: 2904, transitions: 16175 },
  { pages: 2, converters: 2, bufferDepth: 2, barrier: true, states: 101904, transitions: 877266 },
  { pages: 4, converters: 1, bufferDepth: 2, barrier: true, states: 134170, transitions: 1281489 },
  { pages: 3, converters: 2, bufferDepth: 2, barrier: true, states: 1707789, transitions: 19827120 },
];

function explored(parameters: StopConversion, bufferDepth: number, fencesWait: boolean): Search {
  const bounds = { model: 'tso', bufferDepth, maxStates: 2_000_000, maxLocalSteps: 100 } as const;
  return search(stopConversion(parameters), bounds, { fencesWait });
}

describe('the stop-conversion protocol', function () {
  this.timeout(60_000);

  for (const row of ROWS) {
    it(`has ${row.states} states with ${row.pages} pages, ${row.converters} converters, ${row.bufferDepth} entries`, () => {
      const { states, transitions, outcomes, exhausted } = explored(row, row.bufferDepth, true).result();
      assert.deepEqual(
        { states, transitions, outcomes, exhausted },
        {
          states: row.states,
          transitions: row.transitions,
          outcomes: [],
          exhausted: true,
        },
      );
    });
  }

  it('reaches the same states where fences drain the buffer instead of waiting for it', () => {
    const [row] = ROWS as readonly [Row];
    const { states, outcomes } = explored(row, row.bufferDepth, false).result();
    assert.deepEqual({ states, outcomes }, { states: row.states, outcomes: [] });
  });

  it('without the barrier fails in 14 steps, two pages and one converter', () => {
    const program = stopConversion({ pages: 2, converters: 1, barrier: false });
    const bounds = { model: 'tso', bufferDepth: 1, maxStates: 100_000, maxLocalSteps: 100 } as const;
    const running = createSearch(program, bounds, { fencesWait: true });
    while (!running.run(1000) && running.result().outcomes.length === 0);
    const trace = shortestTrace(running, running.result().outcomes[0]?.outcome ?? -1);
    assert.ok(trace !== null);
    assert.deepEqual(kindsOf(program, trace), [
      ...['1 store', '1 fence', '1 machine', '1 load', '1 load'],
      ...['0 rmw', '0 load', '0 store', '0 drain', '0 store', '0 drain', '0 machine', '0 machine'],
      '1 machine',
    ]);
  });

  it('asks the same question in far fewer states where TLBs are sets of what they may hold', () => {
    const parameters = { pages: 3, converters: 2, mayHold: true };
    const safe = explored({ ...parameters, barrier: true }, 2, true).result();
    assert.deepEqual([safe.states, safe.outcomes], [1778, []]);
    const broken = explored({ ...parameters, barrier: false }, 2, true).result();
    assert.equal(broken.outcomes[0]?.outcome, 4);
  });
});
