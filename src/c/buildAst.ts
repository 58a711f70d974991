// SPDX-License-Identifier: MIT
import type { Node } from 'web-tree-sitter';
import type { Declarator, Expression, FunctionDefinition, Initializer, Span, Statement, TypeName } from './ast';
import { buildExpression } from './buildExpression';
import type { Macro } from './preprocess';

/** What turning the parser's tree into our own needs to know. */
export interface Builder {
  readonly loops: ReadonlyMap<number, string>;
  span(node: Node): Span;
  macro(name: string): Macro | null;
  parse<T>(text: string, use: (root: Node) => T): T;
  structure(key: string, type: TypeName): void;
  constant(name: string, value: Expression): void;
}

export const int: TypeName = { kind: 'named', name: 'int' };

/** The named children of a node, comments left out. */
export const children = (node: Node): Node[] =>
  node.namedChildren.filter((n): n is Node => n !== null && n.type !== 'comment');
/** The child of a node in a field of the grammar. */
export const field = (node: Node, name: string): Node | null => node.childForFieldName(name);

/** Builds a function; null where not even its name can be read. */
export function buildFunction(b: Builder, node: Node): FunctionDefinition | null {
  const type = field(node, 'type');
  const head = field(node, 'declarator');
  const body = field(node, 'body');
  if (!head || !body) return null;
  const declared = declarator(b, head, type ? buildTypeSpecifier(b, type) : int);
  if (declared.type.kind !== 'function' || declared.name === '') return null;
  return {
    name: declared.name,
    result: declared.type.result,
    parameters: declared.type.parameters,
    body: buildStatement(b, body),
    span: b.span(node),
    errorAt: node.hasError ? errorOffset(node) : null,
  };
}

function errorOffset(node: Node): number {
  if (node.isError || node.isMissing) return node.startIndex;
  for (const child of node.children) if (child && (child.hasError || child.isMissing)) return errorOffset(child);
  return node.startIndex;
}

/** The declarators of a declaration, field or typedef. Struct and enum bodies are registered on the way. */
export function buildDeclarators(b: Builder, node: Node): Declarator[] {
  const specifier = field(node, 'type');
  const base = specifier ? buildTypeSpecifier(b, specifier) : int;
  const storage = node.children.filter((c) => c?.type === 'storage_class_specifier').map((c) => c?.text);
  const result: Declarator[] = [];
  const count = node.childCount;
  for (let i = 0; i < count; i++) {
    if (node.fieldNameForChild(i) !== 'declarator') continue;
    const child = node.child(i);
    if (!child) continue;
    const init = child.type === 'init_declarator' ? field(child, 'value') : null;
    const inner = child.type === 'init_declarator' ? field(child, 'declarator') : child;
    if (!inner) continue;
    const { name, type } = declarator(b, inner, base);
    // `static LIST_HEAD(x);` reads as a declaration of (x) with the type LIST_HEAD; the name says what it is.
    result.push({
      name,
      type,
      span: b.span(child),
      isStatic: storage.includes('static'),
      isExtern: storage.includes('extern'),
      initializer: init ? buildInitializer(b, init) : null,
    });
  }
  // An unnamed struct or union among the fields: its fields belong to the outer one.
  if (result.length === 0 && node.type === 'field_declaration' && (base.kind === 'struct' || base.kind === 'union')) {
    result.push({ name: '', type: base, span: b.span(node), isStatic: false, isExtern: false, initializer: null });
  }
  return result;
}

/** Reads `*name[3]`, `(*name)(int)` … around a base type. */
function declarator(b: Builder, node: Node, base: TypeName): { name: string; type: TypeName } {
  const inner = field(node, 'declarator') ?? children(node).find((c) => /declarator$|identifier$/.test(c.type)) ?? null;
  const nest = (type: TypeName): { name: string; type: TypeName } =>
    inner ? declarator(b, inner, type) : { name: '', type };
  switch (node.type) {
    case 'pointer_declarator':
    case 'abstract_pointer_declarator':
      return nest({ kind: 'pointer', to: base });
    case 'array_declarator':
    case 'abstract_array_declarator': {
      const size = field(node, 'size');
      return nest({ kind: 'array', of: base, length: size ? buildExpression(b, size) : null });
    }
    case 'function_declarator':
    case 'abstract_function_declarator': {
      const list = field(node, 'parameters');
      const parameters = list
        ? children(list)
            .filter((p) => p.type === 'parameter_declaration')
            .map((p) => parameter(b, p))
        : [];
      const real =
        parameters.length === 1 &&
        parameters[0]?.name === '' &&
        parameters[0].type.kind === 'named' &&
        parameters[0].type.name === 'void'
          ? []
          : parameters;
      return nest({ kind: 'function', result: base, parameters: real });
    }
    case 'parenthesized_declarator':
    case 'abstract_parenthesized_declarator':
    case 'attributed_declarator':
      return nest(base);
    default:
      return { name: node.text, type: base };
  }
}

function parameter(b: Builder, node: Node): Declarator {
  const specifier = field(node, 'type');
  const base = specifier ? buildTypeSpecifier(b, specifier) : int;
  const inner = field(node, 'declarator');
  const { name, type } = inner ? declarator(b, inner, base) : { name: '', type: base };
  const decayed: TypeName =
    type.kind === 'array'
      ? { kind: 'pointer', to: type.of }
      : type.kind === 'function'
        ? { kind: 'pointer', to: type }
        : type;
  return { name, type: decayed, span: b.span(node), isStatic: false, isExtern: false, initializer: null };
}

/** A type specifier (`unsigned long`, `struct x { … }`); bodies are registered with the builder. */
export function buildTypeSpecifier(b: Builder, node: Node): TypeName {
  switch (node.type) {
    case 'struct_specifier':
    case 'union_specifier': {
      const kind = node.type === 'struct_specifier' ? 'struct' : 'union';
      const name = field(node, 'name')?.text ?? null;
      const body = field(node, 'body');
      const fields = body
        ? children(body)
            .filter((c) => c.type === 'field_declaration')
            .flatMap((c) => buildDeclarators(b, c))
        : null;
      const type: TypeName = { kind, name, fields };
      if (name && fields) b.structure(`${kind} ${name}`, type);
      return type;
    }
    case 'enum_specifier': {
      const body = field(node, 'body');
      let previous: Expression | null = null;
      for (const item of body ? children(body).filter((c) => c.type === 'enumerator') : []) {
        const value = field(item, 'value');
        const span = b.span(item);
        const one: Expression = { kind: 'number', value: previous ? 1n : 0n, unsigned: false, long: false, span };
        const built: Expression = value
          ? buildExpression(b, value)
          : previous
            ? { kind: 'binary', operator: '+', left: previous, right: one, span }
            : one;
        b.constant(field(item, 'name')?.text ?? '', built);
        previous = built;
      }
      return { kind: 'enum', name: field(node, 'name')?.text ?? null, fields: null };
    }
    case 'macro_type_specifier': {
      const operand = field(node, 'type') ?? children(node)[1];
      return operand ? buildTypeName(b, operand) : int;
    }
    default:
      return { kind: 'named', name: node.text.replace(/\s+/g, ' ').trim() };
  }
}

/** A type as it stands in a cast or in sizeof. */
export function buildTypeName(b: Builder, node: Node): TypeName {
  if (node.type !== 'type_descriptor') return buildTypeSpecifier(b, node);
  const specifier = field(node, 'type');
  const base = specifier ? buildTypeSpecifier(b, specifier) : int;
  const inner = field(node, 'declarator');
  return inner ? declarator(b, inner, base).type : base;
}

/** What stands behind the `=` of a declaration. */
export function buildInitializer(b: Builder, node: Node): Initializer {
  if (node.type !== 'initializer_list') return { kind: 'expression', value: buildExpression(b, node) };
  return {
    kind: 'list',
    span: b.span(node),
    items: children(node).map((item) => {
      if (item.type !== 'initializer_pair') return { designator: [], value: buildInitializer(b, item) };
      const designator: (string | Expression)[] = [];
      for (const part of children(item)) {
        if (part.type === 'field_designator') designator.push(children(part)[0]?.text ?? '');
        else if (part.type === 'subscript_designator' && children(part)[0])
          designator.push(buildExpression(b, children(part)[0] as Node));
      }
      const value = field(item, 'value');
      return {
        designator,
        value: value ? buildInitializer(b, value) : { kind: 'list', items: [], span: b.span(item) },
      };
    }),
  };
}

/** A statement with all below it. */
export function buildStatement(b: Builder, node: Node): Statement {
  const span = b.span(node);
  const need = (name: string): Node => field(node, name) ?? node;
  const nested = (name: string): Statement => {
    const child = field(node, name);
    return child ? buildStatement(b, child) : { kind: 'empty', span };
  };
  switch (node.type) {
    case 'compound_statement':
      return { kind: 'block', span, body: buildStatements(b, children(node)) };
    case 'expression_statement': {
      const inner = children(node)[0];
      return inner ? { kind: 'expression', span, expression: buildExpression(b, inner) } : { kind: 'empty', span };
    }
    case 'declaration':
      return { kind: 'declaration', span, declarators: buildDeclarators(b, node) };
    case 'if_statement': {
      const alternative = field(node, 'alternative');
      const otherwise = alternative ? children(alternative)[0] : undefined;
      return {
        kind: 'if',
        span,
        condition: condition(b, need('condition')),
        then: nested('consequence'),
        else: otherwise ? buildStatement(b, otherwise) : null,
      };
    }
    case 'while_statement': {
      const macro = b.loops.get(node.startIndex);
      if (macro !== undefined)
        return { kind: 'macroLoop', span, macro, arguments: loopArguments(b, need('condition')), body: nested('body') };
      return { kind: 'while', span, condition: condition(b, need('condition')), body: nested('body') };
    }
    case 'do_statement':
      return { kind: 'do', span, condition: condition(b, need('condition')), body: nested('body') };
    case 'for_statement': {
      const initial = field(node, 'initializer');
      const test = field(node, 'condition');
      const update = field(node, 'update');
      const first: Statement | null = !initial
        ? null
        : initial.type === 'declaration'
          ? buildStatement(b, initial)
          : { kind: 'expression', span: b.span(initial), expression: buildExpression(b, initial) };
      return {
        kind: 'for',
        span,
        initial: first,
        condition: test ? buildExpression(b, test) : null,
        update: update ? buildExpression(b, update) : null,
        body: nested('body'),
      };
    }
    case 'switch_statement':
      return { kind: 'switch', span, value: condition(b, need('condition')), body: nested('body') };
    case 'case_statement': {
      const value = field(node, 'value');
      return {
        kind: 'case',
        span,
        value: value ? buildExpression(b, value) : null,
        body: buildStatements(
          b,
          children(node).filter((c) => c.id !== value?.id),
        ),
      };
    }
    case 'labeled_statement': {
      const body = children(node).find((c) => c.type !== 'statement_identifier');
      return {
        kind: 'label',
        span,
        name: field(node, 'label')?.text ?? '',
        body: body ? buildStatement(b, body) : null,
      };
    }
    case 'goto_statement':
      return { kind: 'goto', span, name: field(node, 'label')?.text ?? '' };
    case 'break_statement':
      return { kind: 'break', span };
    case 'continue_statement':
      return { kind: 'continue', span };
    case 'return_statement': {
      const value = children(node)[0];
      return { kind: 'return', span, value: value ? buildExpression(b, value) : null };
    }
    case 'else_clause':
      return children(node)[0] ? buildStatement(b, children(node)[0] as Node) : { kind: 'empty', span };
    case ';':
      return { kind: 'empty', span };
    default:
      return { kind: 'expression', span, expression: buildExpression(b, node) };
  }
}

/** Statements in order. */
export const buildStatements = (b: Builder, nodes: readonly Node[]): Statement[] =>
  nodes.map((n) => buildStatement(b, n));

/** The expression inside the parentheses of a condition. */
function condition(b: Builder, node: Node): Expression {
  return buildExpression(b, node);
}

function loopArguments(b: Builder, node: Node): Expression[] {
  const list: Expression[] = [];
  const flatten = (e: Expression): void => {
    if (e.kind === 'comma') {
      flatten(e.left);
      flatten(e.right);
    } else list.push(e);
  };
  flatten(buildExpression(b, node));
  return list;
}
