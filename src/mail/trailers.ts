// SPDX-License-Identifier: MIT
/** Trailers such as `Reviewed-by:` in the text of a message. */

import { at, type Lines } from './lines';

export interface TrailerRecord {
  readonly key: string;
  readonly value: string;
  /** 0-based index into the lines. */
  readonly line: number;
}

const keys =
  /^(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)*-by|Cc|CC|Fixes|Link|Closes|References|BugLink|Bugzilla|Change-Id|Message-I[dD])$/;

/** The trailers among lines `from` to `to` (exclusive), quoted ones too, in their order. */
export function readTrailers(lines: Lines, from: number, to: number): TrailerRecord[] {
  const found: TrailerRecord[] = [];
  const { text } = lines;
  for (let line = from; line < to; line++) {
    const content = at(lines.content, line);
    const first = text.charCodeAt(content);
    if (first < 65 || first > 90) continue;
    const stop = at(lines.end, line);
    const limit = Math.min(stop, content + 40);
    let colon = content + 1;
    while (colon < limit && text.charCodeAt(colon) !== 58) colon++;
    if (colon >= limit) continue;
    const key = text.slice(content, colon);
    if (!keys.test(key)) continue;
    const value = text.slice(colon + 1, Math.min(stop, colon + 2000)).trim();
    if (value !== '') found.push({ key, value, line });
  }
  return found;
}
