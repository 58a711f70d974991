// SPDX-License-Identifier: MIT
/** Text put together from several places, in which every character knows where it came from. */

/** Where a character stands: `file` is `document` or a bundled C file; 1-based line and column (UTF-16). */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A stretch of text within one line of its file; `start` is its offset in the whole. */
interface Piece {
  readonly start: number;
  readonly origin: Origin;
}

export interface MappedText {
  readonly text: string;
  /** Sorted by `start`; a piece never crosses a line end of its file. */
  readonly pieces: readonly Piece[];
}

/** Wraps the whole of a file, so that offsets and positions agree. */
export function mapFile(file: string, text: string): MappedText {
  const pieces: Piece[] = [];
  let line = 1;
  for (let start = 0; start <= text.length; line++) {
    pieces.push({ start, origin: { file, line, column: 1 } });
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    start = end + 1;
  }
  return { text, pieces };
}

/** Joins texts; each keeps its own origins. */
export function concatenate(parts: readonly MappedText[]): MappedText {
  const pieces: Piece[] = [];
  let text = '';
  for (const part of parts) {
    for (const piece of part.pieces) pieces.push({ start: piece.start + text.length, origin: piece.origin });
    text += part.text;
  }
  return { text, pieces };
}

/** The part from offset `from` to offset `to` (exclusive), with its origins. */
export function slice(mapped: MappedText, from: number, to: number): MappedText {
  const pieces: Piece[] = [];
  if (from < to) pieces.push({ start: 0, origin: originAt(mapped, from) });
  for (const piece of mapped.pieces) {
    if (piece.start > from && piece.start < to) pieces.push({ start: piece.start - from, origin: piece.origin });
  }
  return { text: mapped.text.slice(from, to), pieces };
}

/** Where the rest of a line stands that a mailer wrapped: from `offset` of its text on. */
export interface Wrap {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** One line of text (without its line end) that stands at `origin`; the result ends with a line end. */
export function mapLine(text: string, origin: Origin, wraps: readonly Wrap[] = []): MappedText {
  const rests = wraps.map(({ offset, line, column }) => ({ start: offset, origin: { ...origin, line, column } }));
  return { text: `${text}\n`, pieces: [{ start: 0, origin }, ...rests] };
}

/** Where the character at `offset` came from. */
export function originAt(mapped: MappedText, offset: number): Origin {
  let low = 0;
  let high = mapped.pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((mapped.pieces[middle] as Piece).start <= offset) low = middle;
    else high = middle - 1;
  }
  const piece = mapped.pieces[low];
  if (piece === undefined) return { file: '', line: 1, column: 1 };
  return { ...piece.origin, column: piece.origin.column + Math.max(0, offset - piece.start) };
}
