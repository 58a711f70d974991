// SPDX-License-Identifier: MIT
import type { Node } from 'web-tree-sitter';
import type { Expression, Span, Statement, TypeName } from './ast';
import type { Macro } from './directives';
import type { Preprocessed } from './preprocessed';

/** What turning the parser's tree into our own needs to know. */
export interface Builder
  extends Pick<
    Preprocessed,
    'original' | 'loops' | 'typeofs' | 'ranges' | 'names' | 'operators' | 'perCpu' | 'frees' | 'outputs'
  > {
  /** How deep what is being built is nested in others. */
  readonly depth: { level: number };
  span(node: Node): Span;
  macro(name: string): Macro | null;
  /** Whether the text defines a type of that name. */
  isType(name: string): boolean;
  /** Parses text of a macro, prepared as the unit's text was; null where the text is too long. */
  parse<T>(b: Builder, text: string, use: (root: Node, b: Builder) => T): T | null;
  /** What stands behind the loop macro whose text is being built. */
  readonly loopBody?: () => Statement;
  structure(key: string, type: TypeName): void;
  constant(name: string, value: Expression): void;
}

/** The call that stands for the statement behind a loop macro in the macro's text. */
export const loopBody = '__loop_body';

export const int: TypeName = { kind: 'named', name: 'int' };

/** The named children of a node, comments left out. */
export const children = (node: Node): Node[] =>
  node.namedChildren.filter((n): n is Node => n !== null && n.type !== 'comment');
/** The child of a node in a field of the grammar. */
export const field = (node: Node, name: string): Node | null => node.childForFieldName(name);

/** The value in a text that is nothing but `int m = value;`. */
export function initialValue(root: Node): Node | null {
  const declared = root.namedChild(0);
  return declared ? (field(declared, 'declarator')?.childForFieldName('value') ?? null) : null;
}

/** Nesting beyond this is nobody's C. */
export const deepestNesting = 300;

/** Builds something that is inside what is being built; `instead` where that is nested too deep. */
export function nested<T>(b: Builder, build: () => T, instead: () => T): T {
  if (b.depth.level >= deepestNesting) return instead();
  b.depth.level++;
  const built = build();
  b.depth.level--;
  return built;
}

/** A builder for text that is not in the unit: every node stands at `at`. */
export function nestedBuilder(b: Builder, at: Span, macro: Builder['macro'] = b.macro): Builder {
  return { ...b, span: () => at, macro };
}
