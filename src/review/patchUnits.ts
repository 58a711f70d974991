// SPDX-License-Identifier: MIT
/** Turns the files of a patch into C that can be linked: one set of units for the code before it, one for after. */

import type { Unit } from '../c/ast';
import { type BuiltUnit, buildUnit } from '../c/buildUnit';
import { configuration } from '../c/configuration';
import type { WeaveRow } from '../c/hunkPlan';
import { concatenate, type MappedText, mapLine, originAt, slice } from '../c/mappedText';
import type { CParser } from '../c/parser';
import { tokenize } from '../c/tokens';
import { cutTopLevel, mayBeginInside, sectionFunction } from '../c/topLevel';
import type { Woven } from '../c/weave';
import type { Hunk, HunkLine, PatchFile, ReadingNotice } from '../patch/types';
import { chooseStage } from './chooseStage';
import { type Library, macroOf } from './library';
import type { Unwoven } from './lostCalls';
import { ownerOf } from './ownerOf';
import {
  addPartial,
  editedLines,
  type PartialFunction,
  place,
  type Row,
  sideText,
  weaveRows,
} from './partialFunctions';
import type { Notice, Place, Side } from './types';

/**
 * A patch as C of both sides, and where its lines stand. All lines are 1-based and those of the document. The last unit of
 * both sides may be a stage of the library: no part of the patch, but what it stands on.
 */
export interface PatchUnits {
  readonly before: readonly Unit[];
  readonly after: readonly Unit[];
  /** Functions that were woven into a bundled model, with how well their context fitted. */
  readonly woven: ReadonlyMap<string, Woven>;
  /** Functions that hunks show in part and that have no model: only these lines are run. */
  readonly fragments: ReadonlySet<string>;
  /** Functions that hunks show in part and that could not be put together: whoever runs them runs something else. */
  readonly unplaced: ReadonlySet<string>;
  /** All functions that hunks show in part and that are not woven, in order. */
  readonly unwoven: readonly Unwoven[];
  /** The last line of the document that is read, where the patch is cut off in the middle of a hunk; else null. */
  readonly cut: number | null;
  /** Whether the patch is so long that its end was left out. */
  readonly tooLarge: boolean;
  readonly notices: readonly Notice[];
  /** Document lines that the patch adds or removes, each with its hunk's line. */
  readonly changed: ReadonlyMap<number, number>;
  /** Every document line of a hunk, with the hunk's line. */
  readonly hunkOfLine: ReadonlyMap<number, number>;
  readonly hunks: readonly { readonly hunk: Hunk; readonly file: PatchFile }[];
}

/** The place of a hunk's line, without the white space around its text. */
export function linePlace(line: HunkLine): Place {
  const shown = line.text.trimEnd();
  const indent = shown.length - shown.trimStart().length;
  return {
    file: 'document',
    line: line.line,
    column: line.textColumn + indent,
    endLine: line.line,
    endColumn: line.textColumn + Math.max(shown.length, indent + 1),
  };
}

/** The decompressor, the EFI stub and what runs on the developer's machine have functions of their own by the kernel's names. */
const otherProgram = /^(?:arch\/\w+\/boot|drivers\/firmware\/efi\/libstub|tools|scripts|samples)\/.*\.c$/;

/** A hunk with more text than this is no patch that anybody reviews, and would take minutes. */
export const hunkLimit = 500_000;

/**
 * Builds both sides. Never throws on bad C: what could not be read or placed is in the notices.
 * @param reading what reading the document had to say
 * @param isKnown whether somebody has the body of a function of which no model is bundled
 */
export function buildPatchUnits(
  parser: CParser,
  library: Library,
  files: readonly PatchFile[],
  reading: readonly ReadingNotice[] = [],
  isKnown: (name: string) => boolean = () => false,
): PatchUnits {
  const notices: Notice[] = [];
  const changed = new Map<number, number>();
  const hunkOfLine = new Map<number, number>();
  const hunks: { hunk: Hunk; file: PatchFile }[] = [];
  const partials = new Map<string, PartialFunction>();
  const units: Record<Side, Unit[]> = { before: [], after: [] };
  let textSize = 0;
  let tooLarge: number | null = null;
  const note = (level: Notice['level'], message: string, line: number): number =>
    notices.push({ level, message, place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 } });

  for (const file of files) {
    const path = file.newPath ?? file.oldPath;
    if (file.hunks.length > 0 && path !== null && !/\.(c|h|inc|cpp|cc)$/.test(path)) {
      if (file.status !== 'binary') note('note', `${path} is not C; its changes are not simulated`, file.line);
      continue;
    }
    if (file.hunks.length > 0 && path !== null && otherProgram.test(path)) {
      note('note', `${path} is part of another program than the kernel; its changes are not simulated`, file.line);
      continue;
    }
    for (const hunk of file.hunks) {
      hunks.push({ hunk, file });
      const size = hunk.lines.reduce((sum, l) => sum + l.text.length + 1, 0);
      textSize += size;
      if (textSize > hunkLimit) {
        tooLarge ??= hunk.line;
        continue;
      }
      const rows = hunk.lines.filter((l): l is Row => l.kind !== 'no-newline');
      for (const row of rows) {
        hunkOfLine.set(row.line, hunk.line);
        if (row.kind !== 'context') changed.set(row.line, hunk.line);
      }
      for (const side of ['before', 'after'] as const) {
        const text = sideText(rows, side);
        const section = sectionFunction(hunk.section);
        const top: MappedText[] = [];
        const broken = new Map<string, number>();
        for (const stretch of cutTopLevel(text.text, mayBeginInside(text.text, section !== null))) {
          const part = rowsBetween(rows, text, stretch.start, stretch.end);
          const name = stretch.kind === 'inside' ? ownerOf(library, section, oldText(part)) : stretch.name;
          if (stretch.broken && name !== null) broken.set(name, originAt(text, stretch.end - 1).line);
          if (
            stretch.kind === 'inside' &&
            name === null &&
            part.some((r) => r.kind !== 'context' && r.text.trim() !== '')
          ) {
            note(
              'warning',
              /^\s*(typedef\s+)?(struct|union|enum)\b[^()]*$/.test(hunk.section)
                ? 'this hunk changes a type of which it shows a part: that is not simulated'
                : 'this hunk begins in the middle of a function that it does not name: it is not simulated',
              hunk.line,
            );
          }
          if (stretch.kind === 'top' || stretch.kind === 'function')
            top.push(
              slice(text, stretch.start, stretch.end),
              mapLine('', { file: 'document', line: hunk.line, column: 1 }),
            );
          else if (name !== null) addPartial(partials, { name, path, rows: [part], hunks: [hunk] });
        }
        const unit = build(concatenate(top), 'patch', side, broken);
        if (unit) units[side].push(unit);
      }
    }
  }

  if (tooLarge !== null)
    note(
      'warning',
      `the patch has more than ${hunkLimit.toLocaleString('en')} characters: from here on it is not simulated`,
      tooLarge,
    );

  const woven = new Map<string, Woven>();
  const fragments = new Set<string>();
  const unplaced = new Set<string>();
  const unwoven: Unwoven[] = [];
  const byName = new Map<string, WeaveRow[][]>();
  for (const { name, rows } of partials.values()) byName.set(name, [...(byName.get(name) ?? []), ...weaveRows(rows)]);
  const stage = chooseStage(library, byName);
  const models = stage ? [stage, ...library.models] : library.models;
  // Where only comments or white space change, nothing does.
  const shown = [...partials.values()].filter(({ rows }) => rows.some(changesTokens));
  for (const partial of shown) {
    const { name } = partial;
    const line = partial.hunks[0]?.line ?? 1;
    const placed = place(models, partial, isKnown, (at) => changed.has(at));
    if (placed.kind !== 'woven') unwoven.push({ name, words: addedWords(partial.rows), line });
    if (placed.kind === 'refused') {
      unplaced.add(name);
      note(
        'warning',
        `where this hunk belongs in ${name}() cannot be told (${placed.reason}): it is not simulated`,
        placed.line,
      );
    } else if (placed.kind === 'woven') {
      woven.set(name, placed.woven);
      for (const side of ['before', 'after'] as const) {
        const unit = build(placed.woven[side], 'woven', side);
        if (unit) units[side].push(unit);
      }
    } else {
      const isAlone = shown.filter((other) => other.name === name).length === 1;
      const alone = placed.kind === 'fragment' && isAlone ? fragmentUnits(name, placed) : null;
      if (alone) {
        fragments.add(name);
        for (const side of ['before', 'after'] as const) units[side].push(alone[side]);
        note(
          'note',
          `${name}() is shown in part and no model of it is bundled: of it only the lines of the mail are run`,
          line,
        );
      } else {
        unplaced.add(name);
        const reason =
          placed.kind === 'lost'
            ? placed.reason
            : isAlone
              ? 'its lines alone are not C that can be parsed'
              : 'two files have a function of this name';
        note(
          'note',
          `${name}() is shown in part and no model of it is bundled: this hunk is not simulated, because ${reason}`,
          line,
        );
      }
    }
  }
  if (stage) for (const side of ['before', 'after'] as const) units[side].push(stage);
  const cut = reading.find((n) => (n.cut ?? 0) > editedLines && hunkOfLine.has(n.line))?.line ?? tooLarge;
  return {
    before: units.before,
    after: units.after,
    woven,
    fragments,
    unplaced,
    unwoven,
    cut,
    tooLarge: tooLarge !== null,
    notices,
    changed,
    hunkOfLine,
    hunks,
  };

  /** The lines of a function as units; null where they could not be parsed on some side. */
  function fragmentUnits(name: string, texts: Readonly<Record<Side, MappedText>>): Record<Side, Unit> | null {
    const one = (side: Side): Unit | null => {
      const macro = macroOf([...units[side], ...library.models]);
      const { unit } = buildUnit(parser, texts[side], 'fragment', configuration, macro);
      return unit.functions.get(name)?.errorAt === null && unit.errors.length === 0 ? unit : null;
    };
    const [before, after] = [one('before'), one('after')];
    return before && after && { before, after };
  }

  function build(
    text: MappedText,
    origin: 'patch' | 'woven',
    side: Side,
    broken: ReadonlyMap<string, number> = new Map(),
  ): Unit | null {
    if (text.text.trim() === '') return null;
    const built = withoutBroken(
      buildUnit(parser, text, origin, configuration, macroOf([...units[side], ...library.models])),
      broken,
    );
    const where = (offset: number): number => originAt(text, offset).line;
    for (const offset of built.unit.errors) {
      const place = originAt(text, offset);
      if (changed.has(place.line) || origin === 'patch') {
        const shown =
          text.text
            .slice(offset, offset + 40)
            .split('\n')[0]
            ?.trim() ?? '';
        if (shown !== '')
          note(
            changed.has(place.line) ? 'warning' : 'note',
            `“${shown}” at file level is not analysed (${side} the patch)`,
            place.line,
          );
      }
    }
    for (const definition of built.unit.functions.values()) {
      if (definition.errorAt !== null)
        note(
          'warning',
          `${definition.name}() is not analysed ${side} the patch: line ${where(definition.errorAt)} is not C that can be parsed`,
          where(definition.errorAt),
        );
    }
    for (const assumption of built.assumptions) note('note', assumption.text, where(assumption.offset));
    return built.unit;
  }
}

/** Functions whose braces do not balance count as not analysed, whatever the parser made of them. */
function withoutBroken(built: BuiltUnit, broken: ReadonlyMap<string, number>): BuiltUnit {
  if (broken.size === 0) return built;
  const { unit } = built;
  const functions = new Map(unit.functions);
  for (const [name, line] of broken) {
    const definition = functions.get(name);
    const piece = unit.source.pieces.find((p) => p.origin.line === line);
    if (definition) functions.set(name, { ...definition, errorAt: piece?.start ?? definition.span.start });
  }
  return { ...built, unit: { ...unit, functions } };
}

/** The words of the lines that a patch adds. */
const addedWords = (rows: readonly (readonly Row[])[]): Set<string> =>
  new Set(
    rows.flatMap((part) =>
      part.flatMap((row) => (row.kind === 'add' ? tokenize(row.text).map(({ text }) => text) : [])),
    ),
  );

/** Whether the two sides of some rows are different C. */
function changesTokens(rows: readonly Row[]): boolean {
  const codeOf = (side: Side): string =>
    tokenize(withoutCommentAtStart(sideText(rows, side).text))
      .map((t) => t.text)
      .join(' ');
  return codeOf('before') !== codeOf('after');
}

/** A stretch may begin inside a comment: its first lines then begin with an asterisk and a blank, up to the end of it. */
function withoutCommentAtStart(text: string): string {
  const lines = text.split('\n');
  let end = 0;
  while (/^\s*\*(\s|\/|$)/.test(lines[end] ?? '')) if (lines[end++]?.includes('*/')) break;
  return lines.slice(end).join('\n');
}

const oldText = (rows: readonly Row[]): string =>
  rows
    .filter((row) => row.kind !== 'add')
    .map((row) => row.text)
    .join('\n');

/** All rows, of both sides, that stand between two offsets of one side's text. */
function rowsBetween(rows: readonly Row[], text: MappedText, start: number, end: number): Row[] {
  if (start >= end) return [];
  const first = originAt(text, start).line;
  const last = end >= text.text.length ? Number.POSITIVE_INFINITY : originAt(text, end - 1).line;
  const from = start === 0 ? 0 : rows.findIndex((r) => r.line >= first);
  return rows.slice(Math.max(from, 0)).filter((r) => r.line <= last);
}
