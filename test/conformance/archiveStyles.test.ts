// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { addPage, emptyScore, lineStyles, type Score, type Truth, tableHead, tableRow } from '../support/archiveScore';
import { describeWithShared } from '../support/shared';

describeWithShared('pages of mail archives, with truth for each line', (shared) => {
  const folder = path.join(shared, 'corpus', 'archive-styles');
  const scores = new Map<string, Score>();

  before(() => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
      const truth: Truth = JSON.parse(readFileSync(path.join(folder, `${name}.truth.json`), 'utf8'));
      const text = readFileSync(path.join(folder, name), 'utf8');
      const score = scores.get(truth.style) ?? emptyScore();
      scores.set(truth.style, score);
      const { messages } = readDocument(text);
      assert.equal(messages.length, 1, name);
      for (const message of messages) addPage(score, name, text, message, truth);
    }
    console.log(`      ${tableHead}`);
    for (const [style, score] of [...scores].sort()) console.log(`      ${tableRow(style, score)}`);
  });

  for (const style of lineStyles) {
    it(`${style}: every line as it is, every comment where it can be known`, () => {
      const score = scoreOf(style);
      const { lines } = score;
      assert.deepEqual(
        [score.role, score.depth, score.file, score.old, score.oldInRange, score.newInRange],
        [lines, lines, lines, lines, lines, lines],
        score.notes.join('\n'),
      );
      // One hunk has lines left out at three places, and says only how many in all: 31 numbers are a range there.
      assert.ok(score.new >= lines - 31);
      assert.deepEqual([score.anchored, score.comments, score.invented, score.falselyExact], [19, 21, 0, 0]);
    });
  }

  it('one-line: every comment where it can be known; where paragraphs of an answer end cannot', () => {
    const score = scoreOf('one-line');
    assert.deepEqual([score.anchored, score.comments, score.invented, score.falselyExact], [19, 21, 0, 0]);
    assert.ok(score.role >= score.lines * 0.974, score.notes.join('\n'));
  });

  function scoreOf(style: string): Score {
    const score = scores.get(style);
    assert.ok(score !== undefined);
    return score;
  }
});
