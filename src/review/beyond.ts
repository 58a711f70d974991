// SPDX-License-Identifier: MIT
import { visitedPositions } from './decide';
import type { OutcomeId } from './outcomes';
import { traceOf } from './reached';
import type { SideRun } from './simulateSide';
import { placeOf } from './sourceText';

/**
 * Whether an outcome after the patch lies behind one of before: the shortest way there goes through the statement at
 * which the story ended without the patch. Then nobody knows whether the patch brings it or lets it be seen.
 * @param ended outcomes of the side before the patch
 */
export function liesBehind(before: SideRun, after: SideRun, outcome: OutcomeId, ended: readonly OutcomeId[]): boolean {
  const ends = new Set(ended.flatMap((o) => placesOf(before, o).at(-1) ?? []));
  return placesOf(after, outcome)
    .slice(0, -1)
    .some((place) => ends.has(place));
}

/** The statements on the shortest way to an outcome, the fatal one last. */
function placesOf(run: SideRun, outcome: OutcomeId): string[] {
  const trace = traceOf(run, outcome);
  const last = trace?.steps.at(-1);
  if (!trace || !last) return [];
  const pc = last.visited.at(-1) ?? last.pc;
  const fatal = run.search.program.agents[last.agent]?.steps[pc]?.position ?? -1;
  return [...visitedPositions(run, trace), fatal].flatMap((position) => {
    const span = run.lowered.positions[position];
    if (!span) return [];
    const { file, line, column } = placeOf(span);
    return [`${file} ${line} ${column}`];
  });
}
