// SPDX-License-Identifier: MIT
/** Lines that the patch removes, kept. */

import { tokensByLine } from '../../c/tokens';
import type { HunkLine } from '../../patch/types';
import { type Candidate, type Clue, quoted } from './candidate';
import type { RowChange } from './rowChanges';

/** More lines than that are no small edit. */
const mostLines = 6;

/**
 * For an outcome that the patch brings: each place where it removes lines, as it was before, but not all that it does.
 * Lines that it puts in their place go.
 */
export function keptLines({ comparison: { units }, state }: Clue): Candidate[] {
  if (state !== 'new') return [];
  const groups = units.hunks.flatMap(({ hunk }) => {
    const code = new Set(['add', 'del'].flatMap((other) => codeRows(hunk.lines.filter(({ kind }) => kind !== other))));
    return groupsOf(hunk.lines)
      .filter((rows) => rows.some((row) => code.has(row)))
      .map((rows) => ({ rows, first: rows.find((row) => row.kind === 'del' && code.has(row) && /\w/.test(row.text)) }));
  });
  if (groups.length < 2) return [];
  return groups.flatMap(({ rows, first }): Candidate[] => {
    const removed = rows.filter(({ kind }) => kind === 'del');
    if (!first || rows.length > mostLines) return [];
    const changes = rows.map((row): RowChange => ({ kind: row.kind === 'del' ? 'keep' : 'drop', row }));
    const text = `${quoted(first.text.trim())}${removed.length > 1 ? ' and what is removed with it' : ''} kept`;
    return [{ kind: 'kept', text, changes, row: first, within: null, ran: -1 }];
  });
}

/** Rows of one side of a hunk that are more than comments and blanks. */
const codeRows = (rows: readonly HunkLine[]): HunkLine[] => {
  const words = tokensByLine(rows.map(({ text }) => text).join('\n'));
  return rows.filter((_, i) => (words[i]?.length ?? 0) > 0);
};

/** Lines next to each other that are removed or added. */
function groupsOf(lines: readonly HunkLine[]): HunkLine[][] {
  const groups: HunkLine[][] = [[]];
  for (const row of lines) {
    if (row.kind === 'add' || row.kind === 'del') groups.at(-1)?.push(row);
    else if (groups.at(-1)?.length !== 0) groups.push([]);
  }
  return groups.filter((rows) => rows.length > 0);
}
