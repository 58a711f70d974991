// SPDX-License-Identifier: MIT
/** Which names the definitions of a unit mention: all that linking by name needs to know of them. */

import type { Unit } from '../c/ast';

/** By name of a definition, the other names in its text. */
type Mentions = ReadonlyMap<string, ReadonlySet<string>>;

const known = new WeakMap<Unit, { readonly bodies: Mentions; readonly macros: Mentions }>();

/** What the functions and tables of a unit mention, and what its macros do. Read once per unit: the same models are linked again and again. */
export function mentionsOf(unit: Unit): { readonly bodies: Mentions; readonly macros: Mentions } {
  let mentions = known.get(unit);
  if (!mentions) {
    const bodies = [...unit.functions.values()].map((f) => ({ name: f.name, span: f.body.span }));
    const tables = [...unit.globals.values()].filter((g) => g.initializer !== null);
    mentions = {
      bodies: new Map(
        [...bodies, ...tables].map(({ name, span }) => [
          name,
          wordsOf(unit.source.text.slice(span.start, span.end), name),
        ]),
      ),
      macros: new Map([...unit.macros.values()].map(({ name, body }) => [name, wordsOf(body, name)])),
    };
    known.set(unit, mentions);
  }
  return mentions;
}

const wordsOf = (text: string, own: string): Set<string> =>
  new Set((text.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => word !== own));

/**
 * Every name that may matter to a program: what is mentioned by what its entry points mention, and so on. Of several
 * definitions of a name all count: more than what runs, never less.
 */
export function closureOf(entries: readonly string[], units: readonly Unit[]): ReadonlySet<string> {
  const reached = new Set(entries);
  for (const name of reached) {
    for (const unit of units) {
      const { bodies, macros } = mentionsOf(unit);
      for (const found of [bodies.get(name), macros.get(name)]) for (const word of found ?? []) reached.add(word);
    }
  }
  return reached;
}
