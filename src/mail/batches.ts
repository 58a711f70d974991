// SPDX-License-Identifier: MIT
/** A document as its messages, some of them at a time. */

import { findMessages, headerFollows, isSeparator, type MessageSpan } from './container';
import { type Cut, type Lines, lineSplitter } from './lines';

/** Some whole messages of a document, one after another. */
export interface Batch {
  readonly lines: Lines;
  readonly messages: readonly MessageSpan[];
}

/**
 * So many units of a mailbox make a batch: few enough to be in the cache still when they are looked at again, which
 * makes reading a mailbox of 100 MB a quarter faster than splitting all of it first.
 */
const BATCH = 1 << 17;

/**
 * Cuts a document into its messages, and gives them in order. Linear; never throws.
 * @param firstLine the 0-based line on which the text starts, where it is a part of a document
 */
export function* batchesOf(text: string, firstLine = 0): Generator<Batch> {
  const split = lineSplitter(text, firstLine);
  if (!isMailbox(text)) {
    const cuts: number[] = [];
    const lines = split((line, start, end) => {
      if (isSeparator(text, start, end)) cuts.push(line);
      return false;
    });
    // In a text that is no mailbox from its start, a separator has to be followed by a header to count.
    const real = cuts.filter((line) => headerFollows(lines, line));
    yield { lines, messages: findMessages(lines, real) };
    return;
  }
  for (let position = 0; position < text.length; ) {
    const cuts: number[] = [];
    const from = position;
    position = text.length;
    const cut: Cut = (line, start, end) => {
      if (!isSeparator(text, start, end)) return false;
      if (start - from < BATCH) {
        cuts.push(line);
        return false;
      }
      position = start;
      return true;
    };
    const lines = split(cut);
    yield { lines, messages: findMessages(lines, cuts) };
  }
}

/** Whether the first line of a document that is not empty is a mailbox separator. */
export function isMailbox(text: string): boolean {
  let start = 0;
  while (text.charCodeAt(start) === 10 || text.charCodeAt(start) === 13) start++;
  if (!text.startsWith('From ', start)) return false;
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
  return isSeparator(text, start, end);
}
