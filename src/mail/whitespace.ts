// SPDX-License-Identifier: MIT
/** Whether the white space of a message is as its author wrote it. */

import { at, type Lines } from './lines';

/** `unknown`: too little text to tell. */
export type WhitespaceState = 'kept' | 'collapsed' | 'unknown';

/** So many lines are looked at: enough to tell, and cheap in a file of millions. */
const SAMPLE = 3000;
const LONGEST = 400;
const FEWEST = 8;

/**
 * Looks for what archives lose: leading, trailing and doubled blanks, tabs. Lines that somebody edited into an
 * archived mail may have some again, so a few do not count.
 */
export function judgeWhitespace(lines: Lines, from: number, to: number): WhitespaceState {
  const { text } = lines;
  let filled = 0;
  let kept = 0;
  for (let line = from; line < to && line < from + SAMPLE; line++) {
    const content = at(lines.content, line);
    const stop = at(lines.end, line);
    if (content >= stop) continue;
    filled++;
    if (hasKeptBlank(text, content, Math.min(stop, content + LONGEST), stop)) kept++;
  }
  if (filled < FEWEST) return 'unknown';
  if (kept * 25 <= filled) return 'collapsed';
  return kept * 10 >= filled ? 'kept' : 'unknown';
}

/** Judges the lines when somebody asks first, and remembers. */
export function whitespaceJudge(lines: Lines, from: number, to: number): () => WhitespaceState {
  let judged: WhitespaceState | undefined;
  return () => {
    judged ??= judgeWhitespace(lines, from, to);
    return judged;
  };
}

function hasKeptBlank(text: string, start: number, limit: number, end: number): boolean {
  if (isBlank(text.charCodeAt(start)) || isBlank(text.charCodeAt(end - 1))) return true;
  let before = false;
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === 9) return true;
    const blank = code === 32 || code === 160;
    if (blank && before) return true;
    before = blank;
  }
  return false;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 160;
}
