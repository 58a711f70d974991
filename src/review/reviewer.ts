// SPDX-License-Identifier: MIT

import type { Unit } from '../c/ast';
import type { CParser } from '../c/parser';
import { loadParser } from '../c/parser';
import { readDocument } from '../patch/readDocument';
import { type TreeFiles, throughout } from '../tree/treeFiles';
import { isTreeUnit } from '../tree/treeUnit';
import { createExplorer } from './explore';
import { usualGeneration } from './generations';
import { rememberDocument } from './lastDocument';
import { createLibraries, findScenario, type Library } from './library';
import { patchesOf } from './patchesOf';
import type { PatchUnits } from './patchUnits';
import { toldOf } from './people';
import { replyTo } from './reply/reply';
import { reviewDocument } from './reviewDocument';
import type { Scenario } from './scenario';
import { type Libraries, type Prepared, seriesStarter, startSeries } from './series/seriesBuilder';
import { compareTexts } from './series/versions';
import { simulateBase, simulateOne } from './simulate';
import { neededCompanions } from './simulateSide';
import { rememberTrees, type Trees } from './trees';
import type { Hooks, Reviewer, ScenarioInfo, SimulationRequest } from './types';
import { withUserFiles } from './userLibrary';

/**
 * Loads the parser and the bundled models.
 * @param files the bytes of web-tree-sitter's runtime and of tree-sitter-c's grammar
 * @param treeFiles gives the files of a kernel tree by its name in `ReviewOptions`
 */
export async function createReviewer(
  files: { readonly runtimeWasm: Uint8Array; readonly grammarWasm: Uint8Array },
  treeFiles: (tree: string) => TreeFiles = () => noFiles,
): Promise<Reviewer> {
  const parser = await loadParser(files.runtimeWasm, files.grammarWasm);
  const bundled = createLibraries(parser);
  let libraries = bundled;
  const usual = (): Library => libraries(usualGeneration);
  const withDocument = rememberDocument();
  const trees = rememberTrees(treeFiles);
  let explorer = createExplorer();
  return {
    review: (text, options, hooks) =>
      withDocument(text, (document) => reviewDocument({ parser, libraries, trees }, text, document, options, hooks)),
    simulate: (id, hooks) => simulateBase(usual(), findScenario(usual(), id), hooks),
    simulation: async (request, hooks) => {
      findScenario(usual(), request.scenario);
      const { library, units } = await unitsToSimulate(parser, libraries, trees, request, hooks);
      return simulateOne(library, findScenario(library, request.scenario), units, request, hooks);
    },
    explore: (request, hooks) => explorer({ parser, libraries, trees }, request, hooks),
    scenarios: () => usual().scenarios.map(scenarioInfo),
    source: (file) => usual().source(file),
    useFiles: (files) => {
      const known = new Map<Library, Library>();
      libraries = (generation) => {
        const base = bundled(generation);
        const library = known.get(base) ?? withUserFiles(parser, base, files);
        known.set(base, library);
        return library;
      };
    },
    fileNotices: () => usual().notices,
    indexTree: (tree, hooks) => trees.index(tree, hooks),
    treeChanged: (tree, paths) => {
      explorer = createExplorer();
      trees.changed(tree, paths);
    },
    reply: (text, findings) => replyTo(readDocument(text), toldOf(findings)),
    compare: compareTexts,
    simulated: (text, tree) => simulatedText(parser, libraries, trees, text, tree),
  };
}

const scenarioInfo = (s: Scenario): ScenarioInfo => ({
  id: s.id,
  title: s.title,
  machine: s.machine,
  entryPoints: s.agents,
  bounds: { cpus: s.hardware.cpus, pages: s.hardware.leaves.reduce((a, b) => a + b, 0), bufferDepth: s.bufferDepth },
  guards: s.guards,
  sometimes: s.sometimes,
  kexec: s.kexec,
});

const noFiles: TreeFiles = { read: async () => null, list: async () => [] };

/** The patch of a simulation: all of the document's, one put in on the other, or the only one where it goes into a kernel tree; no units without one. */
async function unitsToSimulate(
  parser: CParser,
  libraries: Libraries,
  trees: Trees,
  { patch, tree }: SimulationRequest,
  hooks: Hooks,
): Promise<{ readonly library: Library; readonly units: PatchUnits | null }> {
  const { patches } = patchesOf(readDocument(patch ?? ''));
  const [first, ...others] = patches;
  if (!first) return { library: libraries(usualGeneration), units: null };
  if (tree !== undefined && others.length > 0)
    throw new Error(`the document has ${patches.length} patches; with a kernel tree one is simulated at a time`);
  const kernel = tree === undefined ? null : await trees.get(tree, hooks);
  const series = await startSeries(parser, libraries, kernel, patches, []);
  let { units } = await series.next(first);
  const isFragment = ({ origin }: Unit): boolean => origin === 'fragment';
  for (const next of others) {
    const { units: later } = await series.next(next);
    units = {
      ...later,
      before: [...series.base, ...units.before.filter(isFragment), ...later.before.filter(isFragment)],
      after: [...later.after.filter(isFragment), ...units.after.filter(isFragment), ...series.standing()],
      notices: [...units.notices, ...later.notices],
    };
  }
  return { library: series.library, units };
}

/** The patched functions as they ran, with what came from where. */
async function simulatedText(
  parser: CParser,
  libraries: Libraries,
  trees: Trees,
  text: string,
  treeName: string | undefined,
): Promise<{ before: string; after: string }> {
  const tree = treeName === undefined ? null : await trees.get(treeName, throughout);
  const patches: Prepared[] = [];
  const { series } = patchesOf(readDocument(text));
  const start = seriesStarter(parser, libraries, tree, series, []);
  for (const one of series) {
    const builder = await start(one);
    for (const patch of one.patches) {
      const prepared = await builder.next(patch);
      if (!one.known.has(patch)) patches.push(prepared);
    }
  }
  const side = (which: 'before' | 'after'): string =>
    patches
      .flatMap(({ library, units }) => [
        ...units[which].flatMap((unit) => {
          if (isTreeUnit(unit)) return [];
          const file = unit.source.pieces.find((p) => p.origin.file !== 'document')?.origin.file;
          const head =
            unit.file !== undefined
              ? `/* ${unit.file} of the kernel tree, ${which} the patch */`
              : unit.origin === 'woven'
                ? `/* ${file ?? ''} with the lines of the mail woven in */${standing(library, file)}`
                : unit.origin === 'stage'
                  ? `/* ${file ?? ''}: what the mail stands on */`
                  : unit.origin === 'fragment'
                    ? '/* from the mail, which shows no more of it */'
                    : '/* from the mail */';
          return `${head}\n${unit.source.text.trim()}\n`;
        }),
        ...linkedCompanions(library, units, which),
      ])
      .join('\n');
  return { before: side('before'), after: side('after') };
}

/** Which versions a bundled model stands for. */
const standing = (library: Library, file = ''): string =>
  file.startsWith('models/') ? `\n/* the model is as of Linux ${library.generation.version} */` : '';

const linkedCompanions = (library: Library, units: PatchUnits, which: 'before' | 'after'): string[] =>
  neededCompanions(library, units[which]).map(
    (unit) => `/* ${unit.source.pieces[0]?.origin.file ?? ''}: not in the mail */\n${unit.source.text.trim()}\n`,
  );
