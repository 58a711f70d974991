// SPDX-License-Identifier: MIT
/** The text of a hunk or a file before and after the patch, as far as the patch shows it, and where each line stands. */

import type { Certainty, Hunk, HunkLine, PatchFile } from './types';

/** `before`: context and removed lines; `after`: context and added ones. */
export type Side = 'before' | 'after';

/** A line of a side's text: line `i` of the text (0-based) is `lines[i]`. All numbers are 1-based. */
export interface SideLine {
  readonly kind: 'add' | 'del' | 'context';
  /** Where the text starts in the document. */
  readonly line: number;
  readonly column: number;
  /** The line of the file on this side, and the largest it may be; null where it is not known. */
  readonly number: number | null;
  readonly numberMax: number | null;
  readonly certainty: Certainty;
  /** Whether lines of the file are missing, or may be, between this line and the one above it. */
  readonly gapBefore: boolean;
}

/** The text of one side, its lines ended by LF; only the last may lack it, where the file ends without. */
export interface SideText {
  readonly text: string;
  readonly lines: readonly SideLine[];
}

/** One side of a hunk. The first line has a gap before it only where rows above it are missing. */
export function sideOfHunk(hunk: Hunk, side: Side): SideText {
  const start = side === 'before' ? hunk.oldStart : hunk.newStart;
  return join([hunk], side, start === null ? null : start - 1);
}

/** One side of a file: its hunks after another. What the patch does not show is a gap. */
export function sideOfFile(file: PatchFile, side: Side): SideText {
  return join(file.hunks, side, 0);
}

/** @param above the file's line above the first one; null where that is not known */
function join(hunks: readonly Hunk[], side: Side, above: number | null): SideText {
  const lines: SideLine[] = [];
  const texts: string[] = [];
  let last: number | null = above;
  let isOpen = false;
  for (const hunk of hunks) {
    let before: HunkLine | null = null;
    let isHere = false;
    for (const row of hunk.lines) {
      if (row.kind === 'no-newline') {
        isOpen ||= isHere;
        continue;
      }
      isHere = row.kind === 'context' || row.kind === (side === 'before' ? 'del' : 'add');
      if (isHere) {
        const number = side === 'before' ? row.old : row.new;
        const max = (side === 'before' ? row.oldMax : row.newMax) ?? number;
        // Without numbers, lines that do not stand below each other may have lost what was between them.
        const isNext: boolean =
          number === null ? before !== null && before.line + 1 >= row.line : last !== null && max === last + 1;
        lines.push({
          kind: row.kind,
          line: row.line,
          column: row.textColumn,
          number,
          numberMax: max,
          certainty: row.certainty,
          gapBefore: !isNext,
        });
        texts.push(row.text);
        last = number;
        isOpen = false;
      }
      before = row;
    }
  }
  const text = texts.join('\n');
  return { text: texts.length === 0 || isOpen ? text : `${text}\n`, lines };
}
