// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toJson, toMarkdown, toPlainText } from '../../src/replay/text';
import type { ReplaySide } from '../../src/review/types';
import { convertingReplay } from './fixture';

const side = convertingReplay.after;
assert.ok(side);
const heading = { title: convertingReplay.title, way: 'with the patch', verdict: 'The store may still be buffered.' };

describe('a replay as text', () => {
  it('tells each step, what it did, what that means, and the end with its rule and source', () => {
    const lines = toPlainText(side, heading).split('\n');
    assert.equal(lines[0], 'kexec of a TDX guest while a driver converts memory, with the patch');
    assert.equal(lines[1], 'The store may still be buffered.');
    const at = lines.findIndex((line) => line.startsWith(' 1. '));
    assert.deepEqual(lines.slice(at, at + 4), [
      ' 1. CPU 0: conversion_allowed = false (line 41)',
      '    - conversion_allowed = 0 waits in the store buffer of CPU 0: until',
      '      it reaches memory, all others read the old value.',
      ' 2. CPU 0: barrier() (line 47)',
    ]);
    const text = lines.join('\n');
    assert.match(text, /^ 7\. CPU 1: .*\n {4}- pages 1–2 host: shared → pending$/m);
    assert.match(text, /\ntd-exit: The second kernel reads page 2/);
    assert.match(text, /\nSource: TDX module specification, private memory\n$/);
  });

  it('is never wider than 72 columns, and loses no letter of a statement', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 200 }), (text, verdict) => {
        const steps = side.steps.map((step) => ({ ...step, text }));
        const told = toPlainText({ ...side, steps }, { ...heading, verdict });
        for (const line of told.split('\n')) assert.ok([...line].length <= 72, line);
        const bare = (from: string): string => from.replace(/\s+/g, '');
        assert.ok(bare(told).includes(bare(`CPU 0: ${text} (line 41)`)));
      }),
    );
  });

  it('is Markdown in which code is code, whatever it holds', () => {
    const nasty: ReplaySide = {
      ...side,
      steps: side.steps.slice(0, 1).map((step) => ({ ...step, text: 'x = `a` *b*;  [y is <1>]' })),
      fatal: null,
      summary: '[link](x) <b>',
    };
    const lines = toMarkdown(nasty, { ...heading, verdict: '*not bold*' }).split('\n');
    assert.equal(lines[2], '\\*not bold\\*');
    assert.equal(lines[4], '1. **CPU 0**: `` x = `a` *b*; `` \\[y is \\<1\\>\\] (line 41)');
    assert.equal(lines.at(-2), '\\[link\\](x) \\<b\\>');
    assert.match(
      toMarkdown(side, heading),
      /\n14\. \*\*second kernel\*\*: `read page 2 \(private\)`.* \*\*td-exit\*\*\n/,
    );
  });

  it('is JSON of the whole way', () => {
    assert.deepEqual(JSON.parse(toJson(side, heading)), JSON.parse(JSON.stringify({ ...heading, ...side })));
  });
});
