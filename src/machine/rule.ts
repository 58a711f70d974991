// SPDX-License-Identifier: MIT

/** How sure a fact is: stated in a mail of the field, read in upstream code or manuals, or inferred from them. */
export type Mark = 'S' | 'U' | 'I';

/** Why the hardware answers as it does, and where it is written. `text` goes on from “page N”. */
export interface Rule {
  readonly text: string;
  readonly mark: Mark;
  readonly source: string;
}
