// SPDX-License-Identifier: MIT
/** Makes the rows of a hunk from the roles of its lines, when somebody asks for them. */

import type { Body } from '../mail/body';
import { at, Role } from '../mail/lines';
import { makeRow } from './makeRow';
import type { HunkRecord } from './scan/records';
import { kindOfRow } from './scan/roles';
import type { Certainty, Hunk, HunkLine, PatchFile } from './types';
import { findUnsure } from './unsure';

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
    const kind = kindOfRow(at(lines.role, line));
    if (line === unsure.to) {
      old += lostOld;
      fresh += lostNew;
    }
    if (kind === null) continue;
    if (at(lines.role, line) >= Role.addJoined) {
      old++;
      fresh++;
    }
    const certainty: Certainty =
      record.header === null ? 'file' : line < unsure.from || line >= unsure.to ? 'exact' : 'range';
    const isRange = certainty === 'range';
    const hasOld = certainty !== 'file' && (kind === 'del' || kind === 'context');
    const hasNew = certainty !== 'file' && (kind === 'add' || kind === 'context');
    const numbers = {
      old: hasOld ? (isRange ? Math.max(oldStart, old - extraOld) : old) : null,
      oldMax: hasOld && isRange ? old + lostOld : null,
      new: hasNew ? (isRange ? Math.max(newStart, fresh - extraNew) : fresh) : null,
      newMax: hasNew && isRange ? fresh + lostNew : null,
      certainty,
    };
    made.push(makeRow(body, line, at(lines.content, line), kind, numbers, columns));
    index.push(line);
    if (kind === 'del' || kind === 'context') old++;
    if (kind === 'add' || kind === 'context') fresh++;
  }
  return { lines: made, index: Int32Array.from(index) };
}
