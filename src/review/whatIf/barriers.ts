// SPDX-License-Identifier: MIT
/** What keeps a store from being buffered when a later load runs, and an update from being lost. */

import type { Expression, Span } from '../../c/ast';
import { about, anywhere, type Candidate, type Clue, inserted, quoted, replaced } from './candidate';
import type { MailStatement } from './mailStatements';

/** A full barrier in place of one that orders less, or where none stands; and the store with one in it. */
export function barriers({ statements, comparison, buffered }: Clue): Candidate[] {
  const run = comparison.sides.after;
  const at = (agent: number, pc: number): MailStatement | null => {
    const span = run.lowered.positions[run.search.program.agents[agent]?.steps[pc]?.position ?? -1];
    return span ? innermost(statements, span) : null;
  };
  return buffered.flatMap(({ agent, stores, load, fences }) => {
    const weak = fences.flatMap((pc) => at(agent, pc) ?? []);
    const reader = at(agent, load);
    const writers = stores.flatMap((pc) => at(agent, pc) ?? []);
    const behind = writers.at(-1);
    const added = reader
      ? about('barrier', reader, `smp_mb() before ${quoted(reader.text)}`, inserted(reader, 'before', ['smp_mb();']))
      : behind
        ? about('barrier', behind, `smp_mb() behind ${quoted(behind.text)}`, inserted(behind, 'behind', ['smp_mb();']))
        : [];
    return [
      ...weak.flatMap((s) => about('barrier', s, `smp_mb() in place of ${quoted(s.text)}`, replaced(s, 'smp_mb();'))),
      ...(weak.length > 0 ? [] : added),
      ...writers.flatMap((s) => {
        const text = storeWithBarrier(s);
        return text === null
          ? []
          : about('locked', s, `${quoted(text)} in place of ${quoted(s.text)}`, replaced(s, text));
      }),
    ];
  });
}

/** The statement that a place is in, the smallest one. */
export function innermost(statements: readonly MailStatement[], span: Span): MailStatement | null {
  let best: MailStatement | null = null;
  for (const s of statements) {
    const { unit, start, end } = s.statement.span;
    if (unit !== span.unit || span.start < start || span.start >= end) continue;
    if (!best || end - start < best.statement.span.end - best.statement.span.start) best = s;
  }
  return best;
}

/** A plain or marked store as one that no later load passes; null for another statement. */
function storeWithBarrier({ statement }: MailStatement): string | null {
  if (statement.kind !== 'expression') return null;
  const { expression } = statement;
  if (expression.kind === 'assign' && expression.operator === '=')
    return `smp_store_mb(${textOf(expression.left)}, ${textOf(expression.right)});`;
  const [first, second] = callOf(expression, 'WRITE_ONCE') ?? [];
  if (first && second) return `smp_store_mb(${textOf(first)}, ${textOf(second)});`;
  const [counter, value] = callOf(expression, 'atomic_set') ?? [];
  return counter && value ? `atomic_xchg(${textOf(counter)}, ${textOf(value)});` : null;
}

/** Non-atomic bit operations and their LOCKed forms. */
const lockedForms: ReadonlyMap<string, string> = new Map([
  ['__set_bit', 'set_bit'],
  ['__clear_bit', 'clear_bit'],
  ['__change_bit', 'change_bit'],
  ['__test_and_set_bit', 'test_and_set_bit'],
  ['__test_and_clear_bit', 'test_and_clear_bit'],
]);

/**
 * What reads, changes and writes in several steps, as one LOCKed operation: between the steps others may write. Each alone,
 * and all of one variable, since one that is left loses what the others write.
 */
export function lockedUpdates({ statements }: Clue): Candidate[] {
  const found = statements.flatMap((s) => {
    const text = s.statement.kind === 'expression' ? lockedUpdate(s.statement.expression) : null;
    return text === null ? [] : [{ s, text, target: text.replace(/^.*[(,]\s*/, '') }];
  });
  const alone = found
    .filter(({ s }) => s.ran >= 0)
    .flatMap(({ s, text }) => about('locked', s, `${quoted(text)} in place of ${quoted(s.text)}`, replaced(s, text)));
  const together = [...new Set(found.map(({ target }) => target))].flatMap((target) => {
    const all = found.filter((one) => one.target === target);
    const [first] = all;
    if (!first || all.length < 2) return [];
    return anywhere(
      about(
        'locked',
        first.s,
        `${quoted(first.text)} in place of ${quoted(first.s.text)}, and the same in ${all.length - 1} more ${all.length === 2 ? 'place' : 'places'}`,
        all.flatMap(({ s, text }) => replaced(s, text)),
      ),
    );
  });
  return [...alone, ...together];
}

function lockedUpdate(expression: Expression): string | null {
  if (expression.kind !== 'call' || expression.callee.kind !== 'identifier') return null;
  const { name } = expression.callee;
  const locked = lockedForms.get(name);
  if (locked !== undefined) return `${locked}(${expression.arguments.map(textOf).join(', ')});`;
  // atomic_set(&x, atomic_read(&x) + n)
  const prefix = /^(atomic(?:64|_long)?)_set$/.exec(name)?.[1];
  const [counter, sum] = expression.arguments;
  if (prefix === undefined || !counter || sum?.kind !== 'binary' || !['+', '-'].includes(sum.operator)) return null;
  const [read] = callOf(sum.left, `${prefix}_read`) ?? [];
  if (!read || textOf(read) !== textOf(counter)) return null;
  return `${prefix}_${sum.operator === '+' ? 'add' : 'sub'}(${textOf(sum.right)}, ${textOf(counter)});`;
}

/** The arguments of a call of a function; null for another expression. */
function callOf(e: Expression, name: string): readonly Expression[] | null {
  return e.kind === 'call' && e.callee.kind === 'identifier' && e.callee.name === name ? e.arguments : null;
}

/** The text of an expression, on one line. */
export const textOf = ({ span }: Expression): string =>
  span.unit.source.text.slice(span.start, span.end).replace(/\s+/g, ' ');
