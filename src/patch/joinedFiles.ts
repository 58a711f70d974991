// SPDX-License-Identifier: MIT
/** The files and hunks of a quote, with the numbers of the patch that was quoted. */

import type { Body } from '../mail/body';
import { at, Role } from '../mail/lines';
import { contentAtDepth, isBlank } from '../mail/quote';
import type { Alignment } from './alignQuote';
import type { AnchorHunk } from './comments';
import type { HunkView } from './materialise';
import type { OriginalLine, OriginalPatch } from './originalPatch';
import type { Quote, QuoteUnit } from './quoteUnits';
import type { HunkRecord } from './records';
import type { Certainty, Hunk, HunkLine, PatchFile } from './types';

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
export function makeFiles(body: Body, quote: Quote, alignment: Alignment, original: OriginalPatch): PlacedFile[] {
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
      const view = makeHunk(body, quote.depth, skipBlank, hunk, shown);
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

function makeHunk(body: Body, depth: number, skipBlank: boolean, hunk: Hunk, shown: readonly Shown[]): HunkView | null {
  const { lines } = body;
  const made: HunkLine[] = [];
  const index: number[] = [];
  const head = shown.find(({ place }) => place.role === Role.hunk);
  for (const item of shown) {
    const { row } = item.place;
    if (row === null) continue;
    const { unit } = item;
    const content = depth === 0 ? at(lines.start, unit.line) : contentAtDepth(lines, unit.line, depth, skipBlank);
    lines.content[unit.line] = content;
    lines.depth[unit.line] = depth;
    made.push(makeRow(body, item, row, content));
    index.push(unit.line);
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

function makeRow(body: Body, { unit, place, first, last }: Shown, row: HunkLine, content: number): HunkLine {
  const { lines } = body;
  const stop = at(lines.end, unit.line);
  const code = content < stop ? lines.text.charCodeAt(content) : 0;
  const marked = code !== 0 && (row.kind !== 'context' || isBlank(code));
  const { line, column } = body.position(unit.line, content);
  const sure = first === last && row.certainty === 'exact';
  const low = first.row ?? row;
  const high = last.row ?? row;
  const certainty: Certainty = sure
    ? 'exact'
    : first.file === last.file && first.file === place.file
      ? 'range'
      : 'file';
  const number = (exact: number | null, other: number | null): number | null =>
    exact === null || certainty === 'file' ? null : (other ?? exact);
  return {
    kind: row.kind,
    line,
    column,
    textColumn: marked ? body.position(unit.line, content + 1).column : column,
    text: unit.last > unit.line ? row.text : lines.text.slice(marked ? content + 1 : content, stop),
    old: number(row.old, sure ? row.old : low.old),
    oldMax: certainty === 'range' ? number(row.old, high.oldMax ?? high.old) : null,
    new: number(row.new, sure ? row.new : low.new),
    newMax: certainty === 'range' ? number(row.new, high.newMax ?? high.new) : null,
    certainty,
  };
}
