// SPDX-License-Identifier: MIT
/** Content transfer encodings of mail bodies, decoded with every character's place kept. */

import type { TextBuilder } from './charset';
import { at, type Lines } from './lines';

const EQUALS = 61;

/** Where the content of a line of the document starts: mailboxes put marks before some. */
export type LineStart = (line: number) => number;

/**
 * Decodes quoted-printable lines `from` to `to` (exclusive) of the document into `builder`. A `=` that starts no
 * escape stays as it is, since edited mails have those; blanks at the end of a line stay too, as with git.
 */
export function decodeQuotedPrintable(
  document: Lines,
  from: number,
  to: number,
  startOf: LineStart,
  builder: TextBuilder,
): void {
  const { text } = document;
  for (let line = from; line < to; line++) {
    const start = startOf(line);
    let end = at(document.end, line);
    let trimmed = end;
    while (trimmed > start && isBlank(text.charCodeAt(trimmed - 1))) trimmed--;
    const soft = trimmed > start && text.charCodeAt(trimmed - 1) === EQUALS;
    if (soft) end = trimmed - 1;
    let offset = start;
    while (offset < end) {
      const code = text.charCodeAt(offset);
      if (code === EQUALS && offset + 2 < end + (soft ? 1 : 0)) {
        const high = hexValue(text.charCodeAt(offset + 1));
        const low = hexValue(text.charCodeAt(offset + 2));
        if (high >= 0 && low >= 0) {
          builder.byte(high * 16 + low, offset);
          offset += 3;
          continue;
        }
      }
      builder.character(text, offset);
      offset++;
    }
    if (!soft) builder.unit(10, at(document.end, line));
  }
}

/** Decodes base64 lines `from` to `to` (exclusive) of the document into `builder`; characters of no meaning are skipped. */
export function decodeBase64(
  document: Lines,
  from: number,
  to: number,
  startOf: LineStart,
  builder: TextBuilder,
): void {
  const { text } = document;
  let bits = 0;
  let held = 0;
  let first = 0;
  for (let line = from; line < to; line++) {
    const end = at(document.end, line);
    for (let offset = startOf(line); offset < end; offset++) {
      const code = text.charCodeAt(offset);
      if (code === EQUALS) {
        held = 0;
        continue;
      }
      const value = base64Value(code);
      if (value < 0) continue;
      if (held === 0) first = offset;
      bits = ((bits << 6) | value) & 0xffffff;
      held += 6;
      if (held < 8) continue;
      held -= 8;
      builder.byte((bits >> held) & 0xff, first);
      first = offset;
    }
  }
}

/** Whether lines `from` to `to` (exclusive) can be base64 at all: pages that show a decoded mail keep its header. */
export function looksLikeBase64(document: Lines, from: number, to: number): boolean {
  let seen = 0;
  let digits = 0;
  for (let line = from; line < to && seen < 20; line++) {
    const start = at(document.start, line);
    const end = at(document.end, line);
    if (start === end) continue;
    seen++;
    const row = document.text.slice(start, Math.min(end, start + 1000));
    if (!/^[A-Za-z0-9+/=]+\s*$/.test(row)) return false;
    digits += end - start - (row.length - row.trimEnd().length);
  }
  // A greeting alone on its line looks the same but for its length.
  return seen >= 20 || (seen > 0 && digits % 4 === 0);
}

/**
 * The line behind the base64 of lines `from` to `to` (exclusive): some mailing lists add their footer as it is, below an
 * empty line.
 */
export function base64End(document: Lines, from: number, to: number): number {
  for (let line = from + 1; line < to; line++) {
    if (!document.isEmpty(line - 1)) continue;
    const start = at(document.start, line);
    if (start < at(document.end, line) && !looksLikeBase64(document, line, line + 1)) return line - 1;
  }
  return to;
}

/** The bytes of a base64 text; what is none is skipped. */
export function base64Bytes(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const value = base64Value(text.charCodeAt(i));
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return bytes;
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** Value of a base64 digit, or -1. */
export function base64Value(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43) return 62;
  return code === 47 ? 63 : -1;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
