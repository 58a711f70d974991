// SPDX-License-Identifier: MIT
/** Paragraphs of `format=flowed` mails (RFC 3676). */

import { type DecodedText, textOf } from './charset';

const CR = 13;
const BLANK = 32;
const GREATER = 62;

/**
 * Joins lines that end with a blank to the next one, and takes the blank away that protects the beginning of a line.
 * Outside quotes this is what `git mailinfo` does; a quoted line goes on only at its own depth, and its marks are
 * dropped where it does. `-- ` above a signature stays as it is, quoted or not.
 * @param delsp whether the blank at the end goes too (`delsp=yes`)
 */
export function unflow({ text, map }: DecodedText, delsp: boolean): DecodedText {
  const answers = /^>/m.test(text);
  // Which units stay; a line end may be put back once per line at most.
  const kept = new Int32Array(text.length + 1);
  let count = 0;
  const keep = (from: number, to: number): void => {
    for (let i = from; i < to; i++) kept[count++] = i;
  };
  /** Index of the line end that was left out last, or -1; the depth of the quote that it stood in. */
  let open = -1;
  let openDepth = 0;
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    let stop = feed < 0 ? text.length : feed;
    if (stop > start && text.charCodeAt(stop - 1) === CR) stop--;
    let marks = start;
    while (marks < stop && text.charCodeAt(marks) === GREATER) marks++;
    const depth = marks - start;
    const isStuffed = marks < stop && text.charCodeAt(marks) === BLANK;
    const content = isStuffed ? marks + 1 : marks;
    const isSignature =
      stop - start - depth <= 4 && /^ ?-- $/.test(text.slice(marks, stop)) && !(depth === 0 && isStuffed);
    const goesOn = open >= 0 && depth === openDepth && !isSignature;
    if (open >= 0 && !goesOn) keep(open, open + 1);
    const isFlowed =
      !isSignature &&
      stop > content &&
      text.charCodeAt(stop - 1) === BLANK &&
      // In an answer nothing but blanks is an empty line of a diff. git would join it, as it does in a patch's own mail.
      (!answers || hasText(text, content, stop));
    const from = goesOn || (depth === 0 && !isSignature) ? content : start;
    if (isFlowed) {
      keep(from, delsp ? stop - 1 : stop);
      open = feed;
      openDepth = depth;
    } else {
      keep(from, next);
      open = -1;
    }
    start = next;
  }
  return pick(text, map, kept.subarray(0, count));
}

function hasText(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i) !== BLANK) return true;
  }
  return false;
}

function pick(text: string, map: Int32Array, kept: Int32Array): DecodedText {
  const places = new Int32Array(kept.length + 1);
  const units = new Uint16Array(kept.length);
  for (let i = 0; i < kept.length; i++) {
    const index = kept[i] ?? 0;
    units[i] = text.charCodeAt(index);
    places[i] = map[index] ?? 0;
  }
  places[kept.length] = map[text.length] ?? 0;
  return { text: textOf(units), map: places };
}
