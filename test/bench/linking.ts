// SPDX-License-Identifier: MIT
/**
 * How long it takes from an opened text to the programs of its patch, after the first parse: real patches of three C files,
 * with a kernel tree and without. A program is one side in one scenario that may run the patch; no program is run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadParser } from '../../src/c/parser';
import { treeOfFolder } from '../../src/cli/treeOfFolder';
import { readDocument } from '../../src/patch/readDocument';
import { type Library, loadLibrary } from '../../src/review/library';
import { mayRun } from '../../src/review/mayRun';
import { patchesOf } from '../../src/review/patchesOf';
import { buildPatchUnits, type PatchUnits } from '../../src/review/patchUnits';
import { linkSide } from '../../src/review/simulateSide';
import { buildTreeUnits } from '../../src/review/treeUnits';
import { createTree } from '../../src/tree/kernelTree';
import { throughout } from '../../src/tree/treeFiles';
import { shared } from '../support/shared';

/** Mails with one patch of three C files and at most 500 lines. */
function typicalPatches(folder: string): { readonly name: string; readonly text: string }[] {
  return readdirSync(folder)
    .map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }))
    .filter(({ text }) => {
      const files = text.match(/^\+\+\+ b\/\S+/gm) ?? [];
      return files.length === 3 && files.every((f) => /\.[ch]$/.test(f)) && text.split('\n').length <= 500;
    });
}

/** Milliseconds of the processor, which do not depend on what else the machine does. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Times {
  readonly reading: number;
  readonly parsing: number;
  /** For each scenario, both sides. */
  readonly linking: readonly number[];
  /** The longest work without a pause. */
  readonly longest: number;
}

async function timesOf(text: string, library: Library, build: (text: string) => Promise<PatchUnits>): Promise<Times> {
  let last = now();
  let longest = 0;
  const lap = (): number => {
    const was = last;
    last = now();
    longest = Math.max(longest, last - was);
    return last - was;
  };
  readDocument(text);
  const reading = lap();
  const units = await build(text);
  const parsing = lap();
  const linking: number[] = [];
  for (const scenario of library.scenarios) {
    // As a review does: what cannot run the patch is not linked.
    if (!mayRun(library, scenario, units)) continue;
    const start = now();
    const pause = async (): Promise<void> => void lap();
    for (const side of ['before', 'after'] as const) {
      last = now();
      await linkSide(library, scenario, units[side], {}, { cancelled: () => false, pause });
      lap();
    }
    linking.push(now() - start);
  }
  return { reading, parsing: parsing - reading, linking, longest };
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const median = (numbers: readonly number[]): number => sorted(numbers)[numbers.length >> 1] ?? 0;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

async function main(): Promise<void> {
  const tree = createTree(treeOfFolder(process.argv[2] ?? ''));
  if (shared === null) {
    console.log('bench:c -- link is skipped: ../shared is missing');
    return;
  }
  const modules = path.join(process.cwd(), 'node_modules');
  const parser = await loadParser(
    readFileSync(path.join(modules, 'web-tree-sitter/web-tree-sitter.wasm')),
    readFileSync(path.join(modules, 'tree-sitter-c/tree-sitter-c.wasm')),
  );
  const library = loadLibrary(parser);
  await tree.load(throughout);
  const documents = typicalPatches(path.join(shared, 'corpus/kernel/mails'));
  const alone = async (text: string): Promise<PatchUnits> => {
    const [patch] = patchesOf(readDocument(text)).patches;
    return buildPatchUnits(parser, library, patch?.files ?? []);
  };
  const inTree = async (text: string): Promise<PatchUnits> => {
    const [patch] = patchesOf(readDocument(text)).patches;
    return patch ? buildTreeUnits(parser, library, tree, patch, [], new Map()) : alone(text);
  };
  const builders = [
    ['without a tree', alone],
    ['with a tree', inTree],
  ] as const;
  for (const [title, build] of builders) {
    const cold: Times[] = [];
    const warm: Times[] = [];
    for (const { text, name } of documents) {
      cold.push(await timesOf(text, library, build));
      const again = await timesOf(text, library, build);
      warm.push(again);
      const first = (times: Times): number => times.reading + times.parsing + Math.max(0, ...times.linking);
      if (process.env.KPR_BENCH_NAMES)
        console.log(`  ${ms(first(again)).padStart(10)}  longest ${ms(again.longest)}  ${name}`);
    }
    for (const [which, all] of [
      ['the first time', cold],
      ['again', warm],
    ] as const) {
      const whole = all.map((t) => t.reading + t.parsing + Math.max(0, ...t.linking));
      const programs = all.map((t) => 2 * t.linking.length);
      console.log(
        `${title}, ${which}: ${documents.length} patches, to the slowest program ${ms(median(whole))} (worst ${ms(Math.max(...whole))}): reading ${ms(median(all.map((t) => t.reading)))}, parsing ${ms(median(all.map((t) => t.parsing)))}, ${median(programs)} programs (most ${Math.max(...programs)}), both sides of a scenario ${ms(median(all.flatMap((t) => t.linking)))}; without a pause at most ${ms(Math.max(...all.map((t) => t.longest)))}`,
      );
    }
  }
}

void main();
