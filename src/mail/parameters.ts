// SPDX-License-Identifier: MIT
/** Parameters of MIME headers: `text/plain; charset=utf-8; format=flowed`, also split and encoded (RFC 2231). */

import { TextBuilder } from './charset';
import { decodeWords } from './encodedWord';
import { hexValue } from './transfer';

/** Longer headers are cut. */
const LONGEST = 4000;
const MOST_PIECES = 50;
const patterns = new Map<string, RegExp>();

/** The value of a parameter (name in lower case), or null if there is none or it is empty. */
export function parameter(header: string, name: string): string | null {
  const value = header.slice(0, LONGEST);
  const plain = rawParameter(value, name);
  if (plain !== null) return decodeWords(plain);
  if (!value.includes('*')) return null;
  const extended = rawParameter(value, `${name}*`);
  if (extended !== null) return decodeExtended(extended);
  const pieces: string[] = [];
  let isExtended = false;
  for (let i = 0; i < MOST_PIECES; i++) {
    const coded = rawParameter(value, `${name}*${i}*`);
    const piece = coded ?? rawParameter(value, `${name}*${i}`);
    if (piece === null) break;
    isExtended ||= coded !== null;
    pieces.push(piece);
  }
  if (pieces.length === 0) return null;
  return isExtended ? decodeExtended(pieces.join('')) : pieces.join('');
}

function rawParameter(value: string, name: string): string | null {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(
      `(?:^|[;\\s])${name.replaceAll('*', '\\*')}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`,
      'i',
    );
    patterns.set(name, pattern);
  }
  const match = pattern.exec(value);
  const found = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2] ?? '';
  return found === '' ? null : found;
}

/** `charset'language'percent-encoded bytes`. */
function decodeExtended(text: string): string {
  const match = /^([^']*)'[^']*'(.*)$/s.exec(text);
  const encoded = match?.[2] ?? text;
  const builder = new TextBuilder(match?.[1] || null);
  for (let i = 0; i < encoded.length; i++) {
    const high = encoded.charAt(i) === '%' ? hexValue(encoded.charCodeAt(i + 1)) : -1;
    const low = high < 0 ? -1 : hexValue(encoded.charCodeAt(i + 2));
    if (low >= 0) {
      builder.byte(high * 16 + low, 0);
      i += 2;
    } else {
      builder.character(encoded, i);
    }
  }
  return builder.build(0).text;
}
