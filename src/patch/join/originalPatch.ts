// SPDX-License-Identifier: MIT
/** A patch as its mail has it, ready to be found again in quotes. */

import type { Body } from '../../mail/body';
import { at, Role } from '../../mail/lines';
import type { FileView } from '../materialise';
import type { HunkHeader } from '../scan/hunkHeader';
import { type FileRecord, headerLines } from '../scan/records';
import type { Hunk, HunkLine, PatchFile } from '../types';
import type { QuotedPatch } from './alignQuote';
import { quoteKey } from './quoteKey';

/** Where a line of the patch belongs. */
export interface OriginalLine {
  /** A value of `Role`; signature behind the last hunk, text before the first file. */
  readonly role: number;
  readonly file: PatchFile | null;
  readonly hunk: Hunk | null;
  readonly row: HunkLine | null;
}

export interface OriginalPatch extends QuotedPatch {
  readonly lines: readonly OriginalLine[];
  readonly numbers: ReadonlyMap<string, number>;
  /** How long the keys are, each length once, longest first. */
  readonly lengths: readonly number[];
  /** The ranges of all hunks, as `rangesOf` writes them. */
  readonly ranges: ReadonlySet<string>;
}

/** The four numbers of a hunk's header as one text. */
export function rangesOf({ oldStart, oldCount, newStart, newCount }: HunkHeader): string {
  return `-${oldStart},${oldCount} +${newStart},${newCount}`;
}

/** What the key of a line is worth: two lines of the same text are the same line the more likely the longer it is. */
function weightOfKey(length: number): number {
  return length === 0 ? 0 : 2 + Math.min(length, 30);
}

/** Reads all lines of a message that carries a patch of its own. Linear in the message. */
export function readOriginal(body: Body, records: readonly FileRecord[], views: readonly FileView[]): OriginalPatch {
  const { lines } = body;
  const count = body.to - body.from;
  const keys = new Int32Array(count);
  const weights: number[] = [];
  const numbers = new Map<string, number>();
  const lengths = new Set<number>();
  for (let line = body.from; line < body.to; line++) {
    const key = quoteKey(lines.text, at(lines.content, line), at(lines.end, line));
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
      weights.push(weightOfKey(key.length));
      lengths.add(key.length);
    }
    keys[line - body.from] = number;
  }
  const ranges = records.flatMap(({ hunks }) =>
    hunks.flatMap(({ header }) => (header === null ? [] : [rangesOf(header)])),
  );
  return {
    keys,
    weights: Int32Array.from(weights),
    lines: placeLines(body, records, views),
    numbers,
    lengths: [...lengths].sort((a, b) => b - a),
    ranges: new Set(ranges),
  };
}

function placeLines(body: Body, records: readonly FileRecord[], views: readonly FileView[]): OriginalLine[] {
  const { role } = body.lines;
  const none = { file: null, hunk: null, row: null };
  const signature: OriginalLine = { role: Role.signature, ...none };
  const placed = new Array<OriginalLine>(body.to - body.from).fill({ role: Role.text, ...none });
  const put = (line: number, place: OriginalLine): void => {
    if (line >= body.from && line < body.to) placed[line - body.from] = place;
  };
  let end = -1;
  records.forEach((record, i) => {
    const view = views[i];
    if (view === undefined) return;
    const { file, hunks } = view;
    for (const line of headerLines(body, records, i)) put(line, { role: Role.file, file, hunk: null, row: null });
    end = Math.max(end, record.line);
    for (const { hunk, record: place, rows } of hunks()) {
      if (place.header !== null) put(place.line, { role: Role.hunk, file, hunk, row: null });
      const made = rows();
      made.index.forEach((line, i) => {
        put(line, { role: at(role, line), file, hunk, row: made.lines[i] ?? null });
      });
      end = Math.max(end, place.end);
    }
  });
  if (end >= 0) {
    for (let line = Math.max(end, body.from); line < body.to; line++) {
      if (placed[line - body.from]?.role === Role.text) put(line, signature);
    }
  }
  return placed;
}
