// SPDX-License-Identifier: MIT
/** Encoded words in headers (RFC 2047). */

import { TextBuilder } from './charset';
import { base64Bytes, hexValue } from './transfer';

/** As lenient as git: blanks inside a word, which RFC 2047 forbids, do not end it. */
const word = /=\?([^?\s]{1,60})\?([QqBb])\?(.*?)\?=/g;

const onlyBlanks = /^[ \t\r\n]*$/;

/** Decodes the encoded words of a header value; blanks between two of them are dropped, all else stays. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  let result = '';
  let last = 0;
  let wasWord = false;
  let pending: { charset: string; bytes: number[] } | null = null;
  for (const match of value.matchAll(word)) {
    const between = value.slice(last, match.index);
    const charset = (match[1] ?? '').replace(/\*.*$/, '').toLowerCase();
    const bytes = (match[2] ?? '').toLowerCase() === 'b' ? base64Bytes(match[3] ?? '') : quotedBytes(match[3] ?? '');
    if (wasWord && onlyBlanks.test(between) && pending !== null && pending.charset === charset) {
      // Mailers split a character between two words; joined first it survives.
      for (const byte of bytes) pending.bytes.push(byte);
    } else {
      if (pending !== null) result += decodeBytes(pending.bytes, pending.charset);
      if (!wasWord || !onlyBlanks.test(between)) result += between;
      pending = { charset, bytes };
    }
    wasWord = true;
    last = match.index + match[0].length;
  }
  if (pending !== null) result += decodeBytes(pending.bytes, pending.charset);
  return result + value.slice(last);
}

function decodeBytes(bytes: readonly number[], charset: string): string {
  const builder = new TextBuilder(charset);
  for (const byte of bytes) builder.byte(byte, 0);
  return builder.build(0).text;
}

function quotedBytes(text: string): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const high = code === 61 ? hexValue(text.charCodeAt(i + 1)) : -1;
    const low = code === 61 ? hexValue(text.charCodeAt(i + 2)) : -1;
    if (high >= 0 && low >= 0) {
      bytes.push(high * 16 + low);
      i += 2;
    } else if (code === 95) {
      bytes.push(32);
    } else if (code < 256) {
      bytes.push(code);
    }
  }
  return bytes;
}
