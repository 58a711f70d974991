// SPDX-License-Identifier: MIT
/** The lines of a mail that a reply quotes: as few as tell what it is about. */

import { at, Role } from '../../mail/lines';
import type { LazyMessage } from '../../patch/lazyMessage';
import type { Place } from '../types';

/** So many lines of context stand above the line that a finding is about. */
const mostAbove = 5;

/** What is quoted of a message, as 0-based rows of its text. */
export interface Quotable {
  /** The row that holds a place of the document, or null where the message does not. */
  rowOf(place: Pick<Place, 'line' | 'column'>): number | null;
  /** Rows that tell what a row is about, itself the last: the names of the file, the head of the hunk, and what stands above. */
  around(row: number): readonly number[];
  /** As a reply quotes it. Lines are never wrapped again. */
  quoted(row: number): string;
  /** Whether nothing stands above a row. */
  isFirst(row: number): boolean;
}

/** The rows of a message's text, and of its patch. */
export function quotableOf(message: LazyMessage): Quotable {
  const { body } = message.sources();
  const { lines, from, packing } = body;
  const count = packing.end - from;
  const starts = Array.from({ length: count }, (_, row) => body.position(from + row, lines.start[from + row] ?? 0));
  const textOf = (row: number): string => lines.whole(from + row);
  const rowOf = ({ line, column }: Pick<Place, 'line' | 'column'>): number | null => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = starts[middle];
      if (start && (start.line < line || (start.line === line && start.column <= column))) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : low - 1;
  };
  message.assignRoles();
  const roleOf = (row: number): number => at(lines.role, from + row);
  /** The last row above one, itself included, that `is`; -1 for none. */
  const above = (row: number, is: (role: number) => boolean): number => {
    let found = row;
    while (found >= 0 && !is(roleOf(found))) found--;
    return found;
  };
  return {
    rowOf,
    around: (row) => {
      const isHead = (role: number): boolean => role === Role.hunk || role === Role.file;
      const head = isCode(roleOf(row)) ? above(row, isHead) : -1;
      const names: number[] = [];
      for (let name = above(head, (role) => role === Role.file); name >= 0 && roleOf(name) === Role.file; name--)
        names.unshift(name);
      // What others said between the lines of the patch is none of its context.
      const context =
        head < 0
          ? range(Math.max(0, row - mostAbove), row - 1)
          : range(head, row - 1).filter((one) => isCode(roleOf(one)));
      return [...new Set([...names, ...(head < 0 ? [] : [head]), ...context.slice(-mostAbove), row])];
    },
    quoted: (row) => {
      const text = textOf(row);
      return text === '' ? '>' : `> ${text}`;
    },
    isFirst: (row) => range(0, row - 1).every((one) => /^[> ]*$/.test(textOf(one))),
  };
}

/** Whether a row belongs to a diff. */
const isCode = (role: number): boolean => (role >= Role.file && role <= Role.context) || role >= Role.noNewline;

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
