// SPDX-License-Identifier: MIT
import type { Macro } from './directives';
import { skipBlank, tokenEnd } from './scanText';

/** Words, strings, `##` and everything else, one by one. */
const pattern = /"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[A-Za-z_]\w*|\d[\w.]*|##|#|\s+|[^\s]/g;

/**
 * The text that a macro's body becomes where the macro is used, as the preprocessor makes it: parameters replaced,
 * `#x` made a string, `x ## y` one word.
 * @param values the text of each argument
 */
export function expandText(macro: Macro, values: readonly string[]): string {
  const named = macro.parameters ?? [];
  const last = named.at(-1) ?? '';
  /** The parameter that takes all the rest: `...`, or `args...`. */
  const variadic = last.endsWith('...') ? named.length - 1 : -1;
  const rest = last === '...' ? '__VA_ARGS__' : last.slice(0, -3).trim();
  const argumentFor = (word: string): string | null => {
    if (variadic >= 0 && word === rest) return values.slice(variadic).join(', ');
    const index = named.indexOf(word);
    return index < 0 ? null : (values[index] ?? '').trim();
  };
  const tokens = macro.body.replace(/\\\r?\n/g, ' ').match(pattern) ?? [];
  let text = '';
  /** What `##` joins what comes next to. */
  let joins = false;
  tokens.forEach((token, i) => {
    if (/^\s/.test(token)) {
      if (!joins) text += ' ';
    } else if (token === '##') {
      text = text.trimEnd();
      joins = true;
    } else if (token === '#' && argumentFor(tokens[i + 1] ?? '') !== null) {
      text += JSON.stringify(argumentFor(tokens[i + 1] ?? ''));
    } else if (tokens[i - 1] !== '#' || argumentFor(token) === null) {
      const value = argumentFor(token) ?? token;
      // `, ## args`: without arguments the comma goes too.
      if (joins && value === '' && text.endsWith(',')) text = text.slice(0, -1);
      else text += joins && text.endsWith(',') ? ` ${value}` : value;
      joins = false;
    }
  });
  return text;
}

/** Characters that all replacing in the arguments of one use may make; where that is not enough they are left as they are. */
const most = 6000;

/**
 * The text of a macro's use: its arguments are replaced first, by all macros that are known where it is used, also by
 * this one and by those that it is made of.
 */
export function expandUse(macro: Macro, values: readonly string[], known: (name: string) => Macro | null): string {
  return expandWithin(macro, values, known, { left: most });
}

interface Budget {
  left: number;
}
type Lookup = (name: string) => Macro | null;

function expandWithin(macro: Macro, values: readonly string[], known: Lookup, budget: Budget): string {
  // What is made a string or a part of a word is taken as it stands.
  if (macro.body.includes('#')) return expandText(macro, values);
  return expandText(
    macro,
    values.map((value) => expandCalls(value, known, budget) ?? value),
  );
}

/** A text in which all uses of macros with parameters are replaced; null where it gets too long. */
function expandCalls(text: string, known: Lookup, budget: Budget): string | null {
  budget.left -= text.length;
  if (budget.left < 0) return null;
  if (!text.includes('(')) return text;
  let result = '';
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    const word = text.slice(at, end);
    const open = skipBlank(text, end);
    const macro = /^[A-Za-z_]/.test(word) && text[open] === '(' ? known(word) : null;
    const close = macro?.parameters ? closing(text, open) : -1;
    if (!macro || close < 0) {
      result += word;
      at = end;
      continue;
    }
    const made = expandWithin(macro, splitArguments(text.slice(open + 1, close)), known, budget);
    const inner = expandCalls(made, (name) => (name === word ? null : known(name)), budget);
    if (inner === null) return null;
    result += inner;
    at = close + 1;
  }
  return result;
}

function closing(text: string, open: number): number {
  let nested = 0;
  for (let at = open; at < text.length; at = tokenEnd(text, at)) {
    if (text[at] === '(') nested++;
    else if (text[at] === ')' && --nested === 0) return at;
  }
  return -1;
}

/** Splits at the commas outside brackets and strings. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i = tokenEnd(text, i)) {
    const c = text[i] ?? '';
    if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (c === ',' && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  if (parts.length > 0 || text.trim() !== '') parts.push(text.slice(from));
  return parts;
}
