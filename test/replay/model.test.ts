// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  announcement,
  changedFields,
  defaultSide,
  type Event,
  firstDifference,
  initialModel,
  length,
  type Model,
  pageLook,
  reduce,
  shownSide,
  speeds,
  stateAt,
  variableRows,
} from '../../media/replay/model';
import type { ShowReplay } from '../../src/extension/replayMessages';
import type { PageCell, Replay } from '../../src/review/types';
import { convertingReplay, fixedReplay, longReplay } from './fixture';

function showing(replay: Replay, more: Partial<ShowReplay> = {}): Model {
  const message: ShowReplay = {
    type: 'show',
    document: 'file:///mail.eml',
    choice: 'a',
    side: null,
    step: 0,
    replay,
    choices: [{ id: 'a', label: 'A' }],
    verdict: 'What came of it.',
    tone: 'bad',
    facts: [],
    follow: true,
    stale: false,
    ...more,
  };
  return reduce(initialModel, { type: 'host', message });
}

const anyMove: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom<Event>(
    { type: 'forward' },
    { type: 'back' },
    { type: 'first' },
    { type: 'last' },
    { type: 'fatal' },
    { type: 'tick' },
    { type: 'togglePlay' },
    { type: 'side', side: 'before' },
    { type: 'side', side: 'after' },
    { type: 'sameAgent', direction: 1 },
    { type: 'sameAgent', direction: -1 },
    { type: 'follow', on: false },
    { type: 'host', message: { type: 'stale', stale: true } },
  ),
  fc.record({ type: fc.constant('seek' as const), step: fc.oneof(fc.integer(), fc.double()) }),
  fc.record({ type: fc.constant('speed' as const), speed: fc.constantFrom(...speeds) }),
);

describe('the replay model', () => {
  it('starts with a side where something goes wrong', () => {
    assert.equal(defaultSide(convertingReplay), 'after');
    assert.equal(defaultSide(fixedReplay), 'before');
    assert.equal(defaultSide({ ...fixedReplay, before: null }), 'after');
    assert.equal(showing(convertingReplay).side, 'after');
    assert.equal(showing(convertingReplay, { side: 'before', step: 3 }).step, 3);
    assert.equal(showing({ ...convertingReplay, before: null }, { side: 'before' }).side, 'after');
  });

  it('stays inside the steps, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 60 }), (events) => {
        const end = events.reduce(reduce, showing(convertingReplay));
        assert.ok(Number.isInteger(end.step) && end.step >= 0 && end.step <= length(end));
        assert.ok(shownSide(end));
      }),
    );
  });

  it('shows the same state at a step, whatever the way there', () => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 40 }), fc.nat(14), (events, step) => {
        const direct = reduce(showing(convertingReplay), { type: 'seek', step });
        const wandered = events.reduce(reduce, showing(convertingReplay));
        const there = [{ type: 'side', side: 'after' } as const, { type: 'seek', step } as const].reduce(
          reduce,
          wandered,
        );
        const [one, other] = [shownSide(direct), shownSide(there)];
        assert.ok(one && other);
        assert.equal(there.step, direct.step);
        assert.equal(stateAt(other, there.step), stateAt(one, direct.step));
      }),
    );
  });

  it('undoes a step forward by a step back', () => {
    fc.assert(
      fc.property(fc.nat(13), (step) => {
        const model = reduce(showing(convertingReplay), { type: 'seek', step });
        assert.deepEqual(reduce(reduce(model, { type: 'forward' }), { type: 'back' }), model);
      }),
    );
  });

  it('plays to the end and starts over from there', () => {
    let model = reduce(showing(convertingReplay), { type: 'togglePlay' });
    for (let i = 0; i < 14; i++) {
      assert.equal(model.playing, true);
      model = reduce(model, { type: 'tick' });
    }
    assert.deepEqual([model.step, model.playing], [14, false]);
    model = reduce(model, { type: 'togglePlay' });
    assert.deepEqual([model.step, model.playing], [0, true]);
    assert.equal(reduce(model, { type: 'back' }).playing, false);
  });

  it('goes to the next step of the same agent', () => {
    const at4 = reduce(showing(convertingReplay), { type: 'seek', step: 4 });
    const next = reduce(reduce(at4, { type: 'sameAgent', direction: 1 }), { type: 'sameAgent', direction: 1 });
    assert.equal(next.step, 7);
    assert.equal(reduce(at4, { type: 'sameAgent', direction: -1 }).step, 4);
  });

  it('keeps the replay when it becomes stale, and says what it waits for', () => {
    const model = showing(convertingReplay);
    const stale = reduce(model, { type: 'host', message: { type: 'stale', stale: true } });
    assert.deepEqual([stale.stale, stale.replay], [true, model.replay]);
    const busy = reduce(stale, { type: 'host', message: { type: 'message', text: 'Running', busy: true } });
    assert.equal(busy.message?.text, 'Running');
  });

  it('says where the two sides part', () => {
    assert.equal(firstDifference(convertingReplay), 1);
    assert.equal(firstDifference(fixedReplay), 2);
    assert.equal(firstDifference({ ...fixedReplay, after: fixedReplay.before }), null);
    assert.equal(firstDifference({ ...fixedReplay, after: null }), null);
  });

  it('marks every field that a step changed, and no other', () => {
    const side = convertingReplay.after;
    assert.ok(side);
    const marks = changedFields(stateAt(side, 7), stateAt(side, 8)).map((fields) => [...fields].sort());
    assert.deepEqual(marks, [[], ['content', 'host', 'tlb'], [], []]);
    const rows = variableRows(stateAt(side, 5), stateAt(side, 6)).filter((row) => row.changed);
    assert.deepEqual(rows, [{ name: 'conversion_allowed', value: 'false', old: 'true', changed: true }]);
    assert.deepEqual(
      variableRows(side.start, side.start).filter((row) => row.changed),
      [],
    );
  });

  it('draws a page by what matters most about it', () => {
    const cell = (more: Partial<PageCell>): PageCell => ({
      mapping: 'private',
      tlb: [],
      host: 'mapped',
      content: 'data',
      letter: 'P',
      ...more,
    });
    assert.equal(pageLook(cell({})), 'private');
    assert.equal(pageLook(cell({ mapping: 'shared', host: 'shared' })), 'shared');
    assert.equal(pageLook(cell({ mapping: 'not present' })), 'absent');
    assert.equal(pageLook(cell({ mapping: 'not present', host: 'pending' })), 'pending');
    assert.equal(pageLook(cell({ mapping: 'shared', content: 'poison' })), 'poisoned');
  });

  it('announces a step with the agent first and the end in words', () => {
    const model = showing(convertingReplay);
    assert.equal(announcement(model), 'Start, 14 steps to come');
    assert.equal(announcement(reduce(model, { type: 'seek', step: 2 })), 'Step 2 of 14, CPU 0: barrier()');
    assert.match(announcement(reduce(model, { type: 'seek', step: 6 })), /buffered store reaches memory/);
    assert.match(announcement(reduce(model, { type: 'last' })), /Fatal, td-exit: The second kernel reads page 2/);
  });

  it('seeks in a long replay in no time', () => {
    const model = showing(longReplay(2000, 16));
    const start = performance.now();
    for (let step = 0; step <= 2000; step += 7) reduce(model, { type: 'seek', step });
    assert.ok(performance.now() - start < 100);
  });
});
