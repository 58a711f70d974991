// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readDocument, readDocuments } from '../../src/patch/readDocument';
import { describeWithShared } from '../support/shared';

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Quoted {
  readonly text: string;
  /** For each row quoted: its 1-based line in the page, and where it stands in the patch. */
  readonly rows: readonly { readonly line: number; readonly at: string }[];
  /** For each answer: its line, and the row above it. */
  readonly answers: readonly { readonly line: number; readonly at: string }[];
}

/** A reply to a patch: white space and most context gone, answers among the rows, lines left out with and without a mark. */
function replyTo(patch: string, style: 'collapsed' | 'unmarked' | 'kept', random: () => number): Quoted {
  const [message] = readDocument(patch).messages;
  const lines = ['Re: something', '', 'From: R Viewer', 'Date: Fri Jan 02 2026 - 05:24:23 EST', '', 'On Mon, A wrote:'];
  const rows: { line: number; at: string }[] = [];
  const answers: { line: number; at: string }[] = [];
  const quote = (text: string): void => {
    const line = style === 'kept' ? text : text.trim().replace(/\s+/g, ' ');
    lines.push(style === 'unmarked' ? line : line === '' ? '>' : `> ${line}`);
  };
  for (const { newPath, oldPath, hunks } of message?.files ?? []) {
    const name = newPath ?? oldPath ?? '';
    quote(`diff --git a/${name} b/${name}`);
    for (const { oldStart, oldCount, newStart, newCount, section, lines: all } of hunks) {
      quote(`@@ -${oldStart},${oldCount} +${newStart},${newCount} @@ ${section}`.trimEnd());
      let left = 0;
      for (const { kind, old, new: fresh, text } of all) {
        if (kind === 'no-newline') continue;
        if (left > 0) {
          left--;
          continue;
        }
        if (random() < 0.02) {
          left = Math.floor(random() * 8);
          if (random() < 0.5) quote('[...]');
          continue;
        }
        quote(`${kind === 'add' ? '+' : kind === 'del' ? '-' : ' '}${text}`);
        const at = `${name} ${old ?? '-'} ${fresh ?? '-'}`;
        rows.push({ line: lines.length, at });
        if (random() > 0.03) continue;
        lines.push('', 'Who holds the lock of this one, and why?', '');
        answers.push({ line: lines.length - 1, at });
      }
    }
  }
  return { text: `${lines.join('\n')}\n`, rows, answers };
}

describeWithShared('replies to kernel patches, trimmed at random, with the patch at hand', (shared) => {
  const folder = path.join(shared, 'corpus', 'debian-linux');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.patch'))
    .sort();
  for (const style of ['collapsed', 'unmarked', 'kept'] as const) {
    it(`${style}: nearly all rows and answers are exact, and hardly one falsely`, () => {
      let all = 0;
      let exact = 0;
      let answered = 0;
      let found = 0;
      const wrong: string[] = [];
      files.forEach((name, seed) => {
        const patch = readFileSync(path.join(folder, name), 'utf8');
        if (patch.length > 60_000) return;
        const { text, rows, answers } = replyTo(patch, style, randomOf(seed + 1));
        const message = readDocuments([patch, text])[1]?.messages[0];
        const known = new Map<number, string>();
        for (const file of message?.files ?? []) {
          for (const { lines } of file.hunks) {
            for (const row of lines) {
              if (row.certainty === 'exact')
                known.set(row.line, `${file.newPath ?? file.oldPath} ${row.old ?? '-'} ${row.new ?? '-'}`);
            }
          }
        }
        for (const { line, at } of rows) {
          all++;
          const read = known.get(line);
          if (read === at) exact++;
          else if (read !== undefined) wrong.push(`${name}:${line}: ${read} for ${at}`);
        }
        for (const { line, at } of answers) {
          answered++;
          const anchor = message?.comments.find((comment) => comment.line === line)?.anchor;
          const [path = '', old, fresh] = at.split(' ');
          const number = Number(fresh === '-' ? old : fresh);
          if (anchor?.file === path && anchor.line === number && anchor.certainty === 'exact') found++;
        }
      });
      console.log(
        `      ${style}: ${exact} of ${all} rows, ${found} of ${answered} answers exact, ${wrong.length} wrong`,
      );
      // Where rows between two equal ones are left out without a mark, nothing tells which of the two is shown.
      assert.ok(wrong.length * 10_000 <= all, wrong.join('\n'));
      assert.ok(exact >= 0.98 * all);
      assert.ok(found >= 0.98 * answered);
    });
  }
});
