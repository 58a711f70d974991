// SPDX-License-Identifier: MIT

/** A test that cannot be read or run: why, and where (offset in its text). Never leaves this folder. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}
