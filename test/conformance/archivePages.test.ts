// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument } from '../../src/patch/readDocument';
import { bodyOfPatch, itemsOfPatch, random, styles, writePage, writeReply } from '../support/archivePages';
import { addPage, emptyScore, type Score, tableHead, tableRow } from '../support/archiveScore';
import { describeWithShared } from '../support/shared';

describeWithShared('replies to the patches of debian-linux, damaged at random', (shared) => {
  const scores = new Map<string, Score>();

  before(() => {
    const folder = path.join(shared, 'corpus', 'debian-linux');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.patch'))
      .sort();
    let replies = 0;
    files.forEach((name, seed) => {
      const items = itemsOfPatch(bodyOfPatch(readFileSync(path.join(folder, name), 'utf8')));
      if (items === null) return;
      const next = random(seed);
      const nested = seed % 4 === 3;
      const reply = writeReply(items, next, 60 + Math.floor(next() * 300), nested);
      replies++;
      for (const style of Object.keys(styles)) {
        const key = nested ? `${style} nested` : style;
        const score = scores.get(key) ?? emptyScore();
        scores.set(key, score);
        const page = writePage(reply, style);
        const { messages } = readDocument(page.text);
        assert.equal(messages.length, 1, `${name}, ${style}`);
        for (const message of messages) addPage(score, `${seed}.${style}`, page.text, message, page.truth);
      }
    });
    console.log(`      ${replies} replies`);
    console.log(`      ${tableHead}`);
    for (const [style, score] of [...scores].sort()) console.log(`      ${tableRow(style, score)}`);
  });
  const byLine = Object.keys(styles).filter((style) => style !== 'one-line' && style !== 'noquote-hypermail');

  for (const style of byLine.flatMap((name) => [name, `${name} nested`])) {
    it(`${style}: lines as they are, no position that is wrong, no comment that is none`, () => {
      const score = scoreOf(style);
      // In a message that quotes with bars itself, bars are no sure mark.
      const isSure = !style.startsWith('bars') || style.startsWith('bars-');
      assert.ok(score.role > score.lines * (isSure ? 0.998 : 0.995), score.notes.join('\n'));
      assert.ok(score.depth > score.lines * (isSure ? 0.9999 : 0.998));
      assert.ok(score.file > score.lines * 0.999);
      assert.ok(score.oldInRange > score.lines * 0.998 && score.newInRange > score.lines * 0.998);
      assert.equal(score.falselyExact, 0);
      assert.ok(score.invented <= (isSure ? 0 : 3));
      // The others stand between two places where lines were left out: a range is all that the page tells.
      assert.ok(score.anchored >= score.comments * 0.77);
    });
  }

  it('noquote-hypermail: nearly as good without marks', () => {
    const score = scoreOf('noquote-hypermail');
    const nested = scoreOf('noquote-hypermail nested');
    assert.ok(score.role > score.lines * 0.997 && nested.role > nested.lines * 0.997);
    assert.ok(score.depth > score.lines * 0.999);
    assert.ok(score.anchored >= score.comments * 0.77 && nested.anchored >= nested.comments * 0.77);
    // Where a document is changed, sentences are rows too: two such patches.
    assert.ok(score.falselyExact <= 21 && score.invented <= 3);
    assert.deepEqual([nested.falselyExact, nested.invented], [0, 0]);
  });

  it('one-line: most lines and more than half of the comments', () => {
    for (const score of [scoreOf('one-line'), scoreOf('one-line nested')]) {
      assert.ok(score.role > score.lines * 0.945);
      assert.ok(score.anchored >= score.comments * 0.56);
      assert.ok(score.falselyExact < score.lines * 0.015);
      assert.ok(score.invented <= 13);
    }
  });

  function scoreOf(style: string): Score {
    const score = scores.get(style);
    assert.ok(score !== undefined && score.lines > 4000);
    return score;
  }
});
