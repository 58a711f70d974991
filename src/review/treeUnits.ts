// SPDX-License-Identifier: MIT
/** A patch that a kernel tree fits: its functions come whole from the files of the tree, and so does what they call. */

import type { Unit } from '../c/ast';
import { buildUnit } from '../c/buildUnit';
import { configuration } from '../c/configuration';
import type { Definition } from '../c/indexDefinitions';
import { indexDefinitions } from '../c/indexDefinitions';
import { concatenate, type MappedText, mapFile, originAt, slice } from '../c/mappedText';
import type { CParser } from '../c/parser';
import type { PatchFile, ReadingNotice } from '../patch/types';
import { keyOf } from '../tree/fileIndex';
import type { KernelTree } from '../tree/kernelTree';
import { type PatchedFile, patchFile } from '../tree/patchFile';
import { createTreeUnit, type TreeUnit } from '../tree/treeUnit';
import { type Library, macroOf } from './library';
import type { DocumentPatch } from './patchesOf';
import { buildPatchUnits, hunkLimit, type PatchUnits } from './patchUnits';
import type { Notice, Side } from './types';

/** The tree as the patches in front of one have left it: their files, by path; null for one that is gone. */
export type TreeState = Map<string, string | null>;

/**
 * Builds both sides of a patch from the tree. Files that do not fit it are put together from the mail and the models,
 * as all are without a tree. Never throws on bad C.
 * @param state what the patches before it in the same series have changed; this one's changes are added
 */
export async function buildTreeUnits(
  parser: CParser,
  library: Library,
  tree: KernelTree,
  patch: DocumentPatch,
  reading: readonly ReadingNotice[],
  state: TreeState,
): Promise<PatchUnits> {
  const fitting: { file: PatchFile; patched: PatchedFile }[] = [];
  const rest: PatchFile[] = [];
  const notices: Notice[] = [];
  const note = (level: Notice['level'], message: string, line: number): number =>
    notices.push({ level, message, place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 } });
  const size = patch.files.reduce((sum, file) => sum + sizeOf(file), 0);
  for (const file of patch.files) {
    const path = file.newPath ?? file.oldPath ?? '';
    if (size > hunkLimit || file.hunks.length === 0 || !/\.[ch]$/.test(path)) {
      rest.push(file);
      continue;
    }
    const patched = patchFile(await textOf(tree, file, state), file, patch.isCollapsed);
    if (patched.ok) {
      fitting.push({ file, patched });
      if (patched.isIn) notices.push(hasAlready(path, file.line));
    } else {
      rest.push(file);
      // Nothing is wrong with a patch for another version of the kernel.
      note(
        'note',
        `the patch of ${path} does not fit the kernel tree: ${patched.reason}; its functions come from the mail and the models`,
        patched.line,
      );
    }
  }
  const inTree = new Set<string>();
  for (const file of rest) {
    if (file.hunks.length === 0 || !/\.[ch]$/.test(file.newPath ?? file.oldPath ?? '')) continue;
    const text = await textOf(tree, file, state);
    for (const { kind, name } of text === null ? [] : indexDefinitions(text, configuration))
      if (kind === 'function') inTree.add(name);
  }
  const base = buildPatchUnits(parser, library, rest, reading, (name) => inTree.has(name));
  if (fitting.length === 0) return { ...base, notices: [...notices, ...base.notices] };

  const changed = new Map(base.changed);
  const hunkOfLine = new Map(base.hunkOfLine);
  for (const { file } of fitting) {
    for (const hunk of file.hunks) {
      for (const row of hunk.lines) {
        if (row.kind === 'no-newline') continue;
        hunkOfLine.set(row.line, hunk.line);
        if (row.kind !== 'context') changed.set(row.line, hunk.line);
      }
    }
  }
  const sides = { before: treeSide('before'), after: treeSide('after') };
  for (const { file, patched } of fitting) {
    const touched = bothSides.flatMap((side) => changedIn(patched[side], changed));
    const names = new Set([...touched, ...bothSides.flatMap((side) => usersOf(patched[side], touched))].map(keyOf));
    for (const side of bothSides) {
      const path = pathOn(file, side);
      const text = patched[side];
      const unit = path === null || text === null ? null : build(text, path, names, sides[side].unit, side);
      if (unit) sides[side].units.push(unit);
    }
    if (file.oldPath !== null) state.set(file.oldPath, null);
    if (file.newPath !== null) state.set(file.newPath, patched.after?.text ?? null);
  }
  const hunks = [...base.hunks, ...fitting.flatMap(({ file }) => file.hunks.map((hunk) => ({ hunk, file })))];
  return {
    ...base,
    before: [...base.before, ...sides.before.units, sides.before.unit],
    after: [...base.after, ...sides.after.units, sides.after.unit],
    notices: [...notices, ...base.notices],
    changed,
    hunkOfLine,
    hunks: hunks.sort((a, b) => a.hunk.line - b.hunk.line),
  };

  function treeSide(side: Side): { readonly unit: TreeUnit; readonly units: Unit[] } {
    const files = new Map<string, MappedText | null>();
    for (const [path, text] of state) files.set(path, text === null ? null : mapFile(path, text));
    for (const { file } of fitting) for (const path of [file.oldPath, file.newPath]) if (path) files.set(path, null);
    for (const { file, patched } of fitting) {
      const path = pathOn(file, side);
      if (path !== null) files.set(path, patched[side]);
    }
    const unit = createTreeUnit(parser, tree, {
      files,
      isModelled: (name) => isModelled(library, name),
      macro: macroOf(library.models),
    });
    return { unit, units: [] };
  }

  /** What the patch changes in a file, without the rest of it. */
  function build(text: MappedText, path: string, names: ReadonlySet<string>, unit: TreeUnit, side: Side): Unit | null {
    const parts: MappedText[] = [];
    let behind = 0;
    for (const definition of inOrder(indexDefinitions(text.text, configuration))) {
      const { start, end, configured, kind } = definition;
      if (!names.has(keyOf(definition)) || start < behind) continue;
      if (!configured) {
        const line = originAt(text, start);
        note(
          'note',
          `${definition.name} is not configured: it is not simulated`,
          line.file === 'document' ? line.line : 1,
        );
        continue;
      }
      const part = slice(text, start, end);
      parts.push({ ...part, text: `${part.text}${kind === 'macro' ? '' : ';'}\n` });
      behind = end;
    }
    if (parts.length === 0) return null;
    const whole = concatenate(parts);
    const built = buildUnit(parser, whole, 'patch', configuration, unit.macroSeenFrom(path), path);
    const say = (level: Notice['level'], message: string, offset: number): void => {
      const at = originAt(whole, offset);
      const shown = at.file === 'document' ? message : `${message} (${at.file}:${at.line})`;
      notices.push({
        level,
        message: shown,
        place: at.file === 'document' ? { ...at, endLine: at.line, endColumn: at.column + 1 } : null,
      });
    };
    for (const definition of built.unit.functions.values())
      if (definition.errorAt !== null)
        say(
          'warning',
          `${definition.name}() is not analysed ${side} the patch: it could not be parsed`,
          definition.errorAt,
        );
    for (const assumption of built.assumptions) say('note', assumption.text, assumption.offset);
    return built.unit;
  }
}

/**
 * Takes back what of a series the tree has already, the last patch first, so that each can be put in on those before it.
 * @param state is made what the tree was before the series
 * @returns what is to be said of it
 */
export async function takeBack(
  tree: KernelTree,
  patches: readonly DocumentPatch[],
  state: TreeState,
): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const { files, isCollapsed } of [...patches].reverse()) {
    for (const file of files) {
      const path = file.newPath ?? file.oldPath ?? '';
      if (file.hunks.length === 0 || !/\.[ch]$/.test(path)) continue;
      const patched = patchFile(await textOf(tree, file, state), file, isCollapsed);
      if (!patched.ok || !patched.isIn) continue;
      if (file.newPath !== null) state.set(file.newPath, null);
      if (file.oldPath !== null) state.set(file.oldPath, patched.before?.text ?? null);
      notices.push(hasAlready(path, file.line));
    }
  }
  return notices.reverse();
}

const hasAlready = (path: string, line: number): Notice => ({
  level: 'note',
  message: `the kernel tree has this patch of ${path} already`,
  place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
});

const bothSides = ['before', 'after'] as const;

const pathOn = (file: PatchFile, side: Side): string | null => (side === 'before' ? file.oldPath : file.newPath);

const sizeOf = (file: PatchFile): number =>
  file.hunks.reduce((sum, hunk) => sum + hunk.lines.reduce((all, line) => all + line.text.length + 1, 0), 0);

/** The file as the patches before have left it, or as the tree has it: under its old name, or where it is in already. */
async function textOf(tree: KernelTree, file: PatchFile, state: TreeState): Promise<string | null> {
  for (const path of [file.oldPath, file.newPath]) {
    if (path === null) continue;
    const text = state.has(path) ? (state.get(path) ?? null) : await tree.open(path);
    if (text !== null) return text;
  }
  return null;
}

/** Definitions that a changed line touches. */
function changedIn(text: MappedText | null, changed: ReadonlyMap<number, number>): Definition[] {
  if (text === null) return [];
  const offsets = text.pieces.flatMap(({ start, origin }) =>
    origin.file === 'document' && changed.has(origin.line) ? [start] : [],
  );
  const ends = offsets.map((start) => {
    const feed = text.text.indexOf('\n', start);
    return feed < 0 ? text.text.length : feed;
  });
  let first = 0;
  return inOrder(indexDefinitions(text.text, configuration)).filter(({ start, end }) => {
    while (first < offsets.length && (ends[first] ?? 0) < start) first++;
    return (offsets[first] ?? Number.POSITIVE_INFINITY) < end;
  });
}

/** The functions of a file that say something else because a macro, a constant or a variable of it has changed. */
function usersOf(text: MappedText | null, touched: readonly Definition[]): Definition[] {
  const values = touched.filter(({ kind }) => kind === 'macro' || kind === 'constant' || kind === 'variable');
  if (text === null || values.length === 0) return [];
  const name = new RegExp(`\\b(${values.map((d) => d.name).join('|')})\\b`);
  return indexDefinitions(text.text, configuration).filter(
    ({ kind, start, end }) => kind === 'function' && name.test(text.text.slice(start, end)),
  );
}

/** As they begin, and what holds another one first. */
const inOrder = (definitions: readonly Definition[]): Definition[] =>
  [...definitions].sort((a, b) => a.start - b.start || b.end - a.end);

/** Whether the bundled C says what a name is. */
function isModelled(library: Library, name: string): boolean {
  const units = [...library.models, ...library.companions, ...library.scenarios.map((s) => s.unit)];
  return units.some((unit) => unit.functions.has(name) || unit.globals.has(name) || unit.prototypes.has(name));
}
