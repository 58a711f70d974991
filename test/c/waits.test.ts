// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { finals, lower, searchOf } from './support';

/**
 * A CPU that waits for `busy` to become 0 and leaves in `left` what its counter is behind the loop, and one that may
 * clear it or not.
 */
const story = (wait: string, counter = 'int t = 5'): string => `
int busy = 1;
int left = 99;
int timed_out;
static int waiter(void)
{
	${counter};
	int i = 0;

	${wait}
}
void run(void)
{
	int code = waiter();

	if (code)
		timed_out = code;
}
void peer(void)
{
	if (choose(2))
		busy = 0;
}
`;

/** What `left` and `timed_out` may be in the end. */
async function endings(text: string): Promise<{ left: number[]; timedOut: number[] }> {
  const lowered = await lower(text, ['run', 'peer'], ['left', 'timed_out']);
  const search = searchOf(lowered);
  assert.equal(search.result().exhausted, true);
  const signed = (name: string): number[] =>
    finals(lowered, search, name, 4)
      .map((v) => Number(BigInt.asIntN(32, v)))
      .sort((a, b) => a - b);
  return { left: signed('left'), timedOut: signed('timed_out') };
}

describe('loops that wait', () => {
  /** By loop: the counter behind it when the wait was over in time, and when the time was up. */
  const cases: readonly (readonly [name: string, loop: string, inTime: number, late: number])[] = [
    ['while (busy && t--)', 'while (busy && t--) udelay(1); left = t;', 5, -1],
    ['while (busy && --t)', 'while (busy && --t) udelay(1); left = t;', 5, 0],
    ['while (t && busy)', 'while (t && busy) { udelay(1); t--; } left = t;', 5, 0],
    ['while (t-- > 0 && busy)', 'while (t-- > 0 && busy) cpu_relax(); left = t;', 5, -1],
    ['while (--t >= 0)', 'while (--t >= 0) { if (!busy) break; udelay(1); } left = t;', 5, -1],
    ['for (i < N)', 'for (i = 0; i < 7; i++) { if (!busy) break; udelay(1); } left = i;', 0, 7],
    ['for (i <= N)', 'for (i = 0; i <= 7; i++) { if (!busy) break; udelay(1); } left = i;', 0, 8],
    ['for (N > i)', 'for (i = 0; 7 > i; ++i) { if (!busy) break; mdelay(1); } left = i;', 0, 7],
    ['for (i != N)', 'for (i = 0; i != 7; i++) { if (!busy) break; udelay(1); } left = i;', 0, 7],
    ['for (; t > 0; t--)', 'for (; t > 0; t--) { if (!busy) break; udelay(1); } left = t;', 5, 0],
    ['do … while (--t)', 'do { if (!busy) break; udelay(1); } while (--t); left = t;', 5, 0],
    ['do … while (busy && i++ < N)', 'do { cpu_relax(); } while (busy && i++ < 4); left = i;', 0, 5],
    ['if (--t == 0) break', 'while (busy) { if (--t == 0) break; cpu_relax(); } left = t;', 5, 0],
    ['if (!--t) break', 'while (busy) { if (!--t) break; cpu_relax(); } left = t;', 5, 0],
    ['if (unlikely(!t--)) break', 'while (busy) { if (unlikely(!t--)) break; cpu_relax(); } left = t;', 5, -1],
    ['if (--t < 0) break', 'while (busy) { if (--t < 0) break; cpu_relax(); } left = t;', 5, -1],
    ['if (i++ > N) break', 'while (busy) { if (i++ > 9) break; udelay(1); } left = i;', 0, 11],
    ['if (++i >= N) break', 'while (busy) { if (++i >= 9) break; udelay(1); } left = i;', 0, 9],
    ['i += 10 steps', 'while (busy && i < 50) { usleep_range(10, 20); i += 10; } left = i;', 0, 50],
    [
      'a bound that is a variable',
      'int bound = 6; for (i = 0; i < bound; i++) { if (!busy) break; udelay(1); } left = i;',
      0,
      6,
    ],
  ];
  for (const [name, loop, inTime, late] of cases) {
    it(name, async () => {
      const { left } = await endings(story(`${loop} return 0;`));
      assert.deepEqual(
        left,
        [inTime, late].sort((a, b) => a - b),
      );
    });
  }

  it('if (++i > N) return -ETIMEDOUT', async () => {
    const { timedOut } = await endings(story('while (busy) { if (++i > 100) return -110; udelay(1); } return 0;'));
    assert.deepEqual(timedOut, [-110, 0]);
  });

  it('an unsigned counter goes round below zero', async () => {
    const { left } = await endings(
      story('while (busy && t--) udelay(1); left = t == 0xffffffff; return 0;', 'unsigned int t = 5'),
    );
    assert.deepEqual(left, [0, 1]);
  });

  it('a static counter goes on where it stood: the second wait has no time left', async () => {
    const counter = 'static int t = 5';
    const once = await endings(story('while (busy && t--) udelay(1); left = t; return 0;', counter));
    assert.deepEqual(once.left, [-1, 5]);
    const twice = await endings(
      story(
        'while (busy && --t) udelay(1); if (!t) { t = 1; while (busy && --t) udelay(1); } left = t; return 0;',
        counter,
      ),
    );
    assert.deepEqual(twice.left, [0, 5]);
  });

  it('a static counter that somebody points to counts', async () => {
    const { left } = await endings(
      story('int *p = &t; while (t--) { udelay(1); i += *p; } left = i; return 0;', 'static int t = 4'),
    );
    assert.deepEqual(left, [6]);
  });

  it('what is tested behind the loop says which ending it was', async () => {
    const { timedOut } = await endings(
      story('while (busy && --t) udelay(1); if (!t) return -1; left = busy; return 1;'),
    );
    assert.deepEqual(timedOut, [-1, 1]);
  });

  it('a counter whose value is used is no wait: every round runs', async () => {
    const { left } = await endings(
      story('int seen = 0; for (i = 0; i < 4; i++) { seen += i; udelay(1); } left = seen; return 0;'),
    );
    assert.deepEqual(left, [6]);
  });

  it('a loop that gets on and lets others run in between is no wait', async () => {
    const { left } = await endings(
      story('long at = 100; for (i = 0; i < 3; i++, at += 10 * t) cond_resched(); left = at; return 0;'),
    );
    assert.deepEqual(left, [250]);
  });

  it('a loop without a delay counts', async () => {
    const { left } = await endings(story('while (t--) i += 2; left = i; return 0;'));
    assert.deepEqual(left, [10]);
  });

  it('a wait without a counter ends only when what it waits for holds', async () => {
    const lowered = await lower(
      'int busy = 1; void run(void) { while (READ_ONCE(busy)) cpu_relax(); } void peer(void) { busy = 0; }',
      ['run', 'peer'],
    );
    const search = searchOf(lowered);
    assert.equal(search.result().ends?.count !== undefined, true);
    assert.deepEqual(finals(lowered, search, 'busy', 4), [0n]);
  });
});
