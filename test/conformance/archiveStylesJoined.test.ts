// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocuments } from '../../src/patch/readDocument';
import { addPage, emptyScore, lineStyles, type Score, type Truth, tableHead, tableRow } from '../support/archiveScore';
import { describeWithShared } from '../support/shared';

describeWithShared('pages of mail archives, with the patch that they quote', (shared) => {
  const corpus = path.join(shared, 'corpus');
  const folder = path.join(corpus, 'archive-styles');
  const scores = new Map<string, Score>();

  before(() => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
      const truth: Truth & { source: string } = JSON.parse(
        readFileSync(path.join(folder, `${name}.truth.json`), 'utf8'),
      );
      const text = readFileSync(path.join(folder, name), 'utf8');
      const patch = readFileSync(path.join(corpus, truth.source), 'utf8');
      const score = scores.get(truth.style) ?? emptyScore();
      scores.set(truth.style, score);
      const [message] = readDocuments([patch, text])[1]?.messages ?? [];
      assert.ok(message !== undefined, name);
      addPage(score, name, text, message, truth);
    }
    console.log(`      ${tableHead}`);
    for (const [style, score] of [...scores].sort()) console.log(`      ${tableRow(style, score)}`);
  });

  for (const style of lineStyles) {
    it(`${style}: every line and every comment where it is, and no other comment`, () => {
      const score = scores.get(style);
      assert.ok(score !== undefined);
      const { lines, comments } = score;
      assert.deepEqual(
        [score.role, score.depth, score.file, score.old, score.new, score.anchored, score.invented, score.falselyExact],
        [lines, lines, lines, lines, lines, comments, 0, 0],
        score.notes.join('\n'),
      );
    });
  }

  it('one-line: every comment where it is, and no other; every line but the ends of lines within comments', () => {
    const score = scores.get('one-line');
    assert.ok(score !== undefined);
    assert.deepEqual([score.anchored, score.invented, score.falselyExact], [score.comments, 0, 0]);
    const others = score.notes.filter((note) => !note.endsWith(': not found (comment)'));
    assert.deepEqual(others, []);
    assert.equal(score.role, score.lines - score.notes.length);
  });
});
