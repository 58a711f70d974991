// SPDX-License-Identifier: MIT
/** UTF-7 (RFC 2152), which the platform's decoder leaves out. */

import { base64Value } from './transfer';

const PLUS = 43;
const MINUS = 45;

/** Decodes bytes into UTF-16 units: `+`, base64 of the units, and `-` or the first character that is no base64. */
export class Utf7 {
  #bits = 0;
  #held = -1;
  #first = 0;
  #isEmpty = true;
  readonly #put: (unit: number, offset: number) => void;

  /** @param put takes each unit with the offset of the first byte that it came from */
  constructor(put: (unit: number, offset: number) => void) {
    this.#put = put;
  }

  push(byte: number, offset: number): void {
    if (this.#held < 0) {
      if (byte === PLUS) {
        this.#held = 0;
        this.#bits = 0;
        this.#isEmpty = true;
        this.#first = offset;
      } else {
        this.#put(byte < 0x80 ? byte : 0xfffd, offset);
      }
      return;
    }
    const value = base64Value(byte);
    if (value < 0) {
      const wasEmpty = this.#isEmpty;
      this.#held = -1;
      if (byte !== MINUS) this.push(byte, offset);
      else if (wasEmpty) this.#put(PLUS, this.#first);
      return;
    }
    if (this.#held === 0 && !this.#isEmpty) this.#first = offset;
    this.#isEmpty = false;
    this.#bits = ((this.#bits << 6) | value) & 0x3fffff;
    this.#held += 6;
    if (this.#held < 16) return;
    this.#held -= 16;
    this.#put((this.#bits >> this.#held) & 0xffff, this.#first);
    this.#first = offset;
  }

  finish(): void {
    this.#held = -1;
  }
}
