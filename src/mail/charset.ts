// SPDX-License-Identifier: MIT
/** Bytes to text, one unit at a time, so that every unit keeps the place it came from. */

import { rawByteAt } from './rawBytes';
import { Utf7 } from './utf7';

/** A text and, for each unit of it, the document offset it came from; one more for the end. */
export interface DecodedText {
  readonly text: string;
  readonly map: Int32Array;
}

/** Takes text and encoded bytes with their document offsets, gives the decoded text and the offset of each unit. */
export class TextBuilder {
  #units = new Uint16Array(256);
  #map = new Int32Array(256);
  #length = 0;
  readonly #decode: (byte: number, offset: number) => void;
  readonly #finish: () => void;

  /** @param charset a MIME charset name; unknown names are read as UTF-8, which most wrong labels hide */
  constructor(charset: string | null) {
    const put = (unit: number, offset: number): void => this.#put(unit, offset);
    const name = charset === null ? null : charsetName(charset);
    const table = name === null ? null : singleByteTable(name);
    if (table !== null) {
      this.#decode = (byte, offset) => this.#put(table.charCodeAt(byte), offset);
      this.#finish = () => undefined;
      return;
    }
    const decoder = name === 'utf-7' ? new Utf7(put) : name === null ? new Utf8(put) : multiByte(name, put);
    this.#decode = (byte, offset) => decoder.push(byte, offset);
    this.#finish = () => decoder.finish();
  }

  /** A byte of the encoded text, which stands at `offset` of the document. */
  byte(value: number, offset: number): void {
    this.#decode(value, offset);
  }

  /** The character at `offset` of a document: ASCII is a byte in every charset, all others are decoded already. */
  character(document: string, offset: number): void {
    const code = document.charCodeAt(offset);
    const raw = code < 0x80 ? code : rawByteAt(document, offset);
    if (raw >= 0) this.#decode(raw, offset);
    else this.unit(code, offset);
  }

  /** A character that needs no decoding: a line end, or one beyond ASCII that the editor has decoded already. */
  unit(code: number, offset: number): void {
    this.#finish();
    this.#put(code, offset);
  }

  /** @param end document offset behind the last character: where a position at the end of the text points */
  build(end: number): DecodedText {
    this.#finish();
    const map = new Int32Array(this.#length + 1);
    map.set(this.#map.subarray(0, this.#length));
    map[this.#length] = end;
    return { text: textOf(this.#units.subarray(0, this.#length)), map };
  }

  #put(unit: number, offset: number): void {
    if (this.#length === this.#units.length) {
      const units = new Uint16Array(this.#length * 2);
      const map = new Int32Array(this.#length * 2);
      units.set(this.#units);
      map.set(this.#map);
      this.#units = units;
      this.#map = map;
    }
    this.#units[this.#length] = unit;
    this.#map[this.#length] = offset;
    this.#length++;
  }
}

/** What bytes are that are no UTF-8 and that no header names a charset for. */
export const CHARSET_OF_RAW_BYTES = 'windows-1252';

/** A text in which bytes stand that are no UTF-8 (`rawBytes.ts`), with these decoded; a known charset is taken. */
export function withoutRawBytes(text: string, charset: string | null): string {
  const isKnown = charset !== null && isKnownCharset(charset);
  const builder = new TextBuilder(isKnown ? charset : CHARSET_OF_RAW_BYTES);
  for (let i = 0; i < text.length; i++) builder.character(text, i);
  return builder.build(0).text;
}

/**
 * UTF-16 units as a string of the same length; half a character becomes U+FFFD. Ten times as fast as
 * `String.fromCharCode` in pieces; every platform that has typed arrays today keeps the low byte first.
 */
export function textOf(units: Uint16Array): string {
  const bytes = new Uint8Array(units.buffer, units.byteOffset, units.byteLength);
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes);
}

type Put = (unit: number, offset: number) => void;

/** Takes bytes, gives units: those of `finish` are what an unfinished character at the end becomes. */
interface ByteDecoder {
  push(byte: number, offset: number): void;
  finish(): void;
}

/** A charset that the platform knows, byte by byte; ASCII between two characters needs no decoder where it is stateless. */
function multiByte(name: string, put: Put): ByteDecoder {
  const decoder = new TextDecoder(name);
  const isStateless = !isSwitching.test(name) && !name.startsWith('utf-16');
  const one = new Uint8Array(1);
  let first = -1;
  return {
    push: (byte, offset) => {
      if (isStateless && first < 0 && byte < 0x80) {
        put(byte, offset);
        return;
      }
      if (first < 0) first = offset;
      one[0] = byte;
      const text = decoder.decode(one, { stream: true });
      for (let i = 0; i < text.length; i++) put(text.charCodeAt(i), first);
      if (text !== '') first = -1;
    },
    finish: () => {
      const text = decoder.decode();
      for (let i = 0; i < text.length; i++) put(text.charCodeAt(i), Math.max(first, 0));
      first = -1;
    },
  };
}

/** UTF-8 with the replacement character for what is none. */
class Utf8 implements ByteDecoder {
  #code = 0;
  #left = 0;
  #smallest = 0;
  #start = 0;
  readonly #put: Put;

  constructor(put: Put) {
    this.#put = put;
  }

  push(byte: number, offset: number): void {
    if (this.#left > 0) {
      if ((byte & 0xc0) === 0x80) {
        this.#code = (this.#code << 6) | (byte & 0x3f);
        this.#left--;
        if (this.#left === 0) this.#emit();
        return;
      }
      this.finish();
    }
    if (byte < 0x80) {
      this.#put(byte, offset);
      return;
    }
    this.#start = offset;
    if (byte >= 0xc2 && byte < 0xe0) this.#expect(byte & 0x1f, 1, 0x80);
    else if (byte >= 0xe0 && byte < 0xf0) this.#expect(byte & 0x0f, 2, 0x800);
    else if (byte >= 0xf0 && byte < 0xf5) this.#expect(byte & 0x07, 3, 0x10000);
    else this.#put(0xfffd, offset);
  }

  finish(): void {
    if (this.#left > 0) this.#put(0xfffd, this.#start);
    this.#left = 0;
  }

  #expect(bits: number, left: number, smallest: number): void {
    this.#code = bits;
    this.#left = left;
    this.#smallest = smallest;
  }

  #emit(): void {
    const code = this.#code;
    if (code < this.#smallest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      this.#put(0xfffd, this.#start);
    } else if (code < 0x10000) {
      this.#put(code, this.#start);
    } else {
      this.#put(0xd7c0 + (code >> 10), this.#start);
      this.#put(0xdc00 + (code & 0x3ff), this.#start);
    }
  }
}

const isUtf8 = /^(?:utf-?8|unicode-1-1-utf-8|us-ascii|ascii|ansi_x3\.4-1968|unknown-8bit|x-unknown|unknown|default)$/;
const isSwitching = /^(?:iso-2022|hz|utf-7)/;
/** Browsers read these as Windows' charset; git does not. */
const isLatin1 = /^(?:iso-?8859-1|latin-?1|l1)$/;
const tables = new Map<string, string | null>();
const names = new Map<string, string | null>();

/** Whether a part with this label has to be decoded even where all its bytes are ASCII: a few charsets switch by escapes. */
export function switchesByEscapes(charset: string | null): boolean {
  const name = charset === null ? null : charsetName(charset);
  return name !== null && isSwitching.test(name);
}

/** Whether a label says how to read bytes: it names UTF-8, ASCII, or a charset that is known here. */
export function isKnownCharset(charset: string): boolean {
  return isUtf8.test(charset.toLowerCase()) || charsetName(charset) !== null;
}

/** The name under which the platform knows a charset that mails call by many; null for UTF-8, ASCII and what is unknown. */
export function charsetName(label: string): string | null {
  const known = names.get(label);
  if (known !== undefined) return known;
  const text = label.trim().toLowerCase();
  let found: string | null = null;
  if (!isUtf8.test(text)) {
    const candidates = [
      text,
      text.replace(/^iso[-_ ]?8859[-_ ]?(\d+).*$/, 'iso-8859-$1'),
      text.replace(/^(?:cp|win|windows|ms)[-_ ]?(125\d)$/, 'windows-$1'),
      text.replace(/^(?:cp|ms)[-_ ]?936$|^euc-?cn$/, 'gbk'),
      text.replace(/^(?:cp|ms)[-_ ]?949$/, 'euc-kr'),
      text.replace(/^(?:cp|ms)[-_ ]?932$/, 'shift_jis'),
      text.replace(/^latin-?1$/, 'iso-8859-1'),
    ];
    found = /^(?:unicode-1-1-)?utf-?7$/.test(text) ? 'utf-7' : (candidates.find(isOfPlatform) ?? null);
  }
  // A document may name any number of charsets that do not exist.
  if (names.size < 1000) names.set(label, found);
  return found;
}

function isOfPlatform(name: string): boolean {
  try {
    new TextDecoder(name);
    return true;
  } catch {
    return false;
  }
}

/** The 256 characters of a single-byte charset, or null for all others. */
function singleByteTable(name: string): string | null {
  const known = tables.get(name);
  if (known !== undefined) return known;
  let table: string | null = null;
  if (isLatin1.test(name)) {
    table = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
  } else if (!isSwitching.test(name) && !name.startsWith('utf-16')) {
    let text = '';
    // As streams: some versions of Node take a short cut for whole texts that has no quotes and dashes of Windows.
    for (let byte = 0; byte < 256; byte++) text += new TextDecoder(name).decode(Uint8Array.of(byte), { stream: true });
    // In a multi-byte charset a lead byte alone gives nothing yet, or U+FFFD; some single-byte ones have gaps.
    const gaps = text.split('\ufffd').length - 1;
    if (text.length === 256 && gaps < 64) table = text;
  }
  tables.set(name, table);
  return table;
}
