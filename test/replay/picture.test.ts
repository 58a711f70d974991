// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lanesPicture } from '../../src/replay/lanesPicture';
import { type Palette, toSvg, wrapText } from '../../src/replay/picture';
import { stepPicture } from '../../src/replay/stepPicture';
import { convertingReplay, longReplay } from './fixture';

const palette: Palette = {
  background: '#fff',
  foreground: '#111',
  quiet: '#555',
  line: '#ccc',
  bad: '#c00',
  good: '#080',
  warn: '#880',
  wait: '#a50',
  note: '#05a',
  font: 'system-ui, "Ubuntu"',
  code: 'monospace',
};
const side = convertingReplay.after;
assert.ok(side);

describe('pictures of a replay', () => {
  it('hold every step, every agent and the end', () => {
    const svg = toSvg(lanesPicture(side, 'A story', palette));
    for (const text of [
      'A story',
      'CPU 0',
      'second kernel',
      'TDX module',
      'barrier()',
      'pages 1–2 host: pending',
      'td-exit',
    ])
      assert.ok(svg.includes(text), text);
    for (let step = 1; step <= side.steps.length; step++) assert.ok(svg.includes(`>${step}</text>`), `step ${step}`);
  });

  it('of one step hold the pages, the variables and what waits', () => {
    const svg = toSvg(stepPicture(side, 8, 'A story', palette));
    for (const text of [
      'Step 8 of 14, CPU 1',
      'page 3',
      'host: mapped',
      'content: zero',
      'conversions_in_progress = 1',
    ])
      assert.ok(svg.includes(text), text);
    assert.ok(
      toSvg(stepPicture(side, 3, '', palette)).includes('In the store buffer of CPU 0: conversion_allowed = 0'),
    );
    assert.ok(toSvg(stepPicture(side, 14, '', palette)).includes('private access × S-EPT pending'));
  });

  it('stay inside their frame', () => {
    const large = longReplay(20, 80).after;
    assert.ok(large);
    for (const picture of [lanesPicture(side, 'A story', palette), stepPicture(large, 7, 'A story', palette)]) {
      for (const shape of picture.shapes) {
        const [right, bottom] =
          shape.kind === 'box'
            ? [shape.x + shape.width, shape.y + shape.height]
            : shape.kind === 'line'
              ? [shape.toX, shape.toY]
              : [shape.x, shape.y];
        assert.ok(shape.x >= 0 && shape.y >= 0 && right <= picture.width && bottom <= picture.height);
      }
    }
  });

  it('are well-formed, whatever a patch holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const steps = side.steps.map((step) => ({ ...step, text }));
        const svg = toSvg(lanesPicture({ ...side, steps }, text, palette));
        const texts = [...svg.matchAll(/>([^<]*)</g)].map(([, inside = '']) => inside);
        for (const inside of texts) assert.doesNotMatch(inside.replace(/&(amp|lt|gt|quot);/g, ''), /[&<>]/);
        const forbidden = [...svg].filter(
          (letter) => (letter < ' ' && !'\t\n\r'.includes(letter)) || /[\uFFFE\uFFFF]/.test(letter),
        );
        assert.deepEqual(forbidden, []);
      }),
    );
  });

  it('break lines at blanks where they can', () => {
    assert.deepEqual(wrapText('one two three', 60, 12, true), ['one two', 'three']);
    assert.deepEqual(wrapText('abcdefghijkl', 60, 12, true), ['abcdefgh', 'ijkl']);
    assert.deepEqual(wrapText('', 60, 12, true), []);
  });
});
