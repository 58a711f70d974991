// SPDX-License-Identifier: MIT
/** A message read again after a change in one file of its patch. */

import { Body } from '../mail/body';
import { fieldValue } from '../mail/headers';
import { at, type Lines } from '../mail/lines';
import { spliceLines, type TextChange } from '../mail/spliceLines';
import { judgeWhitespace, whitespaceJudge } from '../mail/whitespace';
import { closeReading, type MessageReading } from './readMessage';
import type { FileRecord, HunkRecord } from './scan/records';
import { scanPatches } from './scan/scanPatches';

/**
 * Reads a message again by scanning the changed file of its patch only: no diff reaches beyond a `diff --git` line
 * that is not quoted. The result is what reading all of `text` gives; null where that cannot be told without reading
 * all of it: outside rows, in quotes, in what was decoded, and where the message as a whole had a say.
 * @param reading the only message of its lines, which are all lines of their text
 * @param text that text after the change
 */
export function rereadMessage(reading: MessageReading, text: string, change: TextChange): MessageReading | null {
  const { document, span, body, records, remarks, roles } = reading.message.sources();
  if (!reading.isLocal || remarks.length > 0 || !isOwnText(reading, document)) return null;
  const { lines, from, oldTo, newTo, moved } = spliceLines(document, text, change);
  if (!areRows(document, from, oldTo) || !areRows(lines, from, newTo)) return null;
  const first = records.findLastIndex((record) => record.line < from && isGitHeader(document, record));
  if (first < 0) return null;
  const delta = newTo - oldTo;
  const later = new Map(records.map((record, i) => [record.line + delta, i]));
  const start = records[first]?.line ?? 0;
  let end = lines.count;
  let next = records.length;
  const stopsAt = (line: number): boolean => {
    const known = line < newTo ? undefined : later.get(line);
    if (known === undefined) return false;
    end = line;
    next = known;
    return true;
  };
  const judge = whitespaceJudge(lines, body.from, lines.count);
  // What the white space is worth decides how damaged hunks anywhere in the message are read.
  if (judge() !== judgeWhitespace(document, body.from, body.to)) return null;
  const scan = scanPatches(lines, start, lines.count, judge, stopsAt);
  if (!scan.isLocal || scan.remarks.length > 0) return null;
  const scanned = roles.scanned ?? document.role.subarray(body.from, body.to);
  lines.role.set(scanned.subarray(0, start - body.from), body.from);
  lines.role.set(scanned.subarray(end - delta - body.from), end);
  const files = [
    ...records.slice(0, first),
    ...scan.files,
    ...records.slice(next).map((record) => movedFile(record, delta, moved)),
  ];
  const newSpan = { ...span, end: lines.count, to: lines.count };
  const newBody = new Body(lines, lines, body.from, lines.count, null);
  return closeReading(lines, newSpan, newBody, { files, remarks: [], isLocal: true }, judge);
}

/** Whether a message is alone in its lines and its body is their text, without quotes, parts or pages around it. */
function isOwnText({ message }: MessageReading, document: Lines): boolean {
  const { body, span } = message.sources();
  const { gaps, notices, end, indent } = body.packing;
  if (span.container === 'archive' || body.lines !== document || body.isDecoded) return false;
  if (span.from > 0 || body.to !== document.count || span.to !== document.count || end !== body.to) return false;
  if (at(document.start, 0) > 0 || gaps.length > 0 || notices.length > 0 || indent > 0) return false;
  if (fieldValue(span.fields, 'content-type')?.includes('multipart') === true) return false;
  if (fieldValue(span.fields, 'content-transfer-encoding') !== null) return false;
  return !hasQuotes(document.depth);
}

function hasQuotes(depth: Uint8Array): boolean {
  for (let i = 0; i < depth.length; i++) if (depth[i] !== 0) return true;
  return false;
}

/** Whether lines can be rows of a hunk and nothing else that somebody looks for: no header, boundary or separator. */
function areRows(lines: Lines, from: number, to: number): boolean {
  for (let line = from; line < to; line++) {
    const start = at(lines.start, line);
    const code = start < at(lines.end, line) ? lines.text.charCodeAt(start) : 0;
    // blank + - @ \
    if (code !== 32 && code !== 43 && code !== 45 && code !== 64 && code !== 92) return false;
  }
  return true;
}

function isGitHeader(lines: Lines, record: FileRecord): boolean {
  return record.depth === 0 && lines.text.startsWith('diff --git ', at(lines.start, record.line));
}

function movedFile(record: FileRecord, lines: number, units: number): FileRecord {
  const { oldPath, newPath, status, isPlain, line, depth, hunks } = record;
  const moved = hunks.map((hunk) => movedHunk(hunk, lines, units));
  return { oldPath, newPath, status, isPlain, line: line + lines, depth, hunks: moved };
}

function movedHunk(hunk: HunkRecord, lines: number, units: number): HunkRecord {
  const { header } = hunk;
  return {
    ...hunk,
    line: hunk.line + lines,
    first: hunk.first + lines,
    end: hunk.end + lines,
    header: header === null ? null : { ...header, section: header.section + units },
  };
}
