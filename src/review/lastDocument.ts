// SPDX-License-Identifier: MIT
/** The document that was read last: an editor sends the same text again with a line changed. */

import { changeBetween } from '../mail/changeBetween';
import type { ReadTogether } from '../patch/readDocument';
import { type Reading, rereadDocument, startReading } from '../patch/rereadDocument';

/** Longer texts are not kept: what is known of each of their lines would be. */
const LONGEST = 8_000_000;

/** Reads a text, lets `work` ask its document for anything, and gives what that gives. */
export type WithDocument = <T>(text: string, work: (document: ReadTogether) => Promise<T>) => Promise<T>;

/**
 * Remembers one document between calls. Reading again takes the lines of the reading before over, so a document that is
 * still in use is left alone: then the text is read from its beginning.
 */
export function rememberDocument(): WithDocument {
  let idle: { readonly text: string; readonly reading: Reading } | null = null;
  return async (text, work) => {
    const before = idle;
    idle = null;
    const reading =
      before === null ? startReading(text) : rereadDocument(before.reading, text, changeBetween(before.text, text));
    try {
      return await work(reading.document);
    } finally {
      if (text.length <= LONGEST) idle = { text, reading };
    }
  };
}
