// SPDX-License-Identifier: MIT

/**
 * A map whose values are made when they are first asked for: most of the bundled models never run for most patches.
 * @param names each once
 * @param make gives the value of a name, or null where there is none after all: then the map has the name, and nothing for it
 */
export function lazyMap<T extends object>(
  names: ReadonlySet<string>,
  make: (name: string) => T | null,
): ReadonlyMap<string, T> {
  const made = new Map<string, T | null>();
  const get = (name: string): T | undefined => {
    if (!names.has(name)) return undefined;
    let value = made.get(name);
    if (value === undefined) {
      value = make(name);
      made.set(name, value);
    }
    return value ?? undefined;
  };
  const all = (): Map<string, T> => {
    const known = new Map<string, T>();
    for (const name of names) {
      const value = get(name);
      if (value) known.set(name, value);
    }
    return known;
  };
  return {
    get,
    has: (name) => names.has(name),
    get size() {
      return names.size;
    },
    keys: () => names.keys(),
    values: () => all().values(),
    entries: () => all().entries(),
    forEach(use) {
      const known = all();
      for (const [name, value] of known) use(value, name, known);
    },
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}
