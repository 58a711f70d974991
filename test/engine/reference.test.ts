// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { explore, type SearchOptions } from '../../src/engine/search';
import { randomPrograms } from './randomProgram';
import { exploreReference } from './reference';

/** Every way to run a program. */
const WAYS: readonly Partial<SearchOptions>[] = [
  { executor: 'interpreter' },
  { packAfter: Number.POSITIVE_INFINITY },
  { generateAfter: 10, packAfter: 20 },
];
const RUNS = Number(process.env.KPR_FUZZ_RUNS ?? 1000);

describe('the engine and the plain reference explorer', function () {
  this.timeout(600_000);

  it('count the same states and transitions and see the same outcomes, without reductions', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomPrograms(1500, true), fc.constantFrom(...WAYS), ({ program, bounds }, way) => {
        const reference = exploreReference(program, bounds);
        if (reference === null) return;
        const result = explore(program, bounds, { ...way, liveness: false, reduction: false });
        if (!result.exhausted) return;
        compared++;
        assert.deepEqual(
          {
            states: result.states,
            transitions: result.transitions,
            outcomes: result.outcomes.map(({ outcome }) => outcome).sort((a, b) => a - b),
            deadlocks: result.deadlocks?.count ?? 0,
            ends: result.ends?.count ?? 0,
            marks: [...result.marks.keys()].filter((mark) => result.marks[mark] === 1),
          },
          reference,
        );
      }),
      { numRuns: RUNS },
    );
    assert.ok(compared > RUNS * 0.8, `${compared} programs compared`);
  });
});
