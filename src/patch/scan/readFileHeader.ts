// SPDX-License-Identifier: MIT
/** The lines of a diff above its first hunk: git's extended header, `---` and `+++`, binary markers. */

import { at, Role } from '../../mail/lines';
import type { FileStatus } from '../types';
import { type NamePair, namesOfGitLine, namesOfGitPair, namesOfPair } from './fileNames';
import { contentOf, type Frame, headerText, isInside, isNamePair, LONGEST_HEADER } from './marks';
import { unquoteName } from './quotedName';
import { readBinary } from './readBinary';
import { type FileRecord, newFile } from './records';
import { nameOfUsualPair, readUsualHeader } from './usualHeader';

const extended =
  /^(old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|rename old|rename new|similarity index|dissimilarity index) (.*)$/;

const abovePair = /^(?:diff |Index: |={5,}$|RCS file: |retrieving revision )/;
const MOST_ABOVE = 6;
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
  const usual = readUsualHeader(frame, line);
  if (usual !== null) return usual;
  const { lines } = frame;
  const first = headerText(frame, line);
  let named = first.slice('diff --git '.length);
  lines.role[line] = Role.file;
  let next = line + 1;
  if (!named.trimEnd().includes(' ') && isInside(frame, next) && /^"?b\//.test(headerText(frame, next))) {
    // Mailers wrap long lines at the blank between the names.
    named = `${named.trimEnd()} ${headerText(frame, next)}`;
    lines.role[next] = Role.file;
    next++;
  }
  const names = namesOfGitLine(named);
  const file = newFile(line, frame.depth, names, 'modified', false);
  const extendedFrom = next;
  let modes = 0;
  for (; isInside(frame, next); next++) {
    const content = contentOf(frame, next);
    const code = lines.text.charCodeAt(content);
    // The letters that a line of the extended header can start with: most headers end at `---` at once.
    if (code < 99 || code > 115 || at(lines.end, next) - content > LONGEST_HEADER) break;
    if (lines.text.startsWith('index ', content)) {
      lines.role[next] = Role.file;
      continue;
    }
    const match = extended.exec(headerText(frame, next));
    if (match === null) break;
    lines.role[next] = Role.file;
    modes += applyExtended(file, match[1] ?? '', match[2] ?? '');
  }
  if (isInside(frame, next) && isNamePair(frame, next, contentOf(frame, next))) {
    applyPair(file, frame, next, names);
    next += 2;
  } else {
    const behind = readBinary(frame, next);
    if (behind > next) file.status = 'binary';
    next = behind;
  }
  if (modes > 0 && file.status === 'modified' && next === extendedFrom + modes) file.status = 'mode';
  return { file, next };
}

/** Reads `--- x` on `line` and `+++ y` behind it, where no `diff --git` stands above. */
export function readPairHeader(frame: Frame, line: number): FileHeader {
  const name = nameOfUsualPair(frame, line);
  const names = name === null ? namesOfPair(...pairTexts(frame, line)) : { oldPath: name, newPath: name };
  markPair(frame, line);
  const index = markAbove(frame, line);
  const whole = (alone: string | null): string | null =>
    alone !== null && index?.endsWith(`/${alone}`) ? index : alone;
  const paths = { oldPath: whole(names.oldPath), newPath: whole(names.newPath) };
  const file = newFile(line, frame.depth, paths, statusOf(names), true);
  return { file, next: line + 2 };
}

/** Reads `+++ x` or `--- x` on `line` of a quote, of which the other was cut away. */
export function readLoneName(frame: Frame, line: number): FileHeader {
  const name = headerText(frame, line).slice(4);
  frame.lines.role[line] = Role.file;
  return { file: newFile(line, frame.depth, namesOfPair(name, name), 'modified', true), next: line + 1 };
}

/** Reads `Binary files x and y differ` on `line` where no header stands above; null for other lines. */
export function readBinaryLine(frame: Frame, line: number): FileHeader | null {
  const match = /^(?:Binary f|F)iles (.*) and (.*) differ$/.exec(headerText(frame, line));
  if (match === null) return null;
  frame.lines.role[line] = Role.file;
  const names = namesOfPair(match[1] ?? '', match[2] ?? '');
  return { file: newFile(line, frame.depth, names, 'binary', true), next: line + 1 };
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

function applyPair(file: FileRecord, frame: Frame, line: number, named: NamePair): void {
  const [old, fresh] = pairTexts(frame, line);
  markPair(frame, line);
  if (file.status === 'renamed' || file.status === 'copied') return;
  const names = namesOfGitPair(old, fresh, named);
  file.oldPath = names.oldPath;
  file.newPath = names.newPath;
  if (file.status === 'modified') file.status = statusOf(names);
}

function statusOf({ oldPath, newPath }: NamePair): FileStatus {
  if (oldPath === null && newPath !== null) return 'added';
  return newPath === null && oldPath !== null ? 'deleted' : 'modified';
}

/** What stands behind `--- ` on `line` and behind `+++ ` on the next. */
function pairTexts(frame: Frame, line: number): [string, string] {
  return [headerText(frame, line).slice(4), headerText(frame, line + 1).slice(4)];
}

function markPair(frame: Frame, line: number): void {
  frame.lines.role[line] = Role.file;
  frame.lines.role[line + 1] = Role.file;
}

/**
 * The lines that diff, quilt, Subversion and CVS write above `---` belong to the file. Gives the name
 * that CVS writes behind `Index: `, since its old versions name no folder below that; null for what others write.
 */
function markAbove(frame: Frame, line: number): string | null {
  const { lines, depth } = frame;
  let isCvs = false;
  for (let above = line - 1; above >= 0 && line - above <= MOST_ABOVE; above--) {
    const first = lines.text.charCodeAt(at(lines.content, above));
    // The letters that such a line starts with: hardly any line is worth a pattern.
    if (first !== 100 && first !== 73 && first !== 61 && first !== 82 && first !== 114) return null;
    if (at(lines.depth, above) !== depth || !abovePair.test(lines.behindMarks(above).slice(0, 80))) return null;
    if (at(lines.role, above) === Role.none) lines.role[above] = Role.file;
    isCvs ||= first === 82;
    if (isCvs && first === 73) return headerText(frame, above).slice('Index: '.length).trimEnd();
  }
  return null;
}

/**
 * A plain diff has no line that says that it adds or deletes a file. Where its only hunk has nothing on one side, and
 * that side starts at line 0, git takes the file for absent there, and so do we.
 */
export function settlePlain(file: FileRecord): void {
  const header = file.hunks[0]?.header;
  if (!file.isPlain || file.status !== 'modified' || file.hunks.length !== 1 || !header) return;
  if (header.oldStart === 0 && header.oldCount === 0) {
    file.status = 'added';
    file.oldPath = null;
  } else if (header.newStart === 0 && header.newCount === 0) {
    file.status = 'deleted';
    file.newPath = null;
  }
}
