// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { finals, kernel, lowerUnits, searchOf, unitOf } from './support';

/** What `result` is in the end, and how many states there are. */
async function ran(body: string): Promise<{ results: bigint[]; states: number }> {
  const unit = await unitOf(
    `long result; static spinlock_t lock; static raw_spinlock_t raw; void run(void)\n{\n${body}\n}\n`,
  );
  const lowered = lowerUnits([unit, await unitOf(kernel)], ['run'], ['result']);
  assert.deepEqual(
    lowered.assumptions.map((a) => a.text),
    [],
  );
  const search = searchOf(lowered);
  return { results: finals(lowered, search, 'result', 8), states: search.result().states };
}

const cases: readonly (readonly [name: string, body: string, result: bigint])[] = [
  ['they are on at the beginning', 'result = irqs_disabled();', 0n],
  [
    'off, on',
    'local_irq_disable(); result = irqs_disabled(); local_irq_enable(); result = 2 * result + irqs_disabled();',
    2n,
  ],
  [
    'what was saved comes back, also off inside off',
    `unsigned long outer, inner;
	local_irq_save(outer);
	local_irq_save(inner);
	local_irq_restore(inner);
	result = irqs_disabled();
	local_irq_restore(outer);
	result = 2 * result + irqs_disabled();`,
    2n,
  ],
  [
    'spin_lock_irq()',
    'spin_lock_irq(&lock); result = irqs_disabled(); spin_unlock_irq(&lock); result = 2 * result + irqs_disabled();',
    2n,
  ],
  [
    'spin_lock_irqsave() inside spin_lock_irq() leaves them off',
    `unsigned long flags;
	local_irq_disable();
	spin_lock_irqsave(&lock, flags);
	spin_unlock_irqrestore(&lock, flags);
	result = irqs_disabled();`,
    1n,
  ],
  [
    'raw locks',
    `unsigned long flags;
	raw_spin_lock_irqsave(&raw, flags);
	result = irqs_disabled();
	raw_spin_unlock_irqrestore(&raw, flags);
	spin_lock_irq(&lock);
	result = 2 * result + irqs_disabled();
	spin_unlock_irq(&lock);
	result = 2 * result + irqs_disabled();`,
    6n,
  ],
  ['a guard', 'scoped_guard(spinlock_irq, &lock) result = irqs_disabled(); result = 2 * result + irqs_disabled();', 2n],
];

describe('interrupts, off or on', () => {
  for (const [name, body, result] of cases) it(name, async () => assert.deepEqual((await ran(body)).results, [result]));

  it('asking costs no state', async () => {
    const plain = await ran('result = 1;');
    const asking = await ran('BUG_ON(irqs_disabled()); result = 1;');
    assert.equal(asking.states, plain.states);
  });
});
