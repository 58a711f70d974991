// SPDX-License-Identifier: MIT
/** The role of every line of a message, as others see it. */

import type { Body } from '../mail/body';
import type { MessageSpan } from '../mail/container';
import { at, type Lines } from '../mail/lines';
import type { LineInfo, LineRole } from './types';

const names: readonly LineRole[] = [
  'text',
  'header',
  'attribution',
  'text',
  'file',
  'hunk',
  'add',
  'del',
  'context',
  'comment',
  'snip',
  'signature',
  'footer',
  'blank',
  'context',
  'add',
  'del',
  'context',
  'add',
  'del',
];

/**
 * One entry per line of the message, headers first; several entries of one document line where line ends were lost, and
 * one for each document line of a line that an encoding cut.
 */
export function lineInfos(document: Lines, body: Body, span: Pick<MessageSpan, 'from' | 'body'>): LineInfo[] {
  const infos: LineInfo[] = [];
  const wholeLines = (from: number, to: number, role: LineRole): void => {
    for (let line = from; line < to; line++) infos.push(wholeLine(document, line, role));
  };
  wholeLines(span.from, body.lines === document ? body.from : span.body, 'header');
  const { lines, packing } = body;
  let gap = 0;
  const gapsAbove = (line: number): void => {
    for (let next = packing.gaps[gap]; next !== undefined && next.from < line; next = packing.gaps[++gap])
      wholeLines(next.from, next.to, next.role);
  };
  // Empty lines between the header and the text are the header's end.
  let above = infos.length > 0;
  for (let line = body.from; line < packing.end; line++) {
    const content = at(lines.content, line);
    const stop = at(lines.end, line);
    const length = stop - content;
    const start = body.position(line, content);
    if (packing.gaps.length > 0) {
      const row = start.line - document.firstLine - 1;
      gapsAbove(row + 1);
      // What git writes for the end of a multipart stands on the line of the boundary, which has its entry.
      const last = packing.gaps[gap - 1];
      if (last !== undefined && row < last.to) continue;
    }
    above &&= length === 0;
    const isEmptyAbove = above && length === 0;
    const own = line < body.to ? (names[at(lines.role, line)] ?? 'text') : length === 0 ? 'blank' : 'signature';
    const role = isEmptyAbove ? 'header' : own;
    const depth = at(lines.depth, line);
    const end = length > 0 && body.isDecoded ? body.position(line, stop - 1) : { line: start.line, column: 0 };
    const rowEnd = body.isDecoded ? columnBehind(document, body, line, start.line) : start.column + length;
    infos.push({ line: start.line, column: start.column, endColumn: rowEnd, depth, role });
    for (let below = start.line + 1; below <= end.line; below++)
      infos.push({ line: below, column: 1, endColumn: columnBehind(document, body, line, below), depth, role });
  }
  gapsAbove(Number.POSITIVE_INFINITY);
  return infos;
}

/** The column behind what line `line` of a decoded body has on document line `row` (1-based). */
function columnBehind(document: Lines, body: Body, line: number, row: number): number {
  const behind = body.position(line, at(body.lines.end, line));
  if (behind.line === row) return behind.column;
  const own = row - document.firstLine - 1;
  return at(document.end, own) - at(document.start, own) + 1;
}

function wholeLine(document: Lines, line: number, role: LineRole): LineInfo {
  const length = at(document.end, line) - at(document.start, line);
  return { line: document.firstLine + line + 1, column: 1, endColumn: length + 1, depth: 0, role };
}
