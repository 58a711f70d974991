// SPDX-License-Identifier: MIT
/** What one file of a kernel tree defines, and who can name it. */

import { configuration } from '../c/configuration';
import { type Definition, indexDefinitions } from '../c/indexDefinitions';

/** A definition and where it stands. */
export interface Found {
  readonly definition: Definition;
  /** The file. */
  readonly path: string;
  /** The text of the file, which the offsets of the definition are of. */
  readonly text: string;
}

/** By `kind name`, of several definitions the one that is configured. A struct's kind is part of its name. */
export type Names = Map<string, Found>;

export interface FileIndex {
  readonly text: string;
  /** What other files can name, too: all that a header defines, functions and variables that are not static. */
  readonly shared: Names;
  /** What only this file can name. */
  readonly own: Names;
}

/** Indexes one file. Linear in its length; never throws. */
export function indexFile(path: string, text: string): FileIndex {
  const index: FileIndex = { text, shared: new Map(), own: new Map() };
  const isHeader = path.endsWith('.h');
  for (const definition of indexDefinitions(text, configuration)) {
    const { kind, isStatic } = definition;
    const isShared = isHeader || (!isStatic && (kind === 'function' || kind === 'variable'));
    addName(isShared ? index.shared : index.own, keyOf(definition), { definition, path, text });
  }
  return index;
}

/** How a definition is looked up: `function f`, `struct s`, `macro M`. */
export const keyOf = ({ kind, name }: Definition): string => `${kind} ${name}`;

/** The first of several definitions counts, unless a later one is configured and it is not. */
export function addName(names: Names, key: string, found: Found): void {
  const known = names.get(key);
  if (!known || (!known.definition.configured && found.definition.configured)) names.set(key, found);
}
