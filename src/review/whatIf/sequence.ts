// SPDX-License-Identifier: MIT
/** Two neighbours of a block the other way round. A call and the check of what it gave are one. */

import type { Expression, FunctionDefinition, Statement } from '../../c/ast';
import { isPrint } from '../../c/builtins';
import { walkExpressions, walkStatements } from '../../c/walk';
import { about, type Candidate, type Clue, quoted } from './candidate';
import type { MailStatement } from './mailStatements';
import type { RowChange } from './rowChanges';

/** What moves is no small edit where it is longer. */
const mostRows = 6;

/** Statements that belong together, in order. */
type Unit = readonly MailStatement[];

/** Every pair of neighbours of which one ran and both do something that somebody else may notice. */
export function swaps({ statements }: Clue): Candidate[] {
  const blocks = new Set(statements.filter((s) => !s.isBare).map((s) => s.siblings));
  return [...blocks].flatMap((siblings) => {
    const units = unitsOf(siblings);
    return units.flatMap((unit, i) => {
      const next = units[i + 1];
      if (!unit || !next || !mayChangePlaces(unit, next)) return [];
      if ([...unit, ...next].every((s) => s.ran < 0)) return [];
      const [first, moved] = [unit[0], next[0]];
      if (!first || !moved) return [];
      const [target] = first.rows;
      if (!target) return [];
      const rows = next.flatMap((s) => s.rows);
      if (rows.length > mostRows) return [];
      const changes: RowChange[] = [
        { kind: 'insert', row: target, where: 'before', texts: rows.map(({ text }) => text) },
        ...rows.map((row): RowChange => ({ kind: 'drop', row })),
      ];
      return about('order', moved, `${quoted(moved.text)} before ${quoted(first.text)}`, changes).map((candidate) => ({
        ...candidate,
        ran: Math.max(first.ran, moved.ran),
      }));
    });
  });
}

/** A block in units, null where something stands that is not in the mail whole. */
function unitsOf(siblings: readonly (MailStatement | null)[]): (Unit | null)[] {
  const units: (Unit | null)[] = [];
  for (let i = 0; i < siblings.length; i++) {
    const s = siblings[i];
    if (!s) {
      units.push(null);
      continue;
    }
    const value = assignedOf(s.statement);
    const check = siblings[i + 1];
    if (value !== null && check?.statement.kind === 'if' && namesOf(check.statement.condition).has(value)) {
      units.push([s, check]);
      i++;
    } else units.push([s]);
  }
  return units;
}

function mayChangePlaces(first: Unit, second: Unit): boolean {
  const all = [...first, ...second];
  if (all.some((s) => stays.has(s.statement.kind))) return false;
  if (![first, second].every((unit) => unit.some(isNoticed))) return false;
  // What one of them sets and the other uses.
  const sets = (unit: Unit): string[] => unit.flatMap(({ statement }) => assignedOf(statement) ?? []);
  const uses = (unit: Unit): Set<string> => new Set(unit.flatMap(({ statement }) => [...namesIn(statement)]));
  const given = (unit: Unit): string[] => unit.flatMap(givenWhole);
  const touched = (unit: Unit): string[] => [...sets(unit), ...given(unit)];
  return !touched(first).some((n) => uses(second).has(n)) && !touched(second).some((n) => uses(first).has(n));
}

const stays: ReadonlySet<string> = new Set([
  'declaration',
  'label',
  'case',
  'goto',
  'return',
  'break',
  'continue',
  'empty',
]);

/** The local variable that a statement assigns what a call or an expression gives; null for another statement. */
export function assignedOf(s: Statement): string | null {
  if (s.kind !== 'expression' || s.expression.kind !== 'assign') return null;
  const { left } = s.expression;
  return left.kind === 'identifier' ? left.name : null;
}

/** Whether a statement calls something that does more than print, or sets what others see. */
function isNoticed({ statement, definition }: MailStatement): boolean {
  const own = localsOf(definition);
  const isOwn = (e: Expression): boolean => e.kind === 'identifier' && own.has(e.name);
  let found = false;
  walkExpressions(statement, (e) => {
    if (e.kind === 'call') found ||= e.callee.kind !== 'identifier' || !isPrint(e.callee.name);
    else if (e.kind === 'assign') found ||= !isOwn(e.left);
    else if (e.kind === 'update') found ||= !isOwn(e.operand);
  });
  return found;
}

/** Names that only a function knows. */
function localsOf({ parameters, body }: FunctionDefinition): Set<string> {
  const names = new Set(parameters.map(({ name }) => name));
  walkStatements(body, (s) => {
    if (s.kind === 'declaration') for (const { name } of s.declarators) names.add(name);
  });
  return names;
}

/** Local variables whose address a call is given: it may fill or clear all of them. */
function givenWhole({ statement, definition }: MailStatement): string[] {
  const own = localsOf(definition);
  const names: string[] = [];
  walkExpressions(statement, (e) => {
    if (e.kind !== 'unary' || e.operator !== '&' || e.operand.kind !== 'identifier') return;
    if (own.has(e.operand.name)) names.push(e.operand.name);
  });
  return names;
}

function namesIn(s: Statement): Set<string> {
  const names = new Set<string>();
  walkExpressions(s, (e) => {
    if (e.kind === 'identifier') names.add(e.name);
  });
  return names;
}

const namesOf = (e: Expression): Set<string> => namesIn({ kind: 'expression', expression: e, span: e.span });
