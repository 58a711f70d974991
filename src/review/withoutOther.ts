// SPDX-License-Identifier: MIT
import { isTreeUnit } from '../tree/treeUnit';
import { addsWhole } from './doubts';
import type { Library } from './library';
import { mentionsOf } from './mentions';
import type { PatchUnits } from './patchUnits';
import type { Side } from './types';

/**
 * The library as one side of a patch has it: without the functions that only the other side has, whole, and the models,
 * too. Where other functions of the models use one of them, what is there instead is not known: then the library as it is.
 */
export function withoutOther(library: Library, patch: PatchUnits, side: Side): Library {
  const units = side === 'before' ? patch : { ...patch, before: patch.after, after: patch.before };
  const added = new Set(
    library.models.flatMap((unit) => [...unit.functions.keys()].filter((name) => addsWhole(units, name, unit))),
  );
  if (added.size === 0) return library;
  const brings = (name: string): boolean =>
    added.has(name) ||
    units.after.some((unit) => !isTreeUnit(unit) && unit.origin === 'patch' && unit.globals.has(name));
  const isUsed = library.models.some((unit) =>
    [...mentionsOf(unit).bodies].some(([name, words]) => !brings(name) && [...added].some((word) => words.has(word))),
  );
  if (isUsed) return library;
  const models = library.models.map((unit) =>
    [...unit.functions.keys()].some((name) => added.has(name))
      ? { ...unit, functions: new Map([...unit.functions].filter(([name]) => !added.has(name))) }
      : unit,
  );
  return { ...library, models };
}
