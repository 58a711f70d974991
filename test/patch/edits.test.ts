// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { HunkLine } from '../../src/patch/types';
import { describeWithShared } from '../support/shared';
import { hunksOf, onlyMessage } from './rows';

interface Edit {
  name: string;
  /** Whether a line without a mark makes sense: not in a fragment, where marks are all there is. */
  needsHeader?: boolean;
  only?: HunkLine['kind'];
  /** Changes the document at 0-based line `at`; `quote` is the quote mark of its lines. */
  document: (lines: string[], at: number, quote: string) => void;
  rows: (rows: string[], at: number, line: string) => void;
}

const edits: Edit[] = [
  { name: 'deleted', document: (lines, at) => lines.splice(at, 1), rows: (rows, at) => rows.splice(at, 1) },
  {
    name: 'added above it with a mark',
    document: (lines, at, quote) => lines.splice(at, 0, `${quote}+ added();`),
    rows: (rows, at) => rows.splice(at, 0, '+ added();'),
  },
  {
    name: 'added above it without a mark',
    needsHeader: true,
    document: (lines, at, quote) => lines.splice(at, 0, `${quote}added();`),
    rows: (rows, at) => rows.splice(at, 0, ' added();'),
  },
  {
    name: 'doubled',
    document: (lines, at) => lines.splice(at, 0, lines[at]!),
    rows: (rows, at) => rows.splice(at, 0, rows[at]!),
  },
  {
    name: 'no longer removed',
    only: 'del',
    document: (lines, at) => lines.splice(at, 1, lines[at]!.replace('> -', '> ')),
    rows: (rows, at) => rows.splice(at, 1, rows[at]!.replace('- ', ' ')),
  },
  {
    name: 'commented above',
    document: (lines, at) => lines.splice(at, 0, '', 'I do not see why this has to happen here.', ''),
    rows: () => undefined,
  },
];

describeWithShared('edited copies of the seeds, with their hunk headers left as they were', (shared) => {
  for (const name of ['000_2f682b0d6d40931e', '001_94338a07856e1a5a', '004_6c0f7b0da3d61af5']) {
    const source = readFileSync(path.join(shared, 'seeds', `${name}.txt`), 'utf8').split('\n');
    const original = hunksOf(onlyMessage(source.join('\n')));
    for (const edit of edits) {
      it(`${name}: any one line ${edit.name}`, () => {
        original.forEach(({ hunk }, which) => {
          if (edit.needsHeader && hunk.oldStart === null) return;
          hunk.lines.forEach((row, at) => {
            if (edit.only !== undefined && edit.only !== row.kind) return;
            if (hunk.oldStart === null && at === 0) return;
            const lines = [...source];
            const quote = source[row.line - 1]!.startsWith('>') ? '> ' : '';
            edit.document(lines, row.line - 1, quote);
            const expected = original.map((other) => ({ path: other.path, rows: [...other.rows] }));
            edit.rows(expected[which]!.rows, at, source[row.line - 1]!);
            const found = hunksOf(onlyMessage(lines.join('\n'))).map((other) => ({
              path: other.path,
              rows: other.rows,
            }));
            assert.deepEqual(found, expected, `line ${row.line}`);
          });
        });
      });
    }
  }

  it('debian-linux: a line deleted, added or commented in any hunk of a plain patch', function () {
    this.timeout(60_000);
    const folder = path.join(shared, 'corpus', 'debian-linux', '6.12.107-1');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.patch'))) {
      const source = readFileSync(path.join(folder, name), 'utf8').split('\n');
      if (source.length > 1500) continue;
      const all = hunksOf(onlyMessage(source.join('\n')));
      all.forEach(({ hunk }, which) => {
        const at = Math.floor(hunk.lines.length / 2);
        const row = hunk.lines[at];
        if (row === undefined || row.kind === 'no-newline') return;
        for (const edit of edits.filter((other) => !other.needsHeader && other.only === undefined)) {
          const lines = [...source];
          edit.document(lines, row.line - 1, '');
          const expected = all.map((other) => [...other.rows]);
          edit.rows(expected[which]!, at, source[row.line - 1]!);
          const found = hunksOf(onlyMessage(lines.join('\n'))).map((other) => other.rows);
          assert.deepEqual(found, expected, `${name}:${row.line}, ${edit.name}`);
        }
      });
    }
  });

  it('a hunk that is short or over says by how much', () => {
    const source = readFileSync(path.join(shared, 'seeds', '001_94338a07856e1a5a.txt'), 'utf8').split('\n');
    const short = source.filter((_, i) => i !== 131).join('\n');
    assert.deepEqual(missing(short)[2], [0, 1]);
    const long = [...source.slice(0, 131), '> + twice();', ...source.slice(131)].join('\n');
    assert.deepEqual(missing(long)[2], [0, -1]);
    assert.deepEqual(missing(long)[3], [0, 0]);
  });
});

function missing(text: string): [number, number][] {
  return hunksOf(onlyMessage(text)).map(({ hunk }) => [hunk.missingOld, hunk.missingNew]);
}
