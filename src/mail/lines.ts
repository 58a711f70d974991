// SPDX-License-Identifier: MIT
/** The lines of a text as an editor counts them, in flat arrays: a mailbox has millions. */

/** What a line is. Numbers, because there is one per line of the document. */
export const Role = {
  none: 0,
  header: 1,
  attribution: 2,
  text: 3,
  file: 4,
  hunk: 5,
  add: 6,
  del: 7,
  context: 8,
  comment: 9,
  snip: 10,
  signature: 11,
  footer: 12,
  blank: 13,
  noNewline: 14,
  /** The rest of a row that a mailer wrapped; `delRest` also for lines that only other parents of a merge had. */
  addRest: 15,
  delRest: 16,
  contextRest: 17,
  /** A row that a mailer joined to an empty context line above it. */
  addJoined: 18,
  delJoined: 19,
} as const;

const LINE_FEED = 10;
const LETTER_F = 70;

/**
 * Lines of one text, all or some that follow each other, with what is known of each. Offsets are UTF-16 units into
 * `text`; line indexes are 0-based.
 */
export class Lines {
  readonly text: string;
  readonly count: number;
  /** The 0-based line of the document that line 0 is: a mailbox is read some messages at a time. */
  readonly firstLine: number;
  /** Offset of the first character of each line. */
  readonly start: Int32Array;
  /** Offset behind the last character of each line, line end excluded. */
  readonly end: Int32Array;
  /** Offset of the first character behind the quote marks. */
  readonly content: Int32Array;
  /** Number of quote marks, 255 at most. */
  readonly depth: Uint8Array;
  /** A value of `Role`. */
  readonly role: Uint8Array;

  /** @param shared the same lines at another place of the document, whose findings are these lines' findings too */
  constructor(text: string, count: number, start: Int32Array, end: Int32Array, firstLine = 0, shared?: Lines) {
    this.text = text;
    this.count = count;
    this.firstLine = firstLine;
    this.start = start;
    this.end = end;
    this.content = shared?.content ?? new Int32Array(count);
    this.depth = shared?.depth ?? new Uint8Array(count);
    this.role = shared?.role ?? new Uint8Array(count);
  }

  /** The same lines in a document where `firstLine` lines stand above them. What is found out of one is known of both. */
  movedTo(firstLine: number): Lines {
    return new Lines(this.text, this.count, this.start, this.end, firstLine, this);
  }

  /** The 0-based line that holds `offset`; an offset in a line end belongs to the line it ends. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at(this.start, middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Whether nothing stands on a line, no quote mark either. */
  isEmpty(line: number): boolean {
    return at(this.start, line) === at(this.end, line);
  }

  /** Whether nothing stands behind the quote marks of a line. */
  isEmptyBehindMarks(line: number): boolean {
    return at(this.content, line) >= at(this.end, line);
  }

  /** The text of a line, quote marks included. */
  whole(line: number): string {
    return this.text.slice(at(this.start, line), at(this.end, line));
  }

  /** The first 1000 units of a line, quote marks included: enough for what must stand at its beginning. */
  beginning(line: number): string {
    const start = at(this.start, line);
    return this.text.slice(start, Math.min(at(this.end, line), start + 1000));
  }

  /** The text of a line behind its quote marks. */
  behindMarks(line: number): string {
    return this.text.slice(at(this.content, line), at(this.end, line));
  }
}

/** Element of a typed array that is known to exist; 0 outside, so that hot loops need no checks. */
export function at(array: Int32Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}

/**
 * Called for a line that starts with `From `, with its index in the lines being made and its offsets. Where it says
 * yes, the lines end before that line.
 */
export type Cut = (line: number, start: number, end: number) => boolean;

/**
 * Cuts a text at CR, LF and CRLF, as the editor does. An empty rest behind the last line end is no line.
 * Linear; never throws.
 */
export function splitLines(text: string): Lines {
  return lineSplitter(text)(() => false);
}

/**
 * Cuts a text as `splitLines` does, piece by piece: each call goes on where `cut` ended the one before.
 * @param firstLine the 0-based line of the document on which the text starts
 */
export function lineSplitter(text: string, firstLine = 0): (cut: Cut) => Lines {
  const length = text.length;
  let capacity = expectedLines(text);
  let start = new Int32Array(capacity);
  let end = new Int32Array(capacity);
  let position = 0;
  let line = firstLine;
  // Searching again only when what was found is used up: one pass, also where one of the two never comes.
  let carriage = text.indexOf('\r');
  let feed = -1;
  return (cut) => {
    let count = 0;
    while (position < length) {
      if (feed < position) feed = text.indexOf('\n', position);
      if (feed < 0) feed = length;
      const isFeed = carriage < 0 || carriage > feed;
      const stop = isFeed ? feed : carriage;
      if (
        text.charCodeAt(position) === LETTER_F &&
        text.startsWith('From ', position) &&
        // For mailers only LF ends a line.
        (position === 0 || text.charCodeAt(position - 1) === LINE_FEED) &&
        cut(count, position, stop)
      )
        break;
      if (count === capacity) {
        capacity *= 2;
        start = grown(start, capacity);
        end = grown(end, capacity);
      }
      start[count] = position;
      end[count] = stop;
      count++;
      if (isFeed) {
        position = feed + 1;
      } else {
        position = carriage + 1 === feed ? feed + 1 : carriage + 1;
        carriage = text.indexOf('\r', position);
      }
    }
    line += count;
    return new Lines(text, count, start.slice(0, count), end.slice(0, count), line - count);
  };
}

/** Lines cut at given offsets: for texts whose line ends were lost. `starts` ascending, `ends` behind the last character. */
export function linesFrom(text: string, starts: readonly number[], ends: readonly number[]): Lines {
  return new Lines(text, starts.length, Int32Array.from(starts), Int32Array.from(ends));
}

/** How many lines a text has if it goes on as it starts, and some more; no more than a piece of a mailbox has at first. */
function expectedLines(text: string): number {
  const sample = Math.min(text.length, 16384);
  let ends = 1;
  for (let i = 0; i < sample; i++) {
    if (text.charCodeAt(i) === LINE_FEED) ends++;
  }
  return Math.min(65536, Math.ceil((text.length / Math.max(sample, 1)) * ends * 1.1)) + 16;
}

function grown(array: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
