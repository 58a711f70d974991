// SPDX-License-Identifier: MIT
/** Which names the definitions of a unit mention: all that linking by name needs to know of them. */

import { rangesOf, type Unit } from '../c/ast';

/** By name of a definition, the other names in its text. */
type Mentions = ReadonlyMap<string, ReadonlySet<string>>;

interface UnitMentions {
  readonly bodies: Mentions;
  readonly macros: Mentions;
  /** All names in bodies. */
  readonly names: ReadonlySet<string>;
}

const known = new WeakMap<Unit, UnitMentions>();

/** What the functions and tables of a unit mention, and what its macros do. Read once per unit: the same models are linked again and again. */
export function mentionsOf(unit: Unit): UnitMentions {
  let mentions = known.get(unit);
  if (!mentions) {
    const { text } = unit.source;
    const bodies = rangesOf(unit).map(({ name, start, end }) => ({ name, start: text.indexOf('{', start), end }));
    const tables = [...unit.globals.values()].filter((g) => g.initializer !== null);
    const places = [...bodies, ...tables.map(({ name, span }) => ({ name, ...span }))];
    const words = places.map(({ name, start, end }): [string, Set<string>] => [
      name,
      wordsOf(text.slice(start, end), name),
    ]);
    mentions = {
      bodies: new Map(words),
      macros: new Map([...unit.macros.values()].map(({ name, body }) => [name, wordsOf(body, name)])),
      names: new Set(words.flatMap(([, set]) => [...set])),
    };
    known.set(unit, mentions);
  }
  return mentions;
}

const wordsOf = (text: string, own: string): Set<string> =>
  new Set((text.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => word !== own));

/** By name, what all definitions of it in some units mention. */
const tables = new WeakMap<readonly Unit[], Mentions>();

/** Read once for a list of units: the same models are asked for each scenario. */
function tableOf(units: readonly Unit[]): Mentions {
  const cached = tables.get(units);
  if (cached) return cached;
  const table = new Map<string, Set<string>>();
  for (const unit of units) {
    const { bodies, macros } = mentionsOf(unit);
    for (const [name, words] of [...bodies, ...macros]) {
      const all = table.get(name) ?? new Set();
      for (const word of words) all.add(word);
      table.set(name, all);
    }
  }
  tables.set(units, table);
  return table;
}

/**
 * Every name that may matter to a program: what is mentioned by what its entry points mention, and so on. Of several
 * definitions of a name all count: more than what runs, never less.
 * @param lists of units; what is read of a list is kept as long as the list is
 */
export function closureOf(entries: readonly string[], ...lists: readonly (readonly Unit[])[]): ReadonlySet<string> {
  const found = lists.map(tableOf);
  const reached = new Set(entries);
  for (const name of reached) for (const table of found) for (const word of table.get(name) ?? []) reached.add(word);
  return reached;
}
