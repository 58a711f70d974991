// SPDX-License-Identifier: MIT
import type { Unit } from '../c/ast';
import { isTreeUnit } from '../tree/treeUnit';
import { touchesChange } from './applies';
import type { Library } from './library';
import { closureOf, mentionsOf } from './mentions';
import type { PatchUnits } from './patchUnits';
import type { Scenario } from './scenario';

/** Every name that a story may come to on the models without any patch, by the models and the scenario. */
const closures = new WeakMap<readonly Unit[], WeakMap<Scenario, ReadonlySet<string>>>();

function closureWithoutPatch(library: Library, models: readonly Unit[], scenario: Scenario): ReadonlySet<string> {
  const known = closures.get(models) ?? new WeakMap<Scenario, ReadonlySet<string>>();
  closures.set(models, known);
  const names = known.get(scenario) ?? closureOf(scenario.agents, [scenario.unit], library.companions, models);
  known.set(scenario, names);
  return names;
}

/**
 * Whether a scenario may run a function that the patch has, or one that could not be put together. Asked by names
 * alone, which takes a hundredth of the time that linking does: most scenarios have nothing to do with most patches.
 * True where it does not, at times; never false where it does.
 */
export function mayRun(library: Library, scenario: Scenario, units: PatchUnits): boolean {
  // It runs the changed function that it is about.
  if (scenario.subject !== undefined) return true;
  const all = [...units.before, ...units.after].filter((unit) => !isTreeUnit(unit));
  const own = all.filter(({ origin }) => origin !== 'stage');
  const models = library.unpatched ?? library.models;
  const brought = library.models.slice(0, library.models.length - models.length);
  const constants = changedConstants(units);
  const runs = (names: ReadonlySet<string>): boolean =>
    [...units.unplaced].some((name) => names.has(name)) ||
    own.some((unit) => [...unit.functions.keys()].some((name) => names.has(name))) ||
    constants.some((name) => names.has(name));
  const names = closureWithoutPatch(library, models, scenario);
  if (runs(names)) return true;
  // Where nothing that the patches define is reached, nothing that it mentions is.
  const first = [...all, ...brought];
  const isReached = (unit: Unit): boolean => {
    const { bodies, macros } = mentionsOf(unit);
    return [...bodies.keys(), ...macros.keys()].some((name) => names.has(name));
  };
  return (
    first.some(isReached) && runs(closureOf(scenario.agents, [...first, scenario.unit], library.companions, models))
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
