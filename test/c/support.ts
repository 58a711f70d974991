// SPDX-License-Identifier: MIT
/** What the tests of the C front end share: the parser, a text as a linked program, a program run to its end. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Unit } from '../../src/c/ast';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { type LoweredProgram, lowerProgram } from '../../src/c/lowerProgram';
import { mapFile } from '../../src/c/mappedText';
import { type CParser, loadParser } from '../../src/c/parser';
import { createSymbols } from '../../src/c/symbols';
import { memoryBytes } from '../../src/engine/decode';
import type { Machine, Step } from '../../src/engine/program';
import { createSearch, type Search } from '../../src/engine/search';
import kernelHeader from '../../src/models/kernel.c';
import lists from '../../src/models/lists.c';
import locks from '../../src/models/locks.c';
import { linkedOutcomes } from '../../src/review/simulateSide';
import { root } from '../support/shared';

/** What every kernel file takes for granted: the models of types and helpers, lists and locks, as one text. */
export const kernel = [kernelHeader, lists, locks].join('\n');

let parser: Promise<CParser> | null = null;

/** The parser, loaded once for all tests. */
export function theParser(): Promise<CParser> {
  parser ??= loadParser(
    readFileSync(path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm')),
    readFileSync(path.join(root, 'node_modules/tree-sitter-c/tree-sitter-c.wasm')),
  );
  return parser;
}

/** One text as a unit. */
export async function unitOf(text: string, origin: Unit['origin'] = 'model'): Promise<Unit> {
  return buildUnit(await theParser(), mapFile('test.c', text), origin, configuration).unit;
}

const nothing: Machine = { words: 0, operations: [], initialise: () => {}, watched: null, access: () => null };

/** Lowers units, highest precedence first, with one agent for each entry. */
export function lowerUnits(
  units: readonly Unit[],
  entries: readonly string[],
  keep: readonly string[] = [],
  allocationsFail = false,
): LoweredProgram {
  return lowerProgram({
    symbols: createSymbols(units),
    agents: entries.map((entry) => ({ name: entry, entry, running: true })),
    outcomes: linkedOutcomes,
    allocationsFail,
    machine: () => nothing,
    machineConstant: () => null,
    keep,
  });
}

/** Lowers one text. */
export async function lower(
  text: string,
  entries: readonly string[] = ['run'],
  keep: readonly string[] = [],
): Promise<LoweredProgram> {
  return lowerUnits([await unitOf(text)], entries, keep);
}

/** Explores a lowered program without store buffers. */
export function searchOf(
  lowered: LoweredProgram,
  maxStates = 100_000,
  executor: 'codegen' | 'interpreter' = 'codegen',
): Search {
  const search = createSearch(
    lowered.program,
    { model: 'sc', bufferDepth: 0, maxStates, maxLocalSteps: 20_000 },
    { executor },
  );
  while (!search.run(1 << 16));
  return search;
}

/** Names of the outcomes that a search reached. */
export function outcomesOf(search: Search): string[] {
  return search.result().outcomes.map(({ outcome }) => search.program.outcomes[outcome]?.id ?? '');
}

/** The unsigned value of `bytes` bytes of a global in every state where the program ended, sorted, each once. */
export function finals(lowered: LoweredProgram, search: Search, name: string, bytes: number): bigint[] {
  const global = lowered.globals.find((g) => g.name === name);
  if (!global) throw new Error(`${name} is no global of the program`);
  const values = new Set<bigint>();
  for (const index of search.endStates()) {
    const read = memoryBytes(search.layout, search.state(index), Number(global.address), bytes);
    values.add(read.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
  }
  return [...values].sort((a, b) => (a < b ? -1 : 1));
}

/** Runs a text's `run()`; gives what the `long result` of the text may be in the end, signed. */
export async function results(text: string): Promise<number[]> {
  const lowered = await lower(text, ['run'], ['result']);
  const search = searchOf(lowered);
  return finals(lowered, search, 'result', 8).map((v) => Number(BigInt.asIntN(64, v)));
}

/** The steps of an agent that are of one kind. */
export function stepsOf<K extends Step['kind']>(
  lowered: LoweredProgram,
  kind: K,
  agent = 0,
): Extract<Step, { kind: K }>[] {
  const steps = lowered.program.agents[agent]?.steps ?? [];
  return steps.filter((step): step is Extract<Step, { kind: K }> => step.kind === kind);
}

/** A generator of numbers from a seed: `below(n)` is 0 … n-1. */
export function randomOf(seed: number): {
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  chance(percent: number): boolean;
} {
  let state = seed >>> 0;
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  return {
    below,
    pick: (list) => {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[below(list.length)] as (typeof list)[number];
    },
    chance: (percent) => below(100) < percent,
  };
}
