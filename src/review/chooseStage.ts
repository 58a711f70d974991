// SPDX-License-Identifier: MIT
import type { Unit } from '../c/ast';
import type { WeaveRow } from '../c/hunkPlan';
import { slice } from '../c/mappedText';
import { weave } from '../c/weave';
import type { Library } from './library';

/** By function the rows of every hunk that shows a part of it, in order. */
export type PartialFunctions = ReadonlyMap<string, readonly (readonly WeaveRow[])[]>;

/**
 * The stage of a series that a patch begins at: the one whose functions have most of what the patch shows of them. Null
 * where the models fit as well.
 */
export function chooseStage(library: Library, partial: PartialFunctions): Unit | null {
  const isStaged = (name: string): boolean => library.stages.some((s) => s.functions.has(name));
  const names = [...partial.keys()].filter(isStaged);
  if (names.length === 0) return null;
  /** How many of the functions find their place, and how well. */
  const fitOf = (units: readonly Unit[]): number => {
    let fit = 0;
    for (const name of names) {
      const unit = units.find((u) => u.functions.has(name));
      const definition = unit?.functions.get(name);
      if (!unit || !definition) continue;
      const result = weave(slice(unit.source, definition.span.start, definition.span.end), partial.get(name) ?? []);
      if (result.kind === 'woven') fit += 1 + result.score;
    }
    return fit;
  };
  let best: Unit | null = null;
  let most = fitOf(library.models);
  for (const stage of library.stages) {
    const fit = fitOf([stage, ...library.models]);
    if (fit > most) [best, most] = [stage, fit];
  }
  return best;
}
