// SPDX-License-Identifier: MIT
import { isTreeUnit } from '../tree/treeUnit';
import { touchesChange } from './applies';
import type { Library } from './library';
import { closureOf } from './mentions';
import type { PatchUnits } from './patchUnits';
import type { Scenario } from './scenario';

/**
 * Whether a scenario may run a function that the patch has, or one that could not be put together, or use a constant
 * that the patch changes. Asked by names
 * alone, which takes a hundredth of the time that linking does: most scenarios have nothing to do with most patches.
 * True where it does not, at times; never false where it does.
 */
export function mayRun(library: Library, scenario: Scenario, units: PatchUnits): boolean {
  // It runs the changed function that it is about.
  if (scenario.subject !== undefined) return true;
  const own = [...units.before, ...units.after].filter((unit) => !isTreeUnit(unit) && unit.origin !== 'stage');
  const stages = [...units.before, ...units.after].filter(({ origin }) => origin === 'stage');
  const names = closureOf(scenario.agents, [...own, ...stages, scenario.unit], library.companions, library.models);
  return (
    [...units.unplaced].some((name) => names.has(name)) ||
    own.some((unit) => [...unit.functions.keys()].some((name) => names.has(name))) ||
    changedConstants(units).some((name) => names.has(name))
  );
}

/** The constants of macros and enumerations whose text the patch changes. */
export function changedConstants(units: PatchUnits): string[] {
  const changed = [...units.before, ...units.after].flatMap((unit) =>
    unit.origin === 'patch' && !isTreeUnit(unit)
      ? [...unit.constants].flatMap(([name, { span }]) => (touchesChange(span, units.changed) ? [name] : []))
      : [],
  );
  return [...new Set(changed)];
}
