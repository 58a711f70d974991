// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { registerValue, statusOf } from '../../src/engine/decode';
import { AgentStatus, type Expr, type Program, type Step } from '../../src/engine/program';
import { createSearch, type SearchOptions } from '../../src/engine/search';
import { boundsOf, litmus } from './support';

/** Store buffering where every agent keeps its registers when it ends; no outcome is looked at. */
function program(keeps: boolean): Program {
  const side =
    (mine: string, other: string) =>
    (
      agent: Parameters<Parameters<typeof litmus>[2][number]>[0],
      memory: Parameters<Parameters<typeof litmus>[2][number]>[1],
    ) => {
      const seen = agent.register('seen');
      const again = agent.register('again');
      agent.store(memory[mine]!, 1);
      agent.load(seen, memory[other]!);
      agent.load(again, memory[other]!);
      return [seen, again];
    };
  const built = litmus(['x', 'y'], [9, 9, 9, 9], [side('x', 'y'), side('y', 'x')]);
  const agents = built.agents.slice(0, 2).map((agent) => {
    const results = agent.registers.slice(0, 2).map(({ width }, reg): Expr => ({ kind: 'reg', width, reg }));
    // Each side only: store, load, load, end.
    const steps = agent.steps.filter(({ kind }) => kind === 'store' || kind === 'load').slice(0, 3);
    const end: Step = keeps ? { kind: 'end', position: 0, results } : { kind: 'end', position: 0 };
    const linked = steps.map((step, pc): Step => ('next' in step ? { ...step, next: pc + 1 } : step));
    return { ...agent, steps: [...linked, end] };
  });
  return { ...built, agents };
}

function run(keeps: boolean, options: Partial<SearchOptions>): { states: number; transitions: number; ends: string[] } {
  const ends: string[] = [];
  const search = createSearch(program(keeps), boundsOf('tso', 2), {
    ...options,
    ended: (state) => {
      const values = [0, 1].flatMap((agent) => [0, 1].map((reg) => registerValue(search.layout, state, agent, reg)));
      assert.deepEqual(
        [0, 1].map((agent) => statusOf(search.layout, state, agent)),
        [AgentStatus.done, AgentStatus.done],
      );
      ends.push(values.join(' '));
    },
  });
  while (!search.run(1 << 20));
  const { states, transitions } = search.result();
  return { states, transitions, ends: ends.sort() };
}

describe('results of agents', () => {
  it('are in the states in which the program ended', () => {
    assert.deepEqual(run(true, {}).ends, [
      '0 0 0 0',
      '0 0 0 1',
      '0 0 1 1',
      '0 1 0 0',
      '0 1 0 1',
      '0 1 1 1',
      '1 1 0 0',
      '1 1 0 1',
      '1 1 1 1',
    ]);
  });

  it('end an agent without a transition of its own, the same in both executors and with packed states', () => {
    const [interpreted, generated, packed] = [
      run(true, { executor: 'interpreter' }),
      run(true, { packAfter: 1_000_000 }),
      run(true, { packAfter: 2 }),
    ];
    assert.deepEqual(generated, interpreted);
    assert.deepEqual(packed, interpreted);
    const alive = { liveness: false };
    assert.ok(run(true, alive).states < run(false, alive).states);
    assert.deepEqual(run(true, alive).ends, run(false, alive).ends);
  });
});
