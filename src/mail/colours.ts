// SPDX-License-Identifier: MIT
/** Colours that a terminal shows, as escape sequences in a diff that was saved or copied with them. */

const ESCAPE = 27;
const BRACKET = 91;
const LETTER_K = 75;
const LETTER_M = 109;
/** Longer than any sequence that sets colours. */
const LONGEST = 24;
const start = '\u001b';
const colouredLine = new RegExp(`^(?:${start}\\[[\\d;]*m)+(?:diff --|--- |\\+\\+\\+ |@@ )`, 'm');

/**
 * Whether lines of a diff between two offsets of a text are coloured: its headers, so that escape sequences in the
 * lines of a program are no sign of it.
 */
export function isColoured(text: string, from: number, to: number): boolean {
  const part = text.slice(from, to);
  return part.includes(start) && colouredLine.test(part);
}

/** The offset behind the sequence at `offset` that sets or ends a colour, or `offset` where none stands. */
export function behindColour(text: string, offset: number): number {
  if (text.charCodeAt(offset) !== ESCAPE || text.charCodeAt(offset + 1) !== BRACKET) return offset;
  for (let i = offset + 2; i < offset + LONGEST; i++) {
    const code = text.charCodeAt(i);
    if (code === LETTER_M || code === LETTER_K) return i + 1;
    if (code !== 59 && !(code >= 48 && code <= 57)) return offset;
  }
  return offset;
}
