// SPDX-License-Identifier: MIT
/** Makes the rows of a hunk from the roles of its lines, when somebody asks for them. */

import type { Body } from '../mail/body';
import { at, Role } from '../mail/lines';
import type { HunkRecord } from './records';
import type { Certainty, Hunk, HunkLine, PatchFile } from './types';
import { findUnsure } from './unsure';

const CARRIAGE = 13;

/** The rows of a hunk, and for each its 0-based line in the body. */
export interface Rows {
  readonly lines: readonly HunkLine[];
  readonly index: Int32Array;
}

/** A hunk as others see it, with the way back to the lines of the body. */
export interface HunkView {
  readonly hunk: Hunk;
  readonly record: HunkRecord;
  readonly rows: () => Rows;
}

/** A file as others see it, with its hunks' ways back. */
export interface FileView {
  readonly file: PatchFile;
  readonly hunks: () => readonly HunkView[];
}

/** Makes a hunk whose `lines` are made on first use. */
export function makeHunk(body: Body, record: HunkRecord): HunkView {
  const { header } = record;
  let made: Rows | undefined;
  const rows = (): Rows => {
    made ??= makeRows(body, record);
    return made;
  };
  const hunk: Hunk = {
    line: body.lineNumber(record.line),
    oldStart: header === null ? null : header.oldStart,
    oldCount: header === null ? null : header.oldCount,
    newStart: header === null ? null : header.newStart,
    newCount: header === null ? null : header.newCount,
    section: header === null ? '' : body.lines.text.slice(header.section, at(body.lines.end, record.line)),
    reading: record.reading,
    missingOld: record.missingOld,
    missingNew: record.missingNew,
    get lines(): readonly HunkLine[] {
      return rows().lines;
    },
  };
  return { hunk, record, rows };
}

type RowKind = HunkLine['kind'];

function kindOf(role: number): RowKind | null {
  switch (role) {
    case Role.add:
    case Role.addJoined:
      return 'add';
    case Role.del:
    case Role.delJoined:
      return 'del';
    case Role.context:
      return 'context';
    case Role.noNewline:
      return 'no-newline';
    default:
      return null;
  }
}

function makeRows(body: Body, record: HunkRecord): Rows {
  const { lines } = body;
  const made: HunkLine[] = [];
  const index: number[] = [];
  const unsure = findUnsure(body, record);
  const lostOld = Math.max(0, record.missingOld);
  const lostNew = Math.max(0, record.missingNew);
  // Where any line may be context, too many rows mean that some are none: numbers may be smaller by so many.
  const isLenient = record.reading === 'lenient';
  const extraOld = isLenient ? Math.max(0, -record.missingOld) : 0;
  const extraNew = isLenient ? Math.max(0, -record.missingNew) : 0;
  const oldStart = record.header?.oldStart ?? 0;
  const newStart = record.header?.newStart ?? 0;
  const columns = record.columns ?? 1;
  let old = oldStart;
  let fresh = newStart;
  for (let line = record.first; line < record.end; line++) {
    const kind = kindOf(at(lines.role, line));
    if (line === unsure.to) {
      old += lostOld;
      fresh += lostNew;
    }
    if (kind === null) continue;
    if (at(lines.role, line) >= Role.addJoined) {
      old++;
      fresh++;
    }
    const content = at(lines.content, line);
    const stop = endOfRow(body, line);
    const marked = hasMark(lines.text, content, stop, kind);
    const { line: row, column } = body.position(line, content);
    const start = marked ? Math.min(content + (kind === 'no-newline' ? 1 : columns), stop) : content;
    const textColumn = marked ? body.position(line, start).column : column;
    const certainty: Certainty =
      record.header === null ? 'file' : line < unsure.from || line >= unsure.to ? 'exact' : 'range';
    const isRange = certainty === 'range';
    const hasOld = certainty !== 'file' && (kind === 'del' || kind === 'context');
    const hasNew = certainty !== 'file' && (kind === 'add' || kind === 'context');
    made.push({
      kind,
      line: row,
      column,
      textColumn,
      ...(columns === 1
        ? joinRests(body, line, lines.text.slice(start, stop))
        : { text: lines.text.slice(start, stop) }),
      old: hasOld ? (isRange ? Math.max(oldStart, old - extraOld) : old) : null,
      oldMax: hasOld && isRange ? old + lostOld : null,
      new: hasNew ? (isRange ? Math.max(newStart, fresh - extraNew) : fresh) : null,
      newMax: hasNew && isRange ? fresh + lostNew : null,
      certainty,
    });
    index.push(line);
    if (kind === 'del' || kind === 'context') old++;
    if (kind === 'add' || kind === 'context') fresh++;
  }
  return { lines: made, index: Int32Array.from(index) };
}

function isRest(role: number): boolean {
  return role >= Role.addRest && role <= Role.contextRest;
}

/** The text of a row with the rests that a mailer wrapped, one blank between, and where these stand. */
function joinRests(body: Body, line: number, beginning: string): Pick<HunkLine, 'text' | 'wraps'> {
  const { lines } = body;
  if (!isRest(at(lines.role, line + 1))) return { text: beginning };
  let text = beginning;
  const wraps: { offset: number; line: number; column: number }[] = [];
  for (let next = line + 1; next < body.to && isRest(at(lines.role, next)); next++) {
    if (lines.text.charCodeAt(at(lines.start, next) - 1) === CARRIAGE) continue;
    if (!/\s$/.test(text)) text += ' ';
    wraps.push({ offset: text.length, ...body.position(next, at(lines.content, next)) });
    text += lines.behindMarks(next);
  }
  return wraps.length === 0 ? { text } : { text, wraps };
}

/** The end of a row's text: a CR alone, at which the editor breaks lines, is part of it. */
function endOfRow({ lines }: Body, line: number): number {
  let last = line;
  while (isRest(at(lines.role, last + 1)) && lines.text.charCodeAt(at(lines.start, last + 1) - 1) === CARRIAGE) last++;
  return at(lines.end, last);
}

/** Whether the +, - or blank mark of a row is still there; a context line of an archive may have lost it. */
function hasMark(text: string, content: number, stop: number, kind: RowKind): boolean {
  if (content >= stop) return false;
  if (kind !== 'context') return true;
  const code = text.charCodeAt(content);
  return code === 32 || code === 160;
}
