// SPDX-License-Identifier: MIT
/** The files and hunks of a quote, with the numbers of the patch that was quoted. */

import type { Body } from '../../mail/body';
import { at, Role } from '../../mail/lines';
import { contentAtDepth, isBlank } from '../../mail/quote';
import type { AnchorHunk } from '../comments';
import { makeRow, type RowNumbers } from '../makeRow';
import type { HunkView } from '../materialise';
import type { HunkRecord } from '../scan/records';
import type { Certainty, Hunk, HunkLine, PatchFile } from '../types';
import type { Alignment } from './alignQuote';
import type { OriginalLine, OriginalPatch } from './originalPatch';
import type { Quote, QuoteUnit } from './quoteUnits';
import { type RowFinder, rowFinder } from './rowFinder';

/** A file of a message, with what its comments need. */
export interface PlacedFile {
  /** 0-based body line. */
  readonly line: number;
  readonly file: PatchFile;
  readonly hunks: readonly AnchorHunk[];
}

interface Shown {
  readonly unit: QuoteUnit;
  readonly place: OriginalLine;
  /** The rows that it may be; the same one twice where that is sure. */
  readonly first: OriginalLine;
  readonly last: OriginalLine;
}

/** The files whose lines the quote shows, in the order of the patch; rows stand where the message has them. */
export function makeFiles(
  body: Body,
  quote: Quote,
  alignment: Alignment,
  original: OriginalPatch,
  isOther: (line: number) => boolean,
): PlacedFile[] {
  const files = new Map<PatchFile, Map<Hunk | null, Shown[]>>();
  quote.units.forEach((unit, i) => {
    const place = original.lines[alignment.chosen[i] ?? -1];
    if (place === undefined || place.file === null) return;
    const hunks = files.get(place.file) ?? new Map<Hunk | null, Shown[]>();
    files.set(place.file, hunks);
    const shown = hunks.get(place.hunk) ?? [];
    hunks.set(place.hunk, shown);
    shown.push({
      unit,
      place,
      first: original.lines[alignment.first[i] ?? -1] ?? place,
      last: original.lines[alignment.last[i] ?? -1] ?? place,
    });
  });
  const skipBlank = hasBlankBehindMarks(body, quote, files);
  const made: PlacedFile[] = [];
  for (const [file, hunks] of files) {
    const views: AnchorHunk[] = [];
    let line = body.to;
    for (const [hunk, shown] of hunks) {
      line = Math.min(line, shown[0]?.unit.line ?? line);
      if (hunk === null) continue;
      const view = makeHunk(body, { depth: quote.depth, skipBlank, isOther }, hunk, shown);
      if (view !== null) views.push({ path: file.newPath ?? file.oldPath, view });
    }
    const rows = views.flatMap(({ view }) => view.hunk.lines);
    made.push({
      line,
      hunks: views,
      file: {
        oldPath: file.oldPath,
        newPath: file.newPath,
        status: file.status,
        additions: rows.filter(({ kind }) => kind === 'add').length,
        deletions: rows.filter(({ kind }) => kind === 'del').length,
        line: body.lineNumber(line),
        hunks: views.map(({ view }) => view.hunk),
      },
    });
  }
  return made;
}

/**
 * Rows between two of the patch that somebody changed: they are one of the rows of their kind that the quote leaves out
 * there, if any.
 */
function addEdited(
  body: Body,
  before: Shown,
  after: Shown,
  find: (kind: HunkLine['kind'], before: Shown, after: Shown) => ReturnType<RowFinder>,
  { depth, isOther }: Style,
  add: (line: number, kind: HunkLine['kind'], numbers: RowNumbers) => void,
): void {
  const { role, depth: depths } = body.lines;
  for (let line = before.unit.last + 1; line < after.unit.line; line++) {
    const kind = kinds.get(at(role, line));
    if (kind === undefined || at(depths, line) < depth || isOther(line)) continue;
    const found = find(kind, before, after);
    const certainty = found === null ? 'file' : found.first === found.last ? 'exact' : 'range';
    add(line, kind, numbersOf(found?.first ?? null, found?.last ?? null, certainty));
  }
}

const kinds: ReadonlyMap<number, HunkLine['kind']> = new Map([
  [Role.add, 'add'],
  [Role.del, 'del'],
  [Role.context, 'context'],
]);

/** Whether a blank stands between the quote marks and the rows: `> +x`, not `>+x`. */
function hasBlankBehindMarks(
  body: Body,
  quote: Quote,
  files: ReadonlyMap<PatchFile, ReadonlyMap<Hunk | null, readonly Shown[]>>,
): boolean {
  if (quote.depth === 0) return false;
  const { lines } = body;
  for (const hunks of files.values()) {
    for (const shown of hunks.values()) {
      for (const { unit, place } of shown) {
        if (place.role !== Role.add && place.role !== Role.del) continue;
        return isBlank(lines.text.charCodeAt(contentAtDepth(lines, unit.line, quote.depth, false)));
      }
    }
  }
  return true;
}

/** How the rows stand in the quote; `isOther`: a line belongs to a diff that is not the patch's. */
interface Style {
  readonly depth: number;
  readonly skipBlank: boolean;
  readonly isOther: (line: number) => boolean;
}

function makeHunk(body: Body, style: Style, hunk: Hunk, shown: readonly Shown[]): HunkView | null {
  const { lines } = body;
  const { depth, skipBlank } = style;
  const made: HunkLine[] = [];
  const index: number[] = [];
  const head = shown.find(({ place }) => place.role === Role.hunk);
  const contentAt = (line: number): number => {
    const content = depth === 0 ? at(lines.start, line) : contentAtDepth(lines, line, depth, skipBlank);
    lines.content[line] = content;
    lines.depth[line] = depth;
    return content;
  };
  const add = (line: number, kind: HunkLine['kind'], numbers: RowNumbers): void => {
    made.push(makeRow(body, line, contentAt(line), kind, numbers));
    index.push(line);
  };
  let finder: RowFinder | undefined;
  const find = (kind: HunkLine['kind'], { first }: Shown, { last }: Shown): ReturnType<RowFinder> => {
    if (first.hunk !== hunk || last.hunk !== hunk || last.row === null) return null;
    finder ??= rowFinder(hunk);
    return finder(kind, first.row, last.row);
  };
  let before: Shown | undefined;
  for (const item of shown) {
    if (before !== undefined) addEdited(body, before, item, find, style, add);
    before = item;
    const { unit, place, first, last } = item;
    if (place.row === null) continue;
    const numbers = numbersOf(first.row ?? place.row, last.row ?? place.row, certaintyOf(item));
    add(unit.line, place.row.kind, numbers);
  }
  const first = shown[0]?.unit.line;
  const end = shown.at(-1)?.unit.last;
  if (first === undefined || end === undefined) return null;
  const count = (side: 'add' | 'del'): number => made.filter(({ kind }) => kind === side || kind === 'context').length;
  const record: HunkRecord = {
    line: head?.unit.line ?? first,
    header: null,
    first,
    end: end + 1,
    depth,
    skipBlank,
    reading: 'strict',
    missingOld: (hunk.oldCount ?? 0) - count('del'),
    missingNew: (hunk.newCount ?? 0) - count('add'),
    additions: 0,
    deletions: 0,
  };
  const rows = { lines: made, index: Int32Array.from(index) };
  return {
    record,
    rows: () => rows,
    hunk: {
      line: body.lineNumber(record.line),
      oldStart: hunk.oldStart,
      oldCount: hunk.oldCount,
      newStart: hunk.newStart,
      newCount: hunk.newCount,
      section: hunk.section,
      reading: made.some((row) => row.kind === 'context' && row.text !== '' && row.textColumn === row.column)
        ? 'lenient'
        : 'strict',
      missingOld: record.missingOld,
      missingNew: record.missingNew,
      lines: made,
    },
  };
}

/**
 * The numbers of a row.
 * @param low the row of the patch that it is, or the first that it may be, and `high` the last; null where it is none
 */
function numbersOf(low: HunkLine | null, high: HunkLine | null, certainty: Certainty): RowNumbers {
  const known = certainty !== 'file';
  const isRange = certainty === 'range';
  return {
    old: known ? (low?.old ?? null) : null,
    oldMax: isRange ? (high?.oldMax ?? high?.old ?? null) : null,
    new: known ? (low?.new ?? null) : null,
    newMax: isRange ? (high?.newMax ?? high?.new ?? null) : null,
    certainty,
  };
}

/** How sure a row of the quote is one of the patch: all lines that it may be are of one file, or of several. */
function certaintyOf({ place, first, last }: Shown): Certainty {
  if (first === last && place.row?.certainty === 'exact') return 'exact';
  return first.file === last.file && first.file === place.file ? 'range' : 'file';
}
