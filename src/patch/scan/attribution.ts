// SPDX-License-Identifier: MIT
/** The lines above a quote that say who wrote it. */

import { firstFilled } from '../../mail/container';
import { at, type Lines } from '../../mail/lines';
import { saysWhoWrote } from '../../mail/quote';

const opensAttribution = /^(?:On|At|Am|Le|In|El|Il|Em|Op|Den|\*?From:|\d|\w+ <)/;
const opensWithoutMarks = /^(?:On|At|Am|Le)\b/;

/** How many lines from `line` on say who wrote what follows: 0, 1, or 2 where a mailer wrapped it. */
export function attributionLength(lines: Lines, line: number, to: number): number {
  const words = beginning(lines, line);
  if (saysWhoWrote(words)) return introducesQuote(lines, line, to, words) ? 1 : 0;
  if (!opensAttribution.test(words) || line + 1 >= to || at(lines.depth, line + 1) !== at(lines.depth, line)) return 0;
  return saysWhoWrote(beginning(lines, line + 1)) && introducesQuote(lines, line + 1, to, words) ? 2 : 0;
}

/**
 * Whether somebody answers, in lines `from` to `to` (exclusive), text whose quote marks were lost: there is no mark, and
 * above line `patch` it is said who wrote what follows.
 */
export function marksWereLost(lines: Lines, from: number, to: number, patch: number): boolean {
  for (let line = from; line < to; line++) {
    if (at(lines.depth, line) > 0) return false;
  }
  for (let line = from; line < patch; line++) {
    if (attributionLength(lines, line, to) > 0) return true;
  }
  return false;
}

function introducesQuote(lines: Lines, line: number, to: number, words: string): boolean {
  const next = firstFilled(lines, line + 1, to);
  if (next < to && at(lines.depth, next) > at(lines.depth, line)) return true;
  return at(lines.depth, line) === 0 && opensWithoutMarks.test(words);
}

/** The first 300 units of a line behind its quote marks: who writes at greater length is quoted himself. */
function beginning(lines: Lines, line: number): string {
  const content = at(lines.content, line);
  return lines.text.slice(content, Math.min(at(lines.end, line), content + 300));
}
