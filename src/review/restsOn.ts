// SPDX-License-Identifier: MIT
/** Which of the user's own files a run rests on. */

import type { Unit } from '../c/ast';
import type { LoweredProgram } from '../c/lowerProgram';
import { originAt } from '../c/mappedText';
import type { Library } from './library';
import type { Scenario } from './scenario';

/**
 * One sentence for each file of the user's that programs of a scenario have something of: the scenario itself, functions
 * that run (also with a hunk woven in), and variables and constants that what runs names. Companions are told elsewhere.
 * @param patch what goes before the user's models
 */
export function ownFilesUsed(
  library: Library,
  scenario: Scenario,
  programs: readonly LoweredProgram[],
  patch: readonly Unit[],
): string[] {
  if (library.own.size === 0) return [];
  const functions = programs.flatMap((program) => [...program.functions]);
  const words = new Set(
    functions.flatMap(({ span }) => span.unit.source.text.slice(span.start, span.end).match(/[A-Za-z_]\w*/g) ?? []),
  );
  const patched = new Set(patch.flatMap(valuesOf));
  const texts: string[] = [];
  for (const unit of library.own) {
    if (unit.origin === 'companion') continue;
    const file = unit.source.pieces[0]?.origin.file ?? '';
    if (unit === scenario.unit) {
      texts.push(`the scenario is ${file} of this workspace`);
      continue;
    }
    const isFrom = ({ span }: (typeof functions)[number]): boolean =>
      span.unit === unit || (span.unit.origin === 'woven' && originAt(span.unit.source, span.start).file === file);
    const run = new Set(functions.filter(isFrom).map(({ name }) => `${name}()`));
    const named = valuesOf(unit).filter((name) => words.has(name) && !patched.has(name));
    const used = [...new Set([...run, ...named])];
    if (used.length > 0) texts.push(`${file} of this workspace defines ${used.join(', ')}`);
  }
  return texts;
}

const valuesOf = (unit: Unit): string[] => [...unit.globals.keys(), ...unit.constants.keys(), ...unit.macros.keys()];
