// SPDX-License-Identifier: MIT
/** Which small edits are tried for an outcome, and in which order. */

import type { Trace } from '../../engine/trace';
import type { Comparison } from '../comparison';
import { bufferedPairs } from '../decide';
import type { OutcomeId } from '../outcomes';
import { reaches } from '../reached';
import { exploreSide } from '../simulateSide';
import type { BaselineState, WhatIfKind } from '../types';
import { barriers, innermost, lockedUpdates } from './barriers';
import { type Candidate, type Clue, keyOf } from './candidate';
import { checks, leaks } from './failures';
import { flushes } from './flushes';
import { keptLines } from './kept';
import { lockHalves } from './locks';
import { type MailStatement, mailStatements } from './mailStatements';
import { touchedLines } from './rowChanges';
import { swaps } from './sequence';

/** Each kind of edit, and why it is one that a maintainer would try. Of edits of one size the kind that is first here is tried first. */
export const kinds: Readonly<Record<WhatIfKind, { readonly why: string; readonly make: (clue: Clue) => Candidate[] }>> =
  {
    barrier: {
      why: 'a store that may be buffered when a later load runs needs a full barrier between the two',
      make: (clue) => barriers(clue).filter(({ kind }) => kind === 'barrier'),
    },
    locked: {
      why: 'a LOCKed operation drains the store buffer, and nobody writes between its read and its write',
      make: (clue) => [...barriers(clue).filter(({ kind }) => kind === 'locked'), ...lockedUpdates(clue)],
    },
    lock: { why: 'what takes a lock releases it on every way, and the other way round', make: lockHalves },
    kept: { why: 'what the patch removes may have been needed', make: keptLines },
    leak: { why: 'memory in a state that nobody knows may be kept, not freed', make: leaks },
    order: { why: 'two steps may be right, and come in the wrong order', make: swaps },
    flush: { why: 'translations and cache lines outlive what they were made for', make: flushes },
    check: { why: 'a call that fails changes what may come after it', make: checks },
  };

/** The most that is tried for one outcome. */
const mostCandidates = 16;

/**
 * The edits that are tried, smallest first: by the lines that change, then by the order of `kinds`, then what ran last
 * before the outcome, then by the place in the mail.
 * @param trace the shortest way to the outcome with the patch
 * @returns null where time ran out
 */
export async function candidatesOf(
  c: Comparison,
  outcome: OutcomeId,
  state: BaselineState,
  trace: Trace,
): Promise<readonly Candidate[] | null> {
  const statements = mailStatements(c.units, c.sides.after, trace);
  const pairs = bufferedPairs(c.sides.after, trace);
  const inOrder =
    pairs.length === 0 ? null : await exploreSide(c.scenario, c.sides.after, { model: 'sc' }, c.hooks, c.deadline);
  if (pairs.length > 0 && inOrder === null) return null;
  const buffered = inOrder === null || reaches(inOrder, outcome) ? [] : pairs;
  const clue: Clue = { comparison: c, outcome, state, trace, statements, buffered, at: whereOf(c, trace, statements) };
  const order = Object.keys(kinds);
  const found = new Map<string, Candidate>();
  for (const { make } of Object.values(kinds)) {
    for (const candidate of make(clue)) {
      const key = keyOf(candidate);
      if (!found.has(key)) found.set(key, candidate);
    }
  }
  const rank = ({ kind }: Candidate): number => order.indexOf(kind);
  return [...found.values()]
    .sort(
      (a, b) =>
        touchedLines(a.changes) - touchedLines(b.changes) ||
        rank(a) - rank(b) ||
        b.ran - a.ran ||
        a.row.line - b.row.line,
    )
    .slice(0, mostCandidates);
}

/** By step of a trace: the statement of the mail that its agent is at, in it or in what it calls; null elsewhere. */
function whereOf(c: Comparison, trace: Trace, statements: readonly MailStatement[]): (MailStatement | null)[] {
  const { search, lowered } = c.sides.after;
  const last = new Map<number, MailStatement>();
  return trace.steps.map((step) => {
    let isBrought = false;
    for (const pc of step.visited) {
      const span = lowered.positions[search.program.agents[step.agent]?.steps[pc]?.position ?? -1];
      const statement = span && innermost(statements, span);
      isBrought = statement !== null || lowered.brought[step.agent]?.[pc] === 1;
      if (statement) last.set(step.agent, statement);
    }
    return isBrought ? (last.get(step.agent) ?? null) : null;
  });
}
