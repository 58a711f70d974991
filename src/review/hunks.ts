// SPDX-License-Identifier: MIT
/** Which lines of the document a run comes to. */

import { originAt } from '../c/mappedText';
import { tokenize } from '../c/tokens';
import type { Trace } from '../engine/trace';
import { linePlace, type PatchUnits } from './patchUnits';
import type { SideRun } from './simulateSide';
import { placeOf, statementText } from './sourceText';
import type { Finding, Place } from './types';

/** Lines of the document in the order in which a trace comes to them first, with what stands there. */
export function relatedLines(run: SideRun, trace: Trace): Finding['related'] {
  const seen = new Set<number>();
  const related: { place: Place; text: string }[] = [];
  for (const step of trace.steps) {
    const { steps, name } = run.search.program.agents[step.agent] ?? { steps: [], name: '' };
    for (const pc of step.visited) {
      const span = run.lowered.positions[steps[pc]?.position ?? -1];
      const place = span && placeOf(span);
      if (!span || place?.file !== 'document' || seen.has(place.line)) continue;
      seen.add(place.line);
      related.push({ place, text: `${name}: ${statementText(span)}` });
    }
  }
  return related;
}

/** Hunks (by `Hunk.line`) of which some step ran on either side, or whose variables were used. */
export function reachedHunks(units: PatchUnits, runs: readonly SideRun[]): ReadonlySet<number> {
  const hunks = new Set<number>();
  const add = (line: number): void => {
    const hunk = units.hunkOfLine.get(line);
    if (hunk !== undefined) hunks.add(hunk);
  };
  for (const run of runs) {
    for (const [a, agent] of run.search.program.agents.entries()) {
      for (const [pc, step] of agent.steps.entries()) {
        const span = run.result.reached[a]?.[pc] ? run.lowered.positions[step.position] : undefined;
        const origin = span && originAt(span.unit.source, span.start);
        if (origin?.file === 'document') add(origin.line);
      }
    }
    const used = new Set(run.lowered.globals.map((g) => g.name));
    for (const unit of [...units.before, ...units.after]) {
      if (unit.origin === 'stage') continue;
      for (const [name, declarator] of unit.globals)
        if (used.has(name)) add(originAt(unit.source, declarator.span.start).line);
    }
  }
  return hunks;
}

/**
 * The first line of code that the patch adds in the first hunk that the runs reach; where it adds none, the first that it
 * removes.
 */
export function firstReachedLine(units: PatchUnits, runs: readonly SideRun[]): Place {
  const reached = reachedHunks(units, runs);
  const hunk = units.hunks.find(({ hunk: h }) => reached.has(h.line))?.hunk ?? units.hunks[0]?.hunk;
  for (const kind of ['add', 'del'] as const) {
    const lines = hunk?.lines.filter((l) => l.kind === kind && l.text.trim() !== '') ?? [];
    const code = new Set(tokenLines(lines.map((l) => l.text)));
    const line = lines.find((_, i) => code.has(i)) ?? lines[0];
    if (line) return linePlace(line);
  }
  return { file: 'document', line: hunk?.line ?? 1, column: 1, endLine: hunk?.line ?? 1, endColumn: 2 };
}

/** Indices of the lines that hold more than comments. */
function tokenLines(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  return tokenize(lines.join('\n')).map((token) => starts.findLastIndex((start) => start <= token.start));
}
