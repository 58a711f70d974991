// SPDX-License-Identifier: MIT
/** What of a line survives quoting, archives and mailers: the line without its white space. */

/** Lines longer than this are compared by their beginning. */
const LONGEST = 2000;

/**
 * The text from `start` to `end` without white space, which archives collapse, and with all mail addresses alike, for
 * they mask these. Two lines that differ in nothing else have equal keys.
 */
export function quoteKey(text: string, start: number, end: number): string {
  let line = text.slice(start, Math.min(end, start + LONGEST));
  if (line.includes('@')) line = line.replace(address, '@');
  else if (line.includes(' at ')) line = line.replace(spokenAddress, '@');
  return line.replace(/\s+/g, '');
}

// Lengths are bounded so that a line without any address stays linear.
const address = /[^\s<(:@]{0,80}@[^\s>)]*/g;
const spokenAddress = /[^\s<(:]{1,80} at (?:[\w-]{1,60}\.)+[A-Za-z]{2,}/g;
