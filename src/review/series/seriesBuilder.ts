// SPDX-License-Identifier: MIT
/** Puts the patches of a series together, one after the other: each stands on those before it. */

import type { Unit } from '../../c/ast';
import type { CParser } from '../../c/parser';
import type { PatchFile, ReadingNotice } from '../../patch/types';
import type { KernelTree } from '../../tree/kernelTree';
import { isTreeUnit } from '../../tree/treeUnit';
import { chooseGeneration } from '../chooseGeneration';
import { type Generation, ofVersion } from '../generations';
import { type Library, modelTexts } from '../library';
import type { DocumentPatch, DocumentSeries } from '../patchesOf';
import { buildPatchUnits, type PatchUnits } from '../patchUnits';
import { buildTreeUnits, type TreeState, takeBack } from '../treeUnits';
import type { Notice } from '../types';

/** A patch as C, and the models that it stands on: the patches before it go before them. */
export interface Prepared {
  readonly library: Library;
  readonly units: PatchUnits;
  readonly patch: DocumentPatch;
  /** Makes C of the patch with some lines changed, on what it stands on; changes nothing for those behind it. */
  again(patch: DocumentPatch): Promise<PatchUnits>;
}

/** The C that is not in the mail, by generation. */
export type Libraries = (generation: Generation) => Library;

export interface SeriesBuilder {
  /** The next patch; called once for each, in order. Never throws on bad C. */
  next(patch: DocumentPatch): Promise<Prepared>;
  /** What was there before the first patch, and what is there now: units that go before the models. */
  readonly base: readonly Unit[];
  standing(): readonly Unit[];
  /** The models without any patch. */
  readonly library: Library;
}

/**
 * Starts a series. The models are those of the tree's version, else of what the patches show and the date of the first
 * one. What of the series is in the models or in the tree already is taken out of them, the last patch first.
 * @param tree null where there is none
 * @param reading what reading the document had to say
 */
export async function startSeries(
  parser: CParser,
  libraries: Libraries,
  tree: KernelTree | null,
  patches: readonly DocumentPatch[],
  reading: readonly ReadingNotice[],
): Promise<SeriesBuilder> {
  const version = tree && (await versionOf(tree));
  const files = patches.flatMap((patch) => patch.files);
  const date = patches[0]?.date ?? null;
  const library = libraries(version === null ? chooseGeneration({ files, date }, modelTexts) : ofVersion(version));
  const state: TreeState = new Map();
  const isSeries = patches.length > 1;
  const takenBack = tree && isSeries ? await takeBack(tree, patches, state) : [];
  const base = isSeries ? takenOut(parser, library, patches) : [];
  let standing: readonly Unit[] = base;
  let notices = takenBack;

  const build = async (patch: DocumentPatch, units: readonly Unit[]): Promise<Prepared> => {
    const own = withUnits(library, units);
    const found = new Map(state);
    const made = async (one: DocumentPatch, from: TreeState): Promise<PatchUnits> =>
      tree === null
        ? buildPatchUnits(parser, own, one.files, reading)
        : buildTreeUnits(parser, own, tree, one, reading, from);
    return { library: own, units: await made(patch, state), patch, again: (one) => made(one, new Map(found)) };
  };
  return {
    base,
    library,
    standing: () => standing,
    next: async (patch) => {
      const prepared = await retried(await build(patch, standing), patch);
      // What only runs alone stands for no function that a later patch could change.
      const brought = prepared.units.after.filter((unit) => !isTreeUnit(unit) && unit.origin !== 'fragment');
      standing = isSeries ? [...brought, ...standing] : [];
      const said = notices;
      notices = [];
      if (said.length === 0) return prepared;
      return { ...prepared, units: { ...prepared.units, notices: [...said, ...prepared.units.notices] } };
    },
  };

  /** Where a hunk does not fit what the patches before it made of a function, the function without them is tried. */
  async function retried(prepared: Prepared, patch: DocumentPatch): Promise<Prepared> {
    const { unplaced } = prepared.units;
    const others = standing.filter((unit) => ![...unit.functions.keys()].some((name) => unplaced.has(name)));
    if (tree !== null || others.length === standing.length) return prepared;
    const again = await build(patch, others);
    const placed = [...unplaced].filter((name) => !again.units.unplaced.has(name));
    if (placed.length === 0) return prepared;
    const left = standing.filter((unit) => !others.includes(unit));
    standing = others;
    // A first patch that does not fit what is left of a model without the series stands on the model.
    const isBrought = (name: string): boolean => left.some((unit) => !base.includes(unit) && unit.functions.has(name));
    const misfits = placed.filter(isBrought).map((name): Notice => {
      const line = lineOf(patch.files, again.units, name);
      return {
        level: 'warning',
        message: `what this patch shows of ${name}() does not fit what the patches before it made of it: it was put into ${name}() without them`,
        place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
      };
    });
    return { ...again, units: { ...again.units, notices: [...misfits, ...again.units.notices] } };
  }
}

/**
 * Starts each series of a document. In a kernel tree patches that belong to none stand on each other as they come: what
 * does not fit says so.
 */
export function seriesStarter(
  parser: CParser,
  libraries: Libraries,
  tree: KernelTree | null,
  series: readonly DocumentSeries[],
  reading: readonly ReadingNotice[],
): (one: DocumentSeries) => Promise<SeriesBuilder> {
  const start = (patches: readonly DocumentPatch[]): Promise<SeriesBuilder> =>
    startSeries(parser, libraries, tree, patches, reading);
  let alone: Promise<SeriesBuilder> | null = null;
  return ({ patches, head }) => {
    if (tree === null || head !== null) return start(patches);
    alone ??= start(series.flatMap((one) => (one.head === null ? one.patches : [])));
    return alone;
  };
}

/** The models with units before them. */
export const withUnits = (library: Library, units: readonly Unit[]): Library =>
  units.length === 0 ? library : { ...library, models: [...units, ...library.models], unpatched: library.models };

/** The hunk of the patch that is woven into a function first; else where the patch begins. */
function lineOf(files: readonly PatchFile[], units: PatchUnits, name: string): number {
  const pieces = units.woven.get(name)?.after.pieces ?? [];
  const shown = pieces.find(({ origin }) => origin.file === 'document' && units.hunkOfLine.has(origin.line));
  return (shown && units.hunkOfLine.get(shown.origin.line)) ?? files[0]?.line ?? 1;
}

/** Functions of the models as they were before the series, where these have lines of it already: the latest goes first. */
function takenOut(parser: CParser, library: Library, patches: readonly DocumentPatch[]): readonly Unit[] {
  let base: readonly Unit[] = [];
  for (const { files } of [...patches].reverse()) {
    const { before, woven } = buildPatchUnits(parser, withUnits(library, base), files);
    const turned = before.filter((unit) => unit.origin === 'woven' && isTurned(unit));
    if (turned.length > 0) base = [...turned, ...base];

    function isTurned(unit: Unit): boolean {
      return [...unit.functions.keys()].some((name) => woven.get(name)?.turned === true);
    }
  }
  return base;
}

/** The version of a kernel tree (`6.1`), or null where its Makefile does not say. */
async function versionOf(tree: KernelTree): Promise<string | null> {
  const [, major, minor] =
    /^VERSION\s*=\s*(\d+)\s*^PATCHLEVEL\s*=\s*(\d+)/m.exec((await tree.open('Makefile')) ?? '') ?? [];
  return major === undefined || minor === undefined ? null : `${major}.${minor}`;
}
