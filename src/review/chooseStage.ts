// SPDX-License-Identifier: MIT
import type { Unit } from '../c/ast';
import type { WeaveRow } from '../c/hunkPlan';
import { slice } from '../c/mappedText';
import { weave } from '../c/weave';
import type { Library } from './library';

/** By function the rows of every hunk that shows a part of it, in order. */
export type PartialFunctions = ReadonlyMap<string, readonly (readonly WeaveRow[])[]>;

/**
 * The stage of a series that a patch begins at: the one whose functions have most of what the patch shows of them. Where
 * two fit as well, comments tell, which count for nothing else. Null where the models fit as well.
 */
export function chooseStage(library: Library, partial: PartialFunctions): Unit | null {
  const isStaged = (name: string): boolean => library.stages.some((s) => s.functions.has(name));
  const names = [...partial.keys()].filter(isStaged);
  if (names.length === 0) return null;
  /** How many of the functions find their place, and how well; and how many lines of comments they have that the patch shows. */
  const fitOf = (units: readonly Unit[]): { readonly fit: number; readonly comments: number } => {
    let fit = 0;
    let comments = 0;
    for (const name of names) {
      const unit = units.find((u) => u.functions.has(name));
      const definition = unit?.functions.get(name);
      if (!unit || !definition) continue;
      const source = slice(unit.source, definition.span.start, definition.span.end);
      const shown = partial.get(name) ?? [];
      const result = weave(source, shown);
      if (result.kind === 'woven') fit += 1 + result.score;
      const lines = new Set(source.text.split('\n').map((line) => line.trim()));
      for (const { kind, text } of shown.flat())
        if (kind !== 'add' && /^\/?\*/.test(text.trim()) && lines.has(text.trim())) comments++;
    }
    return { fit, comments };
  };
  let best: Unit | null = null;
  let most = fitOf(library.models);
  for (const stage of library.stages) {
    const found = fitOf([stage, ...library.models]);
    if (found.fit > most.fit || (found.fit === most.fit && found.comments > most.comments))
      [best, most] = [stage, found];
  }
  return best;
}
