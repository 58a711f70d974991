// SPDX-License-Identifier: MIT
/**
 * The text of a function and the hunks that show parts of it, cut into what is compared: single lines, or statements
 * where one side breaks them into other lines than the other. All indices are 0-based.
 */

import type { LineReader, TokenLine } from './likeness';
import type { Origin, Wrap } from './mappedText';

/** One line of a hunk, with where it stands. */
export interface WeaveRow {
  readonly kind: 'add' | 'del' | 'context';
  readonly text: string;
  readonly origin: Origin;
  /** Only where a mailer wrapped the line. */
  readonly wraps?: readonly Wrap[];
}

/** Text to place hunks in. */
export interface Target {
  /** What is compared: lines or statements. */
  readonly lines: readonly TokenLine[];
  /** For each of them the line of the text where it begins; the number of lines behind the last. */
  readonly starts: readonly number[];
  readonly texts: readonly string[];
  /** For each of them, and behind the last, whether it begins inside parentheses. */
  readonly inside: readonly boolean[];
  /** For each line of the text, and behind the last, whether it begins inside a comment. */
  readonly inComment: readonly boolean[];
  /** For each of them, and behind the last, how many braces are open in front of it. */
  readonly depth: readonly number[];
}

/** Rows that are compared as one. */
export interface Part {
  readonly rows: readonly WeaveRow[];
  readonly hunk: number;
  readonly isRemoved: boolean;
  /** Whether some of its rows stay: they are added again with what the hunk makes of the statement. */
  readonly isMixed: boolean;
}

export interface Plan {
  /** The old side of all hunks, and its tokens. */
  readonly old: readonly Part[];
  readonly lines: readonly TokenLine[];
  /** What is added between two of these: in front of `old[at]`. */
  readonly added: readonly Addition[];
}

export interface Addition {
  readonly at: number;
  readonly hunk: number;
  readonly rows: readonly WeaveRow[];
  /** Whether there is nothing but comments and blank lines in it. */
  readonly isEmpty: boolean;
  /** Whether it stands inside parentheses, as far as its hunk tells. */
  readonly inside: boolean;
}

/**
 * How many parentheses are open in front of each line, and behind the last. A text may begin inside a statement: it
 * closes what it did not open. Lines of the other side are null.
 */
function openParentheses(lines: readonly (TokenLine | null)[]): number[] {
  const open: number[] = [];
  let [depth, least, from] = [0, 0, 0];
  const settle = (): void => {
    for (let i = from; i < open.length; i++) open[i] = (open[i] ?? 0) - least;
    from = open.length;
  };
  for (const line of lines) {
    open.push(depth);
    depth += line?.parentheses ?? 0;
    least = Math.min(least, depth);
    if (!line?.opensBlock) continue;
    settle();
    [depth, least] = [0, 0];
  }
  open.push(depth);
  settle();
  return open;
}

/** @param joined whether lines of one statement are compared as one */
export function readTarget(reader: LineReader, text: string, joined: boolean): Target {
  const texts = text.split('\n');
  const all = reader.read(text);
  const open = openParentheses(all);
  const starts = all.map((_, i) => i).filter((i) => !joined || (open[i] ?? 0) <= 0);
  starts.push(all.length);
  const lines = starts.slice(0, -1).map((start, i) => reader.join(all.slice(start, starts[i + 1])));
  let depth = 0;
  let inComment = false;
  return {
    inComment: [
      false,
      ...texts.map((line) => {
        inComment = line.lastIndexOf('/*') > line.lastIndexOf('*/') || (inComment && !line.includes('*/'));
        return inComment;
      }),
    ],
    lines,
    starts,
    texts,
    inside: starts.map((start) => (open[start] ?? 0) > 0),
    depth: [0, ...lines.map(({ braces }) => (depth += braces))],
  };
}

/** Reads the hunks; null where one begins or ends inside a statement that it changes, and statements are asked for. */
export function readHunks(reader: LineReader, hunks: readonly (readonly WeaveRow[])[], joined: boolean): Plan | null {
  const old: Part[] = [];
  const lines: TokenLine[] = [];
  const added: { at: number; hunk: number; rows: WeaveRow[]; isEmpty: boolean; inside: boolean }[] = [];
  for (const [hunk, rows] of hunks.entries()) {
    const [before, after] = [sideOf(reader, rows, 'add'), sideOf(reader, rows, 'del')];
    const isCut = (i: number): boolean => i === 0 || !joined || (before.open[i] === 0 && after.open[i] === 0);
    /** Whether the next addition belongs to the last one. */
    let goesOn = false;
    for (let start = 0; start < rows.length; ) {
      let end = start + 1;
      while (end < rows.length && !isCut(end)) end++;
      const group = rows.slice(start, end);
      const isChanged = group.some((row) => row.kind !== 'context');
      const isWhole = [before.open[start], before.open[end], after.open[end]].every((open) => open === 0);
      if (joined && isChanged && !isWhole) return null;
      const gone = group.filter((row) => row.kind !== 'add');
      const come = group.filter((row) => row.kind !== 'del');
      if (gone.length > 0) {
        goesOn = false;
        lines.push(reader.join(before.lines.slice(start, end).filter((line) => line !== null)));
        old.push({
          rows: gone,
          hunk,
          isRemoved: isChanged,
          isMixed: isChanged && gone.some((row) => row.kind === 'context'),
        });
      }
      if (isChanged && come.length > 0) {
        const isEmpty = after.lines
          .slice(start, end)
          .every((line) => line === null || line.size === 0 || line.isComment);
        const last = goesOn ? added.at(-1) : undefined;
        if (last) {
          last.rows.push(...come);
          last.isEmpty &&= isEmpty;
        } else {
          const inside = (before.open[start] ?? 0) > 0;
          added.push({ at: old.length, hunk, rows: come, isEmpty, inside: !joined && inside });
          goesOn = true;
        }
      }
      start = end;
    }
  }
  return { old, lines, added };
}

/** The tokens of one side, null in the rows that it does not have, and the parentheses open in front of each row. */
function sideOf(
  reader: LineReader,
  rows: readonly WeaveRow[],
  skip: WeaveRow['kind'],
): { lines: (TokenLine | null)[]; open: number[] } {
  const read = reader.read(
    rows
      .filter((row) => row.kind !== skip)
      .map((row) => row.text)
      .join('\n'),
  );
  let next = 0;
  const lines = rows.map((row) => (row.kind === skip ? null : (read[next++] ?? null)));
  return { lines, open: openParentheses(lines) };
}
