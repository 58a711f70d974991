// SPDX-License-Identifier: MIT
/** The text of a message together with the way back to the document it came from. */

import { at, type Lines } from './lines';

/** A place in the document as the editor counts: both 1-based, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Document lines (0-based, `to` exclusive) of a message that its text was not made from. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly role: 'header' | 'footer';
}

/** Something about a message that a reader must know; `line` is the 0-based line of the document's lines. */
export interface BodyNotice {
  readonly line: number;
  readonly message: string;
}

/** What a body has beside its text, where it has any. */
export interface Packing {
  /** Boundaries, headers of parts, parts that are not text, navigation of a page: ascending, behind the mail's header. */
  readonly gaps: readonly Gap[];
  readonly notices: readonly BodyNotice[];
  /** Line of `lines` behind the last; lines from the body's `to` on are an attached signature, which `git am` takes. */
  readonly end: number;
  /** How many blanks stand before each line of the message, which are none of it. */
  readonly indent: number;
}

/**
 * The body of a message: lines `from` to `to` (exclusive) of `lines`. These are the document's own lines where the
 * body was not encoded, else lines of the decoded text, and `map` gives the document offset of every unit of it.
 */
export class Body {
  readonly lines: Lines;
  readonly from: number;
  readonly to: number;
  readonly packing: Packing;
  readonly #document: Lines;
  readonly #map: Int32Array | null;

  constructor(
    document: Lines,
    lines: Lines,
    from: number,
    to: number,
    map: Int32Array | null,
    packing: Packing = { gaps: [], notices: [], end: to, indent: 0 },
  ) {
    this.lines = lines;
    this.from = from;
    this.to = to;
    this.packing = packing;
    this.#document = document;
    this.#map = map;
  }

  /** The same body in a document whose lines have moved. */
  movedTo(document: Lines): Body {
    const lines = this.lines === this.#document ? document : this.lines;
    return new Body(document, lines, this.from, this.to, this.#map, this.packing);
  }

  /** Whether the text is decoded, and not the document's own. */
  get isDecoded(): boolean {
    return this.#map !== null;
  }

  /** Where offset `offset` of line `line` (0-based, in `lines`) stands in the document. */
  position(line: number, offset: number): Position {
    const { firstLine } = this.#document;
    if (this.lines === this.#document)
      return { line: firstLine + line + 1, column: offset - at(this.lines.start, line) + 1 };
    const original = this.#map === null ? offset : at(this.#map, Math.min(offset, this.#map.length - 1));
    const row = this.#document.lineOf(original);
    return { line: firstLine + row + 1, column: original - at(this.#document.start, row) + 1 };
  }

  /** 1-based document line on which line `line` (0-based, in `lines`) starts. */
  lineNumber(line: number): number {
    if (this.lines === this.#document) return this.#document.firstLine + line + 1;
    return this.position(line, at(this.lines.start, line)).line;
  }
}
