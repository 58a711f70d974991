// SPDX-License-Identifier: MIT
import type { PatchFile } from '../patch/types';
import { type Generation, generations, isVersioned, ofDate, textOf, usualGeneration } from './generations';

/** What tells the generation that a patch stands on. */
export interface Standing {
  readonly files: readonly PatchFile[];
  /** When it was sent; anything that Date reads. */
  readonly date: string | null;
}

/** By text: its lines without white space, by generation. The bundled texts never change. */
const linesOfTexts = new WeakMap<readonly string[], ReadonlyMap<Generation, ReadonlySet<string>>>();

/**
 * The generation whose models show most of the lines that a patch shows of the code before it. One line more than that
 * of its date may be chance, and nothing but white space tells nothing: then the date decides.
 * @param models the texts of all models, the same array each time
 */
export function chooseGeneration({ files, date }: Standing, models: readonly string[]): Generation {
  const byDate = ofDate(date) ?? usualGeneration;
  const lines = linesByGeneration(models);
  const shown = new Set(
    files.flatMap((file) =>
      file.hunks.flatMap((h) => h.lines.filter((l) => l.kind !== 'add').map((l) => bare(l.text))),
    ),
  );
  const score = (g: Generation): number => [...shown].filter((line) => lines.get(g)?.has(line)).length;
  const scores = new Map(generations.map((g) => [g, score(g)]));
  const best = Math.max(...scores.values());
  if ((scores.get(byDate) ?? 0) >= best - 1) return byDate;
  // Among those that fit alike, the one next to the date.
  const at = generations.indexOf(byDate);
  const fitting = generations.filter((g) => scores.get(g) === best);
  return fitting.reduce((a, b) =>
    Math.abs(generations.indexOf(b) - at) < Math.abs(generations.indexOf(a) - at) ? b : a,
  );
}

const bare = (line: string): string => line.replace(/\s+/g, '');

/** Lines that some generations have and others have not. */
function linesByGeneration(models: readonly string[]): ReadonlyMap<Generation, ReadonlySet<string>> {
  let known = linesOfTexts.get(models);
  if (!known) {
    const versioned = models.filter(isVersioned);
    const all = new Map(
      generations.map((g) => [g, new Set(versioned.flatMap((text) => textOf(text, g).split('\n').map(bare)))]),
    );
    const everywhere = (line: string): boolean => [...all.values()].every((lines) => lines.has(line));
    known = new Map([...all].map(([g, lines]) => [g, new Set([...lines].filter((line) => !everywhere(line)))]));
    linesOfTexts.set(models, known);
  }
  return known;
}
