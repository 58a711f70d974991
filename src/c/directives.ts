// SPDX-License-Identifier: MIT
/** Directives: which lines of a C text are configured, and what macros it defines. */

import { evaluateCondition } from './preprocessorCondition';

/** A `#define` of the text; `parameters` is null for an object-like macro. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly string[] | null;
  readonly body: string;
  readonly offset: number;
}

export interface Directives {
  readonly macros: readonly Macro[];
  /** What had to be supposed about the configuration, and where (offset). */
  readonly assumptions: readonly { readonly offset: number; readonly text: string }[];
  /** Whether what stands behind the last directive is configured. */
  active(): boolean;
  /**
   * Reads the next directive.
   * @param line the text behind the `#`, to the end of the last line that continues it
   * @param offset where the `#` stands
   */
  read(line: string, offset: number): void;
}

/**
 * Reads the directives of a text in order.
 * @param symbol the value of a preprocessor symbol that the text does not define, or null
 */
export function createDirectives(symbol: (name: string) => bigint | null): Directives {
  const macros: Macro[] = [];
  const assumptions: { offset: number; text: string }[] = [];
  const defined = new Map<string, string>();
  const value = (name: string): bigint | null => {
    const body = defined.get(name);
    if (body !== undefined)
      return /^\s*(0[xX][0-9a-fA-F]+|\d+)/.test(body)
        ? BigInt(body.trim().match(/^(0[xX][0-9a-fA-F]+|\d+)/)?.[0] ?? '0')
        : 1n;
    return symbol(name);
  };
  /** Open conditionals: is this branch active, was one active already, is the whole inside an active one. */
  const conditionals: { active: boolean; taken: boolean; outer: boolean }[] = [];
  let active = true;
  return { macros, assumptions, active: () => active, read: directive };

  /** The text starts inside a conditional. What precedes `#else` is the code with the feature configured. */
  function unmatchedElse(offset: number): void {
    conditionals.push({ active: false, taken: true, outer: true });
    active = false;
    assumptions.push({ offset, text: 'the #else branch is taken as not configured' });
  }

  function directive(line: string, offset: number): void {
    const clean = line.replace(/\\\r?\n/g, ' ').replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/.*$/g, ' ');
    const match = /^\s*(\w+)\s*([\s\S]*)$/.exec(clean);
    if (!match) return;
    const [, name, rest = ''] = match;
    const top = conditionals.at(-1);
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const holds =
          name === 'if'
            ? evaluateCondition(rest, value) !== 0n
            : (value(rest.trim().split(/\s/)[0] ?? '') !== null) === (name === 'ifdef');
        conditionals.push({ active: holds, taken: holds, outer: active });
        active = active && holds;
        return;
      }
      case 'elif':
        if (!top) return unmatchedElse(offset);
        top.active = !top.taken && evaluateCondition(rest, value) !== 0n;
        top.taken ||= top.active;
        active = top.outer && top.active;
        return;
      case 'else':
        if (top) {
          top.active = !top.taken;
          top.taken = true;
          active = top.outer && top.active;
        } else unmatchedElse(offset);
        return;
      case 'endif':
        active = conditionals.pop()?.outer ?? true;
        return;
      case 'define': {
        if (!active) return;
        const define = /^(\w+)(\(([^)]*)\))?\s*([\s\S]*)$/.exec(rest);
        if (!define) return;
        const parameters =
          define[2] === undefined
            ? null
            : (define[3] ?? '')
                .split(',')
                .map((p) => p.trim())
                .filter((p) => p !== '');
        macros.push({ name: define[1] as string, parameters, body: (define[4] ?? '').trim(), offset });
        if (parameters === null) defined.set(define[1] as string, (define[4] ?? '').trim());
        return;
      }
      case 'undef':
        if (active) defined.delete(rest.trim());
        return;
      default:
        return;
    }
  }
}
