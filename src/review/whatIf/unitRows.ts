// SPDX-License-Identifier: MIT
import type { Unit } from '../../c/ast';
import { originAt } from '../../c/mappedText';
import { tokensByLine } from '../../c/tokens';
import { sectionFunction } from '../../c/topLevel';
import type { Hunk, HunkLine } from '../../patch/types';

/** The row of a hunk that shows a line of a text, by the offset in it; and the rows of that hunk on the side after the patch. */
export interface ShownRow {
  readonly rows: readonly HunkLine[];
  readonly index: number;
}

/**
 * Finds the rows of hunks that show the lines of a unit of the side after a patch. A function into which hunks were woven
 * has the text of its model where these only have context: there the rows next to those that are known are compared.
 * @returns asks for the row that shows what stands at an offset of the unit's text; null for none
 */
export function unitRows(unit: Unit, hunks: readonly Hunk[]): (offset: number) => ShownRow | null {
  const { text } = unit.source;
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  const shown: (ShownRow | undefined)[] = starts.map(() => undefined);
  const byLine = new Map<number, ShownRow>();
  const sides = hunks.map(({ lines, section }) => ({
    rows: lines.filter(({ kind }) => kind === 'add' || kind === 'context'),
    isOwn: unit.functions.has(sectionFunction(section) ?? ''),
  }));
  for (const { rows } of sides) {
    for (const [index, row] of rows.entries())
      for (const line of [row.line, ...(row.wraps ?? []).map((wrap) => wrap.line)]) byLine.set(line, { rows, index });
  }
  for (const [line, start] of starts.entries()) {
    const end = starts[line + 1] ?? text.length + 1;
    const first = text.slice(start, end).search(/\S/);
    const origin = originAt(unit.source, start + Math.max(first, 0));
    if (origin.file === 'document') shown[line] = byLine.get(origin.line);
  }
  const words = tokensByLine(text).map((tokens) => tokens.join(' '));
  for (const { rows, isOwn } of sides) {
    const rowWords = tokensByLine(rows.map((row) => row.text).join('\n')).map((tokens) => tokens.join(' '));
    const known = shown.flatMap((row, line) => (row?.rows === rows ? [{ line, index: row.index }] : []));
    const anchors = known.length > 0 ? known : isOwn ? onlyOnes(words, rowWords) : [];
    for (const anchor of anchors) for (const step of [-1, 1]) follow(anchor.line, anchor.index, step);

    /** Goes on from a row that is known as long as the texts agree; lines without code are passed over. */
    function follow(fromLine: number, fromIndex: number, step: number): void {
      let line = fromLine;
      let index = fromIndex;
      for (;;) {
        if (shown[line] === undefined) shown[line] = { rows, index };
        do line += step;
        while (words[line] === '');
        do index += step;
        while (rowWords[index] === '');
        if (shown[line] !== undefined || words[line] === undefined || words[line] !== rowWords[index]) return;
      }
    }
  }
  return (offset) => {
    let low = 0;
    for (let high = starts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return shown[low] ?? null;
  };
}

/** Lines with code that both have once, alone where they are long, else with the line behind them. */
function onlyOnes(words: readonly string[], rowWords: readonly string[]): { line: number; index: number }[] {
  const [lines, rows] = [windowsOf(words), windowsOf(rowWords)];
  return rows.flatMap(({ at: index, text }) => {
    const [own, ...others] = rows.filter((row) => row.text === text);
    const [found, ...more] = lines.filter((line) => line.text === text);
    return own && others.length === 0 && found && more.length === 0 ? [{ line: found.at, index }] : [];
  });
}

/** Each line with code, alone where it has some length, and with the next one. */
function windowsOf(words: readonly string[]): { at: number; text: string }[] {
  const code = words.flatMap((text, at) => (text === '' ? [] : [{ text, at }]));
  return code.flatMap(({ text, at }, i) => [
    ...(text.length >= leastShared ? [{ at, text }] : []),
    ...(i + 1 < code.length ? [{ at, text: `${text}\n${code[i + 1]?.text}` }] : []),
  ]);
}

/** So many characters are not the same by chance. */
const leastShared = 16;
