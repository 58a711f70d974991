// SPDX-License-Identifier: MIT
/** Conditions that the machine of a story decides once and for all: what they rule out is not lowered. */
import type { Expression, Statement } from './ast';
import type { Frame } from './context';
import { walkStatements } from './walk';

/** Whether a condition always holds (true) or never does (false) on this machine; null where that is not known. */
export function decided(frame: Frame, e: Expression): boolean | null {
  if (e.kind === 'unary' && e.operator === '!') return not(decided(frame, e.operand));
  if (e.kind === 'binary' && (e.operator === '&&' || e.operator === '||')) {
    const ends = e.operator === '||';
    const left = decided(frame, e.left);
    return left === null || left === ends ? left : decided(frame, e.right);
  }
  if (e.kind !== 'call' || e.callee.kind !== 'identifier' || e.arguments.length > 0) return null;
  const { program } = frame;
  const fixed = program.machineConstant(e.callee.name);
  if (fixed !== null) return fixed !== 0;
  // A function that says no more than that.
  const definition = program.symbols.function(e.callee.name, e.span.unit);
  const only = definition?.parameters.length === 0 && definition.errorAt === null ? definition.body : null;
  const [statement] = only?.kind === 'block' && only.body.length === 1 ? only.body : [];
  if (!definition || statement?.kind !== 'return' || !statement.value || definition === frame.definition) return null;
  const result = asksMachine(statement.value) ? decided(frame, statement.value) : null;
  if (result !== null) program.use(definition);
  return result;
}

/** Whether an expression is made of calls without arguments only, so that looking into it cannot go round. */
function asksMachine(e: Expression): boolean {
  if (e.kind === 'unary' && e.operator === '!') return asksMachine(e.operand);
  if (e.kind === 'binary' && (e.operator === '&&' || e.operator === '||'))
    return asksMachine(e.left) && asksMachine(e.right);
  return e.kind === 'call' && e.callee.kind === 'identifier' && /^hw_/.test(e.callee.name);
}

const not = (value: boolean | null): boolean | null => (value === null ? null : !value);

/** Whether a statement can be left out where it does not run: nobody jumps into it. */
export function canBeLeftOut(s: Statement): boolean {
  let found = false;
  walkStatements(s, (inner) => {
    if (inner.kind === 'label' || inner.kind === 'case') found = true;
  });
  return !found;
}
