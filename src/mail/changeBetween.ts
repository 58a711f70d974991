// SPDX-License-Identifier: MIT
/** What changed between two versions of a text. */

import type { TextChange } from './spliceLines';

/** So many units are compared at once: the engine compares strings much faster than a loop compares units. */
const PIECE = 4096;

/** The one change that makes `before` into `after`: what lies between their common beginning and their common end. */
export function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let offset = 0;
  while (offset < shorter && before.startsWith(after.slice(offset, Math.min(offset + PIECE, shorter)), offset))
    offset = Math.min(offset + PIECE, shorter);
  const limit = Math.min(offset + PIECE, shorter);
  while (offset < limit && before.charCodeAt(offset) === after.charCodeAt(offset)) offset++;
  const rest = shorter - offset;
  let kept = 0;
  while (
    kept + PIECE <= rest &&
    before.endsWith(after.slice(after.length - kept - PIECE, after.length - kept), before.length - kept)
  )
    kept += PIECE;
  while (kept < rest && before.charCodeAt(before.length - kept - 1) === after.charCodeAt(after.length - kept - 1))
    kept++;
  return {
    offset,
    removed: before.length - offset - kept,
    inserted: after.slice(offset, after.length - kept),
  };
}
