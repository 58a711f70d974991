// SPDX-License-Identifier: MIT
import type { Node } from 'web-tree-sitter';
import type { Declarator, Expression, FunctionDefinition, FunctionRange, Span, TypeName, Unit } from './ast';
import { buildExpression } from './buildExpression';
import { type Builder, initialValue, nestedBuilder } from './builder';
import { buildFunction } from './buildStatement';
import { buildDeclarators, buildTypeSpecifier } from './buildType';
import { isTypeWord } from './ctype';
import type { Macro } from './directives';
import { type Definition, indexDefinitions } from './indexDefinitions';
import { lazyMap } from './lazyMap';
import { type MappedText, originAt } from './mappedText';
import type { CParser, Stretch } from './parser';
import { preprocess } from './preprocess';

export interface BuiltUnit {
  readonly unit: Unit;
  readonly assumptions: readonly { readonly offset: number; readonly text: string }[];
}

/**
 * Parses one C text. Never throws on bad C: what could not be parsed is in `errors` (file level) or in the
 * function's `errorAt`.
 * @param symbol the configuration: value of a preprocessor symbol, or null where it is not defined
 * @param macro macros with parameters that are defined elsewhere and may be used in the text
 * @param file the file of a kernel tree that the text is from
 * @param isLazy whether functions are parsed when they are asked for
 */
export function buildUnit(
  parser: CParser,
  source: MappedText,
  origin: Unit['origin'],
  symbol: (name: string) => bigint | null,
  macro: (name: string) => Macro | null = () => null,
  file?: string,
  isLazy = false,
): BuiltUnit {
  const prepared = preprocess(source.text, symbol, isTypeWord);
  const definitions = indexDefinitions(prepared.text, symbol).filter((d) => d.kind === 'function');
  // Of two functions with one name the first counts.
  const ranges = new Map<string, FunctionRange>();
  for (const definition of definitions) if (!ranges.has(definition.name)) ranges.set(definition.name, definition);
  const functions = new Map<string, FunctionDefinition>();
  const globals = new Map<string, Declarator>();
  const prototypes = new Map<string, Declarator>();
  const typedefs = new Map<string, TypeName>();
  const structures = new Map<string, TypeName>();
  const constants = new Map<string, Expression>();
  const constantNames = new Set<string>();
  const constantMacros = new Map<string, Macro>();
  const errors: number[] = [];
  const macros = new Map(prepared.macros.map((m) => [m.name, m]));
  const unit: Unit = {
    source,
    origin,
    ...(file === undefined ? {} : { file }),
    functions: isLazy ? lazyMap(new Set(ranges.keys()), parseFunction) : functions,
    ...(isLazy ? { ranges: definitions } : {}),
    globals,
    prototypes,
    typedefs,
    structures,
    constants: isLazy ? lazyMap(constantNames, constantOf) : constants,
    macros,
    errors,
  };
  /** A function of the text is no macro of another text that has its name. */
  const heads = new Set(definitions.map((d) => d.name));
  let textLeft = mostMacroText;
  const isType = (name: string): boolean => isTypeWord(name) || typedefs.has(name);
  const builder: Builder = {
    ...prepared,
    depth: { level: 0 },
    isType,
    span: (node) => ({ unit, start: node.startIndex, end: node.endIndex }),
    macro: (name) => macros.get(name) ?? (heads.has(name) ? null : macro(name)),
    parse(b, text, use) {
      textLeft -= text.length + leastMacroText;
      if (textLeft < 0) return null;
      const inner = preprocess(text, symbol, isType);
      return parser.parse(inner.text, (root) => use(root, { ...b, ...inner }));
    },
    structure: (key, type) => structures.set(key, type),
    constant(name, value) {
      constants.set(name, value);
      constantNames.add(name);
    },
  };

  const topLevel = (node: Node): void => {
    for (const child of node.namedChildren) {
      if (child === null) continue;
      switch (child.type) {
        case 'function_definition': {
          const built = buildFunction(builder, child);
          if (!built) errors.push(child.startIndex);
          else if (functions.get(built.name)?.errorAt !== null) functions.set(built.name, built);
          break;
        }
        case 'declaration':
          if (child.hasError) errors.push(firstError(child));
          for (const declarator of buildDeclarators(builder, child)) {
            (declarator.type.kind === 'function' ? prototypes : globals).set(declarator.name, declarator);
          }
          break;
        case 'type_definition':
          for (const declarator of buildDeclarators(builder, child)) typedefs.set(declarator.name, declarator.type);
          break;
        case 'struct_specifier':
        case 'union_specifier':
        case 'enum_specifier':
          buildTypeSpecifier(builder, child);
          break;
        case 'linkage_specification':
        case 'declaration_list':
          topLevel(child);
          break;
        case 'comment':
        case ';':
          break;
        case 'expression_statement':
          // What is left of a blanked macro call.
          if (child.text.trim() !== ';') errors.push(child.startIndex);
          break;
        default:
          errors.push(child.isError ? child.startIndex : firstError(child));
      }
    }
  };
  const parsed = parser.parse(
    prepared.text,
    (root) => {
      topLevel(root);
      return true;
    },
    isLazy ? around(definitions, prepared.text.length) : undefined,
  );
  if (!parsed) errors.push(0);
  const again = isLazy ? null : lostFunctions(prepared.text, definitions, functions);
  if (parsed && again !== null) {
    const known = errors.length;
    parser.parse(again, topLevel);
    errors.length = known;
  }

  for (const macro of prepared.macros) {
    const { name, parameters, body } = macro;
    if (parameters !== null || body === '' || constants.has(name)) continue;
    if (!constantMacros.has(name)) constantMacros.set(name, macro);
    constantNames.add(name);
    if (isLazy) continue;
    const value = parseMacroBody(builder, macro, unit);
    if (value) constants.set(name, value);
  }
  return { unit, assumptions: prepared.assumptions };

  function constantOf(name: string): Expression | null {
    const macro = constantMacros.get(name);
    return constants.get(name) ?? (macro ? parseMacroBody(builder, macro, unit) : null);
  }

  function parseFunction(name: string): FunctionDefinition | null {
    const range = ranges.get(name);
    if (range) parser.parse(prepared.text, topLevel, [range]);
    return functions.get(name) ?? null;
  }
}

/** What lies between some definitions. */
function around(definitions: readonly Definition[], length: number): Stretch[] {
  const between: Stretch[] = [];
  let from = 0;
  for (const { start, end } of definitions) {
    if (start > from) between.push({ start: from, end: start });
    from = Math.max(from, end);
  }
  return [...between, { start: from, end: length }];
}

/**
 * The text with nothing in it but the functions that the parser did not get through: an error in one of them, or in
 * front of it, may have cost those behind it. Null where there are none.
 */
function lostFunctions(
  text: string,
  definitions: readonly Definition[],
  functions: ReadonlyMap<string, FunctionDefinition>,
): string | null {
  const whole = new Set([...functions.values()].flatMap((f) => (f.errorAt === null ? [f.span.end] : [])));
  const lost = definitions.filter((d) => !whole.has(d.end));
  if (lost.length === 0) return null;
  const clear = (from: number, to: number): string => text.slice(from, to).replace(/[^\r\n]/g, ' ');
  let result = '';
  for (const { start, end } of lost) {
    if (start < result.length) continue;
    result += clear(result.length, start) + text.slice(start, end);
  }
  return result + clear(result.length, text.length);
}

/** Macros that use macros may double with each of them. */
const mostMacroText = 1_000_000;
/** What reading even the shortest text costs, in characters. */
const leastMacroText = 60;

/** Parses the body of a macro as an expression, every node standing where it is defined; null where it is none. */
function parseMacroBody(builder: Builder, { name, body, offset }: Macro, unit: Unit): Expression | null {
  const at: Span = { unit, start: offset, end: offset + name.length };
  return builder.parse(nestedBuilder(builder, at), `int m = (${body});`, (root, inner) => {
    const node = initialValue(root);
    return root.hasError || !node ? null : buildExpression(inner, node);
  });
}

function firstError(node: Node): number {
  if (node.isError || node.isMissing) return node.startIndex;
  for (const child of node.children) if (child?.hasError) return firstError(child);
  return node.startIndex;
}

/** 1-based line of an offset of a unit in the file it came from. */
export function lineOf(span: Span): number {
  return originAt(span.unit.source, span.start).line;
}
