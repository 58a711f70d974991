// SPDX-License-Identifier: MIT
/**
 * How much of a kernel tree the C front end understands: every function of the directories below is parsed and lowered
 * alone, and every reason for which one is not is counted. Nothing is executed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Declarator, FunctionDefinition, Unit } from '../../src/c/ast';
import { buildUnit } from '../../src/c/buildUnit';
import { findBuiltin } from '../../src/c/builtins';
import { configuration } from '../../src/c/configuration';
import { createDirectives, type Macro } from '../../src/c/directives';
import { type Definition, indexDefinitions } from '../../src/c/indexDefinitions';
import { isKnownLoop } from '../../src/c/listLoops';
import { type LoweredProgram, lowerProgram } from '../../src/c/lowerProgram';
import { mapFile, originAt } from '../../src/c/mappedText';
import { type CParser, loadParser } from '../../src/c/parser';
import { createSymbols } from '../../src/c/symbols';
import type { Machine } from '../../src/engine/program';
import kernel from '../../src/models/kernel.c';
import { linkedOutcomes } from '../../src/review/simulateSide';

const bodies = [
  ...['mm', 'kernel'],
  ...['coco', 'mm', 'kernel', 'virt', 'hyperv'].map((name) => `arch/x86/${name}`),
  ...['virt', 'hv', 'firmware/efi'].map((name) => `drivers/${name}`),
];
/** Of two headers that define a name the first counts: those of the architecture come before the general ones. */
const headers = ['arch/x86/include', 'include/linux', 'include'];

/** C files below a folder of the tree, sorted. */
function filesBelow(tree: string, folder: string): string[] {
  if (!existsSync(path.join(tree, folder))) return [];
  return readdirSync(path.join(tree, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => `${folder}/${name}`)
    .sort();
}

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

interface TreeFile {
  readonly name: string;
  readonly text: string;
}

const read = (tree: string, folders: readonly string[]): TreeFile[] =>
  [...new Set(folders.flatMap((folder) => filesBelow(tree, folder)))].map((name) => ({
    name,
    text: readFileSync(path.join(tree, name), 'utf8'),
  }));

const bytesOf = (files: readonly TreeFile[]): number => files.reduce((sum, f) => sum + f.text.length, 0);

/** A definition of the tree and the text it stands in. */
interface Found {
  /** Which of all definitions it is. */
  readonly order: number;
  readonly definition: Definition;
  readonly file: TreeFile;
}

/** By kind and name: what the headers define, of several the one that is configured and comes first. */
function tableOf(files: readonly TreeFile[]): Map<string, Found> {
  const table = new Map<string, Found>();
  for (const file of files) {
    for (const definition of indexDefinitions(file.text, configuration)) {
      const key = `${definition.kind} ${definition.name}`;
      const known = table.get(key);
      if (!known || (!known.definition.configured && definition.configured))
        table.set(key, { order: table.size, definition, file });
    }
  }
  return table;
}

/** The macros with parameters that the headers define, without those that the lowering knows. */
function macroOf(table: ReadonlyMap<string, Found>, model: Unit): (name: string) => Macro | null {
  const known = new Map<string, Macro | null>();
  return (name) => {
    const modelled = model.macros.get(name);
    if (modelled?.parameters) return modelled;
    let macro = known.get(name);
    if (macro === undefined) {
      let found = findBuiltin(name) || isKnownLoop(name) || name === 'guard' ? undefined : table.get(`macro ${name}`);
      // A function of the architecture stands before the general macro.
      if (found && (table.get(`function ${name}`)?.order ?? Infinity) < found.order) found = undefined;
      const directives = createDirectives(configuration);
      if (found) directives.read(found.file.text.slice(found.definition.start + 1, found.definition.end), 0);
      const [read] = directives.macros;
      macro = read?.parameters ? read : null;
      known.set(name, macro);
    }
    return macro;
  };
}

/** A function as if it were only declared. */
const headOf = (f: FunctionDefinition): Declarator => ({
  name: f.name,
  type: { kind: 'function', result: f.result, parameters: f.parameters },
  initializer: null,
  isStatic: false,
  isExtern: true,
  span: f.span,
});

/** What the headers define as a unit whose tables are filled when they are asked: each definition is parsed alone. */
function unitOfHeaders(
  parser: CParser,
  table: ReadonlyMap<string, Found>,
  macro: (name: string) => Macro | null,
): Unit {
  const built = new Map<string, Unit | null>();
  const unitWith = (key: string): Unit | null => {
    const known = built.get(key);
    if (known !== undefined) return known;
    built.set(key, null);
    const found = table.get(key);
    if (!found) return null;
    const { kind, start, end } = found.definition;
    const text = `${found.file.text.slice(start, end)}${kind === 'macro' ? '' : ';'}\n`;
    const { unit } = buildUnit(parser, mapFile(found.file.name, text), 'model', configuration, macro);
    built.set(key, unit);
    return unit;
  };
  const lazy = <T>(keys: (name: string) => string[], pick: (unit: Unit) => ReadonlyMap<string, T>): Map<string, T> => {
    const map = new Map<string, T>();
    map.get = (name) => {
      for (const key of keys(name)) {
        const unit = unitWith(key);
        const value = unit ? pick(unit).get(name) : undefined;
        if (value !== undefined) return value;
      }
      return undefined;
    };
    return map;
  };
  return {
    source: mapFile('headers', ''),
    origin: 'model',
    functions: new Map(),
    globals: lazy(
      (name) => [`extern ${name}`, `variable ${name}`],
      (unit) => unit.globals,
    ),
    prototypes: lazy(
      (name) => [`prototype ${name}`, `function ${name}`],
      (unit) => new Map([...unit.prototypes, ...[...unit.functions.values()].map((f) => [f.name, headOf(f)] as const)]),
    ),
    typedefs: lazy(
      (name) => [`typedef ${name}`],
      (unit) => unit.typedefs,
    ),
    structures: lazy(
      (name) => [name],
      (unit) => unit.structures,
    ),
    constants: lazy(
      (name) => [`constant ${name}`, `macro ${name}`],
      (unit) => unit.constants,
    ),
    macros: new Map(),
    errors: [],
  };
}

/** One function with all that its file declares, callees left unknown. */
function lowerAlone(
  unit: Unit,
  headerUnit: Unit,
  prototypes: Unit['prototypes'],
  definition: FunctionDefinition,
): LoweredProgram {
  const alone: Unit = { ...unit, prototypes, functions: new Map([[definition.name, definition]]) };
  return lowerProgram({
    symbols: createSymbols([alone, headerUnit]),
    agents: [{ name: definition.name, entry: definition.name, running: true }],
    outcomes: linkedOutcomes,
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
const elsewhere = /^\w+\(\) is (not modelled|declared and defined)|is defined nowhere and may return/;

async function main(): Promise<void> {
  const tree = process.argv[2] ?? '';
  const only = process.argv[3];
  const showing = Number(process.env.KPR_BENCH_ROWS ?? 25);
  const modules = path.join(process.cwd(), 'node_modules');
  const parser = await loadParser(
    readFileSync(path.join(modules, 'web-tree-sitter/web-tree-sitter.wasm')),
    readFileSync(path.join(modules, 'tree-sitter-c/tree-sitter-c.wasm')),
  );
  let start = now();
  const code = read(tree, bodies);
  const declarations = read(tree, headers);
  console.log(`reading: ${code.length + declarations.length} files in ${seconds(start).toFixed(1)} s`);
  start = now();
  const table = tableOf([...declarations, ...code.filter((file) => file.name.endsWith('.h'))]);
  const indexed = code.map((file) => indexDefinitions(file.text, configuration));
  const size = bytesOf(code) + bytesOf(declarations);
  console.log(
    `index: ${megabytes(size)}, ${table.size} names of headers in ${seconds(start).toFixed(1)} s, ${rate(size, seconds(start))}`,
  );
  const model = buildUnit(parser, mapFile('kernel.c', kernel), 'model', configuration).unit;
  const macro = macroOf(table, model);
  const headerUnit = unitOfHeaders(parser, table, macro);

  const reasons: Counts = new Map();
  const lost: Counts = new Map();
  const slow: { name: string; time: number }[] = [];
  const total = { functions: 0, parsed: 0, complete: 0, unknown: 0, unanalysed: 0, crashed: 0, elsewhere: 0, steps: 0 };
  let parseTime = 0;
  let parsedBytes = 0;
  let lowerTime = 0;
  code.forEach((file, index) => {
    if (only && !file.name.includes(only)) return;
    start = now();
    const { unit } = buildUnit(parser, mapFile(file.name, file.text), 'model', configuration, macro);
    parseTime += seconds(start);
    parsedBytes += file.text.length;
    const prototypes = new Map([...unit.functions.values()].map((f) => [f.name, headOf(f)]));
    for (const [name, declared] of unit.prototypes) if (!prototypes.has(name)) prototypes.set(name, declared);
    const wanted = new Map(
      (indexed[index] ?? []).flatMap((d) => (d.kind === 'function' && d.configured ? [[d.name, d] as const] : [])),
    );
    total.functions += wanted.size;
    for (const [name, definition] of wanted) {
      const built = unit.functions.get(name);
      const line = (offset: number): string => `${file.name}:${originAt(unit.source, offset).line} ${name}`;
      const excerpt = (offset: number): string =>
        file.text
          .slice(file.text.lastIndexOf('\n', offset) + 1, offset + 40)
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
        lowered = lowerAlone(unit, headerUnit, prototypes, built);
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
  });
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
