// SPDX-License-Identifier: MIT
/**
 * Names that the lines of a hunk use and that nobody declares: variables whose declaration the hunk does not show. Each
 * has one unknown value, of the type that its use needs.
 */

import type { Expression, FunctionDefinition, Statement, TypeName } from './ast';
import { findBuiltin } from './builtins';
import { type Frame, lookUp } from './context';
import { type CType, int32, pointerTo, voidType } from './ctype';
import { isFunction } from './symbols';
import { typeIn, typeOf } from './typeOf';
import type { Place } from './value';
import { walkExpressions, walkStatements } from './walk';

/**
 * Names of variables that a statement uses and nobody declares, in the order of their first use.
 * @param unknowns those found before; they count as declared by nobody
 */
export function undeclaredIn(frame: Frame, s: Statement, unknowns: ReadonlyMap<string, Place>): string[] {
  const { symbols } = frame.program;
  const declared = new Set(declarationsIn(s).map(({ name }) => name));
  /** Names that are no objects: members, types, functions that are called. */
  const passed = new Set<Expression>();
  const found = new Set<string>();
  walkStatements(s, (inner) => {
    if (inner.kind === 'macroLoop') for (const a of inner.arguments.slice(2)) passed.add(a);
  });
  walkExpressions(s, (e) => {
    if (e.kind === 'sizeof' && e.operand) passed.add(e.operand);
    if (e.kind === 'call') {
      passed.add(e.callee);
      const last = e.arguments.at(-1);
      if (last && e.callee.kind === 'identifier' && takesMember.test(e.callee.name)) passed.add(last);
    }
    if (e.kind !== 'identifier' || passed.has(e) || declared.has(e.name) || isConstant.test(e.name)) return;
    const local = lookUp(frame, e.name);
    const isKnown =
      (local !== null && local !== unknowns.get(e.name)) ||
      symbols.constant(e.name, e.span.unit) !== null ||
      symbols.global(e.name, e.span.unit) !== null ||
      isFunction(symbols, e.name, e.span.unit) ||
      symbols.typedef(e.name) !== null ||
      findBuiltin(e.name) !== null;
    if (!isKnown) found.add(e.name);
  });
  return [...found];
}

const takesMember = /^(container_of\w*|\w+_entry\w*|offsetof\w*|sizeof_field|struct_size)$/;
/** Macros, as the kernel writes them, and what stands for lines that are not shown. */
const isConstant = /^([A-Z_][A-Z0-9_]*|__\w+)$/;

function declarationsIn(s: Statement): { readonly name: string; readonly type: TypeName }[] {
  const found: { name: string; type: TypeName }[] = [];
  walkStatements(s, (inner) => {
    if (inner.kind === 'declaration') found.push(...inner.declarators);
  });
  return found;
}

/** Whether what a statement does first with a variable is to give it a value. */
export function isAssignedFirst(s: Statement, name: string): boolean {
  if (s.kind !== 'expression' || s.expression.kind !== 'assign' || s.expression.operator !== '=') return false;
  const { left, right, span } = s.expression;
  if (left.kind !== 'identifier' || left.name !== name) return false;
  let used = false;
  walkExpressions({ kind: 'expression', expression: right, span }, (e) => {
    if (e.kind === 'identifier' && e.name === name) used = true;
  });
  return !used;
}

/** What is known of a variable that nobody declares. */
export interface UnknownLocal {
  readonly type: CType;
  /** Whether the lines go through it as a pointer and nowhere ask whether it is one. */
  readonly isObject: boolean;
}

/**
 * What the use of a variable tells.
 * @param part the lines of one hunk
 */
export function useOf(frame: Frame, definition: FunctionDefinition, part: Statement, name: string): UnknownLocal {
  const { symbols } = frame.program;
  const shown = declarationsIn(definition.body).find((d) => d.name === name);
  let type = shown ? typeIn(frame, shown.type) : null;
  let followed = false;
  let asked = false;
  const is = (e: Expression | null | undefined): boolean => e?.kind === 'identifier' && e.name === name;
  const learn = (found: CType): void => {
    const says = found.kind === 'pointer' || (found.kind === 'int' && (found.bits !== 32 || !found.signed));
    if (type === null && says) type = found;
  };
  walkExpressions(part, (e) => {
    switch (e.kind) {
      case 'assign':
        if (is(e.left)) learn(typeOf(frame, e.right));
        else if (is(e.right)) learn(typeOf(frame, e.left));
        return;
      case 'call': {
        if (e.callee.kind !== 'identifier') return;
        if (/^(IS_ERR(_OR_NULL)?|PTR_ERR)$/.test(e.callee.name) && e.arguments.some(is)) {
          asked = true;
          learn(pointerTo(voidType));
        }
        const parameters = parametersOf(symbols.function(e.callee.name), symbols.prototype(e.callee.name)?.type);
        for (const [i, argument] of e.arguments.entries()) {
          const parameter = parameters[i];
          if (is(argument) && parameter) learn(symbols.type(parameter));
        }
        return;
      }
      case 'unary':
        if (e.operator === '!' && is(e.operand)) asked = true;
        if (e.operator === '*' && is(e.operand)) followed = true;
        return;
      case 'member':
        if (e.arrow && is(e.object)) followed = true;
        return;
      case 'index':
        if (is(e.object)) followed = true;
        return;
      case 'binary':
        if (/^([=!]=|&&|\|\|)$/.test(e.operator) && (is(e.left) || is(e.right))) asked = true;
        return;
      default:
        return;
    }
  });
  if (followed) learn(pointerTo(voidType));
  return { type: type ?? int32, isObject: followed && !asked };
}

const parametersOf = (
  definition: FunctionDefinition | null,
  declared: TypeName | undefined,
): readonly (TypeName | undefined)[] =>
  (definition?.parameters ?? (declared?.kind === 'function' ? declared.parameters : [])).map(({ type }) => type);
