// SPDX-License-Identifier: MIT
import type { TextEdit } from '../types';

/**
 * The line (1-based) of a document that a line of it with some edits comes from; of text that an edit brought, the line
 * where it stands.
 * @param edits as `applyEdits` takes them
 */
export function originalLine(edits: readonly TextEdit[], line: number): number {
  let moved = 0;
  for (const { place, text } of edits) {
    const first = place.line + moved;
    if (line < first) break;
    const brought = text.match(/\r\n|\r|\n/g)?.length ?? 0;
    if (line <= first + brought) {
      // Behind whole lines that were put in or taken out the old one goes on.
      const isBehind = line === first + brought && /(^|[\r\n])$/.test(text) && place.column === 1;
      return isBehind ? place.endLine : Math.min(place.line + (line - first), place.endLine);
    }
    moved += brought - (place.endLine - place.line);
  }
  return line - moved;
}
