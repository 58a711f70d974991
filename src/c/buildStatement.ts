// SPDX-License-Identifier: MIT
/** Functions and statements from the parser's tree. */
import type { Node } from 'web-tree-sitter';
import type { Expression, FunctionDefinition, Statement } from './ast';
import { argumentTexts, buildExpression, expandStatements } from './buildExpression';
import { type Builder, children, deepestNesting, field, int, loopBody, nested } from './builder';
import { buildDeclarators, buildTypeSpecifier, declarator } from './buildType';
import type { Macro } from './directives';
import { expandText } from './expandMacro';

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

/** A statement with all below it. */
export function buildStatement(b: Builder, node: Node): Statement {
  return nested(
    b,
    () => statement(b, node),
    () => {
      const span = b.span(node);
      return { kind: 'expression', span, expression: { kind: 'unknown', text: node.text.slice(0, 80), span } };
    },
  );
}

function statement(b: Builder, node: Node): Statement {
  const span = b.span(node);
  const need = (name: string): Node => field(node, name) ?? node;
  const below = (name: string): Statement => {
    const child = field(node, name);
    return child ? buildStatement(b, child) : { kind: 'empty', span };
  };
  switch (node.type) {
    case 'compound_statement':
      return { kind: 'block', span, body: buildStatements(b, children(node)) };
    case 'expression_statement': {
      const inner = children(node)[0];
      if (b.loopBody && inner?.type === 'call_expression' && field(inner, 'function')?.text === loopBody)
        return b.loopBody();
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
        condition: buildExpression(b, need('condition')),
        then: below('consequence'),
        else: otherwise ? buildStatement(b, otherwise) : null,
      };
    }
    case 'while_statement': {
      const macro = b.loops.get(node.startIndex);
      const made = macro === undefined ? null : b.macro(macro);
      if (made?.parameters) {
        const body = field(node, 'body');
        const within = (): Statement => (body ? buildStatement(b, body) : { kind: 'empty', span });
        const head = { ...span, end: field(node, 'condition')?.endIndex ?? span.end };
        const statements = expandStatements(b, made, argumentTexts(b, field(node, 'condition')), head, within);
        if (statements) return { kind: 'block', span, body: statements };
      }
      if (macro !== undefined)
        return { kind: 'macroLoop', span, macro, arguments: loopArguments(b, need('condition')), body: below('body') };
      return { kind: 'while', span, condition: buildExpression(b, need('condition')), body: below('body') };
    }
    case 'do_statement': {
      // `do { … } while_each_thread(g, t);`
      const word = node.children.find((c) => c?.type === 'while');
      const macro = word && b.loops.get(word.startIndex);
      const made = macro === undefined ? null : b.macro(macro);
      if (macro && made?.parameters) {
        // As if the macro began the loop: it has the `while`.
        const condition = expandText(made, argumentTexts(b, field(node, 'condition')));
        const whole: Macro = { ...made, parameters: [], body: 'do {' };
        const statements = expandStatements(b, whole, [], span, () => below('body'), `} ${condition};`);
        if (statements) return { kind: 'block', span, body: statements };
      }
      if (macro)
        return { kind: 'macroLoop', span, macro, arguments: loopArguments(b, need('condition')), body: below('body') };
      return { kind: 'do', span, condition: buildExpression(b, need('condition')), body: below('body') };
    }
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
        body: below('body'),
      };
    }
    case 'switch_statement':
      return { kind: 'switch', span, value: buildExpression(b, need('condition')), body: below('body') };
    case 'case_statement': {
      const value = field(node, 'value');
      const operator = value && field(value, 'operator');
      const range = value?.type === 'binary_expression' && operator && b.ranges.has(operator.startIndex);
      const part = (name: string): Expression | null => {
        const child = value && field(value, name);
        return child ? buildExpression(b, child) : null;
      };
      return {
        kind: 'case',
        span,
        value: range ? part('left') : value ? buildExpression(b, value) : null,
        endValue: range ? part('right') : null,
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
    case 'struct_specifier':
    case 'union_specifier':
    case 'enum_specifier':
      buildTypeSpecifier(b, node);
      return { kind: 'empty', span };
    case ';':
      return { kind: 'empty', span };
    default:
      return { kind: 'expression', span, expression: buildExpression(b, node) };
  }
}

/** Statements in order. */
export function buildStatements(b: Builder, nodes: readonly Node[]): Statement[] {
  const built: Statement[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const [node, next] = [nodes[i] as Node, nodes[i + 1]];
    const pair = next ? loopOfTwoMacros(b, node, next) : null;
    if (pair) i++;
    built.push(...(pair ?? declaredByMacro(b, node) ?? [buildStatement(b, node)]));
  }
  return built;
}

/** `do_each_x(…) { … } while_each_x(…);`, of which one macro begins a loop and the other one ends it. */
function loopOfTwoMacros(b: Builder, node: Node, next: Node): Statement[] | null {
  const first = b.loops.get(node.startIndex);
  const body = node.type === 'while_statement' ? field(node, 'body') : null;
  if (!first?.startsWith('do_') || !body || b.depth.level >= deepestNesting) return null;
  const call = next.type === 'expression_statement' ? children(next)[0] : undefined;
  const second = call?.type === 'call_expression' ? field(call, 'function')?.text : b.loops.get(next.startIndex);
  // `do_each_x_safe(…) { … } while_each_x();` too.
  if (!second?.startsWith('while_') || !first.slice(3).startsWith(second.slice(6))) return null;
  const [begin, end] = [b.macro(first), b.macro(second)];
  if (!begin?.parameters || !end?.parameters) return null;
  const given = call?.type === 'call_expression' ? field(call, 'arguments') : field(next, 'condition');
  const rest = `${expandText(end, argumentTexts(b, given))};`;
  const values = argumentTexts(b, field(node, 'condition'));
  return expandStatements(b, begin, values, b.span(node), () => buildStatement(b, body), rest);
}

/** What a macro makes that stands as a statement and is no expression; its declarations belong to the block around it. */
function declaredByMacro(b: Builder, node: Node): Statement[] | null {
  const call = node.type === 'expression_statement' ? children(node)[0] : undefined;
  const callee = call?.type === 'call_expression' ? field(call, 'function') : null;
  const macro = callee?.type === 'identifier' ? b.macro(callee.text) : null;
  if (!call || !macro?.parameters || b.depth.level >= deepestNesting) return null;
  const values = argumentTexts(b, field(call, 'arguments'));
  return statementLike.test(macro.body) ? expandStatements(b, macro, values, b.span(node), null) : null;
}

/** How what is no expression begins: a declaration or a statement. */
const statementLike = /^\s*(\{|(if|for|while|switch|return|goto)\b|[A-Za-z_]\w*\s+[A-Za-z_*])/;

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
