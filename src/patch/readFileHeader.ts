// SPDX-License-Identifier: MIT
/** The lines of a diff above its first hunk: git's extended header, `---` and `+++`, binary markers. */

import { at, Role } from '../mail/lines';
import { namesOfGitLine, namesOfPair, unquoteName } from './fileNames';
import { contentOf, type Frame, isInside, isNamePair } from './marks';
import type { FileRecord } from './records';

const extended =
  /^(old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|rename old|rename new|similarity index|dissimilarity index) (.*)$/;

export interface FileHeader {
  readonly file: FileRecord;
  /** 0-based line behind the header. */
  readonly next: number;
}

/**
 * Reads the header that starts with `diff --git` on `line`, and a binary patch behind it, and sets the lines' roles.
 * Names come from the most trustworthy line: rename and copy lines, then `---`/`+++`, then `diff --git`.
 */
export function readGitHeader(frame: Frame, line: number): FileHeader {
  const { lines } = frame;
  const first = textOf(frame, line);
  let named = first.slice('diff --git '.length);
  lines.role[line] = Role.file;
  let next = line + 1;
  if (!named.includes(' ') && isInside(frame, next) && /^"?b\//.test(textOf(frame, next))) {
    // Mailers wrap long lines at the blank between the names.
    named += ` ${textOf(frame, next)}`;
    lines.role[next] = Role.file;
    next++;
  }
  const names = namesOfGitLine(named);
  const file: FileRecord = { ...names, status: 'modified', line, depth: frame.depth, hunks: [] };
  const extendedFrom = next;
  let modes = 0;
  for (; isInside(frame, next); next++) {
    const content = contentOf(frame, next);
    const code = lines.text.charCodeAt(content);
    // The letters that a line of the extended header can start with: most headers end at `---` at once.
    if (code < 99 || code > 115 || at(lines.end, next) - content > 9000) break;
    if (lines.text.startsWith('index ', content)) {
      lines.role[next] = Role.file;
      continue;
    }
    const match = extended.exec(textOf(frame, next));
    if (match === null) break;
    lines.role[next] = Role.file;
    modes += applyExtended(file, match[1] ?? '', match[2] ?? '');
  }
  if (isInside(frame, next) && isNamePair(frame, next, contentOf(frame, next))) {
    applyPair(file, frame, next);
    next += 2;
  } else {
    next = readBinary(file, frame, next);
  }
  if (modes > 0 && file.status === 'modified' && next === extendedFrom + modes) file.status = 'mode';
  return { file, next };
}

/** Reads `--- x` on `line` and `+++ y` behind it, where no `diff --git` stands above. */
export function readPairHeader(frame: Frame, line: number): FileHeader {
  const file: FileRecord = { oldPath: null, newPath: null, status: 'modified', line, depth: frame.depth, hunks: [] };
  applyPair(file, frame, line);
  return { file, next: line + 2 };
}

/** Reads `Binary files x and y differ` on `line` where no header stands above; null for other lines. */
export function readBinaryLine(frame: Frame, line: number): FileHeader | null {
  const match = /^(?:Binary f|F)iles (.*) and (.*) differ$/.exec(textOf(frame, line));
  if (match === null) return null;
  frame.lines.role[line] = Role.file;
  const names = namesOfPair(match[1] ?? '', match[2] ?? '');
  return { file: { ...names, status: 'binary', line, depth: frame.depth, hunks: [] }, next: line + 1 };
}

/** Gives 1 for a line that changes the mode of a file and nothing else. */
function applyExtended(file: FileRecord, key: string, value: string): number {
  switch (key) {
    case 'old mode':
    case 'new mode':
      return 1;
    case 'new file mode':
      file.status = 'added';
      file.oldPath = null;
      return 0;
    case 'deleted file mode':
      file.status = 'deleted';
      file.newPath = null;
      return 0;
    case 'rename from':
    case 'rename old':
      file.status = 'renamed';
      file.oldPath = unquoteName(value);
      return 0;
    case 'rename to':
    case 'rename new':
      file.status = 'renamed';
      file.newPath = unquoteName(value);
      return 0;
    case 'copy from':
      file.status = 'copied';
      file.oldPath = unquoteName(value);
      return 0;
    case 'copy to':
      file.status = 'copied';
      file.newPath = unquoteName(value);
      return 0;
    default:
      return 0;
  }
}

function applyPair(file: FileRecord, frame: Frame, line: number): void {
  const names = namesOfPair(textOf(frame, line).slice(4), textOf(frame, line + 1).slice(4));
  frame.lines.role[line] = Role.file;
  frame.lines.role[line + 1] = Role.file;
  if (file.status === 'renamed' || file.status === 'copied') return;
  file.oldPath = names.oldPath;
  file.newPath = names.newPath;
  if (file.status !== 'modified') return;
  if (names.oldPath === null && names.newPath !== null) file.status = 'added';
  if (names.newPath === null && names.oldPath !== null) file.status = 'deleted';
}

/** Skips a binary marker or a `GIT binary patch`; gives the line behind it. */
function readBinary(file: FileRecord, frame: Frame, line: number): number {
  if (!isInside(frame, line)) return line;
  const { lines } = frame;
  const text = textOf(frame, line);
  if (/^Binary files .* differ$/.test(text)) {
    lines.role[line] = Role.file;
    file.status = 'binary';
    return line + 1;
  }
  if (text !== 'GIT binary patch') return line;
  file.status = 'binary';
  let next = line;
  // Data lines start with their length as a letter; the two blocks end at an empty line each.
  for (; isInside(frame, next); next++) {
    const data = textOf(frame, next);
    if (next > line && data !== '' && !/^(?:literal \d+|delta \d+|[A-Za-z][!-~]+)$/.test(data)) break;
    lines.role[next] = Role.file;
  }
  return next;
}

/** The content of a line, cut at a length that no header line has. */
function textOf(frame: Frame, line: number): string {
  const content = contentOf(frame, line);
  return frame.lines.text.slice(content, Math.min(at(frame.lines.end, line), content + 9000));
}
