// SPDX-License-Identifier: MIT
/** Why nothing may be claimed of a scenario: code that it should have run is not what ran. */

import type { Unit } from '../c/ast';
import type { LoweredProgram } from '../c/lowerProgram';
import { originAt } from '../c/mappedText';
import { changedFields } from './changedFields';
import { filesNamed } from './chooseGeneration';
import { lostCalls } from './lostCalls';
import { mentionsOf } from './mentions';
import type { PatchUnits } from './patchUnits';
import type { Doubt } from './people';
import { placeOf } from './sourceText';
import type { Side } from './types';

const bothSides = ['before', 'after'] as const;

/**
 * Each reason once; none where the programs of both sides are what the patch says.
 * @param applies whether the scenario runs anything that the patch changes
 */
export function doubtsOf(
  units: PatchUnits,
  programs: Readonly<Record<Side, LoweredProgram>>,
  applies: boolean,
): Doubt[] {
  const doubts = new Map<string, Doubt>();
  const add = (reason: string, place: Doubt['place']): void => {
    if (!doubts.has(reason)) doubts.set(reason, { reason, place });
  };
  if (units.cut !== null) {
    add(`the patch is not read beyond line ${units.cut}`, {
      file: 'document',
      line: units.cut,
      column: 1,
      endLine: units.cut,
      endColumn: 2,
    });
  }
  for (const side of bothSides) {
    const { assumptions, functions, undefinedFunctions } = programs[side];
    for (const a of assumptions) {
      if (a.kind !== 'unanalysed') continue;
      const place = a.span ? placeOf(a.span) : null;
      add(a.text, place?.file === 'document' ? place : null);
    }
    for (const name of [...[...functions].map((f) => f.name), ...undefinedFunctions]) {
      if (units.unplaced.has(name))
        add(`${name}() runs, of which the patch shows a part that could not be fitted into a whole function`, null);
    }
  }
  const known = [...programs.before.functions].filter(
    ({ name, span }) => span.unit.origin === 'model' && addsWhole(units, name, span.unit),
  );
  if (known.length > 0) {
    const names = known.map(({ name }) => `${name}()`);
    add(
      `the patch adds ${names.sort().join(', ')}, which the models have already: what was there before is not known`,
      null,
    );
  }
  for (const { type, name, line } of applies ? changedFields(units.hunks) : []) {
    const uses = bothSides.some((side) =>
      [...programs[side].functions].some((f) => mentionsOf(f.span.unit).bodies.get(f.name)?.has(name)),
    );
    if (uses)
      add(`the patch changes what ${name} of ${type} is, and the models have it as it was`, {
        file: 'document',
        line,
        column: 1,
        endLine: line,
        endColumn: 2,
      });
  }
  for (const { callee, caller } of applies ? lostCalls(units, programs.after) : [])
    add(`the patch adds ${callee}() and calls it in ${caller.name}(), which is shown in part and does not run`, {
      file: 'document',
      line: caller.line,
      column: 1,
      endLine: caller.line,
      endColumn: 2,
    });
  return [...doubts.values()];
}

/**
 * Whether the patch brings a function, whole, of which it shows nothing that was there before. Where it brings it to a
 * file that the model does not stand for, the model's is another one of that name, which was there before.
 * @param model the unit with the model's
 */
export function addsWhole(units: PatchUnits, name: string, model: Unit): boolean {
  const has = (unit: Unit): boolean => unit.origin === 'patch' && unit.functions.has(name);
  const added = units.after.find(has);
  if (!added || units.before.some(has) || units.woven.has(name)) return false;
  const files = filesNamed(model.source.text);
  const path = pathOf(units, added, name);
  return files.size === 0 || path === null || path.endsWith('.h') || files.has(path);
}

/** The file of the patch that a function stands in. */
function pathOf(units: PatchUnits, unit: Unit, name: string): string | null {
  const definition = unit.functions.get(name);
  if (!definition) return null;
  const line = units.hunkOfLine.get(originAt(unit.source, definition.span.start).line);
  return units.hunks.find(({ hunk }) => hunk.line === line)?.file.newPath ?? null;
}
