// SPDX-License-Identifier: MIT
/** The body of a message, decoded. */

import { Body, type BodyNotice, type Gap, type Packing } from './body';
import {
  CHARSET_OF_RAW_BYTES,
  charsetName,
  type DecodedText,
  isKnownCharset,
  switchesByEscapes,
  TextBuilder,
} from './charset';
import { behindColour, isColoured } from './colours';
import type { MessageSpan } from './container';
import { unflow } from './flowed';
import { at, type Lines, Role, splitLines } from './lines';
import { type Parts, readParts, type TextPart } from './mime';
import { splitOneLine } from './oneLine';
import { markQuotes } from './quote';
import { hasRawByte, rawByteAt, utf8Bytes } from './rawBytes';
import { base64End, decodeBase64, decodeQuotedPrintable, type LineStart, looksLikeBase64 } from './transfer';

/**
 * Opens the body of a message, with the quote marks of its lines counted. A body that needs no decoding is the
 * document's own lines; else its parts are decoded into one text that knows where each character came from.
 * @param hasRawBytes whether the document may hold bytes that are no UTF-8 (`rawBytes.ts`)
 */
export function openBody(document: Lines, span: MessageSpan, hasRawBytes = false): Body {
  if (span.container === 'text') {
    const cut = splitOneLine(document);
    if (cut !== null) {
      markQuotes(cut, 0, cut.count);
      return new Body(document, cut, 0, cut.count, null);
    }
  }
  const isMail = span.container === 'mbox' || span.container === 'mail';
  const parts = readParts(document, isMail ? span.fields : [], span.body, span.end);
  const reader: PartReader = { document, isEscaped: span.isEscaped, hasRawBytes };
  const [only] = parts.texts;
  if (parts.texts.length === 1 && parts.skipped.length === 0 && only !== undefined && isPlain(reader, only)) {
    return ownLines(document, span, parts);
  }
  return decodeParts(reader, span, parts);
}

interface PartReader {
  readonly document: Lines;
  readonly isEscaped: boolean;
  readonly hasRawBytes: boolean;
}

function ownLines(document: Lines, span: MessageSpan, parts: Parts): Body {
  const { body: from, end: to } = span;
  markQuotes(document, from, to);
  unquoteFrom(document, from, to);
  if (span.indent > 0) skipIndent(document, span);
  if (span.container === 'archive') markAttachments(document, from, to);
  if (to === span.to && parts.missingBoundary === null && span.indent === 0)
    return new Body(document, document, from, to, null);
  const gaps: Gap[] = to < span.to ? [{ from: to, to: span.to, role: 'footer' }] : [];
  return new Body(document, document, from, to, null, {
    gaps,
    notices: noticesOf(span, parts),
    end: to,
    indent: span.indent,
  });
}

/** `>From ` among lines that are not quoted is a line of the sender that some mailbox escaped, and no quote. */
function unquoteFrom(lines: Lines, from: number, to: number): void {
  for (let line = from; line < to; line++) {
    if (at(lines.depth, line) !== 1 || !lines.text.startsWith('>From ', at(lines.start, line))) continue;
    if ((line > from && at(lines.depth, line - 1) > 0) || (line + 1 < to && at(lines.depth, line + 1) > 0)) continue;
    lines.depth[line] = 0;
    lines.content[line] = at(lines.start, line) + 1;
  }
}

/** What public-inbox writes between the parts of a mail is no word of its sender. */
function markAttachments(document: Lines, from: number, to: number): void {
  for (let line = from; line < to; line++) {
    if (!document.text.startsWith('[-- ', at(document.start, line))) continue;
    if (/^\[-- (?:Attachment #\d|Type: |Warning: decoded text)[^\]]*--\]$/.test(document.beginning(line).trimEnd()))
      document.role[line] = Role.header;
  }
}

/** The message of a commit goes to the first line that is not indented; its content starts behind the blanks. */
function skipIndent(document: Lines, span: MessageSpan): void {
  for (let line = span.body; line < span.end; line++) {
    const start = at(document.start, line);
    if (start === at(document.end, line)) continue;
    if (!document.text.startsWith(' '.repeat(span.indent), start)) return;
    document.content[line] = start + span.indent;
  }
}

/** Whether the text of a part is that of the document. */
function isPlain(reader: PartReader, part: TextPart): boolean {
  const { document, isEscaped, hasRawBytes } = reader;
  if (isEncoded(document, part) || part.flow !== 'fixed' || switchesByEscapes(part.charset)) return false;
  if (isEscaped && hasEscapedFrom(document, part.from, part.to)) return false;
  if (isColoured(document.text, at(document.start, part.from), endOf(document, part))) return false;
  return !(hasRawBytes && hasRawByte(document.text, at(document.start, part.from), endOf(document, part)));
}

function isEncoded(document: Lines, part: TextPart): boolean {
  if (part.encoding === 'base64') {
    return looksLikeBase64(document, part.from, base64End(document, part.from, part.to));
  }
  return part.encoding === 'quoted-printable';
}

function endOf(document: Lines, part: TextPart): number {
  return part.to > part.from ? at(document.end, part.to - 1) : at(document.start, part.from);
}

function decodeParts(reader: PartReader, span: MessageSpan, parts: Parts): Body {
  const { document } = reader;
  const decoded = parts.texts.map((part, i) => {
    const text = decodePart(reader, part);
    const next = parts.texts[i + 1];
    // Text parts are joined as lines; the line for the end of a multipart closes the one before.
    return next !== undefined && next.kind !== 'end' ? closed(text) : text;
  });
  const { text, map } = joined(decoded);
  const lines = splitLines(text);
  markQuotes(lines, 0, lines.count);
  unquoteFrom(lines, 0, lines.count);
  const notices = noticesOf(span, parts);
  for (const [i, part] of parts.texts.entries()) {
    if (part.charset === null || isKnownCharset(part.charset) || !/[^\0-\x7f]/.test(decoded[i]?.text ?? '')) continue;
    const message = `The charset “${part.charset.slice(0, 100)}” is not known; the text was read as UTF-8.`;
    notices.push({ line: part.from, message });
  }
  const packing: Packing = { gaps: gapsOf(document, span, parts), notices, end: lines.count, indent: 0 };
  return new Body(document, lines, 0, signatureLine(parts.texts, decoded, lines), map, packing);
}

/** The line where an attached signature starts that nothing but ends of multiparts follows, or the number of lines. */
function signatureLine(parts: readonly TextPart[], decoded: readonly DecodedText[], lines: Lines): number {
  const first = parts.findLastIndex((part) => part.kind === 'text') + 1;
  if (!parts.slice(first).some((part) => part.kind === 'signature')) return lines.count;
  let offset = 0;
  for (const { text } of decoded.slice(0, first)) offset += text.length;
  return offset < lines.text.length ? lines.lineOf(offset) : lines.count;
}

/** Lines between the header and the end of the message that are in no text part, or that no character of one comes from. */
function gapsOf(document: Lines, span: MessageSpan, parts: Parts): Gap[] {
  const gaps: Gap[] = [];
  const texts = parts.texts.filter((part) => part.kind !== 'end').map((part) => ({ part, isText: true as const }));
  const lastText = texts.at(-1)?.part;
  const last = lastText === undefined ? span.body : endOfCode(document, lastText);
  const skipped = parts.skipped.map((part) => ({ part, isText: false as const }));
  let line = span.body;
  const packing = (to: number): void => {
    if (line < to) gaps.push({ from: line, to, role: line < last ? 'header' : 'footer' });
  };
  for (const { part, isText } of [...texts, ...skipped].sort((a, b) => a.part.from - b.part.from)) {
    packing(part.from);
    if (!isText && part.to > part.from) gaps.push({ from: part.from, to: part.to, role: 'footer' });
    line = isText ? endOfCode(document, part) : part.to;
  }
  packing(span.to);
  return gaps;
}

/** The line behind a part; empty lines behind base64 encode nothing. */
function endOfCode(document: Lines, part: TextPart): number {
  let { to } = part;
  if (part.encoding !== 'base64' || !isEncoded(document, part)) return to;
  while (to > part.from && at(document.start, to - 1) === at(document.end, to - 1)) to--;
  return to;
}

function noticesOf(span: MessageSpan, parts: Parts): BodyNotice[] {
  const notices: BodyNotice[] = [];
  if (parts.missingBoundary !== null) {
    const message = `No line of this mail is the boundary “${parts.missingBoundary.slice(0, 100)}” that its header names.`;
    notices.push({ line: span.from, message });
  }
  for (const { from, what } of parts.skipped) {
    if (what !== null) notices.push({ line: from, message: `This part is not text (${what}); it was not read.` });
  }
  return notices;
}

function decodePart(reader: PartReader, part: TextPart): DecodedText {
  const { document, isEscaped, hasRawBytes } = reader;
  const { text } = document;
  if (part.kind === 'end') return { text: '\n', map: Int32Array.of(at(document.start, part.from), 0) };
  const startOf: LineStart = (line) => at(document.start, line) + (isEscaped && isEscapedFrom(document, line) ? 1 : 0);
  const isKnown = part.charset !== null && isKnownCharset(part.charset);
  const builder = new TextBuilder(isKnown || !hasRawBytes ? part.charset : CHARSET_OF_RAW_BYTES);
  // Bytes of another charset may look like UTF-8 by chance: these were decoded too early.
  const undo = isKnown && hasRawBytes && charsetName(part.charset ?? '') !== null;
  const hasColours =
    !isEncoded(document, part) && isColoured(text, at(document.start, part.from), endOf(document, part));
  const copy = (from: number): void => {
    for (let line = from; line < part.to; line++) {
      const stop = at(document.end, line);
      for (let i = startOf(line); i < stop; i++) {
        if (hasColours) {
          while (behindColour(text, i) > i) i = behindColour(text, i);
          if (i >= stop) break;
        }
        if (undo && text.charCodeAt(i) > 0x7f && rawByteAt(text, i) < 0) {
          for (const byte of utf8Bytes(text, i)) builder.byte(byte, i);
        } else {
          builder.character(text, i);
        }
      }
      if (stop < text.length) builder.unit(10, stop);
    }
  };
  if (part.encoding === 'quoted-printable') {
    decodeQuotedPrintable(document, part.from, part.to, startOf, builder);
  } else if (isEncoded(document, part)) {
    const stop = base64End(document, part.from, part.to);
    decodeBase64(document, part.from, stop, startOf, builder);
    copy(stop);
  } else {
    copy(part.from);
  }
  const decoded = builder.build(endOf(document, part));
  return part.flow === 'fixed' ? decoded : unflow(decoded, part.flow === 'flowed-delsp');
}

function closed({ text, map }: DecodedText): DecodedText {
  if (text === '' || text.endsWith('\n')) return { text, map };
  const longer = new Int32Array(map.length + 1);
  longer.set(map);
  longer[map.length] = map.at(-1) ?? 0;
  return { text: `${text}\n`, map: longer };
}

function joined(decoded: readonly DecodedText[]): DecodedText {
  const text = decoded.map((part) => part.text).join('');
  const map = new Int32Array(text.length + 1);
  let offset = 0;
  for (const part of decoded) {
    // The entry for the end of a part is needed for the last part only.
    map.set(part.map, offset);
    offset += part.text.length;
  }
  return { text, map };
}

/** Whether a mailbox put a mark before this line, since it starts with `From ` or with marks and `From `. */
function isEscapedFrom(document: Lines, line: number): boolean {
  const start = at(document.start, line);
  const end = at(document.end, line);
  let offset = start;
  while (offset < end && document.text.charCodeAt(offset) === 62) offset++;
  return offset > start && document.text.startsWith('From ', offset);
}

function hasEscapedFrom(document: Lines, from: number, to: number): boolean {
  for (let line = from; line < to; line++) {
    if (isEscapedFrom(document, line)) return true;
  }
  return false;
}
