// SPDX-License-Identifier: MIT
/**
 * Combined diffs of merges (`diff --cc`), which compare the result with every parent at once: one column of marks for
 * each. They are read as what the merge changes on the branch it was made on, so as the diff from the first parent to
 * the result: `+` in the first column adds a line, `-` removes one, and a line that both have is context, whatever the
 * other columns say. Lines that only other parents had are no rows.
 */

import { at, Role } from '../../mail/lines';
import { isBlank } from '../../mail/quote';
import { namesOfGitPair } from './fileNames';
import type { HunkHeader } from './hunkHeader';
import {
  AT,
  contentOf,
  type Frame,
  headerText,
  isHardEnd,
  isInside,
  isSignatureMark,
  MINUS,
  PLUS,
  setRow,
  startsSomethingElse,
  versionFollows,
} from './marks';
import { unquoteName } from './quotedName';
import { readBinary } from './readBinary';
import type { FileHeader } from './readFileHeader';
import { type FileRecord, type HunkRecord, newFile } from './records';
import { assignRest, endsWithFeed, isBehindCarriage } from './walkRows';

/** An octopus with more parents than this is not read: nobody merges so many branches, and its marks hide the text. */
const MOST_PARENTS = 64;
/** How long an answer within a hunk may be. */
const COMMENT_REACH = 60;
const extended =
  /^(?:(index) ([\da-f]+(?:,[\da-f]+)+\.\.[\da-f]+)|(new file mode|deleted file mode) \d+(?:,\d+)*|mode \d+(?:,\d+)+\.\.\d+|(rename|copy) (from|to) (.+)|(?:dis)?similarity index \d+%)$/;

/** Reads the header that starts with `diff --cc` or `diff --combined` on `line`, and sets the roles of its lines. */
export function readCombinedHeader(frame: Frame, line: number): FileHeader {
  const { lines } = frame;
  const name = unquoteName(headerText(frame, line).replace(/^diff --(?:cc|combined) /, ''));
  const file = newFile(line, frame.depth, { oldPath: name, newPath: name }, 'modified', false);
  lines.role[line] = Role.file;
  let next = line + 1;
  for (; isInside(frame, next); next++) {
    const match = extended.exec(headerText(frame, next));
    if (match === null) break;
    lines.role[next] = Role.file;
    applyExtended(file, match);
  }
  next = readNames(file, frame, next);
  const behind = readBinary(frame, next);
  if (behind > next) file.status = 'binary';
  return { file, next: behind };
}

function applyExtended(file: FileRecord, match: RegExpExecArray): void {
  const [, isIndex, ids = '', mode, kind, end, name = ''] = match;
  if (isIndex !== undefined && /^0+,/.test(ids)) {
    file.status = 'added';
    file.oldPath = null;
  } else if (mode === 'new file mode') {
    file.status = 'added';
    file.oldPath = null;
  } else if (mode === 'deleted file mode') {
    file.status = 'deleted';
    file.newPath = null;
  } else if (kind !== undefined && end === 'from' && file.status === 'modified') {
    // Every parent may have its own; the first comes first.
    file.status = kind === 'copy' ? 'copied' : 'renamed';
    file.oldPath = unquoteName(name);
  }
}

/** Skips `--- x` (one for all parents, or one for each) and `+++ y`; gives the line behind them. */
function readNames(file: FileRecord, frame: Frame, line: number): number {
  const { lines } = frame;
  let fresh = line;
  while (
    isInside(frame, fresh) &&
    fresh - line < MOST_PARENTS &&
    lines.text.startsWith('--- ', contentOf(frame, fresh))
  )
    fresh++;
  if (fresh === line || !isInside(frame, fresh) || !lines.text.startsWith('+++ ', contentOf(frame, fresh))) return line;
  for (let header = line; header <= fresh; header++) lines.role[header] = Role.file;
  const names = namesOfGitPair(headerText(frame, line).slice(4), headerText(frame, fresh).slice(4), file);
  if (file.oldPath !== null && file.newPath !== null && names.oldPath !== null && names.oldPath !== file.oldPath) {
    if (file.status === 'modified' && names.newPath === file.newPath) file.status = 'renamed';
    file.oldPath = names.oldPath;
  }
  return fresh + 1;
}

/**
 * Reads a combined hunk whose header stands on `line`, and sets the roles of its lines.
 * @returns null where the line is no such header. Its counts are those of the first parent and of the result.
 */
export function readCombinedHunk(frame: Frame, line: number): HunkRecord | null {
  const { lines } = frame;
  const header = readHeader(frame, line);
  if (header === null) return null;
  const parents = header.old.length;
  const open = header.old.map(({ count }) => count);
  let fresh = header.newCount;
  let additions = 0;
  let deletions = 0;
  lines.role[line] = Role.hunk;
  const byFeed = endsWithFeed(frame, line);
  let next = line + 1;
  let end = next;
  for (; next < frame.to && next - end <= COMMENT_REACH; next++) {
    // Somebody answers within the hunk.
    if (at(lines.depth, next) < frame.depth) continue;
    const content = contentOf(frame, next);
    const stop = at(lines.end, next);
    if (byFeed && isBehindCarriage(frame, next)) {
      assignRest(frame, next, content, at(lines.role, next - 1));
      end = next + 1;
      continue;
    }
    if (/^ *\\/.test(lines.text.slice(content, Math.min(stop, content + parents)))) {
      setRow(frame, next, content, Role.noNewline);
      end = next + 1;
      continue;
    }
    const isFull = fresh <= 0 && open.every((count) => count <= 0);
    const marks = marksOf(lines.text.slice(content, Math.min(stop, content + parents)), parents);
    if (marks === null || isHardEnd(frame, next, content)) break;
    if (isSignatureMark(frame, next, content) && (isFull || versionFollows(frame, next))) break;
    // Behind full counts only changed lines are somebody's additions to the hunk.
    if (isFull && (marks.trim() === '' || startsSomethingElse(frame, next, content))) break;
    const isGone = marks.includes('-');
    for (let parent = 0; parent < parents; parent++) {
      if (isGone ? marks[parent] === '-' : marks[parent] === ' ') open[parent] = (open[parent] ?? 0) - 1;
    }
    if (!isGone) fresh--;
    if (marks[0] === '+') additions++;
    if (marks[0] === '-') deletions++;
    setRow(
      frame,
      next,
      content,
      marks[0] === '+' ? Role.add : marks[0] === '-' ? Role.del : isGone ? Role.delRest : Role.context,
    );
    end = next + 1;
  }
  const { start, count } = header.old[0] ?? { start: 0, count: 0 };
  const { newStart, newCount, section } = header;
  return {
    line,
    header: { oldStart: start, oldCount: count, newStart, newCount, section },
    first: line + 1,
    end,
    depth: frame.depth,
    skipBlank: frame.skipBlank,
    reading: 'strict',
    missingOld: open[0] ?? 0,
    missingNew: fresh,
    additions,
    deletions,
    columns: parents,
  };
}

/** The marks of a row, one for each parent; blanks at the end of a short line were lost. Null for other lines. */
function marksOf(text: string, parents: number): string | null {
  const marks = text.padEnd(parents, ' ').replaceAll('\u00a0', ' ');
  for (let i = 0; i < parents; i++) {
    const code = marks.charCodeAt(i);
    if (code !== PLUS && code !== MINUS && !isBlank(code)) return null;
  }
  // A line is in the result or it is not.
  return marks.includes('+') && marks.includes('-') ? null : marks;
}

interface CombinedHeader extends Pick<HunkHeader, 'newStart' | 'newCount' | 'section'> {
  readonly old: readonly { readonly start: number; readonly count: number }[];
}

/** `@@@ -a,b -c,d +e,f @@@ section`: one more `@` than parents, and a range for each of them. */
function readHeader(frame: Frame, line: number): CombinedHeader | null {
  const content = contentOf(frame, line);
  if (frame.lines.text.charCodeAt(content + 2) !== AT) return null;
  const shown = headerText(frame, line);
  const match = /^(@{3,65})((?: -\d{1,10}(?:,\d{1,10})?)+) \+(\d{1,10})(?:,(\d{1,10}))? (@+)/.exec(shown);
  if (match === null) return null;
  const [whole, open = '', ranges = '', newStart, newCount = '1', close = ''] = match;
  const old = [...ranges.matchAll(/-(\d+)(?:,(\d+))?/g)].map(([, start, count = '1']) => ({
    start: Number(start),
    count: Number(count),
  }));
  if (close !== open || old.length !== open.length - 1) return null;
  const behind = content + whole.length;
  const section = shown[whole.length] === ' ' ? behind + 1 : behind;
  return { old, newStart: Number(newStart), newCount: Number(newCount), section };
}
