// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Bounds, Program, Step } from '../../src/engine/program';
import { createSearch, type Search, type SearchOptions } from '../../src/engine/search';
import { randomPrograms } from './randomProgram';

const RUNS = Number(process.env.KPR_FUZZ_RUNS ?? 1500);

function searched(program: Program, bounds: Bounds, options: Partial<SearchOptions>): Search {
  const search = createSearch(program, bounds, options);
  while (!search.run(1000));
  return search;
}

/** What a verdict is made of: whatever is reached, but not how many states it took. */
function verdict(search: Search): unknown {
  const { outcomes, deadlocks, ends, reached, marks, exhausted } = search.result();
  return {
    exhausted,
    outcomes: outcomes.map(({ outcome }) => outcome).sort(),
    deadlocks: deadlocks !== null,
    ends: ends !== null,
    reached: reached.map((steps) => [...steps].join('')),
    marks: [...marks].join(''),
  };
}

/** The same without waits that may time out, which keep a search from packing its states. */
function withoutWaits(program: Program): Program {
  const changed = (step: Step): Step =>
    step.kind === 'expire' ? { kind: 'fence', position: step.position, fence: 'full', next: step.next } : step;
  return { ...program, agents: program.agents.map((agent) => ({ ...agent, steps: agent.steps.map(changed) })) };
}

describe('one program, run in two ways', function () {
  this.timeout(120_000);

  it('gives the same states, in the same order, when states are packed on the way', () => {
    let packed = 0;
    fc.assert(
      fc.property(
        randomPrograms(3000, true),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (made, packAfter, free) => {
          const { bounds } = made;
          const program = withoutWaits(made.program);
          const options = { fencesWait: !free, reduction: free };
          const plain = searched(program, bounds, { ...options, packAfter: Number.POSITIVE_INFINITY });
          const other = searched(program, bounds, { ...options, packAfter });
          const { bytesPerState: _, ...left } = plain.result();
          const { bytesPerState: bytes, ...right } = other.result();
          assert.deepEqual(left, right);
          assert.deepEqual(plain.levels(), other.levels());
          assert.deepEqual(plain.endStates(), other.endStates());
          assert.deepEqual(plain.firstMarks(), other.firstMarks());
          for (let index = 0; index < left.states; index++) {
            assert.deepEqual(plain.state(index), other.state(index), `state ${index}`);
            assert.equal(plain.table.parent(index), other.table.parent(index));
            assert.equal(other.table.find(plain.state(index)), index);
          }
          for (let index = 0; index < left.states; index += 17)
            assert.equal(plain.table.choice(index), other.table.choice(index));
          // Chunks of packed states are large, so a small packed search is seen by its bytes.
          if (bytes * left.states > 200_000) packed++;
        },
      ),
      { numRuns: RUNS },
    );
    assert.ok(packed > RUNS / 3, `${packed} programs were packed`);
  });

  it('gives the same states, in the same order, from generated code and from the interpreter', () => {
    fc.assert(
      fc.property(randomPrograms(3000, true), ({ program, bounds }) => {
        const generated = searched(program, bounds, { executor: 'codegen', packAfter: Number.POSITIVE_INFINITY });
        const interpreted = searched(program, bounds, { executor: 'interpreter' });
        const { engine, ...left } = generated.result();
        const { engine: other, ...right } = interpreted.result();
        assert.equal(engine, 'codegen');
        assert.equal(other, 'interpreter');
        assert.deepEqual(left, right);
        for (let index = 0; index < left.states; index++)
          assert.deepEqual(generated.state(index), interpreted.state(index), `state ${index}`);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the same verdict whether or not registers share slots and dead ones are zeroed', () => {
    let smaller = 0;
    let compared = 0;
    fc.assert(
      fc.property(randomPrograms(6000), ({ program, bounds }) => {
        const on = searched(program, bounds, { liveness: true });
        const off = searched(program, bounds, { liveness: false });
        if (!off.result().exhausted || !on.result().exhausted) return;
        compared++;
        assert.deepEqual(verdict(on), verdict(off));
        assert.ok(on.result().states <= off.result().states);
        if (on.result().states < off.result().states) smaller++;
      }),
      { numRuns: RUNS },
    );
    assert.ok(compared > RUNS * 0.9, `${compared} programs compared`);
    assert.ok(smaller > RUNS / 20, `fewer states in ${smaller} programs only`);
  });

  it('gives the same verdict whether or not stores that nobody can see late are buffered', () => {
    let smaller = 0;
    let compared = 0;
    fc.assert(
      fc.property(randomPrograms(6000), ({ program, bounds }) => {
        const on = searched(program, bounds, { reduction: true });
        const off = searched(program, bounds, { reduction: false });
        if (!off.result().exhausted || !on.result().exhausted) return;
        compared++;
        // Where local steps fail behind a store, they do so before a buffered store reaches memory and what watches it,
        // and after an unbuffered one does: both are true to life, and only the reduced search sees the second.
        const failsLocally = on
          .result()
          .outcomes.some(({ outcome }) => outcome === program.divideOutcome || outcome === program.hangOutcome);
        if (failsLocally)
          for (const { outcome } of off.result().outcomes)
            assert.ok(on.result().outcomes.some((other) => other.outcome === outcome));
        else assert.deepEqual(verdict(on), verdict(off));
        if (on.result().states < off.result().states) smaller++;
      }),
      { numRuns: RUNS },
    );
    assert.ok(compared > RUNS * 0.9, `${compared} programs compared`);
    assert.ok(smaller > RUNS / 200, `fewer states in ${smaller} programs only`);
  });
});
