// SPDX-License-Identifier: MIT
import type { Macro } from './directives';

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
