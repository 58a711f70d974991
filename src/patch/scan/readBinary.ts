// SPDX-License-Identifier: MIT
/** What stands in a git diff instead of hunks where a file is binary. */

import { at, Role } from '../../mail/lines';
import { contentOf, type Frame, isInside } from './marks';

/** A line of data is never longer: one letter for up to 52 bytes, and five characters for every four of them. */
const LONGEST_DATA = 66;
const base85 = /^[0-9A-Za-z!#$%&()*+\-;<=>?@^_`{|}~]+$/;

/**
 * Reads `Binary files … differ` or a `GIT binary patch` on `line`, and sets the roles of its lines.
 * @returns the line behind it (0-based); `line` where there is neither
 */
export function readBinary(frame: Frame, line: number): number {
  if (!isInside(frame, line)) return line;
  const { lines } = frame;
  const content = contentOf(frame, line);
  const text = lines.text.slice(content, at(lines.end, line));
  if (/^Binary files .*differ$/.test(text)) {
    lines.role[line] = Role.file;
    return line + 1;
  }
  if (text !== 'GIT binary patch') return line;
  lines.role[line] = Role.file;
  // The new content, and behind it the old one, so that the patch can be taken back.
  const forward = readBlock(frame, line + 1);
  return readBlock(frame, forward);
}

/** Skips `literal N` or `delta N`, its data and the empty line that ends it. */
function readBlock(frame: Frame, line: number): number {
  const { lines } = frame;
  if (!isInside(frame, line) || !/^(?:literal|delta) \d+$/.test(shortText(frame, line))) return line;
  lines.role[line] = Role.file;
  let next = line + 1;
  for (; isInside(frame, next) && isData(shortText(frame, next)); next++) lines.role[next] = Role.file;
  if (isInside(frame, next) && contentOf(frame, next) >= at(lines.end, next)) {
    lines.role[next] = Role.file;
    next++;
  }
  return next;
}

/** Whether a line holds as many characters as its first one says: `A` to `Z` stand for 1 to 26 bytes, `a` to `z` for 27 to 52. */
function isData(text: string): boolean {
  const code = text.charCodeAt(0);
  const bytes = code >= 65 && code <= 90 ? code - 64 : code >= 97 && code <= 122 ? code - 70 : 0;
  return bytes > 0 && text.length === 1 + 5 * Math.ceil(bytes / 4) && base85.test(text);
}

function shortText(frame: Frame, line: number): string {
  const content = contentOf(frame, line);
  return frame.lines.text.slice(content, Math.min(at(frame.lines.end, line), content + LONGEST_DATA + 1));
}
