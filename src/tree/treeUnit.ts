// SPDX-License-Identifier: MIT
/**
 * A kernel tree as a unit of a program: its tables are filled when a name is asked for, and each definition is parsed
 * alone. It stands behind the models, which end what would go on through the whole kernel.
 */

import type { Declarator, FunctionDefinition, Unit } from '../c/ast';
import { buildUnit } from '../c/buildUnit';
import { findBuiltin } from '../c/builtins';
import { configuration } from '../c/configuration';
import { createDirectives, type Macro } from '../c/directives';
import { isKnownLoop } from '../c/listLoops';
import { type MappedText, mapFile, slice } from '../c/mappedText';
import type { CParser } from '../c/parser';
import { type FileIndex, type Found, indexFile, type Names } from './fileIndex';
import type { KernelTree } from './kernelTree';
import type { TreeHooks } from './treeFiles';
import { isFixed, type Writer, writersOf } from './written';

export interface TreeUnit extends Unit {
  readonly seenFrom: (file: string) => Unit;
  readonly origin: 'tree';
  /**
   * Looks at what a program made with it runs. True where more variables turned out to be set by code that does not run,
   * so that the program has to be made again.
   */
  settle(functions: ReadonlySet<FunctionDefinition>, hooks: TreeHooks): Promise<boolean>;
  /** Reads the files of the tree that define what the program asked for and did not find. True where there were some. */
  fetch(): Promise<boolean>;
  /** Those of some functions that may be defined where nobody has looked. */
  elsewhere(functions: Iterable<string>): string[];
  /** Names that mean different things in files of the program, though only one meaning was taken. */
  ambiguous(): string[];
  /** A macro with parameters as a file sees it, for the C of the patch. */
  macroSeenFrom(path: string): (name: string) => Macro | null;
}

export const isTreeUnit = (unit: Unit): unit is TreeUnit => unit.origin === 'tree' && 'settle' in unit;

/** What is known besides the tree. */
export interface TreeSurroundings {
  /** Files that are not as in the tree: those of the patch, as they are on this side. Null for one that is not there. */
  readonly files: ReadonlyMap<string, MappedText | null>;
  /** Whether a name is a function or a variable of the models: a macro of the tree does not hide it. */
  isModelled(name: string): boolean;
  /** The models' own macros with parameters, which go before those of the tree. */
  macro(name: string): Macro | null;
}

/** A function as if it were only declared. */
export const headOf = (f: FunctionDefinition): Declarator => ({
  name: f.name,
  type: { kind: 'function', result: f.result, parameters: f.parameters },
  initializer: null,
  isStatic: false,
  isExtern: true,
  span: f.span,
});

/** Makes the unit of one side of a patch. Parsing happens when names are asked for; nothing throws. */
export function createTreeUnit(parser: CParser, tree: KernelTree, around: TreeSurroundings): TreeUnit {
  const replaced = new Map<string, FileIndex | null>();
  for (const [path, text] of around.files) replaced.set(path, text && indexFile(path, text.text));
  const sources = new Map<string, MappedText>();
  const units = new Map<Found, Unit | null>();
  const macros = new Map<Found, Macro | null>();
  const declarators = new Map<Found, Declarator>();
  /** Variables that programs use, and those of them that code sets which no program runs. */
  const used = new Map<Found, string>();
  const unmodelled = new Set<Found>();
  const writers = new Map<Found, readonly Writer[]>();
  /** Files that programs have functions of, and names that were asked for without saying from where. */
  const inPlay = new Set<string>(around.files.keys());
  const asked = new Set<string>();

  /** Counts how often what was answered before ceased to hold. */
  let answers = 0;

  const own = (path: string): Names | undefined => (replaced.has(path) ? replaced.get(path)?.own : tree.own(path));

  function shared(key: string): Found | undefined {
    for (const file of replaced.values()) {
      const found = file?.shared.get(key);
      if (found) return found;
    }
    const found = tree.shared(key);
    return found && !replaced.has(found.path) ? found : undefined;
  }

  /** What a file means by a name; without a file, what any file of the program does. */
  function find(key: string, path: string | null): Found | undefined {
    if (path !== null) return own(path)?.get(key) ?? shared(key);
    asked.add(key);
    for (const file of inPlay) {
      const found = own(file)?.get(key);
      if (found) return found;
    }
    return shared(key);
  }

  function sourceOf({ path, text }: Found): MappedText {
    let source = sources.get(path);
    if (!source) {
      source = around.files.get(path) ?? mapFile(path, text);
      sources.set(path, source);
    }
    return source;
  }

  function unitOf(found: Found): Unit | null {
    const known = units.get(found);
    if (known !== undefined) return known;
    // A macro may name itself.
    units.set(found, null);
    const { kind, start, end } = found.definition;
    const part = slice(sourceOf(found), start, end);
    const text = { ...part, text: `${part.text}${kind === 'macro' ? '' : ';'}\n` };
    const { unit } = buildUnit(parser, text, 'tree', configuration, macroSeenFrom(found.path), found.path);
    units.set(found, unit);
    return unit;
  }

  function macroSeenFrom(path: string): (name: string) => Macro | null {
    return (name) => {
      const modelled = around.macro(name);
      if (modelled) return modelled;
      if (findBuiltin(name) || isKnownLoop(name) || name === 'guard' || around.isModelled(name)) return null;
      const found = find(`macro ${name}`, path);
      // A function of the architecture stands before a general macro of its name.
      const isGeneral = found?.path.startsWith('include/') && find(`function ${name}`, path)?.path.startsWith('arch/');
      return found && !isGeneral ? macroOf(found) : null;
    };
  }

  function macroOf(found: Found): Macro | null {
    let macro = macros.get(found);
    if (macro === undefined) {
      const directives = createDirectives(configuration);
      directives.read(found.text.slice(found.definition.start + 1, found.definition.end), 0);
      const [read] = directives.macros;
      macro = read?.parameters ? read : null;
      macros.set(found, macro);
    }
    return macro;
  }

  /** A table that looks a name up under some keys, the first that is defined. */
  function table<T>(
    path: string | null,
    keys: (name: string) => readonly string[],
    pick: (unit: Unit, name: string, found: Found) => T | undefined,
  ): Map<string, T> {
    const look = (name: string): T | undefined => {
      for (const key of keys(name)) {
        const found = find(key, path);
        const unit = found && unitOf(found);
        const value = unit ? pick(unit, name, found) : undefined;
        if (value !== undefined) return value;
      }
      return undefined;
    };
    const map = new Map<string, T>();
    const known = new Map<string, T | undefined>();
    let of = answers;
    map.get = (name) => {
      // Which files are in play without a path changes with every name.
      if (path === null) return look(name);
      if (of !== answers) known.clear();
      of = answers;
      if (known.has(name)) return known.get(name);
      const value = look(name);
      known.set(name, value);
      return value;
    };
    return map;
  }

  function variable(unit: Unit, name: string, found: Found): Declarator | undefined {
    const known = declarators.get(found);
    if (known) return known;
    const declared = unit.globals.get(name);
    if (!declared) return undefined;
    used.set(found, name);
    const isUnmodelled = unmodelled.has(found) || declared.isExtern;
    const made: Declarator = isUnmodelled ? { ...declared, isExtern: false, isUnmodelled } : declared;
    declarators.set(found, made);
    return made;
  }

  const views = new Map<string, Unit>();
  function seenFrom(path: string): Unit {
    inPlay.add(path);
    let view = views.get(path);
    if (!view) {
      view = viewOf(path);
      views.set(path, view);
    }
    return view;
  }

  function viewOf(path: string | null): Unit {
    const modelled = (names: string[], name: string): string[] => (around.isModelled(name) ? [] : names);
    return {
      source: mapFile('', ''),
      origin: 'tree',
      functions: table(
        path,
        (name) => [`function ${name}`],
        (unit, name) => unit.functions.get(name),
      ),
      globals: table(path, (name) => [`variable ${name}`, `extern ${name}`], variable),
      prototypes: table(
        path,
        (name) => [`prototype ${name}`, `function ${name}`],
        (unit, name) => {
          const defined = unit.functions.get(name);
          return unit.prototypes.get(name) ?? (defined && headOf(defined));
        },
      ),
      typedefs: table(
        path,
        (name) => [`typedef ${name}`],
        (unit, name) => unit.typedefs.get(name),
      ),
      structures: table(
        path,
        (name) => [name],
        (unit, name) => unit.structures.get(name),
      ),
      constants: table(
        path,
        (name) => modelled([`constant ${name}`, `macro ${name}`], name),
        (unit, name) => unit.constants.get(name),
      ),
      macros: new Map(),
      errors: [],
    };
  }

  function* textsNaming(name: string): Iterable<readonly [string, string]> {
    for (const [path, file] of replaced) if (file) yield [path, file.text];
    for (const entry of tree.naming(name)) if (!replaced.has(entry[0])) yield entry;
  }

  /** Whether code that does not run may set a variable. The first such place ends the search of all texts. */
  function isSetElsewhere(found: Found, runs: ReadonlySet<string>): boolean {
    const isElsewhere = ({ path, name }: Writer): boolean => !runs.has(`${path} ${name}`);
    const known = writers.get(found);
    if (known) return known.some(isElsewhere);
    const { name } = found.definition;
    const isOwn = own(found.path)?.get(`variable ${name}`) === found;
    const all: Writer[] = [];
    for (const writer of writersOf(found, isOwn ? [[found.path, found.text]] : textsNaming(name))) {
      if (isElsewhere(writer)) return true;
      all.push(writer);
    }
    writers.set(found, all);
    return false;
  }

  return {
    ...viewOf(null),
    origin: 'tree',
    seenFrom,
    macroSeenFrom,
    async fetch() {
      const isMore = await tree.fetch();
      if (isMore) answers++;
      return isMore;
    },
    async settle(functions, hooks) {
      const runs = new Set([...functions].map((f) => `${f.span.unit.file ?? ''} ${f.name}`));
      let more = false;
      for (const found of used.keys()) {
        if (unmodelled.has(found) || found.definition.kind === 'extern' || isFixed(found)) continue;
        // A search of all texts takes some 20 ms.
        await hooks.pause();
        if (hooks.cancelled()) return more;
        if (!isSetElsewhere(found, runs)) continue;
        unmodelled.add(found);
        declarators.delete(found);
        answers++;
        more = true;
      }
      return more;
    },
    elsewhere: (functions) => [...functions].filter((name) => tree.mayBeElsewhere(`function ${name}`)),
    ambiguous() {
      return [...asked].flatMap((key) => {
        const meanings = new Set<string>();
        const places: string[] = [];
        for (const path of inPlay) {
          const found = own(path)?.get(key);
          if (!found) continue;
          const text = found.text.slice(found.definition.start, found.definition.end).replace(/\s+/g, ' ');
          if (!meanings.has(text)) places.push(path);
          meanings.add(text);
        }
        return meanings.size > 1
          ? [
              `${key.replace(/^constant |^macro |^typedef /, '')} is defined in ${places.join(' and in ')}, each time differently`,
            ]
          : [];
      });
    },
  };
}
