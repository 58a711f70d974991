// SPDX-License-Identifier: MIT
/** Review comments, each anchored to the line it answers. */

import type { Body } from '../mail/body';
import { at, Role } from '../mail/lines';
import type { HunkView } from './materialise';
import { isRest, isRow } from './scan/roles';
import type { Comment, HunkLine } from './types';

type Anchor = Comment['anchor'];

/** A hunk with the path that its anchors name. */
export interface AnchorHunk {
  readonly path: string | null;
  readonly view: HunkView;
}

/**
 * Collects the comments of a message whose lines all have roles: blocks of one quote depth, empty lines within them
 * included and around them left out.
 * @param hunks all hunks of the message in document order
 * @param paths for each file header line (0-based) the path of its file
 */
export function collectComments(
  body: Body,
  hunks: readonly AnchorHunk[],
  paths: ReadonlyMap<number, string | null>,
): Comment[] {
  const { role, depth } = body.lines;
  const found: Comment[] = [];
  let hunk = 0;
  let path: string | null = null;
  // The line that a comment answers: the last filled one before it that is no comment itself.
  let answered = -1;
  let line = body.from;
  while (line < body.to) {
    const kind = at(role, line);
    path = paths.get(line) ?? path;
    if (kind !== Role.comment) {
      if (kind !== Role.blank && kind !== Role.snip && !isBesideQuote(body, line, answered)) answered = line;
      line++;
      continue;
    }
    const level = at(depth, line);
    let last = line;
    let next = line + 1;
    for (; next < body.to; next++) {
      const follows = at(role, next);
      if (follows === Role.comment && at(depth, next) === level) last = next;
      else if (follows !== Role.blank || at(depth, next) > level) break;
    }
    while (hunk + 1 < hunks.length && (hunks[hunk + 1]?.view.record.line ?? 0) <= answered) hunk++;
    found.push({
      line: body.lineNumber(line),
      endLine: body.lineNumber(last),
      depth: level,
      anchor: anchorOf(body, answered, hunks[hunk], path),
    });
    line = next;
  }
  return found;
}

/** Whether a line is an empty one of quoted text (that of a diff is a row), or a trailer that the reviewer gives. */
function isBesideQuote({ lines }: Body, line: number, answered: number): boolean {
  if (at(lines.role, line) !== Role.text) return false;
  const isEmpty = lines.isEmptyBehindMarks(line);
  return isEmpty || (answered >= 0 && at(lines.depth, line) < at(lines.depth, answered));
}

function anchorOf(body: Body, answered: number, hunk: AnchorHunk | undefined, path: string | null): Anchor {
  if (answered < 0) return { file: null, side: 'message', line: null, endLine: null, certainty: 'file' };
  const kind = at(body.lines.role, answered);
  if (hunk !== undefined && (isRow(kind) || isRest(kind))) {
    const row = rowAt(hunk.view, answered);
    if (row !== null) return anchorOfRow(hunk.path, row);
  }
  if (kind === Role.file || kind === Role.hunk) {
    return {
      file: hunk !== undefined && kind === Role.hunk ? hunk.path : path,
      side: 'file',
      line: null,
      endLine: null,
      certainty: 'file',
    };
  }
  const line = body.lineNumber(answered);
  return { file: null, side: 'message', line, endLine: line, certainty: 'exact' };
}

function anchorOfRow(file: string | null, row: HunkLine): Anchor {
  const side = row.kind === 'del' ? 'old' : 'new';
  const line = side === 'old' ? row.old : row.new;
  const last = side === 'old' ? row.oldMax : row.newMax;
  return { file, side, line, endLine: last ?? line, certainty: row.certainty };
}

/** The row that stands on body line `line`, or the one before it. */
function rowAt(view: HunkView, line: number): HunkLine | null {
  const { lines, index } = view.rows();
  let low = 0;
  let high = index.length - 1;
  if (high < 0 || at(index, 0) > line) return null;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(index, middle) <= line) low = middle;
    else high = middle - 1;
  }
  return lines[low] ?? null;
}
