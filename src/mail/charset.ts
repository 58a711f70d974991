// SPDX-License-Identifier: MIT
/** Bytes to text, one unit at a time, so that every unit keeps the place it came from. */

/** Takes text and encoded bytes with their document offsets, gives the decoded text and the offset of each unit. */
export class TextBuilder {
  #units = new Uint16Array(4096);
  #map = new Int32Array(4096);
  #length = 0;
  readonly #decode: (byte: number, offset: number) => void;
  readonly #finish: () => void;

  /** @param charset a MIME charset name; unknown names are read as UTF-8, which most wrong labels hide */
  constructor(charset: string | null) {
    const table = charset === null ? null : singleByteTable(charset);
    if (table !== null) {
      this.#decode = (byte, offset) => this.#put(table.charCodeAt(byte), offset);
      this.#finish = () => undefined;
      return;
    }
    const decoder = charset === null ? null : multiByteDecoder(charset);
    if (decoder !== null) {
      const one = new Uint8Array(1);
      let first = -1;
      this.#decode = (byte, offset) => {
        if (first < 0) first = offset;
        one[0] = byte;
        const text = decoder.decode(one, { stream: true });
        for (let i = 0; i < text.length; i++) this.#put(text.charCodeAt(i), first);
        if (text !== '') first = -1;
      };
      this.#finish = () => {
        const text = decoder.decode();
        for (let i = 0; i < text.length; i++) this.#put(text.charCodeAt(i), Math.max(first, 0));
        first = -1;
      };
      return;
    }
    const utf8 = new Utf8((unit, offset) => this.#put(unit, offset));
    this.#decode = (byte, offset) => utf8.push(byte, offset);
    this.#finish = () => utf8.finish();
  }

  /** A byte of the encoded text, which stands at `offset` of the document. */
  byte(value: number, offset: number): void {
    this.#decode(value, offset);
  }

  /** A character that needs no decoding: a line end, or one beyond ASCII that the editor has decoded already. */
  unit(code: number, offset: number): void {
    this.#finish();
    this.#put(code, offset);
  }

  /** @param end document offset behind the last character: where a position at the end of the text points */
  build(end: number): { text: string; map: Int32Array } {
    this.#finish();
    const parts: string[] = [];
    for (let i = 0; i < this.#length; i += 8192) {
      parts.push(String.fromCharCode(...this.#units.subarray(i, Math.min(i + 8192, this.#length))));
    }
    const map = new Int32Array(this.#length + 1);
    map.set(this.#map.subarray(0, this.#length));
    map[this.#length] = end;
    return { text: parts.join(''), map };
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

/** UTF-8 with the replacement character for what is none. */
class Utf8 {
  #code = 0;
  #left = 0;
  #smallest = 0;
  #start = 0;
  readonly #put: (unit: number, offset: number) => void;

  constructor(put: (unit: number, offset: number) => void) {
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

const isUtf8 = /^(?:utf-?8|us-ascii|ascii|ansi_x3\.4-1968|unknown-8bit|default)$/i;
const tables = new Map<string, string | null>();

/** The 256 characters of a single-byte charset, or null for all others. */
function singleByteTable(charset: string): string | null {
  const known = tables.get(charset);
  if (known !== undefined) return known;
  const decoder = multiByteDecoder(charset);
  let table: string | null = null;
  if (decoder !== null) {
    let text = '';
    for (let byte = 0; byte < 256; byte++) text += decoder.decode(Uint8Array.of(byte));
    // In a multi-byte charset a lead byte alone is an error, which shows as U+FFFD; some single-byte ones have gaps.
    const gaps = text.split('�').length - 1;
    if (text.length === 256 && gaps < 64 && !/^(?:iso-2022|hz|utf-16)/i.test(charset)) table = text;
  }
  tables.set(charset, table);
  return table;
}

function multiByteDecoder(charset: string): InstanceType<typeof TextDecoder> | null {
  if (isUtf8.test(charset)) return null;
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}
