// SPDX-License-Identifier: MIT
import type { PatchFile } from '../patch/types';
import { type Generation, generations, isVersioned, ofDate, textOf, usualGeneration } from './generations';

/** What tells the generation that a patch stands on. */
export interface Standing {
  readonly files: readonly PatchFile[];
  /** When it was sent; anything that Date reads. */
  readonly date: string | null;
}

/** By text, then by generation: its lines without white space. The bundled texts never change. */
const linesOfTexts = new Map<string, ReadonlyMap<Generation, ReadonlySet<string>>>();

/**
 * The generation whose models show most of the lines that a patch shows of the code before it. Only models that name the
 * file of the patch in their first comment are asked. One line more than that of its date may be chance, and so are
 * few among many that the date's generation does not have (a reversed patch shows what no kernel ever had): then the
 * date decides.
 * @param models the texts of all models
 */
export function chooseGeneration({ files, date }: Standing, models: readonly string[]): Generation {
  const byDate = ofDate(date) ?? usualGeneration;
  const scores = new Map<Generation, number>(generations.map((g) => [g, 0]));
  let shownLines = 0;
  for (const file of files) {
    const path = file.newPath ?? file.oldPath;
    const standing = path === null ? [] : models.filter((text) => isVersioned(text) && filesNamed(text).has(path));
    if (standing.length === 0) continue;
    const shown = new Set(
      file.hunks.flatMap((h) => h.lines.filter((l) => l.kind !== 'add').map((l) => bare(l.text))).filter(tells),
    );
    shownLines += shown.size;
    for (const g of generations) {
      const has = [...shown].filter((line) => standing.some((text) => linesOf(text).get(g)?.has(line)));
      scores.set(g, (scores.get(g) ?? 0) + has.length);
    }
  }
  const next = broughtBy(files, models, byDate, date);
  if (next) return next;
  const best = Math.max(...scores.values());
  const known = scores.get(byDate) ?? 0;
  if (best - known <= 1 || 3 * (best - known) < shownLines - known) return byDate;
  // Among those that fit alike, the one next to the date.
  const at = generations.indexOf(byDate);
  const fitting = generations.filter((g) => scores.get(g) === best);
  return fitting.reduce((a, b) =>
    Math.abs(generations.indexOf(b) - at) < Math.abs(generations.indexOf(a) - at) ? b : a,
  );
}

/** A release takes nine or ten weeks, and patches wait in the maintainers' trees for it from its beginning on. */
const cycle = 100 * 86_400_000;

/**
 * The generation after that of the date, where the patch is one of those that brought it: most of what it adds to
 * functions is there, and not before. It stands on the others of them, which were merged with it. One that adds functions,
 * but for those of headers, brings its own.
 */
function broughtBy(
  files: readonly PatchFile[],
  models: readonly string[],
  byDate: Generation,
  date: string | null,
): Generation | null {
  const next = generations[generations.indexOf(byDate) + 1];
  if (!next || date === null || Date.parse(next.since) - Date.parse(date) > cycle) return null;
  const addsFunctions = ({ hunks, newPath }: PatchFile): boolean =>
    newPath?.endsWith('.c') === true && hunks.some((h) => h.lines.some((l) => l.kind === 'add' && l.text === '{'));
  if (files.some(addsFunctions)) return null;
  let [all, brought] = [0, 0];
  for (const file of files) {
    const path = file.newPath ?? file.oldPath;
    const standing = path === null ? [] : models.filter((text) => isVersioned(text) && filesNamed(text).has(path));
    if (standing.length === 0) continue;
    const lines = (kind: 'add' | 'del'): Set<string> =>
      new Set(file.hunks.flatMap((h) => h.lines.filter((l) => l.kind === kind).map((l) => bare(l.text))).filter(codes));
    const removed = lines('del');
    for (const line of lines('add')) {
      if (removed.has(line)) continue;
      const has = (g: Generation): boolean => standing.some((text) => linesOf(text).get(g)?.has(line) ?? false);
      all++;
      if (has(next) && !has(byDate)) brought++;
      else if (has(next)) all--;
    }
  }
  return brought > 1 && brought >= all / 2 ? next : null;
}

/** Whether a line says more than any other may, and is no comment. */
const codes = (line: string): boolean => line.length > 12 && !/^(\/?\*|\/\/)/.test(line);

const bare = (line: string): string => line.replace(/\s+/g, '');
/** Braces and blank lines are everywhere. */
const tells = (line: string): boolean => /\w/.test(line);

/** The kernel's files that the first comments of a model name; `{a,b}.c` stands for both. */
export function filesNamed(text: string): ReadonlySet<string> {
  const known = filesOfTexts.get(text) ?? readFilesNamed(text);
  filesOfTexts.set(text, known);
  return known;
}

/** The same models are asked about for each scenario. */
const filesOfTexts = new Map<string, ReadonlySet<string>>();

function readFilesNamed(text: string): ReadonlySet<string> {
  const comment = /\/\*[\s\S]*?\*\//.exec(text)?.[0].replace(/\s*\n \* ?/g, ' ') ?? '';
  const paths = comment.match(/[\w./-]+(?:\{[\w,.-]+\})?[\w./-]*\.[ch]\b/g) ?? [];
  return new Set(
    paths.flatMap((path) => {
      const [, before = '', names, after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
      return names === undefined ? [path] : names.split(',').map((name) => `${before}${name}${after}`);
    }),
  );
}

function linesOf(text: string): ReadonlyMap<Generation, ReadonlySet<string>> {
  let known = linesOfTexts.get(text);
  if (!known) {
    known = new Map(generations.map((g) => [g, new Set(textOf(text, g).split('\n').map(bare))]));
    linesOfTexts.set(text, known);
  }
  return known;
}
