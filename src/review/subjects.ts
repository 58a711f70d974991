// SPDX-License-Identifier: MIT
/** The functions that a patch changes, and the scenarios that are run once for each of some of them. */

import type { FunctionDefinition, Unit } from '../c/ast';
import { createSymbols, type Symbols } from '../c/symbols';
import { walkExpressions } from '../c/walk';
import { isTreeUnit } from '../tree/treeUnit';
import { touchesChange } from './applies';
import type { Library } from './library';
import type { PatchUnits } from './patchUnits';
import type { Scenario } from './scenario';

/** A function that a patch adds, removes or changes. */
export interface ChangedFunction {
  readonly name: string;
  /** Where its body is from: a kernel tree, the mail, hunks woven into a model, or the lines of hunks alone. */
  readonly from: 'tree' | 'mail' | 'woven' | 'fragment';
}

/** Every function that the patch changes on some side, each once, in the order in which the patch is read. */
export function changedFunctions(units: PatchUnits): ChangedFunction[] {
  const found = new Map<string, ChangedFunction>();
  for (const unit of [...units.after, ...units.before]) {
    const from = sourceOf(unit);
    if (from === null) continue;
    for (const { name, span } of unit.functions.values()) {
      // What a tree gives of a patch is what the patch changes.
      if (found.has(name) || (from === 'mail' && !touchesChange(span, units.changed))) continue;
      found.set(name, { name, from });
    }
  }
  return [...found.values()];
}

function sourceOf(unit: Unit): ChangedFunction['from'] | null {
  if (isTreeUnit(unit)) return null;
  if (unit.origin === 'woven' || unit.origin === 'fragment') return unit.origin;
  return unit.file === undefined ? 'mail' : 'tree';
}

/** The scenario; or, where it is about functions that call some others, one for each that the patch changes. */
export function storiesOf(library: Library, scenario: Scenario, units: PatchUnits): Scenario[] {
  if (scenario.subjectsCall.length === 0) return [scenario];
  const wanted = new Set(scenario.subjectsCall);
  const sides = [units.after, units.before].map((own) => {
    const tree = own.filter(isTreeUnit);
    const first = own.filter((unit) => !isTreeUnit(unit));
    return { first, symbols: createSymbols([...first, scenario.unit, ...library.models, ...tree]) };
  });
  const isSubject = (name: string): boolean =>
    sides.some(({ first, symbols }) => {
      const definition = first.find((unit) => unit.functions.has(name))?.functions.get(name);
      return definition !== undefined && calls(symbols, definition, wanted, new Set());
    });
  return changedFunctions(units)
    .filter(({ name }) => !wanted.has(name) && isSubject(name))
    .map(({ name }) => ({ ...scenario, title: `${scenario.title}: ${name}()`, subject: name }));
}

/** Whether a function calls one of some others, itself or through what it calls. */
function calls(
  symbols: Symbols,
  definition: FunctionDefinition,
  wanted: ReadonlySet<string>,
  seen: Set<FunctionDefinition>,
): boolean {
  if (seen.has(definition)) return false;
  seen.add(definition);
  const next: FunctionDefinition[] = [];
  let found = false;
  walkExpressions(definition.body, (e) => {
    if (e.kind !== 'call' || e.callee.kind !== 'identifier') return;
    found ||= wanted.has(e.callee.name);
    const callee = symbols.function(e.callee.name, e.span.unit);
    if (callee) next.push(callee);
  });
  return found || next.some((callee) => calls(symbols, callee, wanted, seen));
}
