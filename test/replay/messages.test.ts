// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { isFromReplay, isSavedReplay, isToReplay } from '../../src/extension/replayMessages';
import type { ToReplay } from '../../src/replay/types';
import { convertingReplay, line } from './fixture';

const show: ToReplay = {
  type: 'show',
  document: null,
  choice: 'a',
  side: 'after',
  step: 3,
  replay: convertingReplay,
  choices: [{ id: 'a', label: 'A', scenario: 'guest-kexec' }],
  verdict: '',
  tone: 'good',
  facts: ['Bounds.'],
  edits: [],
  follow: true,
  stale: false,
};

describe('messages of the replay view', () => {
  it('are let through as they are meant', () => {
    assert.ok(isToReplay(show));
    assert.ok(isToReplay(structuredClone(show)));
    assert.ok(isToReplay({ type: 'message', text: 'Running', busy: true }));
    assert.ok(isFromReplay({ type: 'ready' }));
    assert.ok(isFromReplay({ type: 'position', way: 'own', step: 0 }));
    assert.ok(isFromReplay({ type: 'open', place: line(4) }));
    assert.ok(isFromReplay({ type: 'explore', id: 1, side: 'after', choices: [0, 128] }));
    assert.ok(isFromReplay({ type: 'picture', format: 'svg', name: 'a', data: '<svg/>' }));
    assert.ok(isToReplay({ type: 'act', action: 'forward' }));
    assert.ok(isToReplay({ type: 'explored', id: 1, exploration: null, edit: null, problem: 'No.' }));
    assert.ok(isSavedReplay({ document: 'file:///a', choice: 'a', side: null, step: 2 }));
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ready'],
    ['an array', []],
    ['an unknown type', { type: 'constructor' }],
    ['a side that is none', { type: 'position', way: 'left', step: 1 }],
    ['a step that is no number', { type: 'position', way: 'after', step: Number.NaN }],
    ['a place without a line', { type: 'open', place: { file: 'document' } }],
    ['an action that is none', { type: 'act', action: 'toString' }],
    ['choices that are none', { type: 'explore', id: 1, side: 'after', choices: ['0'] }],
    ['a picture of another kind', { type: 'picture', format: 'html', name: 'a', data: '' }],
    ['a command', { type: 'command', command: 'workbench.action.quit' }],
  ];
  for (const [name, message] of wrong) {
    it(`are refused: ${name}`, () => {
      assert.equal(isFromReplay(message), false);
      assert.equal(isToReplay(message), false);
    });
  }

  it('are refused where a step deep inside is broken', () => {
    const copy = JSON.parse(JSON.stringify(show));
    copy.replay.after.steps[5].state.pages[1].tlb = 'none';
    assert.equal(isToReplay(copy), false);
  });

  it('of an earlier session are refused where they are not ours', () => {
    for (const state of [undefined, null, {}, { document: 3, choice: 'a', side: null, step: 0 }]) {
      assert.equal(isSavedReplay(state), false);
    }
  });
});
