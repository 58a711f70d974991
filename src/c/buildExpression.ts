// SPDX-License-Identifier: MIT
import type { Node } from 'web-tree-sitter';
import { assembly } from './assembly';
import type { Expression, Span, Statement, TypeName } from './ast';
import { type Builder, children, field, initialValue, int, loopBody, nested, nestedBuilder } from './builder';
import { buildStatements } from './buildStatement';
import { buildInitializer, buildTypeName, typeofOperand } from './buildType';
import type { Macro } from './directives';
import { expandUse, splitArguments } from './expandMacro';
import { declares } from './specifiers';

/** An expression with all below it; what is not C as we know it becomes `unknown`. */
export function buildExpression(b: Builder, node: Node): Expression {
  return nested(
    b,
    () => expression(b, node),
    () => ({ kind: 'unknown', text: node.text.slice(0, 80), span: b.span(node) }),
  );
}

function expression(b: Builder, node: Node): Expression {
  const span = b.span(node);
  const cast = castOfCall(b, node);
  if (cast) return cast;
  const sub = (name: string): Expression => {
    const child = field(node, name);
    return child ? buildExpression(b, child) : { kind: 'unknown', text: node.text, span };
  };
  switch (node.type) {
    case 'number_literal': {
      // The grammar takes a sign in front of a number for a part of it.
      const signed = /^[-+]/.test(node.text);
      const value = number(signed ? node.text.slice(1) : node.text, span);
      return signed ? { kind: 'unary', operator: node.text[0] as '-', operand: value, span } : value;
    }
    case 'char_literal':
      return { kind: 'number', value: BigInt(characterValue(node.text)), unsigned: false, long: false, span };
    case 'true':
      return { kind: 'number', value: 1n, unsigned: false, long: false, span };
    case 'false':
    case 'null':
      return { kind: 'number', value: 0n, unsigned: false, long: node.type === 'null', span };
    case 'string_literal':
      return { kind: 'string', value: stringValue(node.text), span };
    case 'concatenated_string':
      return {
        kind: 'string',
        value: children(node)
          .map((c) => (c.type === 'string_literal' ? stringValue(c.text) : ''))
          .join(''),
        span,
      };
    case 'identifier':
    case 'field_identifier':
    case 'type_identifier':
      return { kind: 'identifier', name: b.names.get(node.startIndex) ?? node.text, span };
    case 'parenthesized_expression': {
      const inner = children(node)[0];
      if (!inner) return { kind: 'unknown', text: node.text, span };
      if (inner.type === 'compound_statement')
        return { kind: 'statements', body: buildStatements(b, children(inner)), span };
      return buildExpression(b, inner);
    }
    case 'unary_expression':
    case 'pointer_expression':
      return unary(b, node, sub('argument'));
    case 'update_expression':
      return update(b, node, field(node, 'argument'));
    case 'binary_expression': {
      const operator = field(node, 'operator');
      return {
        kind: 'binary',
        operator: (operator && b.operators.get(operator.startIndex)) ?? operator?.text ?? '',
        left: sub('left'),
        right: sub('right'),
        span,
      };
    }
    case 'assignment_expression':
      return {
        kind: 'assign',
        operator: field(node, 'operator')?.text ?? '=',
        left: sub('left'),
        right: sub('right'),
        span,
      };
    case 'conditional_expression': {
      const middle = field(node, 'consequence');
      return {
        kind: 'conditional',
        condition: sub('condition'),
        then: middle ? buildExpression(b, middle) : null,
        else: sub('alternative'),
        span,
      };
    }
    case 'call_expression':
      return call(b, node, span);
    case 'field_expression':
      return {
        kind: 'member',
        object: sub('argument'),
        arrow: field(node, 'operator')?.text === '->',
        field: field(node, 'field')?.text ?? '',
        span,
      };
    case 'subscript_expression':
      return { kind: 'index', object: sub('argument'), index: sub('index'), span };
    case 'cast_expression': {
      const type = field(node, 'type');
      return { kind: 'cast', type: type ? buildTypeName(b, type) : int, operand: sub('value'), span };
    }
    case 'compound_literal_expression': {
      const type = field(node, 'type');
      const value = field(node, 'value');
      return {
        kind: 'literal',
        type: type ? buildTypeName(b, type) : int,
        initializer: value ? buildInitializer(b, value) : { kind: 'list', items: [], span },
        span,
      };
    }
    case 'sizeof_expression': {
      const type = field(node, 'type');
      const value = field(node, 'value');
      return {
        kind: 'sizeof',
        type: type ? buildTypeName(b, type) : null,
        operand: value ? buildExpression(b, value) : null,
        span,
      };
    }
    case 'gnu_asm_expression': {
      // The instructions, then what they set.
      const outputs = (b.outputs.get(node.startIndex) ?? []).map(
        (text) => expressionIn(b, text, span) ?? ({ kind: 'unknown', text, span } as const),
      );
      const values = [sub('assembly_code'), ...outputs];
      const callee: Expression = { kind: 'identifier', name: assembly, span };
      return { kind: 'call', span, callee, arguments: values, types: values.map(() => null) };
    }
    case 'generic_expression': {
      const [control, ...parts] = children(node);
      const choices: { type: TypeName | null; value: Expression }[] = [];
      for (let i = 0; i + 1 < parts.length; i += 2) {
        const [type, value] = [parts[i] as Node, parts[i + 1] as Node];
        choices.push({
          type: type.type === 'type_descriptor' && type.text !== 'default' ? buildTypeName(b, type) : null,
          value: buildExpression(b, value),
        });
      }
      if (!control) return { kind: 'unknown', text: node.text, span };
      return { kind: 'generic', control: buildExpression(b, control), choices, span };
    }
    case 'comma_expression':
      return { kind: 'comma', left: sub('left'), right: sub('right'), span };
    default:
      return { kind: 'unknown', text: node.text, span };
  }
}

/** An expression whose text the parser does not see where it stands; null where the text is none. */
export const expressionIn = (b: Builder, text: string, at: Span): Expression | null =>
  b.parse(nestedBuilder(b, at), `int m = (${text});`, (root, builder) => {
    const value = initialValue(root);
    return root.hasError || !value ? null : buildExpression(builder, value);
  });

function unary(b: Builder, node: Node, operand: Expression): Expression {
  const span = b.span(node);
  const operator = b.operators.get(node.startIndex) ?? field(node, 'operator')?.text ?? '';
  if (!/^[-+!~*&]$/.test(operator)) return { kind: 'unknown', text: node.text, span };
  return { kind: 'unary', operator: operator as '-', operand, span };
}

/** `x++`; the grammar reads `*x++` as `(*x)++` and `!x--` as `(!x)--`, which are put right here. */
function update(b: Builder, node: Node, operand: Node | null): Expression {
  const span = b.span(node);
  const operator = field(node, 'operator');
  if (!operator || !operand) return { kind: 'unknown', text: node.text, span };
  const prefix = operator.startIndex < operand.startIndex;
  if (!prefix && /^(unary|pointer)_expression$/.test(operand.type))
    return nested(
      b,
      () => unary(b, operand, update(b, node, field(operand, 'argument'))),
      () => ({ kind: 'unknown', text: node.text.slice(0, 80), span }),
    );
  if (!prefix && operand.type === 'cast_expression') {
    const type = field(operand, 'type');
    const inner = update(b, node, field(operand, 'value'));
    return { kind: 'cast', type: type ? buildTypeName(b, type) : int, operand: inner, span };
  }
  return { kind: 'update', operator: operator.text as '++', prefix, operand: buildExpression(b, operand), span };
}

/**
 * `(u64)(x)->y[0]` reads like a call of `(u64)` unless one knows that u64 is a type: then it is a cast of all that
 * follows. Null where the node is no such thing.
 */
function castOfCall(b: Builder, node: Node): Expression | null {
  if (!/^(call|field|subscript|update)_expression$/.test(node.type)) return null;
  let base = node;
  for (;;) {
    const inner: Node | null = base.type === 'call_expression' ? field(base, 'function') : field(base, 'argument');
    if (inner === null || inner.startIndex !== base.startIndex) return null;
    if (base.type === 'call_expression' && inner.type === 'parenthesized_expression') break;
    if (!/^(call|field|subscript|update)_expression$/.test(inner.type)) return null;
    base = inner;
  }
  const name = children(field(base, 'function') as Node)[0];
  const list = field(base, 'arguments');
  if (name?.type !== 'identifier' || !list) return null;
  const operandOfTypeof = b.typeofs.get(name.startIndex);
  if (operandOfTypeof === undefined && !b.isType(name.text)) return null;
  // What the cast applies to, without the type in front of it: read again as text of its own.
  const text = b.original.slice(list.startIndex, node.endIndex);
  const operand =
    base.id === node.id && children(list).length === 1
      ? buildExpression(b, children(list)[0] as Node)
      : b.parse(nestedBuilder(b, b.span(node)), `int m = (${text});`, (root, inner) => {
          const value = initialValue(root);
          return root.hasError || !value ? null : buildExpression(inner, value);
        });
  const type: TypeName =
    operandOfTypeof === undefined
      ? { kind: 'named', name: name.text }
      : typeofOperand(b, operandOfTypeof, b.span(name));
  return operand && { kind: 'cast', type, operand, span: b.span(node) };
}

function call(b: Builder, node: Node, span: Span): Expression {
  const callee = field(node, 'function');
  const list = field(node, 'arguments');
  const nodes = list ? children(list) : [];
  const macro = callee?.type === 'identifier' ? b.macro(callee.text) : null;
  if (macro?.parameters) {
    const expanded = expand(b, macro, argumentTexts(b, list), span);
    if (expanded) return expanded;
  }
  const typed = (n: Node): TypeName | null => (n.type === 'type_descriptor' ? buildTypeName(b, n) : typeArgument(b, n));
  return {
    kind: 'call',
    span,
    callee: callee ? buildExpression(b, callee) : { kind: 'unknown', text: node.text, span },
    arguments: nodes.map((n) => argument(b, n)),
    types: nodes.map(typed),
  };
}

/** The type that an argument may be: `typeof(x)`, or words. */
function typeArgument(b: Builder, node: Node): TypeName | null {
  const operand = b.typeofs.get(node.startIndex);
  if (operand !== undefined && node.type === 'identifier') return typeofOperand(b, operand, b.span(node));
  return plainTypeName(b.original.slice(node.startIndex, node.endIndex));
}

/** An argument; a type has no value. */
function argument(b: Builder, node: Node): Expression {
  const written = b.original.slice(node.startIndex, node.endIndex);
  const isType =
    node.type === 'identifier' && (/[\s*]/.test(written) || b.typeofs.has(node.startIndex) || declares(written));
  if (!isType) return buildExpression(b, node);
  return { kind: 'number', value: 0n, unsigned: false, long: false, span: b.span(node) };
}

/** An argument such as `unsigned long` or `struct foo` of a macro that takes a type. */
function plainTypeName(text: string): TypeName | null {
  const plain = text.replace(/\b(const|volatile|__\w+)\b/g, '').trim();
  const pointer = /^(.*?)\s*\*$/s.exec(plain)?.[1];
  if (pointer !== undefined) {
    const to = plainTypeName(pointer);
    return to && { kind: 'pointer', to };
  }
  const tagged = /^(struct|union)\s+(\w+)$/.exec(plain);
  if (tagged) return { kind: tagged[1] as 'struct', name: tagged[2] as string, fields: null };
  if (/^enum\s+\w+$/.test(plain)) return { kind: 'enum', name: plain.split(/\s+/)[1] ?? '', signed: null };
  return /^[A-Za-z_][\w\s]*$/.test(plain) ? { kind: 'named', name: plain.replace(/\s+/g, ' ') } : null;
}

/** The expression that a macro makes; every node of it stands where the macro is used. Null where it makes none. */
function expand(b: Builder, macro: Macro, values: readonly string[], at: Span): Expression | null {
  const body = expandUse(macro, values, b.macro);
  const text = /^\s*do\s*\{/.test(body) ? `int m = ({ ${body}; });` : `int m = (${body});`;
  return b.parse(macroBuilder(b, macro, at), text, (root, builder) => {
    const value = initialValue(root);
    return root.hasError || !value ? null : buildExpression(builder, value);
  });
}

/** A builder for what a macro makes, in which the macro itself is not known: it is not replaced again. */
const macroBuilder = (b: Builder, macro: Macro, at: Span): Builder =>
  nestedBuilder(b, at, (name) => (name === macro.name ? null : b.macro(name)));

/** The texts of the arguments of a call, from the text as it was. */
export const argumentTexts = (b: Builder, list: Node | null): string[] =>
  splitArguments(list ? b.original.slice(list.startIndex + 1, list.endIndex - 1) : '');

/**
 * The statements that a macro makes; null where it makes none.
 * @param body what stands behind a macro that makes a loop, or null
 * @param end what ends the loop, where that is a macro of its own
 */
export function expandStatements(
  b: Builder,
  macro: Macro,
  values: readonly string[],
  at: Span,
  body: (() => Statement) | null,
  end = '',
): Statement[] | null {
  const text = `void m(void) { ${expandUse(macro, values, b.macro)}${body ? ` ${loopBody}();` : ';'} ${end} }`;
  return b.parse({ ...macroBuilder(b, macro, at), ...(body && { loopBody: body }) }, text, (root, builder) => {
    const block = root.descendantsOfType('compound_statement')[0];
    return root.hasError || !block ? null : buildStatements(builder, children(block));
  });
}

function number(text: string, span: Span): Expression {
  const suffix = /[uUlL]*$/.exec(text)?.[0].toLowerCase() ?? '';
  const digits = text.slice(0, text.length - suffix.length);
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9]\d*)$/.test(digits)) return { kind: 'unknown', text, span };
  const value = /^0\d/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  const hex = /^0/.test(digits) && digits !== '0';
  const unsigned =
    suffix.includes('u') ||
    (hex && ((value > 0x7fffffffn && value <= 0xffffffffn && !suffix.includes('l')) || value > 0x7fffffffffffffffn));
  const long = suffix.includes('l') || value > 0xffffffffn || (value > 0x7fffffffn && !unsigned);
  return { kind: 'number', value, unsigned, long, span };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function stringValue(text: string): string {
  return text.replace(/^[^"]*"|"$/g, '').replace(/\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)/g, (_, e: string) => {
    if (/^x/.test(e)) return String.fromCharCode(Number.parseInt(e.slice(1), 16));
    if (/^[0-7]+$/.test(e) && e !== '0') return String.fromCharCode(Number.parseInt(e, 8));
    return escapes[e] ?? e;
  });
}

function characterValue(text: string): number {
  return stringValue(text.replace(/^[^']*'|'$/g, '').replace(/"/g, '\\"')).charCodeAt(0) || 0;
}
