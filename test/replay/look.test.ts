// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  changedFields,
  changedWords,
  effectsOf,
  effectText,
  pageLook,
  stateAt,
  tellingVariables,
  variableRows,
} from '../../src/replay/look';
import { lessons } from '../../src/replay/words';
import type { PageCell } from '../../src/review/types';
import { convertingReplay } from './fixture';

const side = convertingReplay.after;
assert.ok(side);

describe('what a replay marks', () => {
  it('is every field that a step changed, and no other', () => {
    const marks = stateAt(side, 8).pages.map((cell, i) => [...changedFields(stateAt(side, 7).pages[i], cell)].sort());
    assert.deepEqual(marks, [[], ['content', 'host', 'tlb'], [], []]);
    const rows = variableRows(stateAt(side, 5), stateAt(side, 6)).filter((row) => row.changed);
    assert.deepEqual(rows, [{ name: 'conversion_allowed', value: 'false', old: 'true', changed: true }]);
    assert.deepEqual(
      variableRows(side.start, side.start).filter((row) => row.changed),
      [],
    );
  });

  it('is the words of a value that are new, or all of it where words only went', () => {
    const marked = (from: string, to: string): string[] =>
      changedWords(from, to).flatMap(({ text, marked }) => (marked ? [text] : []));
    assert.deepEqual(marked('private, accepted', 'private, not accepted'), ['not']);
    assert.deepEqual(marked('shared', 'private, read-only'), ['private, read-only']);
    assert.deepEqual(marked('private, not accepted', 'private, accepted'), ['private, accepted']);
  });

  it('gives back the value whole, and marks something', () => {
    const value = fc
      .array(fc.constantFrom('private', 'shared', 'not', 'accepted', ',', 'CPU', '1:', ' '), { maxLength: 8 })
      .map((words) => words.join(' ').trim());
    fc.assert(
      fc.property(value, value, (from, to) => {
        const pieces = changedWords(from, to);
        assert.equal(pieces.map(({ text }) => text).join(''), to);
        assert.ok(from === to || pieces.some(({ marked }) => marked));
      }),
    );
  });

  it('says of pages that change alike at once', () => {
    assert.deepEqual(effectsOf(side, 7).map(effectText), ['pages 1–2 host: shared → pending']);
    assert.deepEqual(effectsOf(side, 6).map(effectText), ['conversion_allowed: true → false']);
    assert.deepEqual(effectsOf(side, 2), []);
  });

  it('leaves out variables that the story is not about', () => {
    const quiet = { ...side, steps: side.steps.slice(0, 2) };
    assert.deepEqual([...tellingVariables(quiet)], ['conversion_allowed']);
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
});

describe('what a replay explains', () => {
  it('is a store that waits, a read that overtakes it, and what stops', () => {
    assert.deepEqual(lessons(side, 1), [
      'conversion_allowed = 0 waits in the store buffer of CPU 0: until it reaches memory, all others read the old value.',
    ]);
    const reading = { ...side, steps: side.steps.map((step) => ({ ...step, text: `${step.text}  [nr_shared is 2]` })) };
    assert.deepEqual(lessons(reading, 3), [
      'CPU 0 reads nr_shared while its own conversion_allowed = 0 is still buffered: to others the read came first.',
    ]);
    const old = { ...side, steps: side.steps.map((step) => ({ ...step, text: 'x  [conversion_allowed is 1]' })) };
    assert.deepEqual(lessons(old, 5), [
      'CPU 1 reads the old value: conversion_allowed = 0 is still in the store buffer of CPU 0.',
    ]);
    assert.deepEqual(lessons(side, 6), ['From here on everybody reads the new value.']);
    assert.match(lessons(side, 8).join(), /a TLB may still hold the old one \(CPU 1: shared\)/);
    assert.match(lessons(side, 9).join(), /^CPU 1 is stopped where it stands/);
    assert.deepEqual(lessons(side, 2), []);
    assert.deepEqual(lessons(side, 0), []);
  });
});
