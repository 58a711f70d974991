// SPDX-License-Identifier: MIT
/** A message read again with the patch at hand that it quotes. */

import type { Body } from '../../mail/body';
import { at, type Lines, Role } from '../../mail/lines';
import { collectComments } from '../comments';
import type { FileView } from '../materialise';
import type { FileRecord } from '../scan/records';
import { isRest, isRow, restOf } from '../scan/roles';
import { fillComments } from '../textRoles';
import type { Comment, PatchFile } from '../types';
import { type Alignment, alignQuote } from './alignQuote';
import { cutWords } from './cutWords';
import { makeFiles, type PlacedFile } from './joinedFiles';
import { type OriginalPatch, rangesOf } from './originalPatch';
import { findQuoteUnits, type Quote } from './quoteUnits';

/** What the join needs of a message; the roles of all lines of the body are set. */
export interface Quoting {
  readonly document: Lines;
  readonly isReply: boolean;
  readonly body: Body;
  readonly records: readonly FileRecord[];
  readonly views: readonly FileView[];
}

/** How a message reads beside the patch it quotes. */
export interface JoinedReading {
  readonly body: Body;
  readonly files: readonly PatchFile[];
  readonly comments: readonly Comment[];
  /** Whether all changed lines that the message shows are the patch's: then it has no code of its own. */
  readonly isQuoteOnly: boolean;
}

/** Rows with a line this long prove that the patch is the one that was quoted. */
const TELLING = 6;

/** How a message may quote a patch. */
export interface QuoteFit {
  readonly quote: Quote;
  readonly alignment: Alignment;
  readonly isOther: (line: number) => boolean;
  /** How many changed lines the message shows, and how many of these are the patch's. */
  readonly changed: number;
  readonly found: number;
}

/** Whether a body was cut into lines by guesses, since it stood on one. */
function wasOneLine({ body, document }: Quoting): boolean {
  return body.lines !== document && !body.isDecoded;
}

/** Lays a message beside a patch; changes nothing. Null where it quotes nothing of it, or another version. */
export function fitQuote(quoting: Quoting, original: OriginalPatch): QuoteFit | null {
  const { body, records } = quoting;
  const others = hunksOfOthers(records, original);
  if (others === null) return null;
  const shortLines = linesOfShortHunks(records);
  const isOther = (line: number): boolean => others.has(line);
  const isShort = (line: number): boolean => shortLines.has(line);
  const quote = findQuoteUnits(body.lines, body.from, body.to, original, isOther, isShort, wasOneLine(quoting));
  // Most messages that quote something else have nothing to align.
  if (!quote.units.some(({ keys }) => keys.some((key) => isTelling(original, key)))) return null;
  const alignment = alignQuote(quote.units, original);
  const { telling, found, changed } = countMatches(body, quote, alignment, original, isOther);
  return telling === 0 ? null : { quote, alignment, isOther, changed, found };
}

/**
 * Reads a message that quotes `original`: every line that stands in the patch gets the role and the numbers that it has
 * there, whatever the quote lost.
 */
export function joinMessage(quoting: Quoting, original: OriginalPatch, fit: QuoteFit): JoinedReading {
  const { body, records } = quoting;
  const { quote, alignment } = fit;
  const cutAtMarks = wasOneLine(quoting);
  const placed = cutAtMarks ? cutWords(quoting.document, body, quote, alignment, original) : { body, quote };
  // Lines cut anew have other numbers, and hunks of others are not told apart in them.
  const isOther = cutAtMarks ? (): boolean => false : fit.isOther;
  setRoles(placed.body, placed.quote, alignment, original, isOther);
  const files = makeFiles(placed.body, placed.quote, alignment, original, isOther);
  if (quote.depth === 0 && quoting.isReply) markDepth(placed.body, placed.quote, alignment);
  const rest = cutAtMarks ? [] : unrelated(records, quoting.views, placed.quote, alignment);
  const all = [...files, ...rest].sort((a, b) => a.line - b.line);
  const hunks = all.flatMap((file) => file.hunks).sort((a, b) => a.view.record.line - b.view.record.line);
  const paths = new Map<number, string | null>();
  for (const { line, file } of all) {
    if (at(placed.body.lines.role, line) === Role.file) paths.set(line, file.newPath ?? file.oldPath);
  }
  return {
    body: placed.body,
    files: all.map(({ file }) => file),
    comments: collectComments(placed.body, hunks, paths),
    isQuoteOnly: fit.found === fit.changed && rest.length === 0,
  };
}

/**
 * The lines of hunks whose headers are not those of the patch: nobody edits a header, so they are somebody's suggestion
 * or another patch. Null where most hunks are such: then another version was quoted.
 */
function hunksOfOthers(records: readonly FileRecord[], original: OriginalPatch): Set<number> | null {
  const found = new Set<number>();
  let own = 0;
  let other = 0;
  for (const { hunks } of records) {
    for (const { header, line: head, end, columns } of hunks) {
      if (header === null) continue;
      if (columns === undefined && original.ranges.has(rangesOf(header))) {
        own++;
        continue;
      }
      other++;
      for (let line = head; line < end; line++) found.add(line);
    }
  }
  return other > own ? null : found;
}

function linesOfShortHunks(records: readonly FileRecord[]): Set<number> {
  const found = new Set<number>();
  for (const { hunks } of records) {
    for (const { first, end, header, missingOld, missingNew } of hunks) {
      if (header === null || (missingOld === 0 && missingNew === 0)) continue;
      // What follows a short hunk directly may be what interrupts it.
      for (let line = first; line <= end; line++) found.add(line);
    }
  }
  return found;
}

function isTelling({ weights }: OriginalPatch, key: number): boolean {
  return (weights[key] ?? 0) >= TELLING + 2;
}

/** How many rows prove that the patch was quoted, and how many of the changed lines shown are its own. */
function countMatches(
  body: Body,
  quote: Quote,
  alignment: Alignment,
  original: OriginalPatch,
  isOther: (line: number) => boolean,
): { telling: number; found: number; changed: number } {
  let telling = 0;
  const matched = new Set<number>();
  quote.units.forEach((unit, i) => {
    const row = alignment.chosen[i] ?? -1;
    if (row < 0) return;
    for (let line = unit.line; line <= unit.last; line++) matched.add(line);
    if (original.lines[row]?.row !== null && isTelling(original, original.keys[row] ?? 0)) telling++;
  });
  let changed = 0;
  let found = 0;
  for (let line = body.from; line < body.to; line++) {
    const role = at(body.lines.role, line);
    if ((role !== Role.add && role !== Role.del) || at(body.lines.depth, line) < quote.depth || isOther(line)) continue;
    changed++;
    if (matched.has(line)) found++;
  }
  return { telling, found, changed };
}

/** Lines of the patch get the roles that they have there, and lines among them that are none are somebody's words. */
function setRoles(
  body: Body,
  quote: Quote,
  alignment: Alignment,
  original: OriginalPatch,
  isOther: (line: number) => boolean,
): void {
  const { lines } = body;
  const mine = new Set<number>();
  let first = -1;
  quote.units.forEach((unit, i) => {
    const place = original.lines[alignment.chosen[i] ?? -1];
    if (place === undefined) return;
    for (let line = unit.line; line <= unit.last; line++) {
      mine.add(line);
      lines.role[line] = roleOfPiece(place.role, line > unit.line, at(lines.role, line));
    }
    if (first < 0 && place.file !== null) first = unit.line;
  });
  if (first < 0) return;
  for (let line = first; line < body.to; line++) {
    if (mine.has(line) || isOther(line)) continue;
    const role = at(lines.role, line);
    const isEmpty = lines.isEmptyBehindMarks(line);
    if (isEmpty) {
      if (isRow(role) || role === Role.text || quote.depth === 0) lines.role[line] = Role.blank;
    } else if (at(lines.depth, line) < quote.depth || quote.depth === 0) {
      // Without marks a header may be one that the patch at hand does not have, as its `index` line.
      const isHeader = quote.depth > 0 && (role === Role.hunk || role === Role.file);
      if (isRow(role) || role === Role.text || isHeader || isRest(role)) lines.role[line] = Role.comment;
    }
  }
  fillComments(lines, first, body.to);
}

/** A quote whose marks were lost is one all the same. */
function markDepth(body: Body, quote: Quote, alignment: Alignment): void {
  const { lines } = body;
  let started = false;
  quote.units.forEach((unit, i) => {
    started ||= !lines.isEmptyBehindMarks(unit.line);
    if (!started || (alignment.chosen[i] ?? -1) < 0) return;
    for (let line = unit.line; line <= unit.last; line++) {
      lines.depth[line] = 1;
      if (at(lines.role, line) === Role.blank) lines.role[line] = Role.text;
    }
  });
}

function roleOfPiece(role: number, isRestOfLine: boolean, before: number): number {
  // What text is (a paragraph, a signature, an empty line) is seen as well without the patch.
  if (role === Role.text || role === Role.signature) {
    return isRow(before) || before === Role.comment || before === Role.hunk || before === Role.file ? role : before;
  }
  return isRestOfLine ? restOf(role) : role;
}

/** The hunks of the message that show nothing of the patch: somebody's suggestion, another patch. */
function unrelated(
  records: readonly FileRecord[],
  views: readonly FileView[],
  quote: Quote,
  alignment: Alignment,
): PlacedFile[] {
  const taken = new Set<number>();
  quote.units.forEach(({ line }, i) => {
    if ((alignment.chosen[i] ?? -1) >= 0) taken.add(line);
  });
  const found: PlacedFile[] = [];
  records.forEach((record, i) => {
    const view = views[i];
    if (view === undefined || record.hunks.length === 0) return;
    const { file } = view;
    const path = file.newPath ?? file.oldPath;
    const own = view.hunks().filter((shown) => ![...shown.rows().index].some((line) => taken.has(line)));
    const [first] = own;
    if (first === undefined) return;
    const hunks = own.map((shown) => ({ path, view: shown }));
    if (own.length === record.hunks.length && !taken.has(record.line)) found.push({ line: record.line, file, hunks });
    else {
      const rows = own.flatMap(({ hunk }) => hunk.lines);
      found.push({
        line: first.record.line,
        hunks,
        file: {
          ...file,
          additions: rows.filter(({ kind }) => kind === 'add').length,
          deletions: rows.filter(({ kind }) => kind === 'del').length,
          line: first.hunk.line,
          hunks: own.map(({ hunk }) => hunk),
        },
      });
    }
  });
  return found;
}
