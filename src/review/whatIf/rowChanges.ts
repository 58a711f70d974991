// SPDX-License-Identifier: MIT
/**
 * Small changes of what a patch makes of a file, and how the mail looks that has them: it is still a patch, from the same
 * lines as before to others.
 */

import type { Hunk, HunkLine, PatchFile } from '../../patch/types';
import type { TextEdit } from '../types';
import { lineStarts } from './applyEdits';

/** A change of a hunk's rows; texts are those of lines of the file, with their indentation. */
export type RowChange =
  /** New lines in front of a row or behind it. */
  | {
      readonly kind: 'insert';
      readonly row: HunkLine;
      readonly where: 'before' | 'behind';
      readonly texts: readonly string[];
    }
  /** A line of the file goes that the patch adds or leaves as it is. */
  | { readonly kind: 'drop'; readonly row: HunkLine }
  /** A line stays that the patch removes. */
  | { readonly kind: 'keep'; readonly row: HunkLine }
  /** Another line in place of one that the patch adds or leaves as it is. */
  | { readonly kind: 'replace'; readonly row: HunkLine; readonly text: string };

/** Why the mail cannot be edited, or the edits. */
export type Rendered =
  | { readonly ok: true; readonly edits: readonly TextEdit[] }
  | { readonly ok: false; readonly reason: string };

/**
 * The edits of a document that make some changes of one of its patches, with the numbers in the headers of its hunks.
 * @param text the document
 * @param files of the patch, as they were read from it
 * @param changes at most one of each row, beside insertions
 */
export function renderChanges(text: string, files: readonly PatchFile[], changes: readonly RowChange[]): Rendered {
  const starts = lineStarts(text);
  const lineOf = (line: number): string => (text.slice(starts[line - 1], starts[line]) || '').replace(/[\r\n]+$/, '');
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const edits: TextEdit[] = [];
  const refuse = (reason: string): Rendered => ({ ok: false, reason });
  const edit = (line: number, column: number, endLine: number, endColumn: number, inserted: string): number =>
    edits.push({ place: { file: 'document', line, column, endLine, endColumn }, text: inserted });
  /** New lines that begin at the start of line `line`; the document's last line may have no end. */
  const insertAt = (line: number, inserted: string): void => {
    if (line <= starts.length) edit(line, 1, line, 1, inserted + eol);
    else {
      const column = lineOf(line - 1).length + 1;
      edit(line - 1, column, line - 1, column, eol + inserted);
    }
  };

  for (const file of files) {
    let shift = 0;
    for (const hunk of file.hunks) {
      const rows = new Set(hunk.lines);
      const own = changes.filter(({ row }) => rows.has(row));
      const added = own.reduce((sum, change) => sum + growth(change), 0);
      if (hunk.newCount !== null && (shift !== 0 || added !== 0)) {
        const head = /^(.*?@@ -\d+(?:,\d+)? \+)(\d+)((?:,\d+)?)(?= @@)/.exec(lineOf(hunk.line));
        if (!head) return refuse('the header of its hunk cannot be changed');
        const [, front = '', start = '', count = ''] = head;
        edit(
          hunk.line,
          front.length + 1,
          hunk.line,
          front.length + start.length + count.length + 1,
          `${Number(start) + shift},${Number(count === '' ? 1 : count.slice(1)) + added}`,
        );
      }
      shift += added;
      for (const change of own) {
        const { row } = change;
        const shown = lineOf(row.line);
        const isPlain =
          hunk.lines.every((other) => other === row || other.line !== row.line) &&
          shown.slice(row.textColumn - 1) ===
            (row.wraps ? row.text.slice(0, row.wraps[0]?.offset).trimEnd() : row.text);
        if (!isPlain) return refuse('its lines stand in the mail otherwise than they are, such as encoded or joined');
        const last = row.wraps?.at(-1)?.line ?? row.line;
        const lead = shown.slice(0, row.column - 1);
        const hasMark = row.textColumn > row.column;
        const addedLines = (texts: readonly string[]): string => texts.map((t) => `${lead}+${t}`).join(eol);
        switch (change.kind) {
          case 'insert':
            insertAt(change.where === 'before' ? row.line : last + 1, addedLines(change.texts));
            break;
          case 'drop':
            if (row.kind === 'add') {
              if (last < starts.length) edit(row.line, 1, last + 1, 1, '');
              else edit(row.line, 1, last, lineOf(last).length + 1, '');
            } else edit(row.line, row.column, row.line, row.column + (hasMark ? 1 : 0), '-');
            break;
          case 'keep':
            edit(row.line, row.column, row.line, row.column + 1, ' ');
            break;
          case 'replace':
            if (row.kind === 'add') edit(row.line, row.textColumn, last, lineOf(last).length + 1, change.text);
            else {
              edit(row.line, row.column, row.line, row.column + (hasMark ? 1 : 0), '-');
              insertAt(last + 1, addedLines([change.text]));
            }
            break;
        }
      }
    }
  }
  const sorted = edits.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return { ok: true, edits: sorted };
}

/** By how many lines the file gets longer. */
function growth(change: RowChange): number {
  switch (change.kind) {
    case 'insert':
      return change.texts.length;
    case 'drop':
      return -1;
    case 'keep':
      return 1;
    case 'replace':
      return 0;
  }
}

/** How many lines a reader of the mail sees changed. */
export const touchedLines = (changes: readonly RowChange[]): number =>
  changes.reduce((sum, change) => sum + (change.kind === 'insert' ? change.texts.length : 1), 0);

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

/**
 * Whether an edited document, read again, has the changes and nothing else: the same files and hunks, the same lines
 * before the patch, and behind it those that are meant.
 */
export function isAsMeant(
  original: readonly PatchFile[],
  changes: readonly RowChange[],
  edited: readonly PatchFile[],
): boolean {
  const hunksOf = (files: readonly PatchFile[]): readonly Hunk[] => files.flatMap(({ hunks }) => hunks);
  const [old, now] = [hunksOf(original), hunksOf(edited)];
  if (old.length !== now.length) return false;
  return old.every((hunk, i) => {
    const other = now[i];
    if (!other || other.missingOld !== hunk.missingOld || other.missingNew !== hunk.missingNew) return false;
    return (
      sideOf(hunk.lines, 'add').join('\n') === sideOf(other.lines, 'add').join('\n') &&
      expectedAfter(hunk, changes).join('\n') === sideOf(other.lines, 'del').join('\n')
    );
  });
}

const sideOf = (rows: readonly HunkLine[], without: 'add' | 'del'): string[] =>
  rows.filter(({ kind }) => kind !== without && kind !== 'no-newline').map(({ text }) => plain(text));

function expectedAfter(hunk: Hunk, changes: readonly RowChange[]): string[] {
  return hunk.lines.flatMap((row) => {
    const own = changes.filter((change) => change.row === row);
    const inserted = (where: 'before' | 'behind'): string[] =>
      own.flatMap((c) => (c.kind === 'insert' && c.where === where ? c.texts : [])).map(plain);
    const replaced = own.find((c) => c.kind === 'replace');
    const isThere =
      row.kind === 'del'
        ? own.some((c) => c.kind === 'keep')
        : row.kind !== 'no-newline' && !own.some((c) => c.kind === 'drop');
    const self = replaced?.kind === 'replace' ? [plain(replaced.text)] : isThere ? [plain(row.text)] : [];
    return [...inserted('before'), ...self, ...inserted('behind')];
  });
}
