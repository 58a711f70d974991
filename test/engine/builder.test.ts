// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createBuilder } from '../../src/engine/builder';
import type { Program } from '../../src/engine/program';
import { createSearch, explore, type SearchOptions } from '../../src/engine/search';
import { boundsOf, reaches, search } from './support';

/** Two users of a lock, each of whom adds 1 to a counter in two steps, and a third agent that waits for both. */
function lockedCounter(locks: boolean): Program {
  const b = createBuilder();
  const counter = b.variable('counter', 4);
  const done = b.variable('done', 4);
  b.machine({ words: 1 });
  b.command(
    'lock',
    (c) => {
      c.require(c.word(0).eq(0));
      c.set(0, 1);
    },
    { serialising: true },
  );
  b.command('unlock', (c) => c.set(0, 0), { serialising: true });
  for (const name of ['one', 'other']) {
    b.agent(name, (a) => {
      const value = a.register('value');
      if (locks) a.machine('lock');
      a.load(value, counter);
      a.store(counter, value.add(1));
      if (locks) a.machine('unlock');
      a.rmw(null, 'add', done, 1);
    });
  }
  b.agent('judge', (a) => {
    const value = a.register('value');
    a.await(done, (count) => count.eq(2));
    a.load(value, counter);
    a.mark('both are done');
    a.assert(value.eq(2), 'one was lost');
  });
  return b.build();
}

describe('the builder', () => {
  const ways: readonly Partial<SearchOptions>[] = [{ executor: 'interpreter' }, {}, { packAfter: 2 }];

  it('makes operations of data: a lock keeps two increments apart, with every executor', () => {
    for (const options of ways) {
      const safe = search(lockedCounter(true), boundsOf('tso'), options);
      assert.equal(reaches(safe, 'one was lost'), false);
      assert.deepEqual([[...safe.result().marks], safe.result().deadlocks], [[1], null]);
      assert.equal(reaches(search(lockedCounter(false), boundsOf('tso'), options), 'one was lost'), true);
    }
  });

  it('gives commands their arguments, memory as it is, and branches', () => {
    const b = createBuilder();
    const x = b.variable('x', 2, 0x1234);
    b.machine({ words: 2 });
    b.command('sort', (c) => {
      const [low, high] = [c.argument(0), c.argument(1)];
      c.when(
        low.lt(high),
        () => {
          c.set(0, low);
          c.set(1, high);
        },
        () => {
          c.set(0, high);
          c.set(1, low);
        },
      );
      c.set(0, c.word(0).add(c.load(x)));
    });
    b.agent('a', (a) => a.machine('sort', [7, 5]));
    const program = b.build();
    for (const options of ways) {
      const running = createSearch(program, boundsOf('tso'), options);
      while (!running.run(100));
      const last = running.state(running.result().states - 1);
      assert.deepEqual([...last.subarray(running.layout.machine, running.layout.machine + 2)], [0x1234 + 5, 7]);
    }
  });

  it('waits for ever where what is awaited never comes, which is a deadlock', () => {
    const b = createBuilder();
    const x = b.variable('x', 4);
    b.agent('a', (a) => a.await(x, (value) => value.eq(1)));
    const result = explore(b.build(), boundsOf('tso'));
    assert.deepEqual([result.states, result.deadlocks?.count], [1, 1]);
  });
});
