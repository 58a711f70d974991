// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import type { FenceKind, MemoryModel, Program } from '../../src/engine/program';
import { boundsOf, type LitmusSide, litmus, reaches, search } from './support';

const MODELS: readonly MemoryModel[] = ['sc', 'tso', 'weak'];

/** The models under which the outcome is observed, in both executors. */
function observedUnder(program: Program, bufferDepth = 2): string {
  return MODELS.filter((model) => {
    const generated = reaches(search(program, boundsOf(model, bufferDepth)), 'observed');
    assert.equal(
      reaches(search(program, boundsOf(model, bufferDepth), { executor: 'interpreter' }), 'observed'),
      generated,
    );
    return generated;
  }).join(' ');
}

/** Writes one variable, then reads another. */
function storeThenLoad(mine: string, other: string, between: FenceKind | null): LitmusSide {
  return (agent, memory) => {
    const seen = agent.register('seen');
    agent.store(memory[mine]!, 1);
    if (between !== null) agent.fence(between);
    agent.load(seen, memory[other]!);
    return [seen];
  };
}

function storeBuffering(between: FenceKind | null): Program {
  return litmus(['x', 'y'], [0, 0], [storeThenLoad('x', 'y', between), storeThenLoad('y', 'x', between)]);
}

/** Writes data and a flag; the other side sees the flag and not the data. */
function messagePassing(write: LitmusSide): Program {
  return litmus(
    ['data', 'flag'],
    [1, 0],
    [
      write,
      (agent, { flag, data }) => {
        const flagSeen = agent.register('flagSeen');
        const dataSeen = agent.register('dataSeen');
        agent.load(flagSeen, flag!);
        agent.load(dataSeen, data!);
        return [flagSeen, dataSeen];
      },
    ],
  );
}

describe('memory models', function () {
  this.timeout(20_000);

  it('store buffering: both sides read the old value on tso and weak, not on sc', () => {
    assert.equal(observedUnder(storeBuffering(null)), 'tso weak');
  });

  it('store buffering: only a full fence forbids it; barrier() and the others order nothing here', () => {
    assert.equal(observedUnder(storeBuffering('full')), '');
    assert.equal(observedUnder(storeBuffering('compiler')), 'tso weak');
    assert.equal(observedUnder(storeBuffering('write')), 'tso weak');
    assert.equal(observedUnder(storeBuffering('read')), 'tso weak');
  });

  it('store buffering: a locked operation in between forbids it, unless it has no value on weak', () => {
    const side =
      (mine: string, other: string, ordered: boolean): LitmusSide =>
      (agent, memory) => {
        const seen = agent.register('seen');
        agent.store(memory[mine]!, 1);
        agent.rmw(null, 'add', memory.counter!, 1, { ordered });
        agent.load(seen, memory[other]!);
        return [seen];
      };
    const program = (ordered: boolean): Program =>
      litmus(['x', 'y', 'counter'], [0, 0], [side('x', 'y', ordered), side('y', 'x', ordered)]);
    assert.equal(observedUnder(program(true)), '');
    assert.equal(observedUnder(program(false)), 'weak');
  });

  it('an increment without a value passes a later load on weak only: the stop-conversion pattern', () => {
    const program = (between: FenceKind | null): Program =>
      litmus(
        ['stopped', 'converting'],
        [0, 0],
        [
          storeThenLoad('stopped', 'converting', 'full'),
          (agent, { stopped, converting }) => {
            const seen = agent.register('seen');
            agent.rmw(null, 'add', converting!, 1, { ordered: false });
            if (between !== null) agent.fence(between);
            agent.load(seen, stopped!);
            return [seen];
          },
        ],
      );
    assert.equal(observedUnder(program(null)), 'weak');
    assert.equal(observedUnder(program('full')), '');
  });

  it('message passing: weak alone reorders the stores, and a write fence or a release forbids it', () => {
    const plain: LitmusSide = (agent, { data, flag }) => {
      agent.store(data!, 1);
      agent.store(flag!, 1);
      return [];
    };
    const fenced: LitmusSide = (agent, { data, flag }) => {
      agent.store(data!, 1);
      agent.fence('write');
      agent.store(flag!, 1);
      return [];
    };
    const released: LitmusSide = (agent, { data, flag }) => {
      agent.store(data!, 1);
      agent.store(flag!, 1, { release: true });
      return [];
    };
    assert.equal(observedUnder(messagePassing(plain)), 'weak');
    assert.equal(observedUnder(messagePassing(fenced)), '');
    assert.equal(observedUnder(messagePassing(released)), '');
  });

  it('a write fence orders what is before it, all of it, and nothing after it among itself', () => {
    const behind: LitmusSide = (agent, { data, other, flag }) => {
      agent.store(data!, 1);
      agent.fence('write');
      agent.store(other!, 1);
      agent.store(flag!, 1);
      return [];
    };
    const reader =
      (...names: string[]): LitmusSide =>
      (agent, memory) =>
        names.map((name) => {
          const seen = agent.register(name);
          agent.load(seen, memory[name]!);
          return seen;
        });
    const variables = ['data', 'other', 'flag'];
    assert.equal(observedUnder(litmus(variables, [1, 0], [behind, reader('flag', 'data')]), 3), '');
    assert.equal(observedUnder(litmus(variables, [1, 0], [behind, reader('flag', 'other')]), 3), 'weak');
  });

  it('stores of one agent to one place stay in order everywhere', () => {
    const program = litmus(
      ['x'],
      [2, 1],
      [
        (agent, { x }) => {
          agent.store(x!, 1);
          agent.store(x!, 2);
          return [];
        },
        (agent, { x }) => {
          const first = agent.register('first');
          const second = agent.register('second');
          agent.load(first, x!);
          agent.load(second, x!);
          return [first, second];
        },
      ],
    );
    assert.equal(observedUnder(program), '');
  });

  it('loads stay in order and stores do not pass earlier loads (load buffering)', () => {
    const side =
      (from: string, to: string): LitmusSide =>
      (agent, memory) => {
        const seen = agent.register('seen');
        agent.load(seen, memory[from]!);
        agent.store(memory[to]!, 1);
        return [seen];
      };
    assert.equal(observedUnder(litmus(['x', 'y'], [1, 1], [side('x', 'y'), side('y', 'x')])), '');
  });

  it('two readers agree on the order of two writers', () => {
    const writer =
      (name: string): LitmusSide =>
      (agent, memory) => {
        agent.store(memory[name]!, 1);
        return [];
      };
    const reader =
      (first: string, second: string): LitmusSide =>
      (agent, memory) => {
        const a = agent.register('a');
        const b = agent.register('b');
        agent.load(a, memory[first]!);
        agent.load(b, memory[second]!);
        return [a, b];
      };
    assert.equal(
      observedUnder(
        litmus(['x', 'y'], [1, 0, 1, 0], [writer('x'), writer('y'), reader('x', 'y'), reader('y', 'x')]),
        1,
      ),
      '',
    );
  });

  it('an agent sees its own buffered store first (forwarding)', () => {
    const side =
      (mine: string, other: string): LitmusSide =>
      (agent, memory) => {
        const own = agent.register('own');
        const seen = agent.register('seen');
        agent.store(memory[mine]!, 1);
        agent.load(own, memory[mine]!);
        agent.load(seen, memory[other]!);
        return [own, seen];
      };
    const program = (own: number): Program => litmus(['x', 'y'], [own, 0, own, 0], [side('x', 'y'), side('y', 'x')]);
    assert.equal(observedUnder(program(1)), 'tso weak');
    assert.equal(observedUnder(program(0)), '');
  });
});
