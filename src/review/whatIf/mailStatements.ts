// SPDX-License-Identifier: MIT
/** The statements that a patch shows whole, each on lines of its own, with when they ran on the way to an outcome. */

import type { FunctionDefinition, Statement, Unit } from '../../c/ast';
import type { Trace } from '../../engine/trace';
import type { HunkLine } from '../../patch/types';
import type { PatchUnits } from '../patchUnits';
import type { SideRun } from '../simulateSide';
import { unitRows } from './unitRows';

/** A statement on rows of a hunk, none of which it shares. */
export interface MailStatement {
  readonly statement: Statement;
  readonly definition: FunctionDefinition;
  /** From its first row to its last, those of the side after the patch. */
  readonly rows: readonly HunkLine[];
  /** What stands in front of it on its first row. */
  readonly indent: string;
  /** Its own text, on one line. */
  readonly text: string;
  /** All statements of its block in order, null for one that is not in the mail like this; itself alone where it has no block. */
  readonly siblings: readonly (MailStatement | null)[];
  readonly index: number;
  /** Whether it is the body of an `if` or a loop that has no braces. */
  readonly isBare: boolean;
  /** The statement that it is in. */
  readonly parent: MailStatement | null;
  /** The `step` of the trace at which it ran last, -1 where it did not. */
  readonly ran: number;
}

/** One of them while it is made. */
type Draft = { -readonly [K in keyof MailStatement]: MailStatement[K] };

/** All of them of the functions that a side runs, in the order of the text. */
export function mailStatements(units: PatchUnits, run: SideRun, trace: Trace): MailStatement[] {
  const hunks = units.hunks.map(({ hunk }) => hunk);
  const rowsOf = new Map<Unit, ReturnType<typeof unitRows>>();
  const rowsIn = (unit: Unit): ReturnType<typeof unitRows> => {
    const known = rowsOf.get(unit) ?? unitRows(unit, hunks);
    rowsOf.set(unit, known);
    return known;
  };
  const visits = visitsOf(run, trace);
  const all: Draft[] = [];
  /** What a macro stands for has the macro's place, all of it. */
  const seen = new Set<string>();

  function made(
    statement: Statement,
    definition: FunctionDefinition,
    siblings: readonly (MailStatement | null)[],
    index: number,
    isBare: boolean,
    parent: MailStatement | null,
  ): Draft | null {
    const { source } = definition.span.unit;
    const { start, end } = statement.span;
    const rowAt = rowsIn(definition.span.unit);
    const [first, last] = [rowAt(start), rowAt(Math.max(start, end - 1))];
    if (!first || !last || first.rows !== last.rows || last.index < first.index) return null;
    const lead = source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1, start);
    const lineEnd = source.text.indexOf('\n', end);
    const rest = source.text.slice(end, lineEnd < 0 ? undefined : lineEnd);
    if (lead.trim() !== '' || !/^\s*(\/\*.*\*\/|\/\/.*)?$/.test(rest)) return null;
    const key = `${definition.name} ${start} ${end}`;
    if (seen.has(key)) return null;
    seen.add(key);
    const ran = visits.reduce(
      (latest, visit) =>
        visit.unit === definition.span.unit && visit.start >= start && visit.start < end
          ? Math.max(latest, visit.when)
          : latest,
      -1,
    );
    const text = source.text
      .slice(start, end)
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\s+/g, ' ')
      .trim();
    const rows = first.rows.slice(first.index, last.index + 1);
    const indent = /^\s*/.exec(rows[0]?.text ?? '')?.[0] ?? '';
    return { statement, definition, rows, indent, text, siblings, index, isBare, parent, ran };
  }

  function block(body: readonly Statement[], definition: FunctionDefinition, parent: MailStatement | null): void {
    const siblings: (MailStatement | null)[] = [];
    for (const [index, statement] of body.entries()) {
      const one = made(statement, definition, siblings, index, false, parent);
      siblings.push(one);
      if (one) all.push(one);
      inside(statement, definition, one ?? parent);
    }
  }

  function bare(statement: Statement, definition: FunctionDefinition, parent: MailStatement | null): void {
    if (statement.kind === 'block') return block(statement.body, definition, parent);
    const siblings: (MailStatement | null)[] = [];
    const one = made(statement, definition, siblings, 0, true, parent);
    siblings.push(one);
    if (one) all.push(one);
    inside(statement, definition, one ?? parent);
  }

  function inside(s: Statement, definition: FunctionDefinition, parent: MailStatement | null): void {
    switch (s.kind) {
      case 'block':
      case 'case':
        return block(s.body, definition, parent);
      case 'if':
        bare(s.then, definition, parent);
        if (s.else) bare(s.else, definition, parent);
        return;
      case 'for':
      case 'while':
      case 'do':
      case 'macroLoop':
        return bare(s.body, definition, parent);
      case 'switch':
        return inside(s.body, definition, parent);
      case 'label':
        // It stands on lines of its own in front of the statement.
        if (s.body) block([s.body], definition, parent);
        return;
      default:
        return;
    }
  }

  for (const definition of run.lowered.functions) {
    const { origin } = definition.span.unit;
    if (origin === 'model' || origin === 'scenario' || origin === 'companion' || origin === 'stage') continue;
    if (definition.errorAt === null && definition.body.kind === 'block') block(definition.body.body, definition, null);
  }
  for (const draft of all) if (draft.ran < 0) draft.ran = nearbyRun(draft);
  return all;
}

/** A call without arguments leaves no step of its own: it ran where the statement before it did, or the one behind. */
function nearbyRun({ statement, siblings, index, isBare, parent }: MailStatement): number {
  if (statement.kind !== 'expression') return -1;
  if (isBare) return parent?.ran ?? -1;
  const before = siblings.slice(0, index).findLast((s) => s !== null);
  const behind = siblings.slice(index + 1).find((s) => s !== null);
  return Math.max(before?.ran ?? -1, behind?.ran ?? -1);
}

/** Where the agents were, in order: the start of what ran. */
function visitsOf(run: SideRun, trace: Trace) {
  const { program } = run.search;
  return trace.steps.flatMap((step, when) =>
    step.visited.flatMap((pc) => {
      const span = run.lowered.positions[program.agents[step.agent]?.steps[pc]?.position ?? -1];
      return span ? [{ unit: span.unit, start: span.start, when }] : [];
    }),
  );
}
