// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { review } from '../review/support';
import { mutations } from './all';
import { concerned, scenariosOf, verdictsOf } from './support';

describe('mutations', () => {
  for (const mutation of mutations) {
    const title = `${mutation.number}${mutation.form ?? ''}: ${mutation.title}`;
    if ('notShown' in mutation) continue;
    it(title, async function () {
      const mail = mutation.mail();
      if (mail === null) return this.skip();
      const result = await review(mail, scenariosOf(mutation));
      const verdicts = verdictsOf(result);
      const why = result.notices.map((n) => n.message).join('\n');
      assert.deepEqual(concerned(verdicts, mutation.expected), [...mutation.expected].sort(), `${verdicts}\n${why}`);
      assert.equal(result.partial, false);
      // Where nothing is expected, it must be an answer, not the lack of one.
      if (mutation.expected.length === 0) assert.deepEqual(result.undecided, [], why);
    });
  }

  it('say of each one that cannot be shown why', () => {
    for (const m of mutations) if ('notShown' in m) assert.ok(m.notShown.length > 30, `${m.number}`);
  });
});
