// SPDX-License-Identifier: MIT
import { tokenEnd } from './scanText';

/** The name under which inline assembly is called. */
export const assembly = 'asm()';

/**
 * What stands in the brackets of inline assembly with nothing but the instructions' strings left: the rest is made of
 * macros, and of constraints that say nothing of order. As long as the text given, line ends where they were; `"?"`
 * where macros make the strings.
 */
export function assemblyStrings(text: string): string {
  let result = '';
  let nested = 0;
  let at = 0;
  while (at < text.length) {
    const end = tokenEnd(text, at);
    const shown = text.slice(at, end);
    if (shown === ':' && nested === 0) break;
    if (shown === '(') nested++;
    else if (shown === ')') nested--;
    if (shown.startsWith('"') && nested === 0) result += shown;
    else if (shown === 'LOCK_PREFIX') result += '"lock"'.padEnd(shown.length);
    else result += shown.replace(/[^\r\n]/g, ' ');
    at = end;
  }
  const rest = text.slice(at).replace(/[^\r\n]/g, ' ');
  // Strings that macros make: what they do is not known.
  if (!result.includes('"') && /^...(?![\r\n])/.test(text)) return `"?"${(result + rest).slice(3)}`;
  return result + rest;
}

/**
 * What inline assembly sets: the text of each output between the brackets, `x` of `"=r" (x)`. Without instructions what is
 * both read and set (`"+r" (x)`) stays as it is.
 */
export function assemblyOutputs(text: string): string[] {
  const sections: number[] = [];
  const commas: number[] = [];
  let nested = 0;
  for (let at = 0; at < text.length && sections.length < 2; ) {
    const end = tokenEnd(text, at);
    const shown = text.slice(at, end);
    if (shown === '(' || shown === '[') nested++;
    else if (shown === ')' || shown === ']') nested--;
    else if (nested === 0 && /^:+$/.test(shown)) for (let i = at; i < end; i++) sections.push(i);
    else if (nested === 0 && shown === ',' && sections.length === 1) commas.push(at);
    at = end;
  }
  const [from, to = text.length] = sections;
  if (from === undefined) return [];
  const isEmpty = /^\s*(volatile\b)?\s*("")+\s*$/.test(text.slice(0, from));
  return [...commas, to].flatMap((end, i) => {
    const operand = text.slice((i === 0 ? from : (commas[i - 1] ?? from)) + 1, end).trim();
    // `[name] "=r" (x)`, or a macro for the string.
    const open = operand.endsWith(')') ? openOfLast(operand) : -1;
    const inner = open > 0 ? operand.slice(open + 1, -1).trim() : '';
    return inner === '' || (isEmpty && operand.includes('"+')) ? [] : [inner];
  });
}

/** Where the bracket opens that the text ends with. */
function openOfLast(text: string): number {
  let nested = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') nested++;
    else if (text[at] === '(' && --nested === 0) return at;
  }
  return -1;
}
