// SPDX-License-Identifier: MIT
/**
 * How much of a kernel tree the C front end understands: every function of the directories below is parsed and lowered
 * alone, and every reason for which one is not is counted. Nothing is executed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FunctionDefinition, Unit } from '../../src/c/ast';
import { buildUnit } from '../../src/c/buildUnit';
import { configuration } from '../../src/c/configuration';
import { indexDefinitions } from '../../src/c/indexDefinitions';
import { type LoweredProgram, lowerProgram } from '../../src/c/lowerProgram';
import { mapFile, originAt } from '../../src/c/mappedText';
import { loadParser } from '../../src/c/parser';
import { createSymbols } from '../../src/c/symbols';
import { treeOfFolder } from '../../src/cli/treeOfFolder';
import type { Machine } from '../../src/engine/program';
import kernelHeader from '../../src/models/kernel.c';
import lists from '../../src/models/lists.c';
import locks from '../../src/models/locks.c';
import { linkedOutcomes } from '../../src/review/simulateSide';
import { bodies, createTree } from '../../src/tree/kernelTree';
import { throughout } from '../../src/tree/treeFiles';
import { createTreeUnit, headOf } from '../../src/tree/treeUnit';

const nothing: Machine = { words: 0, operations: [], initialise: () => {}, watched: null, access: () => null };

/** Counts by key, with the first example of each. */
type Counts = Map<string, { count: number; readonly example: string }>;

function count(counts: Counts, key: string, example: string): void {
  const known = counts.get(key);
  if (known) known.count++;
  else counts.set(key, { count: 1, example });
}

/** Prints the greatest of the counts. */
function print(counts: Counts, title: string, most: number): void {
  const sorted = [...counts].sort((a, b) => b[1].count - a[1].count);
  console.log(`\n${title} (${sorted.length} kinds)`);
  for (const [key, { count: times, example }] of sorted.slice(0, most))
    console.log(`${String(times).padStart(8)}  ${key.padEnd(72)} ${example}`);
}

/** Seconds of the processor, which do not depend on what else the machine does. */
const now = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const seconds = (since: number): number => now() - since;
const rate = (bytes: number, time: number): string => `${(bytes / 1e6 / time).toFixed(1)} MB/s`;
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** One function with all that its file declares, callees left unknown. */
function lowerAlone(
  unit: Unit,
  rest: Unit,
  prototypes: Unit['prototypes'],
  definition: FunctionDefinition,
): LoweredProgram {
  const alone: Unit = { ...unit, prototypes, functions: new Map([[definition.name, definition]]) };
  return lowerProgram({
    symbols: createSymbols([alone, rest]),
    agents: [{ name: definition.name, entry: definition.name, running: true }],
    outcomes: linkedOutcomes,
    hasUnmodelled: true,
    machine: () => nothing,
    machineConstant: () => null,
    keep: [],
  });
}

/** The kind of a reason: its text without the names in it, unless KPR_BENCH_NAMES asks for them. */
function kindOf(text: string): string {
  if (process.env.KPR_BENCH_NAMES) return text.slice(0, 100);
  return text
    .replace(/“[^”]*”?/, '“…”')
    .replace(/^[\w.]+\(\)(?= is not modelled| is declared and defined| calls itself| is not analysed)/, 'f()')
    .replace(/^\w+ (?=is defined nowhere)/, 'name ')
    .replace(/\d+ bytes/, 'n bytes')
    .slice(0, 100);
}

/** Whether a reason only says that something is defined outside the function, or what an assembler does. */
const elsewhere =
  /^\w+\(\) is (not modelled|declared and defined)|is defined nowhere and may return|is set by code that is not run/;

async function main(): Promise<void> {
  const only = process.argv[3];
  const showing = Number(process.env.KPR_BENCH_ROWS ?? 25);
  const modules = path.join(process.cwd(), 'node_modules');
  const parser = await loadParser(
    readFileSync(path.join(modules, 'web-tree-sitter/web-tree-sitter.wasm')),
    readFileSync(path.join(modules, 'tree-sitter-c/tree-sitter-c.wasm')),
  );
  let start = now();
  const tree = createTree(treeOfFolder(process.argv[2] ?? ''));
  await tree.load(throughout);
  const texts = [...tree.texts];
  const size = texts.reduce((sum, [, text]) => sum + text.length, 0);
  console.log(
    `reading and index: ${texts.length} files, ${megabytes(size)}, ${tree.names} names in ${seconds(start).toFixed(1)} s, ${rate(size, seconds(start))}`,
  );
  const model = buildUnit(
    parser,
    mapFile('kernel.c', [kernelHeader, lists, locks].join('\n')),
    'model',
    configuration,
  ).unit;
  const { macroSeenFrom, seenFrom } = createTreeUnit(parser, tree, {
    files: new Map(),
    isModelled: () => false,
    macro: (name) => {
      const macro = model.macros.get(name);
      return macro?.parameters ? macro : null;
    },
  });

  const reasons: Counts = new Map();
  const lost: Counts = new Map();
  const slow: { name: string; time: number }[] = [];
  const total = { functions: 0, parsed: 0, complete: 0, unknown: 0, unanalysed: 0, crashed: 0, elsewhere: 0, steps: 0 };
  let parseTime = 0;
  let parsedBytes = 0;
  let lowerTime = 0;
  for (const [file, text] of texts) {
    if (!bodies.some((folder) => file.startsWith(`${folder}/`)) || (only && !file.includes(only))) continue;
    start = now();
    const { unit } = buildUnit(parser, mapFile(file, text), 'tree', configuration, macroSeenFrom(file), file);
    parseTime += seconds(start);
    parsedBytes += text.length;
    // What a function calls is not followed.
    const rest: Unit = { ...seenFrom(file), functions: new Map() };
    const prototypes = new Map([...unit.functions.values()].map((f) => [f.name, headOf(f)]));
    for (const [name, declared] of unit.prototypes) if (!prototypes.has(name)) prototypes.set(name, declared);
    const wanted = new Map(
      indexDefinitions(text, configuration).flatMap((d) =>
        d.kind === 'function' && d.configured ? [[d.name, d] as const] : [],
      ),
    );
    total.functions += wanted.size;
    for (const [name, definition] of wanted) {
      const built = unit.functions.get(name);
      const line = (offset: number): string => `${file}:${originAt(unit.source, offset).line} ${name}`;
      const excerpt = (offset: number): string =>
        text
          .slice(text.lastIndexOf('\n', offset) + 1, offset + 40)
          .replace(/\s+/g, ' ')
          .slice(0, 70);
      if (!built || built.errorAt !== null) {
        const at = built?.errorAt ?? definition.start;
        count(lost, built ? `parse error: ${excerpt(at)}` : `no such function: ${excerpt(at)}`, line(at));
        total.unanalysed++;
        continue;
      }
      total.parsed++;
      start = now();
      let lowered: LoweredProgram | null = null;
      try {
        lowered = lowerAlone(unit, rest, prototypes, built);
      } catch (error) {
        total.crashed++;
        count(reasons, `crash: ${String(error).slice(0, 80)}`, line(definition.start));
      }
      const time = seconds(start);
      lowerTime += time;
      if (time > 0.2) slow.push({ name: line(definition.start), time });
      if (!lowered) continue;
      total.steps += lowered.program.agents[0]?.steps.length ?? 0;
      const said = lowered.assumptions.filter((a) => !elsewhere.test(a.text));
      for (const a of said)
        count(
          reasons,
          `${a.kind}: ${kindOf(a.text)}`,
          `${line(a.span?.start ?? definition.start)}: ${a.text.slice(0, 60)}`,
        );
      if (said.some((a) => a.kind === 'unanalysed')) total.unanalysed++;
      else if (said.length > 0) total.unknown++;
      else total.complete++;
    }
  }
  const all = total.functions;
  console.log(`parsing: ${megabytes(parsedBytes)} in ${parseTime.toFixed(1)} s, ${rate(parsedBytes, parseTime)}`);
  console.log(`lowering: ${total.parsed} functions, ${total.steps} steps in ${lowerTime.toFixed(1)} s`);
  console.log(`functions: ${all}`);
  console.log(`  parsed without error   ${String(total.parsed).padStart(6)}  ${percent(total.parsed, all)}`);
  console.log(`  lowered completely     ${String(total.complete).padStart(6)}  ${percent(total.complete, all)}`);
  console.log(`  with unknowns          ${String(total.unknown).padStart(6)}  ${percent(total.unknown, all)}`);
  console.log(`  not analysed           ${String(total.unanalysed).padStart(6)}  ${percent(total.unanalysed, all)}`);
  console.log(`  crashed                ${String(total.crashed).padStart(6)}`);
  print(lost, 'not parsed', showing);
  print(reasons, 'reasons', showing);
  if (slow.length > 0) console.log('\nslower than 0.2 s');
  for (const { name, time } of slow.sort((a, b) => b.time - a.time).slice(0, 10))
    console.log(`${time.toFixed(2).padStart(8)}  ${name}`);
}

void main();
