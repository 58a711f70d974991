// SPDX-License-Identifier: MIT
/** The bundled C with the user's own: models in front of the bundled ones, scenarios added or in the place of others. */

import type { FunctionDefinition, Span, Unit } from '../c/ast';
import { buildUnit } from '../c/buildUnit';
import { configuration } from '../c/configuration';
import { mapFile } from '../c/mappedText';
import type { CParser } from '../c/parser';
import { walkExpressions } from '../c/walk';
import { createMachine } from '../machine/machine';
import { textOf, usualGeneration } from './generations';
import { type Library, macroOf } from './library';
import { outcomes } from './outcomes';
import { readScenarios, type Scenario } from './scenario';
import { linkBundled } from './simulateSide';
import { placeOf } from './sourceText';
import type { Notice, UserFile } from './types';

/** More text than this in one file is no model that anybody wrote. */
const longest = 500_000;

const kinds = ['model', 'companion', 'scenario'] as const;

/**
 * Adds the user's files to the bundled library. Never throws on bad C: a file with something wrong is left out, `notices`
 * say what and where, and the others count.
 */
export function withUserFiles(parser: CParser, bundled: Library, files: readonly UserFile[]): Library {
  const notices: Notice[] = [];
  const units: Record<UserFile['kind'], Unit[]> = { model: [], companion: [], scenario: [] };
  const isOperation = operationsOf(bundled);
  const wrong = (span: Span, message: string): number =>
    notices.push({ level: 'error', message: `${message}; the file is left out`, place: placeOf(span) });
  const say = (span: Span, message: string): number => notices.push({ level: 'note', message, place: placeOf(span) });

  for (const kind of kinds) {
    for (const file of files) {
      if (file.kind !== kind) continue;
      const unit = read(file);
      if (unit === null) continue;
      const before = notices.length;
      for (const definition of unit.functions.values()) checkCalls(unit, definition);
      if (notices.length > before) continue;
      if (kind !== 'scenario') sayTwice(units[kind], unit);
      units[kind].push(unit);
    }
  }
  const models = [...units.model, ...bundled.models];
  const scenarios = [...bundled.scenarios];
  const own = new Map<string, Scenario>();
  for (const unit of units.scenario) {
    const { scenarios: told, problems } = readScenarios(unit, models);
    for (const { message, place } of problems)
      notices.push({ level: 'error', message: `${message}; the file is left out`, place });
    const at = unit.globals.get('scenario')?.span ?? { unit, start: 0, end: 0 };
    const twice = told.find(({ id }, i) => own.has(id) || told.findIndex((s) => s.id === id) < i);
    if (twice !== undefined) {
      wrong(at, `${fileOf(own.get(twice.id)?.unit ?? unit)} has the scenario “${twice.id}” already`);
      continue;
    }
    for (const scenario of told) {
      own.set(scenario.id, scenario);
      const replaced = bundled.scenarios.findIndex(({ id }) => id === scenario.id);
      if (replaced < 0) scenarios.push(scenario);
      else {
        say(at, `this runs in the place of the bundled scenario “${scenario.id}”`);
        scenarios[replaced] = scenario;
      }
    }
  }
  const library: Library = {
    generation: bundled.generation,
    models,
    stages: bundled.stages,
    companions: [...units.companion, ...bundled.companions],
    scenarios,
    own: new Set([...units.model, ...units.companion, ...[...own.values()].map(({ unit }) => unit)]),
    notices,
    source: bundled.source,
  };
  // Linking costs more than all the rest, and for other versions nobody asks.
  if (bundled.generation === usualGeneration) for (const scenario of own.values()) sayAssumptions(library, scenario);
  return library;

  function read({ kind, name, text }: UserFile): Unit | null {
    const refuse = (message: string, line: number): null => {
      const place = { file: name, line, column: 1, endLine: line, endColumn: 2 };
      notices.push({ level: 'error', message: `${message}; the file is left out`, place });
      return null;
    };
    if (text === null) return refuse('it cannot be read', 1);
    if (text.length > longest) return refuse(`it has more than ${longest.toLocaleString('en')} characters`, 1);
    const known = [...units[kind], ...units.model, ...bundled.models, ...bundled.companions];
    // What an editor may put in front of UTF-8 is no C.
    const source = mapFile(name, textOf(text.replace(/^\uFEFF/, ' '), bundled.generation));
    const { unit } = buildUnit(parser, source, kind, configuration, macroOf(known));
    const broken = unit.errors[0] ?? [...unit.functions.values()].find((f) => f.errorAt !== null)?.errorAt;
    if (broken === undefined || broken === null) return unit;
    const shown =
      text
        .slice(broken, broken + 40)
        .split('\n')[0]
        ?.trim() ?? '';
    const what = shown === '' ? 'it ends in the middle of something' : `“${shown}” is not C that can be parsed`;
    wrong({ unit, start: broken, end: broken + 1 }, what);
    return null;
  }

  /** Intrinsics and outcomes that do not exist: a story with such a call would never be what it says. */
  function checkCalls(unit: Unit, { body }: FunctionDefinition): void {
    const isDefined = (name: string): boolean =>
      [unit, ...units.model, ...bundled.models].some((u) => u.functions.has(name) || u.macros.has(name));
    walkExpressions(body, (e) => {
      if (e.kind !== 'call' || e.callee.kind !== 'identifier') return;
      const { name } = e.callee;
      if (name.startsWith('hw_') && !isOperation(name) && !isDefined(name))
        wrong(e.span, `${name}() is no operation of the hardware`);
      const [first] = e.arguments;
      if (name !== 'outcome' || !first) return;
      if (first.kind !== 'string') wrong(e.span, 'outcome() takes the name of an outcome, in quotes');
      else if (!Object.hasOwn(outcomes, first.value)) wrong(e.span, `“${first.value}” is no outcome`);
    });
  }

  /** All models are linked as if they were one file: of two functions with one name the first counts. */
  function sayTwice(others: readonly Unit[], unit: Unit): void {
    for (const { name, span } of unit.functions.values()) {
      const other = others.find((u) => u.functions.has(name));
      if (other) say(span, `${name}() is in ${fileOf(other)} too, and that one counts`);
    }
  }

  /** What had to be assumed of the user's own code: a misspelt name shows there. */
  function sayAssumptions(all: Library, scenario: Scenario): void {
    for (const { text, span } of linkBundled(all, scenario).lowered.assumptions) {
      if (!span || !all.own.has(span.unit)) continue;
      const place = placeOf(span);
      const isSaid = notices.some((n) => n.message === text && n.place?.file === place.file);
      if (!isSaid) notices.push({ level: 'note', message: text, place });
    }
  }
}

const fileOf = (unit: Unit): string => unit.source.pieces[0]?.origin.file ?? '';

/** Tells whether some machine has an operation of that name. */
function operationsOf(library: Library): (name: string) => boolean {
  const machines = library.scenarios.map(({ hardware }) =>
    createMachine({ ...hardware, cpuOfAgent: [0], secondKernel: new Set() }, { directMap: null }, () => 0),
  );
  return (name) =>
    machines.some((m) => m.constant(name) !== null || m.operations.some((operation) => operation.name === name));
}
