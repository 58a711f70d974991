// SPDX-License-Identifier: MIT
import type { Expression, Initializer, Statement } from './ast';

/** Visits every expression in a statement, outermost first. */
export function walkExpressions(s: Statement, visit: (e: Expression) => void): void {
  walkStatements(s, (inner) => {
    switch (inner.kind) {
      case 'expression':
        walkExpression(inner.expression, visit);
        break;
      case 'declaration':
        for (const d of inner.declarators) if (d.initializer) walkInitializer(d.initializer, visit);
        break;
      case 'if':
      case 'while':
      case 'do':
        walkExpression(inner.condition, visit);
        break;
      case 'for':
        if (inner.condition) walkExpression(inner.condition, visit);
        if (inner.update) walkExpression(inner.update, visit);
        break;
      case 'macroLoop':
        for (const a of inner.arguments) walkExpression(a, visit);
        break;
      case 'switch':
        walkExpression(inner.value, visit);
        break;
      case 'return':
        if (inner.value) walkExpression(inner.value, visit);
        break;
      default:
        break;
    }
  });
}

/**
 * Visits a statement and all statements inside it, outermost first, but not those in statement expressions. What is
 * inside a statement is passed over where `visit` gives false for it.
 */
export function walkStatements(s: Statement, visit: (s: Statement) => unknown): void {
  if (visit(s) === false) return;
  switch (s.kind) {
    case 'block':
    case 'case':
      for (const inner of s.body) walkStatements(inner, visit);
      break;
    case 'if':
      walkStatements(s.then, visit);
      if (s.else) walkStatements(s.else, visit);
      break;
    case 'for':
      if (s.initial) walkStatements(s.initial, visit);
      walkStatements(s.body, visit);
      break;
    case 'while':
    case 'do':
    case 'macroLoop':
    case 'switch':
      walkStatements(s.body, visit);
      break;
    case 'label':
      if (s.body) walkStatements(s.body, visit);
      break;
    default:
      break;
  }
}

function walkInitializer(i: Initializer, visit: (e: Expression) => void): void {
  if (i.kind === 'expression') walkExpression(i.value, visit);
  else for (const item of i.items) walkInitializer(item.value, visit);
}

function walkExpression(e: Expression, visit: (e: Expression) => void): void {
  visit(e);
  const sub = (inner: Expression | null): void => {
    if (inner) walkExpression(inner, visit);
  };
  switch (e.kind) {
    case 'unary':
    case 'update':
    case 'cast':
      return sub(e.operand);
    case 'binary':
    case 'assign':
    case 'comma':
      sub(e.left);
      return sub(e.right);
    case 'conditional':
      sub(e.condition);
      sub(e.then);
      return sub(e.else);
    case 'call':
      sub(e.callee);
      for (const a of e.arguments) sub(a);
      return;
    case 'member':
      return sub(e.object);
    case 'generic':
      sub(e.control);
      for (const { value } of e.choices) sub(value);
      return;
    case 'index':
      sub(e.object);
      return sub(e.index);
    case 'literal':
      return walkInitializer(e.initializer, visit);
    case 'sizeof':
      return sub(e.operand);
    case 'statements':
      for (const s of e.body) walkExpressions(s, visit);
      return;
    default:
      return;
  }
}
