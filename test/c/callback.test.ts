// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { lower, searchOf } from './support';

const caller = 'typedef void (*work_t)(long a); long result;\nvoid each(work_t f, long a) { (*f)(a); result = a; }\n';

describe('a function that is given to another one', () => {
  it('and that nobody defines, does nothing, and is said', async () => {
    const lowered = await lower(`${caller}void run(void) { each(nowhere, 3); }`);
    const search = searchOf(lowered);
    assert.equal(search.run(100_000), true);
    assert.deepEqual(search.result().outcomes, []);
    assert.ok(lowered.assumptions.some(({ text }) => text.startsWith('nowhere() is ')));
  });

  it('and that is an unknown number where a number is wanted, stays one', async () => {
    const lowered = await lower('long result; void set(long a) { result = a; }\nvoid run(void) { set(nowhere); }');
    assert.ok(lowered.assumptions.some(({ text }) => text.includes('nowhere is defined nowhere; any value is tried')));
  });
});
