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
];

/** One entry per line of the message, headers first; several entries of one document line where line ends were lost. */
export function lineInfos(document: Lines, body: Body, span: Pick<MessageSpan, 'from' | 'body'>): LineInfo[] {
  const infos: LineInfo[] = [];
  if (body.lines === document) {
    for (let line = span.from; line < body.from; line++) infos.push(headerInfo(document, line));
  } else if (span.body > span.from) {
    for (let line = span.from; line < span.body; line++) infos.push(headerInfo(document, line));
  }
  const { lines } = body;
  // Empty lines between the header and the text are the header's end.
  let above = infos.length > 0;
  for (let line = body.from; line < body.to; line++) {
    const start = body.position(line, at(lines.content, line));
    const stop = at(lines.end, line);
    const length = stop - at(lines.content, line);
    above &&= length === 0;
    const end = length > 0 ? body.position(line, stop - 1) : start;
    infos.push({
      line: start.line,
      column: start.column,
      endColumn: length > 0 && end.line === start.line ? end.column + 1 : start.column + (length > 0 ? 1 : 0),
      depth: at(lines.depth, line),
      role: above && length === 0 ? 'header' : (names[at(lines.role, line)] ?? 'text'),
    });
  }
  return infos;
}

function headerInfo(document: Lines, line: number): LineInfo {
  const length = at(document.end, line) - at(document.start, line);
  return {
    line: document.firstLine + line + 1,
    column: 1,
    endColumn: length + 1,
    depth: 0,
    role: 'header',
  };
}
