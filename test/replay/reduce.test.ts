// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stateAt } from '../../src/replay/look';
import {
  alignmentOf,
  announcement,
  choicesUntil,
  initialModel,
  length,
  type Model,
  partingStep,
  shownSide,
  speeds,
  stepOf,
} from '../../src/replay/model';
import { defaultSide, type Event, type Move, reduce } from '../../src/replay/reduce';
import type { ShowReplay } from '../../src/replay/types';
import type { Exploration, Replay } from '../../src/review/types';
import { convertingReplay, fixedReplay, longReplay, loopReplay } from './fixture';

function showing(replay: Replay, more: Partial<ShowReplay> = {}): Model {
  const message: ShowReplay = {
    type: 'show',
    document: 'file:///mail.eml',
    choice: 'a',
    side: null,
    step: 0,
    replay,
    choices: [{ id: 'a', label: 'A', scenario: replay.scenario }],
    verdict: 'What came of it.',
    tone: 'bad',
    facts: [],
    edits: [],
    follow: true,
    stale: false,
    ...more,
  };
  return reduce(initialModel, { type: 'host', message });
}

const moves = [
  'forward',
  'back',
  'first',
  'last',
  'fatal',
  'parting',
  'nextOfAgent',
  'previousOfAgent',
  'nextChange',
  'previousChange',
  'play',
  'faster',
  'slower',
  'otherSide',
  'both',
  'fold',
  'follow',
] as const satisfies readonly Move[];
const move = (name: Move): Event => ({ type: 'move', move: name });
const seek = (step: number): Event => ({ type: 'seek', step });
const run = (model: Model, ...events: readonly Event[]): Model => events.reduce(reduce, model);

const after = convertingReplay.after;
assert.ok(after);
/** The way with the patch until its eighth step, and from there something else. */
const exploration: Exploration = {
  from: 'after',
  way: { ...after, steps: after.steps.slice(0, 8), choices: after.choices.slice(0, 10), fatal: null, summary: 'On.' },
  next: [],
};

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.constantFrom(...moves).map(move),
  fc.constantFrom<Event>(
    { type: 'tick' },
    { type: 'leave' },
    { type: 'asked', id: 1 },
    { type: 'way', way: 'before' },
    { type: 'way', way: 'after' },
    { type: 'way', way: 'own' },
    { type: 'host', message: { type: 'stale', stale: true } },
    { type: 'host', message: { type: 'explored', id: 1, exploration, edit: null, problem: '' } },
    { type: 'host', message: { type: 'explored', id: 1, exploration: null, edit: null, problem: 'no' } },
  ),
  fc.record({ type: fc.constant('seek' as const), step: fc.oneof(fc.integer(), fc.double()) }),
  fc.record({ type: fc.constant('fold' as const), step: fc.integer({ min: -1, max: 20 }) }),
  fc.record({ type: fc.constant('page' as const), page: fc.oneof(fc.integer(), fc.double()) }),
  fc.record({ type: fc.constant('speed' as const), speed: fc.constantFrom(...speeds) }),
  fc.nat(110).map((line): Event => ({ type: 'host', message: { type: 'line', file: 'document', line } })),
);
const anyReplay = fc.constantFrom(convertingReplay, fixedReplay, loopReplay);

describe('the reducer of the replay', () => {
  it('starts with a side where something goes wrong', () => {
    assert.equal(defaultSide(convertingReplay), 'after');
    assert.equal(defaultSide(fixedReplay), 'before');
    assert.equal(defaultSide({ ...fixedReplay, before: null }), 'after');
    assert.equal(showing(convertingReplay).way, 'after');
    assert.equal(showing(convertingReplay, { side: 'before', step: 3 }).step, 3);
    assert.equal(showing({ ...convertingReplay, before: null }, { side: 'before' }).way, 'after');
  });

  it('stays inside the steps and the pages, whatever happens', () => {
    fc.assert(
      fc.property(anyReplay, fc.array(anyEvent, { maxLength: 60 }), (replay, events) => {
        const end = run(showing(replay), ...events);
        const side = shownSide(end);
        assert.ok(side);
        assert.ok(Number.isInteger(end.step) && end.step >= 0 && end.step <= length(end));
        assert.ok(Number.isInteger(stepOf(end)) && stepOf(end) >= 0 && stepOf(end) <= side.steps.length);
        assert.ok(end.page >= 0 && end.page < side.pages.length);
        assert.ok(!end.both || alignmentOf(end) !== null);
      }),
    );
  });

  it('shows the same state at a step, whatever the way there', () => {
    fc.assert(
      fc.property(anyReplay, fc.array(anyEvent, { maxLength: 40 }), fc.nat(14), (replay, events, step) => {
        const asked = step % ((replay.after?.steps.length ?? 0) + 1);
        const direct = run(showing(replay), { type: 'way', way: 'after' }, seek(asked));
        const wandered = run(showing(replay), ...events);
        const one = wandered.both ? run(wandered, move('both')) : wandered;
        const closed = [...one.open].reduce((model, from) => reduce(model, { type: 'fold', step: from }), one);
        const there = run(closed, { type: 'way', way: 'after' }, seek(asked));
        const [left, right] = [shownSide(direct), shownSide(there)];
        assert.ok(left && right);
        assert.equal(there.step, direct.step);
        assert.equal(stateAt(right, there.step), stateAt(left, direct.step));
      }),
    );
  });

  it('undoes a step forward by a step back, also over loops and beside each other', () => {
    fc.assert(
      fc.property(anyReplay, fc.boolean(), fc.nat(14), (replay, both, step) => {
        const model = run(showing(replay), ...(both ? [move('both')] : []), seek(step));
        fc.pre(model.step < length(model));
        assert.deepEqual(run(model, move('forward'), move('back')), model);
      }),
    );
  });

  it('plays to the end and starts over from there', () => {
    let model = run(showing(convertingReplay), move('play'));
    for (let i = 0; i < 14; i++) {
      assert.equal(model.playing, true);
      model = reduce(model, { type: 'tick' });
    }
    assert.deepEqual([model.step, model.playing], [14, false]);
    model = run(model, move('play'));
    assert.deepEqual([model.step, model.playing], [0, true]);
    assert.equal(run(model, move('back')).playing, false);
  });

  it('goes to the next step of the same agent, and to the next change of the selected page', () => {
    const at4 = run(showing(convertingReplay), seek(4));
    assert.equal(run(at4, move('nextOfAgent'), move('nextOfAgent')).step, 7);
    assert.equal(run(at4, move('previousOfAgent')).step, 4);
    const page2 = run(showing(convertingReplay), { type: 'page', page: 2 });
    assert.deepEqual(
      [run(page2, move('nextChange')).step, run(page2, move('nextChange'), move('nextChange')).step],
      [7, 10],
    );
    assert.equal(run(page2, seek(14), move('previousChange')).step, 10);
    assert.equal(run(page2, seek(10), move('nextChange')).step, 10);
  });

  it('goes to the fatal step, on the other side where this one has none', () => {
    assert.equal(run(showing(convertingReplay), move('fatal')).step, 14);
    const other = run(showing(fixedReplay), { type: 'way', way: 'after' }, move('fatal'));
    assert.deepEqual([other.way, other.step], ['before', 4]);
  });

  it('passes a loop as one step until it is opened', () => {
    const model = run(showing(loopReplay), move('forward'));
    assert.equal(model.step, 1);
    const behind = run(model, move('forward'));
    assert.equal(behind.step, 7);
    assert.equal(run(behind, move('back')).step, 1);
    assert.equal(run(model, seek(4)).step, 7);
    const open = run(behind, move('fold'), move('back'));
    assert.equal(open.step, 6);
    assert.equal(run(open, move('fold')).step, 7);
  });

  it('goes to the steps of a line one after the other, and opens the loop that they are in', () => {
    const line: Event = { type: 'host', message: { type: 'line', file: 'document', line: 20 } };
    const first = run(showing(loopReplay), line);
    assert.equal(first.step, 2);
    assert.equal(run(first, line).step, 4);
    assert.equal(run(first, line, line, line).step, 2);
    const elsewhere: Event = { type: 'host', message: { type: 'line', file: 'models/x.c', line: 20 } };
    assert.equal(run(first, elsewhere), first);
  });

  it('keeps its place when both sides are shown, and moves both at once', () => {
    const at3 = run(showing(convertingReplay), seek(3), move('both'));
    assert.equal(stepOf(at3), 3);
    assert.equal(run(at3, move('both')).step, 3);
    const end = run(at3, move('last'));
    assert.deepEqual([stepOf(end, 'before'), stepOf(end, 'after')], [4, 14]);
    assert.equal(run(end, { type: 'way', way: 'before' }).both, true);
    assert.equal(run(showing({ ...convertingReplay, before: null }), move('both')).both, false);
  });

  it('says where the two sides part, and goes there', () => {
    assert.equal(partingStep(showing(convertingReplay)), 1);
    assert.equal(partingStep(showing(fixedReplay, { side: 'after' })), 2);
    assert.equal(partingStep(showing({ ...fixedReplay, after: fixedReplay.before })), null);
    assert.equal(partingStep(showing({ ...fixedReplay, after: null })), null);
    assert.equal(run(showing(fixedReplay, { side: 'after' }), move('parting')).step, 2);
  });

  it('shows a way of one’s own when it comes, and goes back to where it left', () => {
    const asked = run(showing(convertingReplay), seek(5), { type: 'asked', id: 7 });
    const late: Event = { type: 'host', message: { type: 'explored', id: 6, exploration, edit: null, problem: '' } };
    assert.equal(run(asked, late), asked);
    const shown = run(asked, {
      type: 'host',
      message: { type: 'explored', id: 7, exploration, edit: null, problem: '' },
    });
    assert.deepEqual([shown.way, shown.step, shown.asked], ['own', 8, null]);
    assert.deepEqual(choicesUntil(shown), exploration.way.choices);
    assert.deepEqual(choicesUntil(run(shown, seek(3))), exploration.way.choices.slice(0, 5));
    const back = run(shown, { type: 'leave' });
    assert.deepEqual([back.way, back.step, back.exploration], ['after', 8, null]);
    const problem: Event = {
      type: 'host',
      message: { type: 'explored', id: 7, exploration: null, edit: null, problem: 'No.' },
    };
    assert.deepEqual([run(asked, problem).problem, run(asked, problem).way], ['No.', 'after']);
  });

  it('keeps the replay when it becomes stale, and says what it waits for', () => {
    const model = showing(convertingReplay);
    const stale = run(model, { type: 'host', message: { type: 'stale', stale: true } });
    assert.deepEqual([stale.stale, stale.replay], [true, model.replay]);
    const busy = run(stale, { type: 'host', message: { type: 'message', text: 'Running', busy: true } });
    assert.equal(busy.message?.text, 'Running');
  });

  it('announces a step with the agent first and the end in words', () => {
    const model = showing(convertingReplay);
    assert.equal(announcement(model), 'Start, 14 steps to come');
    assert.equal(announcement(run(model, seek(2))), 'Step 2 of 14, CPU 0: barrier()');
    assert.match(announcement(run(model, seek(6))), /buffered store reaches memory/);
    assert.match(announcement(run(model, move('last'))), /Fatal, td-exit: The second kernel reads page 2/);
  });

  it('seeks in a long replay without looking at its other steps', () => {
    const model = showing(longReplay(2000, 16));
    const end = Array.from({ length: 286 }, (_, i) => seek(i * 7)).reduce(reduce, model);
    assert.equal(end.step, 1995);
  });
});
