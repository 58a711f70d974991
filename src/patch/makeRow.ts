// SPDX-License-Identifier: MIT
/** What a row says, and where its parts stand in the document. */

import type { Body } from '../mail/body';
import { at } from '../mail/lines';
import { isBlank } from '../mail/quote';
import { isRest } from './scan/roles';
import type { HunkLine } from './types';

/** Which line of the patched file a row is; 1-based, null where that is not known or not so on this side. */
export type RowNumbers = Pick<HunkLine, 'old' | 'oldMax' | 'new' | 'newMax' | 'certainty'>;

const CARRIAGE = 13;

/**
 * The row that begins on body line `line` (0-based) at offset `content`, put together from all lines that have its text.
 * @param columns how many columns of marks it has: one for each parent in a combined diff
 */
export function makeRow(
  body: Body,
  line: number,
  content: number,
  kind: HunkLine['kind'],
  numbers: RowNumbers,
  columns = 1,
): HunkLine {
  const { text } = body.lines;
  const stop = endOfPart(body, line);
  const { line: documentLine, column } = body.position(line, content);
  const marked = hasMark(text, content, stop, kind);
  const start = marked ? Math.min(content + (kind === 'no-newline' ? 1 : columns), stop) : content;
  // Each field by its name: spreading the numbers into the row triples the time of all of reading.
  const row: HunkLine = {
    kind,
    line: documentLine,
    column,
    textColumn: marked ? body.position(line, start).column : column,
    text: text.slice(start, stop),
    old: numbers.old,
    oldMax: numbers.oldMax,
    new: numbers.new,
    newMax: numbers.newMax,
    certainty: numbers.certainty,
  };
  // Behind a row of a combined diff a rest is a line that other parents had.
  return columns > 1 || !isRest(at(body.lines.role, line + 1)) ? row : { ...row, ...joinRests(body, line, row.text) };
}

/** The text of a row with the rests that a mailer wrapped, one blank between, and where these stand. */
function joinRests(body: Body, line: number, beginning: string): Pick<HunkLine, 'text' | 'wraps'> {
  const { lines } = body;
  let text = beginning;
  const wraps: { offset: number; line: number; column: number }[] = [];
  for (let next = line + 1; next < body.to && isRest(at(lines.role, next)); next++) {
    if (isBehindCarriage(body, next)) continue;
    if (!/\s$/.test(text)) text += ' ';
    const content = at(lines.content, next);
    wraps.push({ offset: text.length, ...body.position(next, content) });
    text += lines.text.slice(content, endOfPart(body, next));
  }
  return wraps.length === 0 ? { text } : { text, wraps };
}

/** The end of what stands from `line` on: a CR alone, at which the editor breaks lines, is part of it. */
function endOfPart(body: Body, line: number): number {
  const { lines } = body;
  let last = line;
  while (isRest(at(lines.role, last + 1)) && isBehindCarriage(body, last + 1)) last++;
  return at(lines.end, last);
}

function isBehindCarriage({ lines }: Body, line: number): boolean {
  return lines.text.charCodeAt(at(lines.start, line) - 1) === CARRIAGE;
}

/** Whether the +, - or blank mark of a row is still there; a context line of an archive may have lost it. */
function hasMark(text: string, content: number, stop: number, kind: HunkLine['kind']): boolean {
  return content < stop && (kind !== 'context' || isBlank(text.charCodeAt(content)));
}
