// SPDX-License-Identifier: MIT
/** Which function of the models a hunk shows a part of: its header is a hint, its lines are what counts. */

import { rangesOf } from '../c/ast';
import { tokensByLine } from '../c/tokens';
import type { Library } from './library';

/** Lines with fewer words stand in many functions. */
const leastWords = 2;
/** A function that the header does not name must have this many of the hunk's lines, and most of them. */
const leastLines = 3;
const leastShare = 0.6;

const known = new WeakMap<Library, ReadonlyMap<string, ReadonlySet<string>>>();

/** The lines of a text that say something, each once, without white space. */
function keysOf(text: string): Set<string> {
  const lines = tokensByLine(text).filter((line) => line.filter((t) => /\w/.test(t)).length >= leastWords);
  return new Set(lines.map((line) => line.join(' ')));
}

/** For each line of the models the functions that have it; read once. */
function functionsByLine(library: Library): ReadonlyMap<string, ReadonlySet<string>> {
  const cached = known.get(library);
  if (cached) return cached;
  const index = new Map<string, Set<string>>();
  for (const unit of library.models) {
    for (const { name, start, end } of rangesOf(unit)) {
      for (const key of keysOf(unit.source.text.slice(start, end))) {
        const names = index.get(key);
        if (names) names.add(name);
        else index.set(key, new Set([name]));
      }
    }
  }
  known.set(library, index);
  return index;
}

/**
 * The function that rows in the middle of one belong to.
 * @param named what the hunk's header names; git may name the function before it
 * @param text the old side of the rows
 * @returns `named` where the models say nothing better; null where nothing is known
 */
export function ownerOf(library: Library, named: string | null, text: string): string | null {
  const index = functionsByLine(library);
  const keys = keysOf(text);
  const counts = new Map<string, number>();
  for (const key of keys) for (const name of index.get(key) ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (named !== null && (counts.get(named) ?? 0) > 0) return named;
  const [best, second] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!best || best[1] < leastLines || best[1] < leastShare * keys.size || (second && 2 * second[1] > best[1]))
    return named;
  return best[0];
}
