// SPDX-License-Identifier: MIT
/** File headers as nearly all are: one name without blanks or quotes, with `a/` and `b/` before it. */

import { at, Role } from '../../mail/lines';
import { contentOf, type Frame, isInside } from './marks';
import { type FileRecord, newFile } from './records';

const OPEN = 'diff --git a/';
const BETWEEN = ' b/';

/**
 * The name in `--- a/name` on `line` and `+++ b/name` on the next, or null where they are not exactly this.
 * Compared in place: cutting both lines out first takes three times as long.
 */
export function nameOfUsualPair(frame: Frame, line: number): string | null {
  if (!isInside(frame, line + 1)) return null;
  const { text } = frame.lines;
  const old = contentOf(frame, line);
  const fresh = contentOf(frame, line + 1);
  const length = at(frame.lines.end, line) - old - 6;
  if (length <= 0 || at(frame.lines.end, line + 1) - fresh - 6 !== length) return null;
  if (!text.startsWith('--- a/', old) || !text.startsWith('+++ b/', fresh)) return null;
  return sameName(text, old + 6, fresh + 6, length) ? text.slice(old + 6, old + 6 + length) : null;
}

/**
 * Reads `diff --git a/name b/name` on `line`, `index` lines, `--- a/name` and `+++ b/name`, and sets the lines' roles.
 * Null for any other header. 0.4 µs a file instead of 2.5.
 */
export function readUsualHeader(frame: Frame, line: number): { file: FileRecord; next: number } | null {
  const { lines } = frame;
  const { text } = lines;
  const from = contentOf(frame, line) + OPEN.length;
  const length = (at(lines.end, line) - from - BETWEEN.length) / 2;
  if (length <= 0 || !Number.isInteger(length)) return null;
  if (!text.startsWith(OPEN, from - OPEN.length) || !text.startsWith(BETWEEN, from + length)) return null;
  let pair = line + 1;
  while (isInside(frame, pair) && text.startsWith('index ', contentOf(frame, pair))) pair++;
  const name = nameOfUsualPair(frame, pair);
  if (name?.length !== length || !sameName(text, from, from + length + BETWEEN.length, length)) return null;
  if (!text.startsWith(name, from)) return null;
  lines.role.fill(Role.file, line, pair + 2);
  const file = newFile(line, frame.depth, { oldPath: name, newPath: name }, 'modified', false);
  return { file, next: pair + 2 };
}

/** Whether the same name without blanks, control characters, quotes and backslashes stands at both offsets. */
function sameName(text: string, first: number, second: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(first + i);
    if (code <= 32 || code === 34 || code === 92 || code === 127 || code === 160) return false;
    if (code !== text.charCodeAt(second + i)) return false;
  }
  return true;
}
