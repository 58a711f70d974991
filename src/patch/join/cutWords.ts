// SPDX-License-Identifier: MIT
/** Mails on one line: where the quote ends and somebody's words start, told by the patch that was quoted. */

import { Body } from '../../mail/body';
import { at, Lines, Role } from '../../mail/lines';
import { contentAtDepth, isBlank, markQuotes } from '../../mail/quote';
import type { Alignment } from './alignQuote';
import type { OriginalPatch } from './originalPatch';
import type { Quote } from './quoteUnits';

/**
 * Cuts off the words that somebody wrote behind the last line of a quote, where the message stood on one line.
 * Gives the body with the lines cut anew, all roles set, and the quote with the new line indexes.
 */
export function cutWords(
  document: Lines,
  body: Body,
  quote: Quote,
  alignment: Alignment,
  original: OriginalPatch,
): { body: Body; quote: Quote } {
  const { lines } = body;
  const starts: number[] = [];
  const ends: number[] = [];
  const roles: number[] = [];
  const moved = new Map<number, number>();
  const cuts = new Map<number, number>();
  const keys = [...original.numbers.keys()];
  quote.units.forEach((unit, i) => {
    const row = alignment.chosen[i] ?? -1;
    if (!unit.open || row < 0 || original.lines[row]?.row === null) return;
    const length = keys[original.keys[row] ?? 0]?.length ?? 0;
    cuts.set(unit.line, skipFilled(lines, unit.line, quote.depth, length));
  });
  for (let line = body.from; line < body.to; line++) {
    const stop = at(lines.end, line);
    const cut = cuts.get(line);
    moved.set(line, starts.length);
    starts.push(at(lines.start, line));
    ends.push(cut === undefined ? stop : trimmed(lines, line, cut));
    roles.push(at(lines.role, line));
    if (cut === undefined) continue;
    starts.push(cut);
    ends.push(stop);
    roles.push(Role.comment);
  }
  const made = new Lines(lines.text, starts.length, Int32Array.from(starts), Int32Array.from(ends));
  markQuotes(made, 0, made.count);
  made.role.set(roles);
  let answering = false;
  const known = new Set(
    quote.units.filter((_, i) => (alignment.chosen[i] ?? -1) >= 0).map(({ line }) => moved.get(line)),
  );
  for (let line = 0; line < made.count; line++) {
    if (known.has(line)) answering = false;
    else if (made.role[line] === Role.comment) answering = true;
    // A mark inside somebody's words is no quote.
    else if (answering && at(made.depth, line) <= quote.depth) {
      made.role[line] = Role.comment;
      made.depth[line] = 0;
      made.content[line] = at(made.start, line);
    }
  }
  return {
    body: new Body(document, made, 0, made.count, null),
    quote: {
      depth: quote.depth,
      units: quote.units.map((unit) => ({
        ...unit,
        line: moved.get(unit.line) ?? unit.line,
        last: moved.get(unit.last) ?? unit.last,
      })),
    },
  };
}

/** Offset behind the last unit before `end` that is no blank. */
function trimmed(lines: Lines, line: number, end: number): number {
  let position = end;
  while (position > at(lines.start, line) && isBlank(lines.text.charCodeAt(position - 1))) position--;
  return position;
}

/** Offset behind the first `count` units of a quoted line that are no white space, and the white space behind them. */
function skipFilled(lines: Lines, line: number, depth: number, count: number): number {
  const stop = at(lines.end, line);
  let position = contentAtDepth(lines, line, depth, true);
  for (let left = count; left > 0 && position < stop; position++) {
    if (!/\s/.test(lines.text[position] ?? '')) left--;
  }
  while (position < stop && isBlank(lines.text.charCodeAt(position))) position++;
  return position;
}
