// SPDX-License-Identifier: MIT
/** Trailers such as `Reviewed-by:` in the text of a message. */

import { at, type Lines, Role } from './lines';

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

/** Trailers that say something without naming a person. */
const impersonal = /^(?:Fixes|Obsoleted-by|Change-Id|Base-commit)$/i;
const personal = /^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*-by$/;
const address = /\S+@\S+|\S+ at \S+\.\S+/;

/**
 * The trailers that the sender of a reply gives, among lines `from` to `to` (exclusive) whose roles are set as far as
 * they belong to a diff: not those that are quoted, that stand in a diff or below the signature. A trailer whose address
 * a mailer wrapped to the next line is put together. `Link:` and the like are references to somebody's words, not given.
 */
export function readGivenTrailers(lines: Lines, from: number, to: number): TrailerRecord[] {
  const found: TrailerRecord[] = [];
  for (let line = from; line < to; line++) {
    if (at(lines.depth, line) > 0 || !isWord(at(lines.role, line))) continue;
    const text = lines.beginning(line).trim();
    if (text === '--') break;
    const match = /^([A-Za-z][\w-]+):\s+(\S.*)$/.exec(text);
    if (match === null) continue;
    const [, key = '', first = ''] = match;
    if (!personal.test(key) && !impersonal.test(key)) continue;
    let value = first;
    if (personal.test(key) && !address.test(value)) {
      const next = line + 1 < to && at(lines.depth, line + 1) === 0 ? lines.beginning(line + 1).trim() : '';
      if (!/^<\S+@\S+>$/.test(next)) continue;
      value = `${value} ${next}`;
    }
    if (/https?:\/\//.test(value)) continue;
    found.push({ key, value: value.replace(/\s+#[^#]*$/, '').trim(), line });
  }
  return found;
}

/** Whether a line of this role is none of a diff. */
function isWord(role: number): boolean {
  return role === Role.none || role === Role.text || role === Role.comment || role === Role.signature;
}

/** Whether a trailer names a person. */
export function isPersonal(key: string): boolean {
  return personal.test(key);
}
