// SPDX-License-Identifier: MIT
/** The body of a message, decoded. */

import { Body } from './body';
import { TextBuilder } from './charset';
import type { MessageSpan } from './container';
import { at, type Lines, splitLines } from './lines';
import { findTextParts, type TextPart } from './mime';
import { splitOneLine } from './oneLine';
import { markQuotes } from './quote';
import { decodeBase64, decodeQuotedPrintable, looksLikeBase64 } from './transfer';

/**
 * Opens the body of a message, with the quote marks of its lines counted. A body that needs no decoding is the
 * document's own lines; else its parts are decoded into one text that knows where each character came from.
 */
export function openBody(document: Lines, span: MessageSpan): Body {
  if (span.container === 'text') {
    const cut = splitOneLine(document);
    if (cut !== null) {
      markQuotes(cut, 0, cut.count);
      return new Body(document, cut, 0, cut.count, null);
    }
  }
  if (span.container === 'mbox' || span.container === 'mail') {
    const parts = findTextParts(document, span.fields, span.body, span.to);
    const [first] = parts;
    if (parts.length === 1 && first !== undefined && !isEncoded(document, first))
      return ownLines(document, first.from, first.to);
    if (first !== undefined) return decodeParts(document, parts);
  }
  return ownLines(document, span.body, span.to);
}

function ownLines(document: Lines, from: number, to: number): Body {
  markQuotes(document, from, to);
  return new Body(document, document, from, to, null);
}

function isEncoded(document: Lines, part: TextPart): boolean {
  if (part.encoding === 'base64') return looksLikeBase64(document, part.from, part.to);
  return part.encoding === 'quoted-printable';
}

function decodeParts(document: Lines, parts: readonly TextPart[]): Body {
  const texts: string[] = [];
  const maps: Int32Array[] = [];
  let length = 0;
  for (const part of parts) {
    const built = decodePart(document, part);
    texts.push(built.text);
    // The entry for the end of a part is needed for the last part only.
    maps.push(part === parts.at(-1) ? built.map : built.map.subarray(0, built.text.length));
    length += built.text.length;
  }
  const map = new Int32Array(length + 1);
  let offset = 0;
  for (const piece of maps) {
    map.set(piece, offset);
    offset += piece.length;
  }
  const lines = splitLines(texts.join(''));
  markQuotes(lines, 0, lines.count);
  return new Body(document, lines, 0, lines.count, map);
}

function decodePart(document: Lines, part: TextPart): { text: string; map: Int32Array } {
  const builder = new TextBuilder(part.charset);
  const end = part.to > part.from ? at(document.end, part.to - 1) : 0;
  if (part.encoding === 'quoted-printable') decodeQuotedPrintable(document, part.from, part.to, builder);
  else if (isEncoded(document, part)) decodeBase64(document, part.from, part.to, builder);
  else {
    for (let line = part.from; line < part.to; line++) {
      const stop = at(document.end, line);
      for (let i = at(document.start, line); i < stop; i++) builder.unit(document.text.charCodeAt(i), i);
      builder.unit(10, stop);
    }
  }
  const built = builder.build(end);
  if (built.text === '' || built.text.endsWith('\n')) return built;
  // Parts are joined as lines.
  const closed = new TextBuilder(null);
  closed.unit(10, end);
  const newline = closed.build(end);
  const map = new Int32Array(built.map.length + 1);
  map.set(built.map);
  map.set(newline.map, built.text.length);
  return { text: `${built.text}\n`, map };
}
