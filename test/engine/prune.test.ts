// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Agent, Expr, Program, Step } from '../../src/engine/program';
import { prune } from '../../src/engine/prune';
import { createSearch, type Search } from '../../src/engine/search';
import { randomPrograms } from './randomProgram';

const position = 0;
const value = (n: number): Expr => ({ kind: 'const', width: 32, value: BigInt(n) });
const register = (reg: number): Expr => ({ kind: 'reg', width: 32, reg });
const agentOf = (...steps: Step[]): Agent => ({
  name: 'CPU 0',
  registers: [0, 1].map((n) => ({ name: `r${n}`, width: 32 })),
  steps,
  entry: 0,
  running: true,
});
const kinds = (agent: Agent): string[] => agent.steps.map(({ kind }) => kind);
const nothingStays = (): boolean => false;

describe('a program without what never runs', function () {
  this.timeout(60_000);

  it('does not have the way that a constant rules out, nor jumps', () => {
    const agent = agentOf(
      { kind: 'assign', reg: 0, value: value(0), position, next: 1 },
      { kind: 'branch', condition: register(0), position, then: 2, else: 3 },
      { kind: 'mark', mark: 0, position, next: 4 },
      { kind: 'jump', position, next: 4 },
      { kind: 'end', position },
    );
    const { agent: pruned, kept } = prune(agent, nothingStays);
    assert.deepEqual(kinds(pruned), ['assign', 'end']);
    assert.deepEqual(kept, [0, 4]);
  });

  it('has both ways where the register may not be assigned yet', () => {
    const agent = agentOf(
      { kind: 'choose', reg: 1, count: 2, position, next: 1 },
      { kind: 'branch', condition: register(1), position, then: 2, else: 3 },
      { kind: 'assign', reg: 0, value: value(1), position, next: 3 },
      { kind: 'branch', condition: register(0), position, then: 4, else: 5 },
      { kind: 'mark', mark: 0, position, next: 5 },
      { kind: 'end', position },
    );
    assert.deepEqual(prune(agent, nothingStays).kept, [0, 1, 2, 3, 4, 5]);
  });

  it('keeps what is to be seen, and a loop that does nothing', () => {
    const agent = agentOf(
      { kind: 'branch', condition: value(1), position: 1, then: 1, else: 2 },
      { kind: 'jump', position, next: 3 },
      { kind: 'end', position },
      { kind: 'jump', position, next: 1 },
    );
    const { agent: pruned, kept } = prune(agent, (pc) => pc === 0);
    assert.deepEqual(kinds(pruned), ['jump', 'jump']);
    assert.equal(kept[0], 0);
    assert.deepEqual(
      pruned.steps.map((step) => 'next' in step && step.next),
      [1, 1],
    );
  });

  it('does the same as before', () => {
    let shorter = 0;
    fc.assert(
      fc.property(randomPrograms(3000, true), fc.integer({ min: 1, max: 7 }), ({ program, bounds }, stay) => {
        const agents = program.agents.map((agent) => prune(agent, (pc) => pc % stay === 0));
        const pruned: Program = { ...program, agents: agents.map(({ agent }) => agent) };
        const run = (of: Program): Search => {
          const search = createSearch(of, bounds, { executor: 'interpreter' });
          while (!search.run(1000));
          return search;
        };
        const [plain, other] = [run(program).result(), run(pruned).result()];
        if (!plain.exhausted || !other.exhausted) return;
        const ids = (result: typeof plain): number[] => result.outcomes.map(({ outcome }) => outcome).sort();
        // Whether a loop of local steps is one without end goes by the number of its steps.
        if ([plain, other].some((result) => ids(result).includes(program.hangOutcome))) return;
        assert.deepEqual(ids(other), ids(plain));
        assert.deepEqual([...other.marks], [...plain.marks]);
        assert.equal(other.deadlocks === null, plain.deadlocks === null);
        assert.equal(other.ends === null, plain.ends === null);
        assert.ok(other.states <= plain.states, `${other.states} states, ${plain.states} before`);
        for (const [index, { kept }] of agents.entries()) {
          if (kept.length < (program.agents[index]?.steps.length ?? 0)) shorter++;
          // What is gone and still ran is nothing but jumps; all else runs in both or in none.
          kept.forEach((from, pc) => {
            if (pc > 0) assert.equal(other.reached[index]?.[pc], plain.reached[index]?.[from], `step ${from}`);
          });
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(shorter > 100, `${shorter} agents became shorter`);
  });
});
