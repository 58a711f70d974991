// SPDX-License-Identifier: MIT
/** Quote marks at the start of lines. */

import { at, type Lines } from './lines';

const BLANK = 32;
const GREATER = 62;
const NO_BREAK = 160;

/**
 * Counts the quote marks of lines `from` (inclusive) to `to` (exclusive) and notes where the text behind them starts.
 * One blank between and behind marks belongs to them; a second one is content, so that the context line ` > x` of a
 * quoted diff (`>  > x`) keeps its own mark.
 */
export function markQuotes(lines: Lines, from: number, to: number): void {
  const { text, start, end, content, depth } = lines;
  for (let line = from; line < to; line++) {
    let position = at(start, line);
    if (text.charCodeAt(position) !== GREATER) {
      content[line] = position;
      depth[line] = 0;
      continue;
    }
    const stop = at(end, line);
    let marks = 0;
    while (position < stop) {
      if (text.charCodeAt(position) === GREATER) {
        marks++;
        position++;
      } else if (
        isBlank(text.charCodeAt(position)) &&
        position + 1 < stop &&
        text.charCodeAt(position + 1) === GREATER
      ) {
        position++;
      } else {
        break;
      }
    }
    if (position < stop && isBlank(text.charCodeAt(position))) position++;
    content[line] = position;
    depth[line] = Math.min(marks, 255);
  }
}

/**
 * Where the content of a line starts when only its first `depth` marks are quote marks.
 * @param skipBlank whether a blank behind the last mark belongs to the mark (`> +x`) or to the content (`>+x`).
 * @returns an offset; the end of the line when nothing is left.
 */
export function contentAtDepth(lines: Lines, line: number, depth: number, skipBlank: boolean): number {
  const { text } = lines;
  const stop = at(lines.end, line);
  let position = at(lines.start, line);
  let marks = 0;
  while (marks < depth && position < stop) {
    if (text.charCodeAt(position) === GREATER) marks++;
    position++;
  }
  if (depth > 0 && skipBlank && position < stop && isBlank(text.charCodeAt(position))) position++;
  return position;
}

/** Whether a unit is a blank, also one that must not break. */
export function isBlank(code: number): boolean {
  return code === BLANK || code === NO_BREAK;
}
