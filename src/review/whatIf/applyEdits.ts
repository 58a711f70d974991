// SPDX-License-Identifier: MIT
import type { TextEdit } from '../types';

/**
 * A document with some edits made.
 * @param edits sorted by where they begin, none within another; several insertions at one place stay in their order
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text);
  const offset = (line: number, column: number): number => (starts[line - 1] ?? text.length) + column - 1;
  const parts: string[] = [];
  let done = 0;
  for (const { place, text: inserted } of edits) {
    parts.push(text.slice(done, offset(place.line, place.column)), inserted);
    done = offset(place.endLine, place.endColumn);
  }
  return parts.join('') + text.slice(done);
}

/** The offset of the first character of each line, as an editor counts them. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\r|\n/g)) starts.push(end.index + end[0].length);
  return starts;
}
