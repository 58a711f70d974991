// SPDX-License-Identifier: MIT
/** What is done where a call fails: it is noticed, and memory in a state that nobody knows is kept instead of freed. */

import type { Expression, Statement, TypeName } from '../../c/ast';
import { createSymbols, type Symbols } from '../../c/symbols';
import { walkExpressions } from '../../c/walk';
import { isTreeUnit } from '../../tree/treeUnit';
import { textOf } from './barriers';
import { about, anywhere, type Candidate, type Clue, dropped, indented, inserted, quoted } from './candidate';
import type { MailStatement } from './mailStatements';
import type { RowChange } from './rowChanges';
import { assignedOf } from './sequence';

/** The furthest statement behind a call that is made to depend on it. */
const nearby = 4;

/** For each call that may fail and is not asked about: it is asked, and what follows is not done, or a part of it. */
export function checks(clue: Clue): Candidate[] {
  const symbols = symbolsOf(clue);
  return clue.statements.flatMap((s) => {
    if (s.ran < 0) return [];
    const failed = failureOf(symbols, s);
    if (failed === null) return [];
    const text = quoted(textOf(failed.call));
    const ways = leavings(s, failed);
    const asked = failed.variable === null ? `if (${failed.test})` : null;
    const leaves = ways.flatMap((way) =>
      about(
        'check',
        s,
        `a check of what ${text} gives, with ${quoted(way)}`,
        asked === null ? inserted(s, 'behind', [`if (${failed.test})`, `\t${way}`]) : inPlace(s, [asked, `\t${way}`]),
      ),
    );
    const later = s.siblings.slice(s.index + 1, s.index + 1 + nearby);
    const depends = later.flatMap((t, i) => {
      if (t?.statement.kind !== 'expression' || t.statement.expression.kind !== 'call') return [];
      if (failed.variable === null && i > 0) return [];
      return about('check', t, `${quoted(t.text)} only where ${text} succeeds`, conditional(s, t, failed));
    });
    return [...depends, ...leaves];
  });
}

/** Memory that goes back where the run ends badly is kept; and all that goes back by the same function. */
export function leaks({ outcome, at, trace, statements }: Clue): Candidate[] {
  if (outcome !== 'host-exposed' && outcome !== 'double-free') return [];
  const freed = at[trace.steps.length - 1];
  if (freed?.statement.kind !== 'expression' || freed.statement.expression.kind !== 'call') return [];
  if (freed.isBare) return [];
  const callee = calleeOf(freed);
  const all = statements.filter((s) => !s.isBare && calleeOf(s) === callee);
  const alone = `${quoted(freed.text)} left out, so that the memory is kept`;
  const together = `every ${quoted(`${callee}();`)} of the patch left out, so that the memory is kept`;
  return [
    ...about('leak', freed, alone, dropped(freed)),
    ...(callee === null || all.length < 2 ? [] : anywhere(about('leak', freed, together, all.flatMap(dropped)))),
  ];
}

/** The function that a statement calls, where that is all it does. */
function calleeOf({ statement }: MailStatement): string | null {
  if (statement.kind !== 'expression' || statement.expression.kind !== 'call') return null;
  const { callee } = statement.expression;
  return callee.kind === 'identifier' ? callee.name : null;
}

interface Failure {
  readonly call: Expression;
  /** C that is true where the call failed. */
  readonly test: string;
  /** C that is true where it succeeded. */
  readonly success: string;
  /** The variable that has what it gave, null where nobody has. */
  readonly variable: string | null;
  readonly result: 'number' | 'flag' | 'pointer';
}

/** A call whose value is dropped, or assigned and not asked about in the next statement; null for another statement. */
function failureOf(symbols: Symbols, s: MailStatement): Failure | null {
  const { statement } = s;
  if (statement.kind !== 'expression') return null;
  const { expression } = statement;
  const call = expression.kind === 'assign' && expression.operator === '=' ? expression.right : expression;
  if (call.kind !== 'call' || call.callee.kind !== 'identifier') return null;
  const definition = symbols.function(call.callee.name, call.span.unit);
  const result = definition && resultOf(definition.result);
  if (!result) return null;
  const variable = call === expression ? null : assignedOf(statement);
  if (call !== expression && variable === null) return null;
  const next = s.siblings[s.index + 1];
  if (variable !== null && next?.statement.kind === 'if' && mentions(next.statement.condition, variable)) return null;
  const value = variable ?? textOf(call);
  const [test, success] = result === 'number' ? [value, `!${value}`] : [`!${value}`, value];
  return { call, test, success, variable, result };
}

/** What a function gives, as the kernel means it: 0, true or a pointer where it worked. Null for one that gives nothing. */
function resultOf(type: TypeName): Failure['result'] | null {
  if (type.kind === 'pointer') return 'pointer';
  if (type.kind !== 'named' || type.name === 'void') return null;
  if (type.name === 'bool') return 'flag';
  return /^(signed )?(int|long|long int|ssize_t|s32|s64)$/.test(type.name) ? 'number' : null;
}

function mentions(e: Expression, name: string): boolean {
  let found = false;
  const statement: Statement = { kind: 'expression', expression: e, span: e.span };
  walkExpressions(statement, (inner) => {
    found ||= inner.kind === 'identifier' && inner.name === name;
  });
  return found;
}

/** How a function may be left where a call in it failed. */
function leavings({ definition }: MailStatement, failed: Failure): string[] {
  const result = definition.result;
  if (result.kind === 'named' && result.name === 'void') return ['return;'];
  switch (resultOf(result)) {
    case 'pointer':
      return ['return NULL;'];
    case 'flag':
      return ['return false;'];
    case 'number':
      return [failed.variable !== null && failed.result === 'number' ? `return ${failed.variable};` : 'return -EIO;'];
    default:
      return [];
  }
}

/** A statement that is only done where an earlier call succeeded. */
function conditional(call: MailStatement, then: MailStatement, failed: Failure): RowChange[] {
  const deeper = then.rows.map((row): RowChange => ({ kind: 'replace', row, text: `\t${row.text}` }));
  if (failed.variable !== null) return [...inserted(then, 'before', [`if (${failed.success})`]), ...deeper];
  return [...inPlace(call, [`if (${failed.success})`]), ...deeper];
}

/** Other lines in place of a statement. */
function inPlace(s: MailStatement, texts: readonly string[]): RowChange[] {
  const [row, ...others] = s.rows;
  const [text, ...more] = texts.map((t) => indented(s, t));
  if (!row || text === undefined) return [];
  return [
    { kind: 'replace', row, text },
    ...(more.length > 0 ? [{ kind: 'insert' as const, row, where: 'behind' as const, texts: more }] : []),
    ...others.map((other): RowChange => ({ kind: 'drop', row: other })),
  ];
}

function symbolsOf({ comparison: { units, scenario, library } }: Clue): Symbols {
  const own = units.after.filter((unit) => !isTreeUnit(unit));
  return createSymbols([...own, scenario.unit, ...library.models, ...units.after.filter(isTreeUnit)]);
}
