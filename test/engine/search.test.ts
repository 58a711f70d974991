// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { createBuilder } from '../../src/engine/builder';
import { AgentStatus, type Program } from '../../src/engine/program';
import { createSearch, explore } from '../../src/engine/search';
import { boundsOf, reaches, search } from './support';

describe('search', () => {
  it('counts states and transitions of two agents that share nothing: a grid', () => {
    const builder = createBuilder();
    for (const name of ['a', 'b']) {
      builder.agent(name, (agent) => {
        agent.fence('compiler');
        agent.fence('compiler');
      });
    }
    // Each agent has 4 places (fence, fence, end, done): 16 states; 3 steps in each of 4 rows and columns: 24.
    const result = explore(builder.build(), boundsOf('tso'));
    assert.deepEqual([result.states, result.transitions, result.depth], [16, 24, 6]);
    assert.ok(result.exhausted);
    assert.equal(result.stopped, null);
    assert.equal(result.engine, 'codegen');
    assert.deepEqual([result.ends?.count, result.ends?.depth], [1, 6]);
  });

  it('counts drains as transitions of their own', () => {
    const builder = createBuilder();
    const x = builder.variable('x', 4);
    builder.agent('writer', (agent) => agent.store(x, 1));
    builder.agent('idle', () => undefined);
    // writer: store, end, done; idle: end, done. While idle runs, the store may be buffered until it drains.
    // Before: (store|end) 1, (store|done) 1. After the buffered store, with idle's two places: buffered and drained at
    // (end) 4, at (done) 4; the unbuffered store behind idle's end leads to the drained ones.
    const result = explore(builder.build(), boundsOf('tso'));
    assert.equal(result.states, 10);
    // (store,end): 2; (store,done): 1; buffered: (end,end) 3, (end,done) 2, (done,end) 2, (done,done) 1; drained: 2+1+1+0.
    assert.equal(result.transitions, 2 + 1 + 3 + 2 + 2 + 1 + 2 + 1 + 1);
    const sc = explore(builder.build(), boundsOf('sc'));
    assert.deepEqual([sc.states, sc.transitions], [6, 7]);
  });

  it('keeps to the depth of the buffer: a full one delays the store', () => {
    const builder = createBuilder();
    const x = builder.variable('x', 4);
    builder.agent('writer', (agent) => {
      for (let i = 1; i <= 3; i++) agent.store(x, i);
    });
    builder.agent('idle', () => undefined);
    const most = (bufferDepth: number): number => {
      const running = search(builder.build(), boundsOf('tso', bufferDepth));
      const { buffer } = running.layout.agents[0]!;
      let entries = 0;
      for (let index = 0; index < running.result().states; index++) {
        const state = running.state(index);
        let used = 0;
        for (let i = 0; i < bufferDepth; i++) if (state[buffer + i * running.layout.entryWords] !== 0) used++;
        entries = Math.max(entries, used);
      }
      return entries;
    };
    assert.equal(most(1), 1);
    assert.equal(most(2), 2);
    assert.equal(most(5), 3);
  });

  it('stops at the bound on states and says so', () => {
    const builder = createBuilder();
    const x = builder.variable('x', 4);
    builder.agent('counter', (agent) => {
      const value = agent.register('value');
      agent.forever(() => {
        agent.load(value, x);
        agent.store(x, value.add(1));
      });
    });
    const result = explore(builder.build(), { ...boundsOf('sc'), maxStates: 500 });
    assert.equal(result.stopped, 'states');
    assert.equal(result.exhausted, false);
    assert.ok(result.states >= 500 && result.states < 510);
  });

  it('stops at the bounds on bytes and on time, says which, and keeps what it has', () => {
    const counters = (): Program => {
      const builder = createBuilder();
      for (const name of ['a', 'b', 'c']) {
        builder.agent(name, (agent) => {
          const count = agent.register('count');
          agent.assign(count, 0);
          agent.loop(count.lt(100), () => {
            agent.assign(count, count.add(1));
            agent.fence('compiler');
          });
        });
      }
      return builder.build();
    };
    for (const packAfter of [100, Number.POSITIVE_INFINITY]) {
      const all = { ...boundsOf('tso'), maxStates: 10_000_000 };
      const small = explore(counters(), { ...all, maxBytes: 500_000 }, { packAfter });
      assert.deepEqual([small.stopped, small.exhausted], ['bytes', false]);
      assert.ok(small.states > 100 && small.states < 1_000_000, `${small.states} states`);
      const none = explore(counters(), { ...all, maxMilliseconds: -1 }, { packAfter });
      assert.deepEqual([none.stopped, none.exhausted, none.states], ['time', false, 1]);
    }
  });

  it('runs in slices and gives the same answer as at once', () => {
    const builder = createBuilder();
    const x = builder.variable('x', 4);
    for (const name of ['a', 'b', 'c']) {
      builder.agent(name, (agent) => {
        agent.store(x, 1);
        agent.rmw(null, 'add', x, 1);
      });
    }
    const running = createSearch(builder.build(), boundsOf('tso'));
    let slices = 0;
    while (!running.run(7)) slices++;
    assert.ok(slices > 10);
    assert.deepEqual(running.result(), explore(builder.build(), boundsOf('tso')));
  });

  it('takes every value of a choice', () => {
    const builder = createBuilder();
    builder.agent('a', (agent) => {
      const value = agent.register('value');
      agent.choose(value, 3);
      agent.when(value.eq(0), () => agent.outcome('zero'));
      agent.when(value.eq(2), () => agent.outcome('two'));
      agent.when(value.eq(3), () => agent.outcome('three'));
    });
    const running = search(builder.build(), boundsOf('tso'));
    assert.deepEqual(
      [reaches(running, 'zero'), reaches(running, 'two'), reaches(running, 'three')],
      [true, true, false],
    );
  });

  it('goes on after an outcome that is not fatal, and not after one that is', () => {
    const builder = createBuilder();
    builder.outcome('note', false);
    builder.outcome('bad', true);
    builder.agent('a', (agent) => {
      agent.outcome('note');
      agent.mark('after note');
      agent.outcome('bad');
      agent.mark('after bad');
    });
    const running = search(builder.build(), boundsOf('tso'));
    const { outcomes, marks, ends } = running.result();
    assert.deepEqual(
      outcomes.map(({ outcome, depth }) => [running.program.outcomes[outcome]?.id, depth]),
      [
        ['note', 1],
        ['bad', 2],
      ],
    );
    assert.deepEqual([...marks], [1, 0]);
    assert.equal(ends, null);
  });

  it('makes outcomes of accesses outside memory, of divisions by zero and of loops without end', () => {
    const fault = createBuilder();
    fault.agent('a', (agent) => agent.store({ address: 8, bytes: 4 }, 1));
    assert.ok(reaches(search(fault.build(), boundsOf('tso')), 'fault'));
    const divide = createBuilder();
    divide.agent('a', (agent) => {
      const value = agent.register('value');
      agent.choose(value, 2);
      agent.assign(value, value.binary('divSigned', value));
    });
    assert.ok(reaches(search(divide.build(), boundsOf('tso')), 'divide'));
    const hang = createBuilder();
    hang.agent('a', (agent) => {
      agent.fence('full');
      agent.forever(() => undefined);
    });
    assert.ok(reaches(search(hang.build(), boundsOf('tso')), 'hang'));
  });

  it('runs leading local steps before the first transition, and their outcomes have depth 0', () => {
    const builder = createBuilder();
    builder.agent('a', (agent) => {
      agent.mark('begun');
      agent.forever(() => undefined);
    });
    const result = explore(builder.build(), boundsOf('tso'));
    assert.deepEqual([result.states, result.transitions, result.marks[0], result.outcomes[0]?.depth], [1, 0, 1, 0]);
  });

  it('reports a deadlock: an agent runs and nothing can happen', () => {
    const builder = createBuilder();
    builder.machine({ words: 1 });
    builder.operation({
      name: 'lock',
      serialising: true,
      run: ({ state, base }) => (state[base] === 0 ? ++state[base]! : null),
    });
    builder.agent('a', (agent) => {
      agent.machine('lock');
      agent.machine('lock');
    });
    const result = explore(builder.build(), boundsOf('tso'));
    assert.deepEqual([result.deadlocks?.count, result.deadlocks?.depth, result.ends], [1, 1, null]);
  });

  it('lists the steps that were never executed', () => {
    const builder = createBuilder();
    builder.agent('a', (agent) => {
      const value = agent.register('value');
      agent.choose(value, 2);
      agent.when(
        value.lt(2),
        () => agent.mark('always'),
        () => agent.mark('never'),
      );
    });
    const result = explore(builder.build(), boundsOf('tso'));
    // choose, branch, mark, jump, (never:) mark, end
    assert.deepEqual([...result.reached[0]!], [1, 1, 1, 1, 0, 1]);
    assert.deepEqual([...result.marks], [1, 0]);
  });

  it('lets a wait time out only where nothing else can happen', () => {
    const wait = (peerSets: boolean): boolean => {
      const builder = createBuilder();
      const flag = builder.variable('flag', 4);
      builder.agent('waiter', (agent) => {
        const seen = agent.register('seen');
        const expired = agent.register('expired');
        agent.forever((leave) => {
          agent.load(seen, flag);
          agent.when(seen, leave);
          agent.expire(expired);
          agent.when(expired, () => {
            agent.outcome('timeout');
            leave();
          });
        });
      });
      builder.agent('peer', (agent) => {
        agent.fence('compiler');
        if (peerSets) agent.store(flag, 1);
      });
      return reaches(search(builder.build(), boundsOf('tso')), 'timeout');
    };
    assert.equal(wait(true), false, 'neither while the peer runs nor while its store is buffered');
    assert.equal(wait(false), true);
  });

  it('lets two agents that wait for each other both time out', () => {
    const builder = createBuilder();
    for (const name of ['a', 'b']) {
      builder.agent(name, (agent) => {
        const expired = agent.register('expired');
        agent.assign(expired, 0);
        agent.loop(expired.not(), () => agent.expire(expired));
        agent.outcome(`${name} gave up`);
      });
    }
    const running = search(builder.build(), boundsOf('tso'));
    assert.ok(reaches(running, 'a gave up') && reaches(running, 'b gave up'));
  });

  it('lets the machine stop, start and drain agents', () => {
    const builder = createBuilder();
    const x = builder.variable('x', 4);
    builder.operation({
      name: 'stop and start',
      serialising: true,
      run(context) {
        context.drain(1);
        context.setStatus(1, AgentStatus.stopped);
        context.setStatus(2, AgentStatus.running);
        return context.load32(x.address);
      },
    });
    builder.agent('boss', (agent) => {
      const seen = agent.register('seen');
      agent.machine('stop and start', [], seen);
      agent.when(seen.eq(1), () => agent.mark('stopped between the stores'));
    });
    builder.agent('worker', (agent) => {
      agent.store(x, 1);
      agent.store(x, 2);
    });
    builder.agent(
      'second',
      (agent) => {
        const before = agent.register('before');
        const after = agent.register('after');
        agent.load(before, x);
        agent.fence('full');
        agent.load(after, x);
        agent.when(before.ne(after), () => agent.outcome('changed behind the stop'));
      },
      false,
    );
    for (const model of ['sc', 'tso', 'weak'] as const) {
      const running = search(builder.build(), boundsOf(model));
      assert.equal(reaches(running, 'changed behind the stop'), false);
      assert.equal(running.result().marks[0], 1);
      assert.deepEqual([...running.result().reached[2]!].includes(0), true, 'the outcome is never reached');
      assert.equal(running.result().deadlocks, null);
    }
  });

  it('falls back to the interpreter where code generation is forbidden', () => {
    const builder = createBuilder();
    builder.agent('a', (agent) => agent.fence('full'));
    const original = globalThis.Function;
    try {
      globalThis.Function = class {
        constructor() {
          throw new EvalError('Code generation from strings disallowed for this context');
        }
      } as unknown as FunctionConstructor;
      assert.equal(explore(builder.build(), boundsOf('tso')).engine, 'interpreter');
    } finally {
      globalThis.Function = original;
    }
  });

  it('refuses programs that break the contract, with the place', () => {
    const builder = createBuilder();
    builder.agent('a', (agent) => {
      const wide = agent.register('wide', 64);
      agent.load(wide, { address: 0x1000, bytes: 4 });
    });
    assert.throws(() => explore(builder.build(), boundsOf('tso')), /agent 0 step 0 \(load\).*width/);
    const other = createBuilder();
    other.machine({ words: 1 });
    other.command('beyond', (command) => command.set(1, 0));
    other.agent('a', (agent) => agent.machine('beyond'));
    assert.throws(() => explore(other.build(), boundsOf('tso')), /operation 0.*word of the machine 1/);
  });
});
