// SPDX-License-Identifier: MIT
/** Declarations, types and initialisers from the parser's tree. */
import type { Node } from 'web-tree-sitter';
import type { Declarator, Designator, Expression, Initializer, Span, TypeName } from './ast';
import { buildExpression, expressionIn } from './buildExpression';
import { type Builder, children, deepestNesting, field, int, nested, nestedBuilder } from './builder';
import { declaringMacros } from './kernelWords';
import { asPerCpu } from './perCpuDeclaration';

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
    const value = init && buildInitializer(b, init);
    const guessed: TypeName =
      base.kind === 'named' && base.name === '__auto_type' && value?.kind === 'expression'
        ? { kind: 'typeof', operand: value.value }
        : base;
    const { name, type } = declarator(b, inner, guessed);
    const bits = bitsOf(b, node.child(i + 1));
    const made = base.kind === 'named' ? declaredType(base.name, name, type, b.span(child)) : null;
    if (made) {
      const isStatic = storage.includes('static');
      result.push({ name, ...made, isStatic, isExtern: storage.includes('extern'), span: b.span(child) });
      continue;
    }
    const plain: Declarator = {
      name,
      type,
      span: b.span(child),
      isStatic: storage.includes('static'),
      isExtern: storage.includes('extern'),
      initializer: value,
      ...(bits && { bits }),
    };
    const marked = b.perCpu.size > 0 || b.frees.size > 0;
    const at = marked ? (inner.descendantsOfType('identifier')[0]?.startIndex ?? -1) : -1;
    const cleanup = b.frees.get(at);
    result.push(b.perCpu.has(at) ? asPerCpu(plain) : cleanup === undefined ? plain : { ...plain, cleanup });
  }
  // `u32 : 3;` has no declarator.
  const gap = result.length === 0 ? bitsOf(b, node.namedChildren.at(-1) ?? null) : null;
  if (gap)
    return [
      { name: '', type: base, span: b.span(node), isStatic: false, isExtern: false, initializer: null, bits: gap },
    ];
  // An unnamed struct or union among the fields: its fields belong to the outer one.
  if (result.length === 0 && node.type === 'field_declaration' && (base.kind === 'struct' || base.kind === 'union')) {
    result.push({ name: '', type: base, span: b.span(node), isStatic: false, isExtern: false, initializer: null });
  }
  return result;
}

/**
 * What `static LIST_HEAD(x);` and its kin declare, which reads as a declaration of x with the type LIST_HEAD: the
 * type, and an object that is empty. Null for the name of a type.
 */
function declaredType(
  macro: string,
  name: string,
  type: TypeName,
  span: Span,
): { readonly type: TypeName; readonly initializer: Initializer | null } | null {
  if (!Object.hasOwn(declaringMacros, macro)) return null;
  const words = (declaringMacros[macro] ?? '').split(' ');
  const of: TypeName =
    words[0] === 'struct'
      ? { kind: 'struct', name: words[1] ?? '', fields: null }
      : { kind: 'named', name: words.join(' ') };
  if (type.kind === 'array' && type.length) {
    // A bitmap counts in bits.
    const number = (value: bigint): Expression => ({ kind: 'number', value, unsigned: false, long: false, span });
    const sum: Expression = { kind: 'binary', operator: '+', left: type.length, right: number(63n), span };
    return {
      type: { kind: 'array', of, length: { kind: 'binary', operator: '/', left: sum, right: number(64n), span } },
      initializer: null,
    };
  }
  const self: Expression = { kind: 'unary', operator: '&', operand: { kind: 'identifier', name, span }, span };
  const items = macro === 'LIST_HEAD' ? [self, self] : [];
  const list = items.map((value) => ({ designator: [], value: { kind: 'expression' as const, value } }));
  return { type: of, initializer: { kind: 'list', items: list, span } };
}

/** The width in `: 3` behind a field's name; null where the node is no such thing. */
function bitsOf(b: Builder, node: Node | null): Expression | null {
  const width = node?.type === 'bitfield_clause' ? children(node)[0] : undefined;
  return width ? buildExpression(b, width) : null;
}

/** Reads `*name[3]`, `(*name)(int)` … around a base type. */
export function declarator(b: Builder, node: Node, base: TypeName): { name: string; type: TypeName } {
  const inner = field(node, 'declarator') ?? children(node).find((c) => /declarator$|identifier$/.test(c.type)) ?? null;
  const nest = (type: TypeName): { name: string; type: TypeName } => {
    const unnamed = { name: '', type };
    return inner
      ? nested(
          b,
          () => declarator(b, inner, type),
          () => unnamed,
        )
      : unnamed;
  };
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
      return { name: b.names.get(node.startIndex) ?? node.text, type: base };
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
  return nested(
    b,
    () => typeSpecifier(b, node),
    () => int,
  );
}

function typeSpecifier(b: Builder, node: Node): TypeName {
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
      let signed = false;
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
        signed ||= built.kind === 'unary' && built.operator === '-';
      }
      const name = field(node, 'name')?.text ?? null;
      const type: TypeName = { kind: 'enum', name, signed: body ? signed : null };
      if (name && body) b.structure(`enum ${name}`, type);
      return type;
    }
    case 'macro_type_specifier': {
      const operand = field(node, 'type') ?? children(node)[1];
      return operand ? buildTypeName(b, operand) : int;
    }
    case 'type_identifier': {
      const operand = b.typeofs.get(node.startIndex);
      if (operand !== undefined) return typeofOperand(b, operand, b.span(node));
      return { kind: 'named', name: node.text };
    }
    default:
      return { kind: 'named', name: node.text.replace(/\s+/g, ' ').trim() };
  }
}

/** What stands in `typeof(…)`: an expression, or a type. */
export function typeofOperand(b: Builder, text: string, at: Span): TypeName {
  const expression = expressionIn(b, text, at);
  if (expression) return { kind: 'typeof', operand: expression };
  const type = b.parse(nestedBuilder(b, at), `int m = sizeof(${text});`, (root, builder) => {
    const value = root.descendantsOfType('type_descriptor')[0];
    return root.hasError || !value ? null : buildTypeName(builder, value);
  });
  return type ?? { kind: 'named', name: text };
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
  if (node.type !== 'initializer_list' || b.depth.level >= deepestNesting)
    return { kind: 'expression', value: buildExpression(b, node) };
  return {
    kind: 'list',
    span: b.span(node),
    items: children(node).map((item) => {
      if (item.type !== 'initializer_pair') return { designator: [], value: buildInitializer(b, item) };
      const designator: Designator[] = [];
      for (const part of children(item)) {
        const [first, last] = children(part);
        if (part.type === 'field_designator') designator.push(first?.text ?? '');
        else if (/^subscript_(range_)?designator$/.test(part.type) && first)
          designator.push({ first: buildExpression(b, first), last: buildExpression(b, last ?? first) });
      }
      const value = field(item, 'value');
      return {
        designator,
        value: value ? buildInitializer(b, value) : { kind: 'list', items: [], span: b.span(item) },
      };
    }),
  };
}
