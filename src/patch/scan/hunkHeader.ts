// SPDX-License-Identifier: MIT
/** The `@@ -a,b +c,d @@` line. */

export interface HunkHeader {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** Offset of git's guess at the enclosing function; the end of the line when there is none. */
  readonly section: number;
}

const AT = 64;

/**
 * Reads a well-formed hunk header at offset `start` of `text`; `end` is the end of its line.
 * Counts left out are 1. Null for anything else, so that prose with `@@` in it never ends a hunk.
 */
export function readHunkHeader(text: string, start: number, end: number): HunkHeader | null {
  if (text.charCodeAt(start) !== AT || !text.startsWith('@@ -', start)) return null;
  const cursor = { text, end, position: start + 4 };
  const old = readRange(cursor);
  if (old === null || !text.startsWith(' +', cursor.position)) return null;
  cursor.position += 2;
  const fresh = readRange(cursor);
  if (fresh === null || !text.startsWith(' @@', cursor.position) || cursor.position + 3 > end) return null;
  let section = cursor.position + 3;
  if (section < end && text.charCodeAt(section) === 32) section++;
  return { oldStart: old.first, oldCount: old.count, newStart: fresh.first, newCount: fresh.count, section };
}

interface Cursor {
  readonly text: string;
  readonly end: number;
  position: number;
}

function readRange(cursor: Cursor): { first: number; count: number } | null {
  const first = readNumber(cursor);
  if (first === null) return null;
  if (cursor.text.charCodeAt(cursor.position) !== 44) return { first, count: 1 };
  cursor.position++;
  const count = readNumber(cursor);
  return count === null ? null : { first, count };
}

/** Ten digits at most: line numbers stay exact integers whatever the document says. */
function readNumber(cursor: Cursor): number | null {
  const from = cursor.position;
  let value = 0;
  while (cursor.position < cursor.end && cursor.position - from < 10) {
    const digit = cursor.text.charCodeAt(cursor.position) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    cursor.position++;
  }
  return cursor.position === from ? null : value;
}
