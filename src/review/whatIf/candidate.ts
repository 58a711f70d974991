// SPDX-License-Identifier: MIT
/** A small edit of a patch that may remove an outcome, and what it is looked for with. */

import type { Trace } from '../../engine/trace';
import type { HunkLine } from '../../patch/types';
import type { Comparison } from '../comparison';
import type { BufferedPair } from '../decide';
import type { OutcomeId } from '../outcomes';
import type { BaselineState, WhatIfKind } from '../types';
import type { MailStatement } from './mailStatements';
import type { RowChange } from './rowChanges';

/** One edit. */
export interface Candidate {
  readonly kind: WhatIfKind;
  /** What is different, as the subject of “removes it”. */
  readonly text: string;
  readonly changes: readonly RowChange[];
  /** The line that it is about. */
  readonly row: HunkLine;
  /** The function that it changes; null where there may be several, or what is outside of functions. */
  readonly within: string | null;
  /** When that line ran last on the way to the outcome; -1 where it did not. */
  readonly ran: number;
}

/** An outcome with the patch, and the shortest way to it. */
export interface Clue {
  readonly comparison: Comparison;
  readonly outcome: OutcomeId;
  readonly state: BaselineState;
  readonly trace: Trace;
  readonly statements: readonly MailStatement[];
  /** Stores that are buffered when a load runs, where the outcome needs that: in order it does not happen. */
  readonly buffered: readonly BufferedPair[];
  /** Which of them an agent was at, in it or in what it calls, by step of the trace; null outside of the mail. */
  readonly at: readonly (MailStatement | null)[];
}

/** Lines with the indentation of a statement, some tabs deeper. */
export const indented = (statement: MailStatement, text: string, deeper = 0): string =>
  `${statement.indent}${'\t'.repeat(deeper)}${text}`;

/** A statement with another text; of one that has several rows the others go. */
export function replaced({ rows, indent }: MailStatement, text: string): RowChange[] {
  return rows.map((row, i) => (i === 0 ? { kind: 'replace', row, text: `${indent}${text}` } : { kind: 'drop', row }));
}

/** A statement left out. */
export const dropped = ({ rows }: MailStatement): RowChange[] => rows.map((row) => ({ kind: 'drop', row }));

/** New lines in front of a statement, or behind it. */
export function inserted(statement: MailStatement, where: 'before' | 'behind', texts: readonly string[]): RowChange[] {
  const row = where === 'before' ? statement.rows[0] : statement.rows.at(-1);
  return row ? [{ kind: 'insert', row, where, texts: texts.map((text) => indented(statement, text)) }] : [];
}

/** A candidate about a statement; none where it has no row. */
export function about(
  kind: WhatIfKind,
  statement: MailStatement,
  text: string,
  changes: readonly RowChange[],
): Candidate[] {
  const [row] = statement.rows;
  const { definition, ran } = statement;
  return row && changes.length > 0 ? [{ kind, text, changes, row, within: definition.name, ran }] : [];
}

/** The same where the changes are in several functions. */
export const anywhere = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.map((candidate) => ({ ...candidate, within: null }));

/** Text of a statement as a sentence has it. */
export const quoted = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 59)}…` : text}”`;

/** The same for edits that are the same. */
export const keyOf = ({ changes }: Candidate): string =>
  changes
    .map((c) => `${c.kind} ${c.row.line} ${'texts' in c ? c.texts.join('\n') : 'text' in c ? c.text : ''}`)
    .join('\n');
