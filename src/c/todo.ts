// SPDX-License-Identifier: MIT
import type { Expression } from './ast';
import type { Frame } from './context';
import { inline } from './lowerCall';
import { lowerExpression } from './lowerExpression';
import { negate, type Value } from './value';

/** A comment is no longer than that. */
const longest = 3_000;

/** Whether an expression is returned or assigned right behind a comment that begins with TODO. */
function followsTodo(e: Expression): boolean {
  const { text } = e.span.unit.source;
  const before = text.slice(Math.max(0, e.span.start - longest), e.span.start);
  const end = before.lastIndexOf('*/');
  const start = before.lastIndexOf('/*', end);
  if (start < 0 || !/^\*\/\s*(return\s|[A-Za-z_]\w*\s*=)\s*$/.test(before.slice(end))) return false;
  return /^\/\*[\s*]*TODO\b/.test(before.slice(start, end));
}

/**
 * In the middle of a series a function may end in a TODO and an error: what later patches do instead is a model's, called
 * `<function>_todo(error)`. Null where `e`, a negated error number, is no such place, or there is no such model.
 */
export function lowerTodo(frame: Frame, e: Extract<Expression, { kind: 'unary' }>): Value | null {
  if (e.operand.kind !== 'identifier' || !/^E[A-Z0-9]+$/.test(e.operand.name)) return null;
  const { name } = frame.definition;
  const model = frame.program.symbols.function(`${name}_todo`, e.span.unit);
  if (!model || !followsTodo(e)) return null;
  const text = `what ${name}() has yet to do, by its TODO, may work or fail: ${model.name}() stands for it`;
  frame.program.assume({ kind: 'assumed', text, span: e.span });
  return inline(frame, model, [negate(lowerExpression(frame, e.operand))], e.span);
}
