// SPDX-License-Identifier: MIT
/** Applies the patch of one file to the file's text, and tells where every line of the result came from. */

import { applyPatch, reversePatch, type StructuredPatch, type StructuredPatchHunk } from 'diff';
import type { Hunk, HunkLine, PatchFile } from './types';

export interface ApplyOptions {
  /** Takes the patch back: `original` is the text after it. */
  readonly reverse?: boolean;
  /** How many lines of context may differ in each hunk; 0 where left out. Removed lines never may. */
  readonly fuzz?: number;
  /** Compares lines without their white space, for patches whose white space was lost. */
  readonly ignoreWhitespace?: boolean;
}

/** Where a line of the result came from: a line of the original, or a row of the document. All 1-based. */
export type LineSource =
  | { readonly from: 'original'; readonly line: number }
  | { readonly from: 'document'; readonly line: number; readonly column: number };

export interface AppliedHunk {
  /** 1-based document line of the hunk. */
  readonly line: number;
  /** The original's line (1-based) where the hunk's old side begins. */
  readonly start: number;
  /** How many lines that is below the line that the hunk names; negative: above. */
  readonly offset: number;
  /** 0 where all its context was found as it is, else how many lines of it may differ. */
  readonly fuzz: number;
}

export type Application =
  | {
      readonly ok: true;
      readonly text: string;
      /** One for each line of `text`. */
      readonly lines: readonly LineSource[];
      readonly hunks: readonly AppliedHunk[];
    }
  /** `line` (1-based) is that of the hunk in the document, or of the file where no hunk is to blame. */
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** A text of n lines may take this many comparisons a line before placing a hunk in it is given up. */
const PATIENCE = 50;
const LEAST_PATIENCE = 100_000;

/**
 * Applies all hunks of `file` to `original`, each at its line or at the nearest place where it fits, as `git apply`
 * does. Line ends are the original's: CRs at the end of a line are not compared. Never throws.
 */
export function applyFile(original: string, file: PatchFile, options: ApplyOptions = {}): Application {
  const refusal = refuse(file);
  if (refusal !== null) return refusal;
  const plan = planOf(original, file, options);
  const most = options.fuzz ?? 0;
  for (let fuzz = 0; fuzz <= most; fuzz++) {
    const result = plan.apply(plan.hunks.length, fuzz);
    if (result !== null) return succeed(plan, result, fuzz);
    if (plan.isExhausted()) return fail(file.line, 'it takes too long to find where its hunks belong');
  }
  return blame(file, plan, most);
}

interface Failure {
  readonly ok: false;
  readonly line: number;
  readonly reason: string;
}

function fail(line: number, reason: string): Failure {
  return { ok: false, line, reason };
}

/** What cannot be applied whatever the original is. */
function refuse(file: PatchFile): Failure | null {
  if (file.status === 'binary') return fail(file.line, 'the file is binary');
  for (const hunk of file.hunks) {
    if (hunk.oldStart === null) return fail(hunk.line, 'its hunk header is missing, so its place is not known');
    const missing = Math.max(hunk.missingOld, hunk.missingNew);
    if (missing > 0) {
      const lines = missing === 1 ? '1 line is' : `${missing} lines are`;
      return fail(hunk.line, `${lines} missing from this hunk, so what it changes is not known`);
    }
  }
  const behind = rowBehindEnd(file.hunks.flatMap(({ lines }) => lines));
  return behind === null ? null : fail(behind.line, 'this line stands behind the end of the file');
}

/** The first row behind one that ends its side of the file, as `\ No newline at end of file` says. */
function rowBehindEnd(rows: readonly HunkLine[]): HunkLine | null {
  const ended = { old: false, new: false };
  let before: HunkLine['kind'] = 'context';
  for (const row of rows) {
    if (row.kind === 'no-newline') {
      if (before !== 'add') ended.old = true;
      if (before !== 'del') ended.new = true;
    } else if ((row.kind !== 'add' && ended.old) || (row.kind !== 'del' && ended.new)) return row;
    before = row.kind;
  }
  return null;
}

interface OriginalLine {
  readonly text: string;
  readonly end: string;
}

/** A patch over names instead of lines: `o3` is line 3 of the original, `d5` row 5 of the patch (both 0-based). */
interface Plan {
  readonly lines: readonly OriginalLine[];
  readonly rows: readonly HunkLine[];
  readonly files: readonly Hunk[];
  readonly hunks: readonly StructuredPatchHunk[];
  /** For each row the line (0-based) it was last found at. */
  readonly found: Int32Array;
  isSame(line: number, row: number): boolean;
  /** Applies the first `count` hunks; gives the names of the result's lines, or null. */
  apply(count: number, fuzz: number): string[] | null;
  isExhausted(): boolean;
}

/**
 * `diff` gives only the patched text. Fed with names in place of lines, it gives names back, and these say where each
 * line came from; what the lines are like is asked by a callback.
 */
function planOf(original: string, file: PatchFile, options: ApplyOptions): Plan {
  const lines = splitOriginal(original);
  const rows: HunkLine[] = [];
  const written = file.hunks.map((hunk) => writeHunk(hunk, rows));
  const forward = patchOf(written);
  const { hunks } = options.reverse ? reversePatch(forward) : forward;
  const found = new Int32Array(rows.length).fill(-1);
  const keyOf = options.ignoreWhitespace ? (text: string) => text.replace(/\s+/g, '') : withoutCarriages;
  const lineKeys = lines.map(({ text }) => keyOf(text));
  const rowKeys = rows.map(({ text }) => keyOf(text));
  const isSame = (line: number, row: number): boolean => line < lines.length && lineKeys[line] === rowKeys[row];
  const isClosed = lines.length > 0 && lines.at(-1)?.end !== '';
  const names = lines.map((_, i) => `o${i}`).join('\n') + (isClosed ? '\n' : '');
  const ends = pinnedRows(hunks);
  let patience = PATIENCE * (lines.length + rows.length) + LEAST_PATIENCE;
  const apply = (count: number, fuzzFactor: number): string[] | null => {
    if (count === 0) return names.split('\n');
    const compareLine = (number: number, line: string | undefined, _: string, row: string): boolean => {
      if (--patience < 0) throw new Exhausted();
      const index = Number(row.slice(1));
      const isPinned =
        fuzzFactor === 0 && ends.has(index) && number !== (ends.get(index) === 'first' ? 1 : lines.length);
      const same = !isPinned && line?.startsWith('o') === true && isSame(Number(line.slice(1)), index);
      if (same) found[index] = number - 1;
      return same;
    };
    try {
      const patch = patchOf(hunks.slice(0, count));
      const result = applyPatch(names, patch, {
        fuzzFactor,
        compareLine,
        autoConvertLineEndings: false,
      });
      return result === false ? null : result.split('\n');
    } catch (error) {
      if (error instanceof Exhausted) return null;
      throw error;
    }
  };
  return { lines, rows, files: file.hunks, hunks, found, isSame, apply, isExhausted: () => patience < 0 };
}

class Exhausted extends Error {}

/**
 * Rows that can only be the first or the last line of the original: git shows context on both sides of a change, so a
 * hunk at line 1 starts the file, and one that has context above its changes only ends it. With fuzz they may move.
 */
function pinnedRows(hunks: readonly StructuredPatchHunk[]): ReadonlyMap<number, 'first' | 'last'> {
  const pinned = new Map<number, 'first' | 'last'>();
  for (const { oldStart, lines } of hunks) {
    const rows = lines.filter((line) => !line.startsWith('\\'));
    const old = rows.filter((line) => !line.startsWith('+'));
    const [first = ''] = old;
    const last = old.at(-1) ?? '';
    if (!rows[0]?.startsWith(' ') && !rows.at(-1)?.startsWith(' ')) continue;
    if (!rows.at(-1)?.startsWith(' ')) pinned.set(Number(last.slice(2)), 'last');
    else if (oldStart === 1) pinned.set(Number(first.slice(2)), 'first');
  }
  return pinned;
}

function patchOf(hunks: readonly StructuredPatchHunk[]): StructuredPatch {
  return {
    oldFileName: undefined,
    newFileName: undefined,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [...hunks],
  };
}

/** A pattern would take quadratic time on a line of many CRs. */
function withoutCarriages(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 13) end--;
  return text.slice(0, end);
}

/** Counts are those of the rows, which may be more than the header says. */
function writeHunk(hunk: Hunk, rows: HunkLine[]): StructuredPatchHunk {
  const lines: string[] = [];
  let oldLines = 0;
  let newLines = 0;
  for (const row of hunk.lines) {
    if (row.kind === 'no-newline') {
      lines.push('\\');
      continue;
    }
    if (row.kind !== 'add') oldLines++;
    if (row.kind !== 'del') newLines++;
    lines.push(`${row.kind === 'add' ? '+' : row.kind === 'del' ? '-' : ' '}d${rows.length}`);
    rows.push(row);
  }
  // An empty side starts behind the line that its header names.
  const oldStart = (hunk.oldStart ?? 0) + (oldLines === 0 ? 1 : 0);
  const newStart = (hunk.newStart ?? 0) + (newLines === 0 ? 1 : 0);
  return { oldStart, oldLines, newStart, newLines, lines };
}

function splitOriginal(text: string): OriginalLine[] {
  const lines: OriginalLine[] = [];
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const behind = feed < 0 ? text.length : feed + 1;
    const stop = feed < 0 ? text.length : feed > start && text.charCodeAt(feed - 1) === 13 ? feed - 1 : feed;
    lines.push({ text: text.slice(start, stop), end: text.slice(stop, behind) });
    start = behind;
  }
  return lines;
}

/** Turns names back into lines. */
function succeed(plan: Plan, names: readonly string[], fuzz: number): Application {
  const usualEnd = plan.lines[0]?.end || '\n';
  const sources: LineSource[] = [];
  const parts: string[] = [];
  // An empty name behind the last line stands for its line end, and alone for an empty text.
  const isClosed = names.at(-1) === '';
  const count = isClosed ? names.length - 1 : names.length;
  for (let i = 0; i < count; i++) {
    const name = names[i] ?? '';
    const index = Number(name.slice(1));
    const isLast = i + 1 === count && !isClosed;
    if (name.startsWith('o')) {
      const { text, end } = plan.lines[index] ?? { text: '', end: '' };
      sources.push({ from: 'original', line: index + 1 });
      parts.push(text, isLast ? '' : end || usualEnd);
    } else {
      const row = plan.rows[index];
      sources.push({ from: 'document', line: row?.line ?? 0, column: row?.textColumn ?? 0 });
      parts.push(row?.text ?? '', isLast ? '' : usualEnd);
    }
  }
  // An empty line without a line end is none.
  if (!isClosed && parts.at(-2) === '') sources.pop();
  return { ok: true, text: parts.join(''), lines: sources, hunks: placesOf(plan, fuzz) };
}

/** Where each hunk was put. */
function placesOf(plan: Plan, fuzz: number): AppliedHunk[] {
  let offset = 0;
  return plan.hunks.map((hunk, i) => {
    const { oldStart, lines } = hunk;
    // Removed lines, and context beside added ones, are always found; a hunk of added lines alone moves with the last.
    const anchor = anchorOf(plan, lines);
    if (anchor !== null) offset = anchor - (oldStart - 1);
    const start = oldStart + offset;
    return { line: plan.files[i]?.line ?? 0, start, offset, fuzz: isExact(plan, lines, start - 1) ? 0 : fuzz };
  });
}

/** The original's line (0-based) where a hunk's old side begins, told from a row that must have been found. */
function anchorOf({ found }: Plan, lines: readonly string[]): number | null {
  let old = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('-') || (line.startsWith(' ') && (isAdded(lines[i - 1]) || isAdded(lines[i + 1]))))
      return (found[Number(line.slice(2))] ?? 0) - old;
    if (line.startsWith(' ')) old++;
  }
  return null;
}

function isAdded(line: string | undefined): boolean {
  return line?.startsWith('+') === true;
}

function isExact(plan: Plan, lines: readonly string[], start: number): boolean {
  let at = start;
  return lines.every((line) => !/^[- ]/.test(line) || plan.isSame(at++, Number(line.slice(2))));
}

/** Finds the first hunk that does not fit. */
function blame(file: PatchFile, plan: Plan, fuzz: number): Failure {
  let fitting = 0;
  let failing = plan.hunks.length;
  while (fitting + 1 < failing) {
    const middle = (fitting + failing) >> 1;
    if (plan.apply(middle, fuzz) === null) failing = middle;
    else fitting = middle;
  }
  const line = file.hunks[failing - 1]?.line ?? file.line;
  return fail(line, 'this hunk does not fit: the lines that it shows are not there');
}
