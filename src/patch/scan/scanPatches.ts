// SPDX-License-Identifier: MIT
/** Finds the files and hunks in the body of a message. */

import { at, type Lines, Role } from '../../mail/lines';
import { isBlank } from '../../mail/quote';
import type { WhitespaceState } from '../../mail/whitespace';
import { marksWereLost } from './attribution';
import { readDiffstat } from './diffstat';
import { type ForeignDiff, findForeignDiff, isContextPair, skipContextDiff } from './foreignDiffs';
import { readHunkHeader } from './hunkHeader';
import { type Frame, isCombinedLine, isHardEnd, isLoneName, isNamePair, MINUS, PLUS } from './marks';
import { readCombinedHeader, readCombinedHunk } from './readCombined';
import { readBinaryLine, readGitHeader, readLoneName, readPairHeader, settlePlain } from './readFileHeader';
import { readFragment, startsFragment } from './readFragment';
import { type Damage, readHunk } from './readHunk';
import { type FileRecord, newFile } from './records';

/** A diff that is not read as it is, by its 0-based line. */
export interface Remark {
  readonly line: number;
  readonly form: 'combined' | ForeignDiff['form'];
}

export interface Scan {
  readonly files: FileRecord[];
  /** What a reader has to know of diffs in other forms. */
  readonly remarks: readonly Remark[];
  /** Whether nothing was asked of the message as a whole but what its white space is worth. */
  readonly isLocal: boolean;
}

/**
 * Scans lines `from` to `to` (exclusive), whose quote marks have been counted, and sets the roles of all lines that
 * belong to a diff. Linear; never throws.
 * @param stopsAt asked at each `diff --git` that starts a file; where it says yes, the scan ends before that line
 */
export function scanPatches(
  lines: Lines,
  from: number,
  to: number,
  judge: () => WhitespaceState,
  stopsAt?: (line: number) => boolean,
): Scan {
  const files: FileRecord[] = [];
  const remarks: Remark[] = [];
  let current: FileRecord | null = null;
  let stat: string | null | undefined;
  const named = (): string | null => {
    if (stat === undefined) {
      const paths = readDiffstat(lines, from, to);
      stat = paths.length === 1 ? (paths[0]?.path ?? null) : null;
    }
    return stat;
  };
  const open = (line: number, depth: number): FileRecord => {
    const path = named();
    const file = newFile(line, depth, { oldPath: path, newPath: path }, 'modified', false);
    files.push(file);
    return file;
  };
  const { text } = lines;
  let seen: Outline | undefined;
  const outline = (): Outline => {
    seen ??= outlineOf(lines, from, to);
    return seen;
  };
  let lost: boolean | undefined;
  const damage: Damage = {
    judge,
    marksLost: () => {
      lost ??= marksWereLost(lines, from, to, files[0]?.line ?? to);
      return lost;
    },
  };
  let line = from;
  while (line < to) {
    const content = at(lines.content, line);
    const code = content < at(lines.end, line) ? text.charCodeAt(content) : 0;
    // Only lines with these first letters can start anything: d @ - + B F I
    if (code !== 100 && code !== 64 && code !== MINUS && code !== PLUS && code !== 66 && code !== 70 && code !== 73) {
      line++;
      continue;
    }
    const depth = at(lines.depth, line);
    const frame: Frame = { lines, to, depth, skipBlank: depth > 0 && isBlank(text.charCodeAt(content - 1)) };
    if (code === 100) {
      if (text.startsWith('diff --git ', content)) {
        if (stopsAt?.(line) === true) break;
        const header = readGitHeader(frame, line);
        current = header.file;
        files.push(current);
        line = header.next;
        continue;
      }
      if (isCombinedLine(text, content)) {
        const header = readCombinedHeader(frame, line);
        remarks.push({ line, form: 'combined' });
        current = header.file;
        files.push(current);
        line = header.next;
        continue;
      }
      if (text.startsWith('diff -', content)) lines.role[line] = Role.file;
    } else if (code === 64) {
      const header = readHunkHeader(text, content, at(lines.end, line));
      if (header !== null) {
        current ??= open(line, depth);
        lines.role[line] = Role.hunk;
        const hunk = readHunk(frame, line, header, damage);
        current.hunks.push(hunk);
        line = hunk.end;
        continue;
      }
      const merged = current === null ? null : readCombinedHunk(frame, line);
      if (merged !== null) {
        current?.hunks.push(merged);
        line = merged.end;
        continue;
      }
    } else if (code === MINUS && isNamePair(frame, line, content)) {
      const header = readPairHeader(frame, line);
      current = header.file;
      files.push(current);
      line = header.next;
      continue;
    } else if ((code === MINUS || code === PLUS) && isLoneName(frame, line, content)) {
      const header = readLoneName(frame, line);
      current = header.file;
      files.push(current);
      line = header.next;
      continue;
    } else if (code === MINUS && isContextPair(frame, line, content)) {
      remarks.push({ line: line - 1, form: 'context' });
      current = null;
      line = skipContextDiff(frame, line);
      continue;
    } else if (code === PLUS || code === MINUS) {
      if (
        startsFragment(frame, line, true) &&
        mayBeFragment(outline, current, frame) &&
        startsFragment(frame, line, current !== null || followsDiffstat(code, named))
      ) {
        const hunk = readFragment(frame, line);
        current ??= open(line, depth);
        current.hunks.push(hunk);
        line = Math.max(hunk.end, line + 1);
        continue;
      }
    } else if (code === 73) {
      if (text.startsWith('Index: ', content)) lines.role[line] = Role.file;
    } else if (text.startsWith('Binary files ', content) || text.startsWith('Files ', content)) {
      const header = readBinaryLine(frame, line);
      if (header !== null) {
        files.push(header.file);
        current = null;
      }
    }
    line++;
  }
  for (const file of files) settlePlain(file);
  const foreign = files.length === 0 ? findForeignDiff(lines, from, to) : null;
  if (foreign !== null) remarks.push(foreign);
  const isLocal = stat === undefined && seen === undefined && lost === undefined && files.length > 0;
  return { files, remarks, isLocal };
}

interface Outline {
  /** 0-based line of the first diff or hunk header, `to` of the message if there is none. */
  readonly firstHeader: number;
  readonly isQuoted: boolean;
}

/** What has to be known of a whole message before changed lines without a header are taken for a patch. */
function outlineOf(lines: Lines, from: number, to: number): Outline {
  let firstHeader = to;
  let isQuoted = false;
  for (let line = from; line < to; line++) {
    isQuoted ||= at(lines.depth, line) > 0;
    const content = at(lines.content, line);
    if (firstHeader < to) {
      if (isQuoted) break;
      continue;
    }
    const code = lines.text.charCodeAt(content);
    if (code !== 100 && code !== 64 && code !== MINUS) continue;
    const frame: Frame = { lines, to, depth: at(lines.depth, line), skipBlank: true };
    if (isHardEnd(frame, line, content)) firstHeader = line;
  }
  return { firstHeader, isQuoted };
}

/**
 * Changed lines above the first diff header are an example in the commit message (a semantic patch, say), and those
 * at another quote depth than the patch are a reviewer's suggestion.
 */
function mayBeFragment(outline: () => Outline, current: FileRecord | null, frame: Frame): boolean {
  if (current !== null) return current.depth === frame.depth;
  const { firstHeader, isQuoted } = outline();
  return firstHeader === frame.to && (frame.depth > 0 || !isQuoted);
}

function followsDiffstat(code: number, named: () => string | null): boolean {
  return code === PLUS && named() !== null;
}
