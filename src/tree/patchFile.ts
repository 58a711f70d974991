// SPDX-License-Identifier: MIT
/** One file of a patch, put into the file of a kernel tree: both sides whole, every line with its place. */

import type { MappedText, Origin } from '../c/mappedText';
import { type Application, applyFile } from '../patch/applyFile';
import type { HunkLine, PatchFile } from '../patch/types';

export interface PatchedFile {
  readonly ok: true;
  /** Null for a file that is not there on that side. Lines that the patch shows stand in the document. */
  readonly before: MappedText | null;
  readonly after: MappedText | null;
  /** Whether the tree has the patch already: it holds the side after it. */
  readonly isIn: boolean;
}

/** `line` (1-based, of the document) is that of the hunk that does not fit. */
export interface Misfit {
  readonly ok: false;
  readonly line: number;
  readonly reason: string;
}

/** Lines of context that may differ in each hunk, as patch(1) has it. */
const fuzz = 2;

/**
 * Applies the patch of a file to its text in the tree, or takes it back from there where it is in already.
 * @param text what the tree holds: the file before the patch, or after it; null where there is none
 * @param isCollapsed whether white space was lost in the mail, so that lines are compared without
 */
export function patchFile(text: string | null, file: PatchFile, isCollapsed: boolean): PatchedFile | Misfit {
  if (text === null && file.oldPath !== null)
    return { ok: false, line: file.line, reason: `the tree has no ${file.oldPath}` };
  const original = text ?? '';
  const apply = (reverse: boolean, most: number): Application =>
    applyFile(original, file, { reverse, fuzz: most, ignoreWhitespace: isCollapsed });
  const forward = apply(false, 0);
  // What fits both ways is in already where only that is at the lines that the hunks name, or where no line of the old
  // side is shown: such hunks fit anywhere.
  const mayBeIn = !forward.ok || !isInPlace(forward) || addsOnly(file);
  const back = mayBeIn ? apply(true, 0) : null;
  if (back?.ok && (!forward.ok || isInPlace(back))) return sidesOf(original, file, back, true);
  if (forward.ok) return sidesOf(original, file, forward, false);
  const fuzzy = apply(false, fuzz);
  if (fuzzy.ok) return sidesOf(original, file, fuzzy, false);
  const fuzzyBack = apply(true, fuzz);
  return fuzzyBack.ok ? sidesOf(original, file, fuzzyBack, true) : fuzzy;
}

const isInPlace = ({ hunks }: Extract<Application, { ok: true }>): boolean => hunks.every((h) => h.offset === 0);

/** Whether no line of the file's old side is shown. */
const addsOnly = (file: PatchFile): boolean =>
  file.hunks.every((hunk) => hunk.lines.every((line) => line.kind === 'add' || line.kind === 'no-newline'));

function sidesOf(
  original: string,
  file: PatchFile,
  application: Extract<Application, { ok: true }>,
  isIn: boolean,
): PatchedFile {
  const path = (isIn ? file.newPath : file.oldPath) ?? file.newPath ?? '';
  const lines = original.split('\n');
  const shown = shownLines(lines, file, application, isIn);
  const rows = new Map(file.hunks.flatMap((hunk) => hunk.lines.map((row) => [row.line, row] as const)));
  const place = (line: number): readonly Piece[] => {
    const row = shown.get(line);
    return row ? piecesOf(row, lines[line - 1] ?? '') : [{ start: 0, origin: { file: path, line, column: 1 } }];
  };
  const held = mapped(
    original,
    lines.map((_, i) => place(i + 1)),
  );
  const made = mapped(
    application.text,
    application.lines.map((source) => {
      const row = source.from === 'document' ? rows.get(source.line) : undefined;
      return row ? piecesOf(row, row.text) : place(source.line);
    }),
  );
  const [before, after] = isIn ? [made, held] : [held, made];
  return {
    ok: true,
    before: file.oldPath === null ? null : before,
    after: file.newPath === null ? null : after,
    isIn,
  };
}

type Piece = MappedText['pieces'][number];

/** Places of a line of the tree, or of the patch, that a row of the document shows: white space may differ. */
function piecesOf(row: HunkLine, text: string): Piece[] {
  const origin: Origin = { file: 'document', line: row.line, column: row.textColumn };
  const indent = (line: string): number => line.length - line.trimStart().length;
  const wraps = (row.wraps ?? []).map(({ offset, line, column }) => ({
    start: offset,
    origin: { file: 'document', line, column },
  }));
  if (text.trimEnd() === row.text.trimEnd()) return [{ start: 0, origin }, ...wraps];
  const from = indent(text);
  const first = { start: from, origin: { ...origin, column: row.textColumn + indent(row.text) } };
  return from === 0 ? [first] : [{ start: 0, origin }, first];
}

function mapped(text: string, lines: readonly (readonly Piece[])[]): MappedText {
  const pieces: Piece[] = [];
  let start = 0;
  for (const line of lines) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    for (const piece of line) if (start + piece.start <= end) pieces.push({ ...piece, start: start + piece.start });
    if (feed < 0) break;
    start = feed + 1;
  }
  return { text, pieces };
}

/** Lines of the tree's file (1-based) that the patch shows, each with its row: those of the side that the tree has. */
function shownLines(
  lines: readonly string[],
  file: PatchFile,
  application: Extract<Application, { ok: true }>,
  isIn: boolean,
): Map<number, HunkLine> {
  const shown = new Map<number, HunkLine>();
  const plain = (text: string): string => text.replace(/\s+/g, '');
  const other = isIn ? 'del' : 'add';
  for (const { line: hunkLine, start } of application.hunks) {
    const hunk = file.hunks.find((h) => h.line === hunkLine);
    let at = start;
    for (const row of hunk?.lines ?? []) {
      if (row.kind === other || row.kind === 'no-newline') continue;
      // Context that differs may be missing on either side.
      for (let ahead = 0; ahead <= fuzz; ahead++) {
        if (plain(lines[at - 1 + ahead] ?? '') !== plain(row.text)) continue;
        at += ahead;
        shown.set(at++, row);
        break;
      }
    }
  }
  return shown;
}
