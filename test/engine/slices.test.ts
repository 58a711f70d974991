// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createBuilder } from '../../src/engine/builder';
import type { Program } from '../../src/engine/program';
import { createSearch, type SearchOptions } from '../../src/engine/search';
import { boundsOf } from './support';

const AGENTS = 3;

/** Agents that count to `last`, each by itself; at its end the last one stores what nothing before hints at. */
function counters(last: number, surprise: boolean): Program {
  const builder = createBuilder();
  const x = builder.variable('x', 4);
  for (let index = 0; index < AGENTS; index++) {
    builder.agent(`agent${index}`, (agent) => {
      const count = agent.register('count');
      agent.assign(count, 0);
      agent.loop(count.lt(last), () => {
        agent.assign(count, count.add(1));
        agent.fence('compiler');
      });
      if (surprise && index === AGENTS - 1) agent.store(x, count.sub(5000));
    });
  }
  return builder.build();
}

interface Call {
  readonly states: number;
  readonly transitions: number;
}

/** What each call of `run` did, where the time between two looks at the clock is as given. */
function calls(program: Program, options: Partial<SearchOptions>, milliseconds: number): readonly Call[] {
  const original = globalThis.performance;
  const done: Call[] = [];
  let time = 0;
  try {
    const value = { now: () => (time += milliseconds) };
    Object.defineProperty(globalThis, 'performance', { value, configurable: true, writable: true });
    const search = createSearch(program, { ...boundsOf('sc'), maxStates: 10_000_000 }, options);
    for (let ended = false, before = 0; !ended; ) {
      ended = search.run(1 << 30);
      const { states, transitions } = search.result();
      done.push({ states, transitions: transitions - before });
      before = transitions;
    }
  } finally {
    Object.defineProperty(globalThis, 'performance', { value: original, configurable: true, writable: true });
  }
  return done;
}

/** The longest row of calls in which no transition was executed, and how many states there were. */
function longestPause(all: readonly Call[]): { readonly length: number; readonly states: number } {
  let best = { length: 0, states: 0 };
  let length = 0;
  for (const { states, transitions } of all) {
    length = transitions === 0 ? length + 1 : 0;
    if (length > best.length) best = { length, states };
  }
  return best;
}

describe('a slice of a search', function () {
  this.timeout(60_000);

  it('ends at the first look at the clock after its time, however many states it may explore', () => {
    for (const [packAfter, states] of [
      [Number.POSITIVE_INFINITY, 128],
      [100, 1024],
    ] as const) {
      const all = calls(counters(20, false), { packAfter }, 30);
      assert.ok(all.length >= 22 ** AGENTS / states, `${all.length} calls`);
      for (const { transitions } of all) assert.ok(transitions <= states * AGENTS, `${transitions} transitions`);
    }
  });

  it('goes on while there is time', () => {
    const all = calls(counters(20, false), { packAfter: Number.POSITIVE_INFINITY }, 0);
    assert.equal(all.length, 1);
  });

  it('grows the table in parts', () => {
    const all = calls(counters(98, false), { packAfter: 100 }, 30);
    assert.equal(all.at(-1)?.states, 100 ** AGENTS);
    // 524,288 rows, not more than 100,000 at once; with the last of them the search goes on.
    const { length, states } = longestPause(all);
    assert.ok(length >= 5 && states > 500_000, `${length} calls at ${states} states`);
  });

  it('packs states anew in parts, and comes to the same states', () => {
    const all = calls(counters(98, true), { packAfter: 100 }, 30);
    assert.equal(all.at(-1)?.states, 100 ** (AGENTS - 1) * 101);
    assert.equal(
      all.reduce((sum, { transitions }) => sum + transitions, 0),
      // In each direction of the grid, one transition less than there are places.
      2 * 99 * 100 * 101 + 100 * 100 * 100,
    );
    let pauses = 0;
    for (const [at, { states, transitions }] of all.entries())
      if (transitions === 0 && all[at + 1]?.states === states && states > 100_000 && states < 500_000) pauses++;
    assert.ok(pauses >= 2, `${pauses} calls`);
  });
});
