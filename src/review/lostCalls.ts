// SPDX-License-Identifier: MIT
/** Calls that a patch adds in functions which nobody runs, though what they call may matter to a scenario. */

import type { Unit } from '../c/ast';
import type { LoweredProgram } from '../c/lowerProgram';
import { tokenize } from '../c/tokens';
import type { PatchUnits } from './patchUnits';

/** A function that hunks show in part and that was not put into a model. */
export interface Unwoven {
  readonly name: string;
  /** Every word of the lines that the patch adds to it. */
  readonly words: ReadonlySet<string>;
  /** 1-based document line of its first hunk. */
  readonly line: number;
}

/** A function that the patch adds, where only such a function names it. */
export interface LostCall {
  readonly callee: string;
  readonly caller: Unwoven;
}

/**
 * Functions that the patch adds and that touch what the program uses, named only by lines that the program does not run.
 * @param program of the side after the patch
 */
export function lostCalls(units: PatchUnits, program: LoweredProgram): LostCall[] {
  const runs = new Set([...program.functions].map((f) => f.name));
  const used = new Set([...runs, ...program.globals.map((g) => g.name)]);
  const old = new Set(units.before.flatMap((unit) => [...unit.functions.keys()]));
  const whole = units.after.filter(({ origin }) => origin === 'patch');
  const bodies = whole.flatMap((unit) =>
    [...unit.functions.values()].map((f) => ({ name: f.name, words: wordsOf(unit, f.span) })),
  );
  const tables = whole.flatMap((unit) =>
    [...unit.globals.values()].map(({ name, span }) => ({ name, words: wordsOf(unit, span) })),
  );
  /** What a function comes to through functions of the mail. */
  const touches = (name: string, seen: Set<string>): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    return bodies
      .filter((body) => body.name === name)
      .some(({ words }) => [...words].some((word) => word !== name && (used.has(word) || touches(word, seen))));
  };
  return units.unwoven.flatMap((caller) =>
    runs.has(caller.name)
      ? []
      : bodies
          .filter(({ name }) => caller.words.has(name) && !old.has(name) && !runs.has(name))
          .filter(({ name }) => ![...bodies, ...tables].some((other) => other.name !== name && other.words.has(name)))
          .filter(({ name }) => touches(name, new Set()))
          .map(({ name }) => ({ callee: name, caller })),
  );
}

const wordsOf = (unit: Unit, span: { readonly start: number; readonly end: number }): Set<string> =>
  new Set(
    tokenize(unit.source.text.slice(span.start, span.end)).flatMap(({ text }) =>
      /^[A-Za-z_]/.test(text) ? [text] : [],
    ),
  );
