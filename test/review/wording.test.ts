// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Decision } from '../../src/review/decide';
import { outcomes } from '../../src/review/outcomes';
import { wordFinding, wordWhatIf } from '../../src/review/wording';
import { line } from '../replay/fixture';

const flips: Decision = { place: line(3), how: { kind: 'flips' } };
const reached: Decision = { place: line(3), how: { kind: 'reached' } };
const buffered: Decision = {
  place: line(3),
  how: { kind: 'buffered', store: 'flag', load: 'count', between: { text: 'barrier();', fence: 'compiler' } },
};

describe('the words of a finding', () => {
  const scenario = { machine: 'guest, 2 CPUs', title: 'a story' };
  const end = {
    full: 'The second kernel touches page 1, which was never accepted; it is killed.',
    others: 'with CPU 1 stopped in tdx_accept_memory()',
  };

  it('say who does what, where the others stand, on which machine, and what the patch has to do with it', () => {
    assert.deepEqual(wordFinding(scenario, 'td-exit', 'new', end, reached, 'yes', false), {
      message:
        'With CPU 1 stopped in tdx_accept_memory(), the second kernel touches page 1, which was never accepted; it is killed (guest, 2 CPUs: a story); the patch introduces td-exit.',
      short:
        'td-exit introduced: with CPU 1 stopped in tdx_accept_memory(), the second kernel touches page 1, which was never accepted; it is killed.',
    });
    assert.deepEqual(wordFinding(scenario, 'td-exit', 'absent', { ...end, others: '' }, flips, 'x86-only', false), {
      message:
        'The patch removes td-exit (guest, 2 CPUs: a story). Without this line, the second kernel touches page 1, which was never accepted; it is killed. This holds on x86 only: the kernel’s memory model still allows the outcome.',
      short:
        'Fixes td-exit on x86 only: without this line, the second kernel touches page 1, which was never accepted; it is killed.',
    });
    assert.equal(
      wordFinding(scenario, 'td-exit', 'unchanged', end, buffered, 'yes', false).message,
      'The store of flag may still be buffered when count is read: barrier() orders only the compiler. So with CPU 1 stopped in tdx_accept_memory(), the second kernel touches page 1, which was never accepted; it is killed (guest, 2 CPUs: a story); the patch leaves td-exit.',
    );
  });

  it('fit into a diagnostic, whatever they tell, and name the outcome', () => {
    const text = fc.string({ maxLength: 300 });
    const ids = Object.keys(outcomes) as (keyof typeof outcomes)[];
    const how = fc.oneof(
      fc.constant(flips),
      fc.constant(reached),
      fc.tuple(text, text, text).map(
        ([store, load, between]): Decision => ({
          place: line(3),
          how: { kind: 'buffered', store, load, between: { text: between, fence: 'read' } },
        }),
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.constantFrom('new', 'unchanged', 'absent'),
        fc.record({ full: text, others: fc.oneof(fc.constant(''), text) }),
        how,
        fc.constantFrom('yes', 'x86-only'),
        fc.boolean(),
        (id, state, told, decision, portable, unrelated) => {
          const { short } = wordFinding(scenario, id, state, told, decision, portable, unrelated);
          assert.ok(short.length <= 200, short);
          assert.ok(short.includes(id), short);
        },
      ),
    );
  });

  it('say of an edit what it does, and where', () => {
    const whatIf = { kind: 'barrier', text: 'smp_mb() in place of “barrier();”', place: line(3), edits: [] } as const;
    assert.equal(
      wordWhatIf({ ...whatIf, portable: 'yes' }),
      'Simulated: smp_mb() in place of “barrier();” removes it.',
    );
    assert.equal(
      wordWhatIf({ ...whatIf, portable: 'yes' }, ' at line 3'),
      'Simulated: smp_mb() in place of “barrier();” at line 3 removes it.',
    );
    assert.equal(
      wordWhatIf({ ...whatIf, portable: 'x86-only' }),
      'Simulated: smp_mb() in place of “barrier();” removes it on x86 (the kernel’s memory model still allows it).',
    );
  });
});
