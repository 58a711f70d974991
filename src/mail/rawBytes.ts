// SPDX-License-Identifier: MIT
/**
 * Bytes that are no UTF-8, kept in a text until the charset of their mail is known. Byte 0x80 + n stands as the lone
 * unit U+DC80 + n, which no text that was decoded whole can hold.
 */

const FIRST = 0xdc80;
const LAST = 0xdcff;
const CHUNK = 8192;

/**
 * A file as text: UTF-8, with a unit for each byte that is none. `hasRawBytes` tells whether there is any. UTF-16 is
 * known by its byte order mark, as editors do: Windows' shell redirects output so.
 */
export function decodeBytes(bytes: Uint8Array): { readonly text: string; readonly hasRawBytes: boolean } {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  if (wide !== null) return { text: new TextDecoder(wide).decode(bytes), hasRawBytes: false };
  const text = new TextDecoder().decode(bytes);
  if (!text.includes('\ufffd')) return { text, hasRawBytes: false };
  const parts: string[] = [];
  let hasRawBytes = false;
  let units: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length === 0) {
      hasRawBytes = true;
      units.push(FIRST - 0x80 + (bytes[i] ?? 0));
      i++;
    } else {
      const code = codePoint(bytes, i, length);
      if (code < 0x10000) units.push(code);
      else units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
      i += length;
    }
    if (units.length >= CHUNK) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  const decoded = parts.join('');
  // As the platform's decoder does.
  return { text: decoded.startsWith('\ufeff') ? decoded.slice(1) : decoded, hasRawBytes };
}

/** The byte that the unit at `offset` stands for, or -1. The second half of a character is none. */
export function rawByteAt(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  if (code < FIRST || code > LAST) return -1;
  const before = offset > 0 ? text.charCodeAt(offset - 1) : 0;
  return before >= 0xd800 && before < 0xdc00 ? -1 : code - FIRST + 0x80;
}

/** The UTF-8 bytes of the character at `offset`; none at its second half. */
export function utf8Bytes(text: string, offset: number): number[] {
  const code = text.codePointAt(offset) ?? 0;
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  if (code >= 0xdc00 && code < 0xe000) return [];
  const tail = [0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  if (code < 0x10000) return [0xe0 | (code >> 12), ...tail];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), ...tail];
}

/** Whether a raw byte stands between two offsets of a text. */
export function hasRawByte(text: string, start: number, end: number): boolean {
  for (let offset = start; offset < end; offset++) {
    if (rawByteAt(text, offset) >= 0) return true;
  }
  return false;
}

/** How many bytes the UTF-8 character at `start` has, or 0 where there is none. */
function sequenceLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (let i = 1; i < length; i++) {
    if (((bytes[start + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  if (length < 3) return length;
  const code = codePoint(bytes, start, length);
  const isValid = length === 3 ? code >= 0x800 && (code < 0xd800 || code > 0xdfff) : code >= 0x10000 && code < 0x110000;
  return isValid ? length : 0;
}

function codePoint(bytes: Uint8Array, start: number, length: number): number {
  const first = bytes[start] ?? 0;
  if (length === 1) return first;
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = (code << 6) | ((bytes[start + i] ?? 0) & 0x3f);
  return code;
}
