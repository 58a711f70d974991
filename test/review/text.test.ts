// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { toldOf } from '../../src/review/people';
import { toText } from '../../src/review/text';
import type { Finding, Notice } from '../../src/review/types';
import { changes, reviewToy, seriesOf } from './series/toy';

describe('a review as text', () => {
  it('sums a series up first, then tells the findings in the order of the document, numbered', async () => {
    const text = seriesOf([
      [1, changes.breaks],
      [2, changes.elsewhere],
      [3, changes.helper],
      [4, changes.repairs],
    ]);
    const lines = toText('a.mbox', text.split('\n'), await reviewToy(text), false).split('\n');
    assert.deepEqual(lines.slice(0, 2), [
      'a.mbox:4: note: This series of 4 patches as one: has bug-on in toy from patch 1 to 4.',
      '',
    ]);
    assert.match(lines[2] ?? '', /^a\.mbox:26:3: warning: .*; until then it breaks bisection\.$/);
    assert.deepEqual(lines.slice(3, 6), [
      '    26 | - toy_ready = first;',
      '       |   ^~~~~~~~~~~~~~~~~~',
      '    finding 1 of patch 1/4: [bug-on, new] scenario toy; 3 states, all; confidence woven; portable',
    ]);
    assert.ok(lines.includes('    assumed: the scenario is scenarios/toy.c of this workspace'));
    assert.ok(
      lines.includes(
        '    finding 2 of patch 4/4: [bug-on, absent] scenario toy; 4 states, all; confidence woven; portable',
      ),
    );
    assert.ok(lines.includes('toy: before the patches nothing, after them nothing'));
  });

  it('tells the same outcome at the same line once, with the shortest way there', async () => {
    const review = await reviewToy(seriesOf([[1, changes.breaks]]));
    const [finding] = review.findings;
    assert.ok(finding);
    const longer: Finding = { ...finding, scenario: 'toy-again', traceLength: finding.traceLength + 1 };
    const elsewhere: Finding = { ...finding, place: { ...finding.place, line: finding.place.line - 1 } };
    const told = toldOf([longer, finding, elsewhere]);
    assert.deepEqual(
      told.map(({ number, group, finding: head }) => [number, head.scenario, head.place.line, group.length]),
      [
        [1, 'toy', finding.place.line - 1, 1],
        [2, 'toy', finding.place.line, 2],
      ],
    );
    const text = toText('m', [], { ...review, findings: [longer, finding] }, false);
    assert.match(text, /finding 1: \[bug-on, new\] scenarios toy-again and toy;/);
    assert.match(text, /trace, the shortest \(toy\):/);
  });

  it('draws notes together that differ in what they are about', async () => {
    const review = await reviewToy(seriesOf([[1, changes.breaks]]));
    const note = (message: string, line: number): Notice => ({
      level: 'note',
      message,
      place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
    });
    const notices = [
      note('a/b.S is not C; its changes are not simulated', 3),
      note('f() is left out', 4),
      note('Kconfig/d is not C; its changes are not simulated', 5),
      { ...note('g() is left out', 6), level: 'warning' as const },
      note('as usual', 7),
      note('as usual', 8),
    ];
    const text = toText('m', [], { ...review, findings: [], hunks: [], runs: [], notices }, false);
    assert.equal(
      text,
      [
        'm:3: note: a/b.S is not C; its changes are not simulated',
        '    and so Kconfig/d (line 5)',
        'm:4: note: f() is left out',
        'm:6: warning: g() is left out',
        'm:7: note: as usual',
        '    and so line 8',
        '',
      ].join('\n'),
    );
  });
});
