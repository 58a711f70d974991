// SPDX-License-Identifier: MIT
/** Which rows of one kind a stretch of a hunk has. */

import type { Hunk, HunkLine } from '../types';

/** The first and the last row of a kind behind row `from` (null: from the first on) and before row `to`; null for none. */
export type RowFinder = (
  kind: HunkLine['kind'],
  from: HunkLine | null,
  to: HunkLine,
) => { readonly first: HunkLine; readonly last: HunkLine } | null;

/** A finder for rows of `hunk`. Linear in the hunk; each search takes the same time, whatever lies between. */
export function rowFinder({ lines }: Hunk): RowFinder {
  const places = new Map<HunkLine, number>();
  const rowsOf: Record<HunkLine['kind'], HunkLine[]> = { add: [], del: [], context: [], 'no-newline': [] };
  // How many rows of each kind stand before each row.
  const before = { add: [0], del: [0], context: [0], 'no-newline': [0] };
  const kinds = ['add', 'del', 'context', 'no-newline'] as const;
  lines.forEach((row, i) => {
    places.set(row, i);
    rowsOf[row.kind].push(row);
    for (const kind of kinds) before[kind].push(rowsOf[kind].length);
  });
  return (kind, from, to) => {
    const start = before[kind][from === null ? 0 : (places.get(from) ?? 0) + 1] ?? 0;
    const end = before[kind][places.get(to) ?? 0] ?? 0;
    const first = rowsOf[kind][start];
    const last = rowsOf[kind][end - 1];
    return start < end && first !== undefined && last !== undefined ? { first, last } : null;
  };
}
