// SPDX-License-Identifier: MIT

import type { CParser } from '../c/parser';
import { loadParser } from '../c/parser';
import { type ReadTogether, readDocument } from '../patch/readDocument';
import type { ReadingNotice } from '../patch/types';
import type { KernelTree } from '../tree/kernelTree';
import { type TreeFiles, throughout } from '../tree/treeFiles';
import { isTreeUnit } from '../tree/treeUnit';
import { chooseGeneration } from './chooseGeneration';
import { type Generation, ofVersion, usualGeneration } from './generations';
import { ineffective } from './ineffective';
import { rememberDocument } from './lastDocument';
import { createLibraries, type Library, modelTexts } from './library';
import { type DocumentPatch, patchesOf } from './patchesOf';
import { buildPatchUnits, type PatchUnits } from './patchUnits';
import { type Doubt, tellDoubts } from './people';
import { reviewProse } from './prose';
import { reviewScenario } from './reviewScenario';
import { nameOf, type Scenario } from './scenario';
import { simulateBase, simulateOne } from './simulate';
import { neededCompanions } from './simulateSide';
import { storiesOf } from './subjects';
import { rememberTrees, type Trees } from './trees';
import { buildTreeUnits, type TreeState } from './treeUnits';
import type {
  Finding,
  Hooks,
  HunkAnswer,
  Notice,
  Review,
  Reviewer,
  ReviewOptions,
  ScenarioInfo,
  ScenarioRun,
  SimulationRequest,
} from './types';
import { withUserFiles } from './userLibrary';

/** The C that is not in the mail, by generation. */
type Libraries = (generation: Generation) => Library;

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
  return {
    review: (text, options, hooks) =>
      withDocument(text, (document) => review(parser, libraries, trees, text, document, options, hooks)),
    simulate: (id, hooks) => simulateBase(usual(), findScenario(usual(), id), hooks),
    simulation: async (request, hooks) => {
      findScenario(usual(), request.scenario);
      const { library, units } = await unitsToSimulate(parser, libraries, trees, request, hooks);
      return simulateOne(library, findScenario(library, request.scenario), units, request, hooks);
    },
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
    treeChanged: (tree, paths) => trees.changed(tree, paths),
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

function findScenario(library: Library, id: string): Scenario {
  const found = library.scenarios.find((s) => s.id === id);
  if (!found)
    throw new Error(`there is no scenario “${id}”; there are ${library.scenarios.map((s) => s.id).join(', ')}`);
  return found;
}

async function review(
  parser: CParser,
  libraries: Libraries,
  trees: Trees,
  text: string,
  document: ReadTogether,
  options: ReviewOptions,
  hooks: Hooks,
): Promise<Review> {
  const usual = libraries(usualGeneration);
  const ids = options.scenarios.length > 0 ? options.scenarios : usual.scenarios.map(({ id }) => id);
  for (const id of ids) findScenario(usual, id);
  const notices: Notice[] = [
    ...usual.notices,
    ...document.notices.map(
      ({ message, line }): Notice => ({
        level: 'warning',
        message,
        place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
      }),
    ),
  ];
  const { patches, quoting } = patchesOf(document);
  for (const line of quoting) {
    notices.push({
      level: 'note',
      message: 'This mail quotes a patch that the document has in full: the patch was simulated, the quote was not.',
      place: { file: 'document', line, column: 1, endLine: line, endColumn: 2 },
    });
  }
  const findings: Finding[] = [];
  const runs: ScenarioRun[] = [];
  const hunks = new Map<number, { scenarios: string[]; states: number; findings: number[] }>();
  const undecided: string[] = [];
  const doubts: (Doubt & { readonly scenario: string })[] = [];
  /** Scenarios that run what the patch changes without any effect. */
  const quiet: string[] = [];
  let partial = false;
  let incomplete = false;
  let applied = false;

  const hasC = patches.some(({ files }) => files.some((file) => /\.[ch]$/.test(file.newPath ?? file.oldPath ?? '')));
  if (options.tree !== undefined && hasC) hooks.progress({ message: 'Reading the kernel tree', fraction: 0 });
  const tree = options.tree !== undefined && hasC ? await trees.get(options.tree, hooks) : null;
  const unitsOf = patchBuilder(parser, libraries, tree, document.notices);
  const deadline = performance.now() + options.budgetMs;
  for (const [index, patch] of patches.entries()) {
    if (partial) {
      const left = patches.length - index;
      notices.push({
        level: 'warning',
        message: `${left} of the ${patches.length} patches of this document were not looked at`,
        place: null,
      });
      break;
    }
    const { library, units } = await unitsOf(patch);
    notices.push(...units.notices);
    incomplete ||= units.tooLarge;
    let done = 0;
    const firstOfPatch = findings.length;
    const kinds = new Set<string>();
    for (const id of ids) {
      const found = library.scenarios.find((s) => s.id === id);
      // One of the user's, which the models of this version do not have all for.
      if (!found) notices.push(...library.notices);
    }
    const stories = library.scenarios
      .filter(({ id }) => ids.includes(id))
      .flatMap((scenario) => storiesOf(library, scenario, units));
    for (const scenario of stories) {
      hooks.progress({ message: scenario.title, fraction: (index + done++ / stories.length) / patches.length });
      await hooks.pause();
      const result =
        hooks.cancelled() || performance.now() > deadline
          ? { kind: 'partial' as const }
          : await reviewScenario(library, scenario, units, hooks, deadline);
      if (result.kind === 'partial') {
        partial = true;
        notices.push({
          level: 'warning',
          message: `${nameOf(scenario)} was not finished: ${hooks.cancelled() ? 'the work was cancelled' : `the budget of ${options.budgetMs} ms ran out`}`,
          place: null,
        });
        break;
      }
      if (result.kind === 'not applied') continue;
      if (result.kind === 'undecided') {
        applied = true;
        undecided.push(scenario.id);
        doubts.push(...result.doubts.map((doubt) => ({ ...doubt, scenario: nameOf(scenario) })));
        continue;
      }
      notices.push(...result.notices);
      const answer = (line: number): { scenarios: string[]; states: number; findings: number[] } => {
        const known = hunks.get(line) ?? { scenarios: [], states: 0, findings: [] };
        if (!known.scenarios.includes(scenario.id)) known.scenarios.push(scenario.id);
        known.states += result.states;
        hunks.set(line, known);
        return known;
      };
      if (result.kind === 'no effect') {
        quiet.push(scenario.id);
        for (const line of result.hunks) answer(line);
        continue;
      }
      applied = true;
      if (result.open && result.findings.length === 0) undecided.push(scenario.id);
      const first = findings.push(...result.findings) - result.findings.length;
      if (result.findings.length > 0) kinds.add(scenario.hardware.guest);
      if (performance.now() > deadline) {
        partial = true;
        notices.push({
          level: 'warning',
          message: `${nameOf(scenario)}: the budget of ${options.budgetMs} ms ran out while the deciding lines were looked for; the lines named may not be those that decide`,
          place: null,
        });
      }
      runs.push(result.run);
      for (const line of result.hunks) answer(line).findings.push(...result.findings.map((_, i) => first + i));
    }
    findings.push(...ineffective(findings.splice(firstOfPatch), kinds));
  }
  notices.push(...tellDoubts(doubts));
  if (patches.length === 0) {
    const prose = await reviewProse(libraries, text.split(/\r\n|\r|\n/), document.messages, ids, hooks, deadline);
    findings.push(...prose.findings);
    runs.push(...prose.runs);
    notices.push(...prose.notices);
    if (prose.partial) {
      partial = true;
      notices.push({ level: 'warning', message: 'What the text talks about was not run to its end', place: null });
    }
  }
  if (patches.length === 0 && document.notices.length === 0 && runs.length === 0)
    notices.push({ level: 'note', message: 'There is no patch in this document: nothing was simulated.', place: null });
  else if (patches.length > 0 && !applied && !partial)
    notices.push({ level: 'note', message: nothingApplied(ids.length, quiet), place: null });
  const answers: HunkAnswer[] = [...hunks].sort((a, b) => a[0] - b[0]).map(([line, answer]) => ({ line, ...answer }));
  return {
    findings,
    hunks: answers,
    runs,
    notices: unique(notices),
    patches: patches.length,
    applied,
    partial: partial || incomplete,
    undecided,
  };
}

function nothingApplied(scenarios: number, quiet: readonly string[]): string {
  if (quiet.length > 0)
    return `What the patch changes runs in ${quiet.join(', ')} and has no effect on what is modelled.`;
  return `The patch touches nothing that the ${scenarios} scenarios run: none applied.`;
}

/** The same sentence at the same place once: both sides of a patch may say it. */
function unique(notices: readonly Notice[]): Notice[] {
  const seen = new Set<string>();
  return notices.filter((n) => {
    const key = `${n.message.replace(/ (before|after) the patch/, '')} ${n.place?.file} ${n.place?.line}`;
    return !seen.has(key) && seen.add(key);
  });
}

const noFiles: TreeFiles = { read: async () => null, list: async () => [] };

/** A patch as C, and the models that it stands on. */
interface Prepared {
  readonly library: Library;
  readonly units: PatchUnits;
}

/** The patch of a simulation: all of the document's as one, or the only one where it goes into a kernel tree; no units without one. */
async function unitsToSimulate(
  parser: CParser,
  libraries: Libraries,
  trees: Trees,
  { patch, tree }: SimulationRequest,
  hooks: Hooks,
): Promise<Prepared | { readonly library: Library; readonly units: null }> {
  const { patches } = patchesOf(readDocument(patch ?? ''));
  const [first, ...others] = patches;
  if (!first) return { library: libraries(usualGeneration), units: null };
  if (tree === undefined) {
    const files = patches.flatMap((p) => p.files);
    return patchBuilder(parser, libraries, null, [])({ ...first, files });
  }
  if (others.length > 0)
    throw new Error(`the document has ${patches.length} patches; with a kernel tree one is simulated at a time`);
  return patchBuilder(parser, libraries, await trees.get(tree, hooks), [])(first);
}

/**
 * Puts the patches of a document together, one after the other: each stands on those before it. The models are those of
 * the tree's version, else of what the patch shows and its date.
 */
function patchBuilder(
  parser: CParser,
  libraries: Libraries,
  tree: KernelTree | null,
  reading: readonly ReadingNotice[],
): (patch: DocumentPatch) => Promise<Prepared> {
  const state: TreeState = new Map();
  return async (patch) => {
    const version = tree && (await versionOf(tree));
    const library = libraries(version === null ? chooseGeneration(patch, modelTexts) : ofVersion(version));
    const units = tree
      ? await buildTreeUnits(parser, library, tree, patch, reading, state)
      : buildPatchUnits(parser, library, patch.files, reading);
    return { library, units };
  };
}

/** The version of a kernel tree (`6.1`), or null where its Makefile does not say. */
async function versionOf(tree: KernelTree): Promise<string | null> {
  const [, major, minor] =
    /^VERSION\s*=\s*(\d+)\s*^PATCHLEVEL\s*=\s*(\d+)/m.exec((await tree.open('Makefile')) ?? '') ?? [];
  return major === undefined || minor === undefined ? null : `${major}.${minor}`;
}

/** The patched functions as they ran, with what came from where. */
async function simulatedText(
  parser: CParser,
  libraries: Libraries,
  trees: Trees,
  text: string,
  treeName: string | undefined,
): Promise<{ before: string; after: string }> {
  const patches: Prepared[] = [];
  const tree = treeName === undefined ? null : await trees.get(treeName, throughout);
  const unitsOf = patchBuilder(parser, libraries, tree, []);
  for (const patch of patchesOf(readDocument(text)).patches) patches.push(await unitsOf(patch));
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
